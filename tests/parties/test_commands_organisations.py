"""R-PARTY-1…5: how organisations come in and lose their place."""

import pytest

from pilotharbor.kernel.codes import BadCode
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.states import MoveNotAllowed
from pilotharbor.parties import commands as parties
from pilotharbor.parties import queries
from pilotharbor.parties.models import Membership, Organisation, Person
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.parties.roles import OrganisationKind, Role
from tests.conftest import AT
from tests.factories.parties import MembershipFactory, OrganisationFactory, uscc
from tests.parties.conftest import PASSWORD

CONTACT = parties.Newcomer(
    name="吴总监", email="Wu@Pharma.example", password=PASSWORD, role=Role.ENTERPRISE_MEMBER
)


def register(**changes):
    facts = {
        "kind": OrganisationKind.ENTERPRISE, "name": "示例新材料有限公司", "uscc": uscc(77_000_001),
        "contact": CONTACT, "at": AT,
    }  # fmt: skip
    return parties.register_organisation(**(facts | changes))


def nothing_written() -> bool:
    return not any(m.objects.exists() for m in (Organisation, Person, Membership, Event))


@pytest.mark.django_db
def test_register_makes_an_applicant_and_its_administrator():
    organisation = register(uscc=f" {uscc(77_000_001).lower()} ")

    member = Membership.objects.get()
    assert organisation.status == Organisation.Status.APPLIED
    assert organisation.uscc == uscc(77_000_001)
    assert (member.organisation, member.role, member.is_admin) == (
        organisation, Role.ENTERPRISE_MEMBER, True,
    )  # fmt: skip
    assert member.person.email == "wu@pharma.example"
    assert member.person.check_password(PASSWORD)
    assert list(Event.objects.order_by("id").values_list("name", flat=True)) == [
        "parties.organisation.registered", "parties.person.joined", "parties.membership.begun",
    ]  # fmt: skip


@pytest.mark.django_db
def test_register_without_contact_makes_the_organisation_alone():
    register(contact=None)

    assert Organisation.objects.count() == 1
    assert not Person.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"uscc": uscc(77_000_001)[:-1] + "0"}, BadCode),
        ({"name": "  "}, parties.NameMissing),
        ({"region": "99"}, BadCode),
        ({"jurisdiction": "XX-99"}, BadCode),
        ({"contact": parties.Newcomer(name="甲", email="nobody", password=PASSWORD, role=Role.ENTERPRISE_MEMBER)}, parties.BadEmail),
        ({"contact": parties.Newcomer(name="甲", email="a@b.example", password="12345678", role=Role.ENTERPRISE_MEMBER)}, parties.WeakPassword),
        ({"contact": parties.Newcomer(name=" ", email="a@b.example", password=PASSWORD, role=Role.ENTERPRISE_MEMBER)}, parties.PersonNameMissing),
        ({"contact": parties.Newcomer(name="甲", email="a@b.example", password=PASSWORD, role=Role.PLATFORM_OPERATOR)}, parties.RoleDoesNotFit),
        ({"contact": parties.Newcomer(name="甲", email="a@b.example", password=PASSWORD, role=Role.SYSTEM_ADMINISTRATOR), "kind": OrganisationKind.PILOT_PLATFORM}, parties.RoleDoesNotFit),
    ],
)  # fmt: skip
def test_register_refuses_and_leaves_no_trace(changes, error):
    with pytest.raises(error):
        register(**changes)

    assert nothing_written()


@pytest.mark.django_db
def test_a_taken_code_names_the_organisation_only_to_who_may_see_it():
    applied = OrganisationFactory(uscc=uscc(77_000_001), status=Organisation.Status.APPLIED)

    with pytest.raises(parties.UsccTaken) as hidden:
        register()
    Organisation.objects.filter(pk=applied.pk).update(status=Organisation.Status.APPROVED)
    with pytest.raises(parties.UsccTakenBy) as shown:
        register()

    assert type(hidden.value) is parties.UsccTaken
    assert "name" not in hidden.value.facts
    assert shown.value.facts["name"] == applied.name
    assert shown.value.code == "parties.uscc_taken"
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_a_known_person_registers_with_their_password_and_with_no_other():
    register()
    again = {"uscc": uscc(77_000_002), "name": "第二家有限公司"}

    with pytest.raises(parties.ProveItIsYou):
        register(
            **again,
            contact=parties.Newcomer(
                name="他人",
                email="wu@pharma.example",
                password="wrong",
                role=Role.ENTERPRISE_MEMBER,
            ),
        )
    with pytest.raises(parties.ProveItIsYou):
        register(
            **again,
            contact=parties.Newcomer(
                name="他人", email="wu@pharma.example", role=Role.ENTERPRISE_MEMBER
            ),
        )
    register(**again, contact=CONTACT)

    assert Person.objects.count() == 1
    assert Membership.objects.filter(person__email="wu@pharma.example").count() == 2


def test_found_makes_the_host_once(db):
    facts = {
        "name": "示例中试港", "uscc": uscc(77_000_009), "administrator_name": "许主任",
        "email": "xu@harbor.example", "password": PASSWORD, "at": AT,
    }  # fmt: skip

    host = parties.found(**facts)
    with pytest.raises(parties.AlreadyFounded):
        parties.found(**facts | {"uscc": uscc(77_000_010)})

    assert (host.is_host, host.status) == (True, Organisation.Status.APPROVED)
    assert queries.host() == host
    assert set(Membership.objects.values_list("role", "is_admin")) == {
        (Role.SYSTEM_ADMINISTRATOR, True), (Role.PLATFORM_OPERATOR, True),
    }  # fmt: skip
    assert Person.objects.count() == 1


