"""What one may see, with data that could leak, and at no more queries for more rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pilotharbor.parties import commands as parties
from pilotharbor.parties import queries, rights
from pilotharbor.parties.models import Organisation
from pilotharbor.parties.rights import Kind, Scope, Verb
from pilotharbor.parties.roles import HOST_ROLES, ROLES_OF, OrganisationKind, Role, roles_of
from tests.conftest import AT
from tests.factories.parties import MembershipFactory, OrganisationFactory


def sees(query, actor):
    return set(query(actor=actor).values_list("pk", flat=True))


def test_organisations_that_are_not_approved_are_for_themselves_and_the_host(harbour):
    hidden = OrganisationFactory(status=Organisation.Status.SUSPENDED)
    own = MembershipFactory(organisation=OrganisationFactory(status="applied"))

    for who in (None, harbour.tto, harbour.buyer):
        assert hidden.pk not in sees(queries.visible_organisations, who)
        assert own.organisation_id not in sees(queries.visible_organisations, who)
    assert own.organisation_id in sees(queries.visible_organisations, own)
    for who in (harbour.operator, harbour.administrator, harbour.auditor):
        assert hidden.pk in sees(queries.visible_organisations, who)


def test_an_operator_elsewhere_sees_approved_organisations_only(harbour):
    hidden = OrganisationFactory(status="applied")
    elsewhere = MembershipFactory(
        organisation=OrganisationFactory(kind=OrganisationKind.PILOT_PLATFORM),
        role=Role.PLATFORM_OPERATOR,
    )

    assert hidden.pk not in sees(queries.visible_organisations, elsewhere)
    assert not rights.may(elsewhere, Verb.APPROVE, Kind.ORGANISATION)


def test_people_are_seen_by_their_own_the_host_and_auditors(harbour):
    own = {harbour.tto.pk, harbour.researcher.pk}

    assert sees(queries.visible_members, harbour.tto) == own
    assert sees(queries.visible_members, None) == set()
    assert own < sees(queries.visible_members, harbour.auditor)
    assert own < sees(queries.visible_members, harbour.operator)


def test_invitations_agreements_tokens_and_readings_do_not_leak(harbour):
    parties.invite(
        organisation_id=harbour.university.pk, email="a@b.example", role=Role.RESEARCHER,
        actor_id=harbour.tto.pk, at=AT,
    )  # fmt: skip
    parties.sign_nda(owner_id=harbour.university.pk, actor_id=harbour.buyer.pk, at=AT)
    parties.issue_token(actor_id=harbour.tto.pk, at=AT)
    parties.ask_break_glass(
        subject_type="technologies.achievement", subject_id=3, reason="核对",
        actor_id=harbour.administrator.pk, at=AT,
    )  # fmt: skip
    everyone = {
        name: getattr(harbour, name)
        for name in ("operator", "administrator", "auditor", "tto", "researcher", "buyer")
    } | {"public": None}

    def seen_by(query):
        return {name for name, who in everyone.items() if query(actor=who).exists()}

    assert seen_by(queries.visible_invitations) == {"operator", "administrator", "tto"}
    assert seen_by(queries.visible_ndas) == {"auditor", "tto", "researcher", "buyer"}
    assert seen_by(queries.visible_tokens) == {"tto"}
    assert seen_by(queries.visible_break_glass) == {"administrator", "auditor"}


def test_an_applicants_role_gives_nothing(harbour):
    applicant = MembershipFactory(
        organisation=OrganisationFactory(status="applied"), role=Role.ENTERPRISE_MEMBER
    )

    assert rights.scopes(applicant, Verb.WRITE, Kind.DEMAND) == frozenset()
    assert rights.scopes(applicant, Verb.READ, Kind.DEMAND) == {Scope.PUBLIC}


@pytest.mark.parametrize(
    "change",
    [
        {"status": "suspended"}, {"status": "ended"}, {"person__is_active": False},
        {"organisation__status": "applied"}, {"organisation__status": "suspended"},
        {"organisation__status": "refused"},
    ],
)  # fmt: skip
def test_a_role_counts_only_while_person_membership_and_organisation_stand(db, change):
    member = MembershipFactory(
        role=Role.AUDITOR,
        **{"organisation__kind": OrganisationKind.AUDIT_BODY} | change,
    )

    assert not rights.trusted(member)
    assert not rights.acts_as(member, Role.AUDITOR)
    assert not rights.audits(member)
    assert rights.scopes(member, Verb.READ, Kind.PROJECT) == frozenset()
    assert rights.scopes(None, Verb.READ, Kind.PROJECT) == frozenset()


def test_search_looks_at_every_word(harbour):
    def found(**asked):
        rows = queries.search_organisations(actor=harbour.operator, **asked)
        return set(rows.values_list("name", flat=True))

    assert found(q="示例 大学") == {"示例大学"}
    assert found(q=harbour.company.uscc[:17]) == {harbour.company.name}
    assert found(kind=OrganisationKind.AUDIT_BODY) == {harbour.audit.name}
    assert found(q="没有") == set()


def test_history_is_for_the_organisation_the_host_and_auditors(harbour):
    parties.suspend_organisation(
        organisation_id=harbour.company.pk, reason="x", actor_id=harbour.operator.pk, at=AT
    )

    for who, seen in ((harbour.buyer, 1), (harbour.auditor, 1), (harbour.tto, 0), (None, 0)):
        assert len(queries.history_of(harbour.company, actor=who)) == seen


@pytest.mark.parametrize("kind", OrganisationKind)
def test_every_kind_of_organisation_has_roles_and_a_first_one(kind):
    assert ROLES_OF[kind]
    assert Role.SYSTEM_ADMINISTRATOR not in roles_of(kind=kind)
    assert roles_of(kind=kind, is_host=True) >= HOST_ROLES


@pytest.mark.parametrize("path", ["/api/v1/organisations", "/organisations", "/people", "/audit"])
def test_more_rows_take_no_more_queries(harbour, client, path):
    client.force_login(harbour.operator.person)
    parties.issue_token(actor_id=harbour.tto.pk, at=AT)
    client.get(path)

    def cost():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    one = cost()
    for _ in range(3):
        organisation = OrganisationFactory()
        member = MembershipFactory(organisation=harbour.host, role=Role.EXPERT)
        parties.issue_token(actor_id=member.pk, at=AT)
        assert organisation.pk
    assert cost() == one
