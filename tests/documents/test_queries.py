import pytest

from pilotharbor.documents import queries
from pilotharbor.parties.roles import Role
from tests.factories.documents import ask, printed
from tests.factories.parties import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


def sees(actor, document) -> bool:
    return queries.visible_documents(actor=actor).filter(pk=document.pk).exists()


def member(role, organisation=None):
    return MembershipFactory(role=role, **({"organisation": organisation} if organisation else {}))


@pytest.mark.parametrize(
    ("kind", "role", "seen"),
    [
        ("agreement", Role.TTO_OFFICER, True),
        ("agreement", Role.RESEARCHER, True),
        ("agreement", Role.EQUIPMENT_ENGINEER, False),
        ("invoice", Role.TTO_OFFICER, True),
        ("invoice", Role.RESEARCHER, False),
        ("pilot_report", Role.RESEARCHER, True),
        ("pilot_report", Role.SYSTEM_ADMINISTRATOR, False),
        ("assessment_report", Role.PLATFORM_OPERATOR, True),
        ("assessment_report", Role.RESEARCHER, False),
    ],
)
def test_the_kind_decides_who_of_a_named_organisation_reads(kind, role, seen):
    named = OrganisationFactory()
    document = ask(kind=kind, reader_ids=[named.pk])

    assert sees(member(role, named), document) is seen
    assert sees(member(role, document.owner), document) is seen
    assert sees(member(role), document) is False


def test_stewards_team_and_investors_read_by_name_only():
    platform = OrganisationFactory()
    manager = member(Role.TECHNOLOGY_MANAGER, platform)
    investor = member(Role.INVESTOR)
    document = ask(platform, kind="agreement", people_ids=[manager.pk, investor.pk])

    assert sees(manager, document)
    assert sees(investor, document)
    assert not sees(member(Role.TECHNOLOGY_MANAGER, platform), document)
    assert not sees(member(Role.INVESTOR, investor.organisation), document)


def test_levels_open_and_close():
    named = OrganisationFactory()
    officer = member(Role.TTO_OFFICER, named)
    core = ask(kind="agreement", reader_ids=[named.pk], confidentiality="core")
    assert not sees(officer, core)
    core.people.add(officer)
    assert sees(officer, core)
    public, members = ask(confidentiality="public"), ask(confidentiality="members")
    assert sees(None, public)
    assert not sees(None, members)
    assert sees(member(Role.EXPERT), members)
    assert sees(member(Role.AUDITOR), core)


def test_only_issuer_and_named_organisations_hold_the_original():
    named = OrganisationFactory()
    document = printed(reader_ids=[named.pk])
    assert queries.holds_original(actor=member(Role.TTO_OFFICER, named), document=document)
    assert queries.holds_original(actor=member(Role.TTO_OFFICER, document.owner), document=document)
    assert not queries.holds_original(actor=member(Role.AUDITOR), document=document)
    assert not queries.holds_original(actor=None, document=document)
    assert queries.holds_original(actor=None, document=printed(confidentiality="public"))


def test_a_list_takes_one_query_and_leaves_the_bytes_alone(django_assert_num_queries):
    auditor = member(Role.AUDITOR)
    for _ in range(3):
        printed()
        with django_assert_num_queries(1):
            for document in queries.visible_documents(actor=auditor):
                assert document.rendering.sha256
                assert document.owner.name
                assert "content" not in document.rendering.__dict__