@pytest.mark.parametrize("who", ["operator"])
def test_the_hosts_operators_decide_on_applicants(harbour, who):
    applicant = OrganisationFactory(status=Organisation.Status.APPLIED)

    done = parties.approve_organisation(
        organisation_id=applicant.pk, actor_id=getattr(harbour, who).pk, at=AT
    )

    assert done.status == Organisation.Status.APPROVED
    event = Event.objects.get()
    assert (event.name, event.actor_id) == (
        "parties.organisation.approved", getattr(harbour, who).pk,
    )  # fmt: skip


@pytest.mark.parametrize("who", ["administrator", "auditor", "tto", "researcher", "buyer"])
def test_nobody_else_decides_on_applicants(harbour, who):
    applicant = OrganisationFactory(status=Organisation.Status.APPLIED)

    with pytest.raises(NotYourRole):
        parties.approve_organisation(
            organisation_id=applicant.pk, actor_id=getattr(harbour, who).pk, at=AT
        )

    applicant.refresh_from_db()
    assert applicant.status == Organisation.Status.APPLIED
    assert not Event.objects.exists()


def test_an_operator_of_another_platform_decides_nothing(harbour):
    other = MembershipFactory(
        organisation=OrganisationFactory(kind=OrganisationKind.PILOT_PLATFORM),
        role=Role.PLATFORM_OPERATOR,
    )

    with pytest.raises(NotYourRole):
        parties.suspend_organisation(
            organisation_id=harbour.company.pk, reason="竞争", actor_id=other.pk, at=AT
        )


def test_refusing_and_suspending_need_a_reason(harbour):
    applicant = OrganisationFactory(status=Organisation.Status.APPLIED)
    common = {"actor_id": harbour.operator.pk, "at": AT}

    with pytest.raises(parties.ReasonMissing):
        parties.refuse_organisation(organisation_id=applicant.pk, reason=" ", **common)
    with pytest.raises(parties.ReasonMissing):
        parties.suspend_organisation(organisation_id=harbour.company.pk, reason="", **common)
    refused = parties.refuse_organisation(organisation_id=applicant.pk, reason="材料不全", **common)

    assert (refused.status, refused.decision_reason) == ("refused", "材料不全")


def test_suspension_and_reinstatement(harbour):
    common = {"organisation_id": harbour.company.pk, "actor_id": harbour.operator.pk, "at": AT}

    parties.suspend_organisation(reason="欠费", **common)
    with pytest.raises(NotFound):
        queries.actor(actor_id=harbour.buyer.pk)
    with pytest.raises(MoveNotAllowed):
        parties.suspend_organisation(reason="再次", **common)
    parties.reinstate_organisation(**common)

    assert queries.actor(actor_id=harbour.buyer.pk) == harbour.buyer


def test_the_host_cannot_be_suspended(harbour):
    with pytest.raises(parties.HostStays):
        parties.suspend_organisation(
            organisation_id=harbour.host.pk, reason="误", actor_id=harbour.operator.pk, at=AT
        )


def test_revising_is_for_its_administrators_and_the_hosts_people(harbour):
    def revise(who, **changes):
        return parties.revise_organisation(
            organisation_id=harbour.university.pk, changes=changes, actor_id=who.pk, at=AT
        )

    revise(harbour.tto, name_en="Example University", region="330200")
    revise(harbour.operator, address="示例路 1 号")
    with pytest.raises(NotYourRole):
        revise(harbour.researcher, name="别的大学")
    with pytest.raises(NotYourRole):
        revise(harbour.buyer, name="别的大学")
    with pytest.raises(parties.NothingToChange):
        revise(harbour.tto, uscc=uscc(77_000_003))
    with pytest.raises(parties.NameMissing):
        revise(harbour.tto, name="")
    with pytest.raises(BadCode):
        revise(harbour.tto, jurisdiction="CN-QQ")

    harbour.university.refresh_from_db()
    assert (harbour.university.name_en, harbour.university.region) == (
        "Example University",
        "330200",
    )
    assert harbour.university.name == "示例大学"
    assert Event.objects.count() == 2


@pytest.mark.parametrize(
    "changes", [{"jurisdiction": "CN-BJ"}, {"state_funded": True}, {"sme": True}]
)
def test_what_an_organisation_was_vouched_for_is_changed_by_the_host_alone(harbour, changes):
    def revise(who):
        return parties.revise_organisation(
            organisation_id=harbour.university.pk, changes=changes, actor_id=who.pk, at=AT
        )

    with pytest.raises(parties.VouchedFor) as refused:
        revise(harbour.tto)

    assert set(refused.value.problems) == set(changes)
    harbour.university.refresh_from_db()
    before = {field: getattr(harbour.university, field) for field in changes}
    assert before != changes
    # Sending what stands there already, as the page does, changes nothing and is no offence.
    parties.revise_organisation(
        organisation_id=harbour.university.pk, changes=before, actor_id=harbour.tto.pk, at=AT
    )
    revise(harbour.operator)
    harbour.university.refresh_from_db()
    assert {field: getattr(harbour.university, field) for field in changes} == changes
