"""R-PARTY-4, 6, 7: invitations, memberships, people."""

from datetime import timedelta

import pytest
from django.core import mail

from pilotharbor.kernel import feeder
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.parties import commands as parties
from pilotharbor.parties import invitations, queries
from pilotharbor.parties.models import Invitation, Membership, Organisation, Person
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.parties.roles import Role
from tests.conftest import AT
from tests.factories.parties import MembershipFactory, OrganisationFactory, PersonFactory
from tests.parties.conftest import PASSWORD


def invite(harbour, *, by=None, at=AT, **changes):
    facts = {
        "organisation_id": harbour.university.pk, "email": "new@uni.example", "name": "新老师",
        "role": Role.RESEARCHER,
    }  # fmt: skip
    return parties.invite(**(facts | changes), actor_id=(by or harbour.tto).pk, at=at)


def test_an_invitation_is_taken_up_by_a_new_person(harbour):
    invited = invite(harbour, field="化学工程")

    member = parties.accept_invitation(token=invited.secret, password=PASSWORD, at=AT)

    assert (member.organisation, member.role, member.field, member.is_admin) == (
        harbour.university, Role.RESEARCHER, "化学工程", False,
    )  # fmt: skip
    assert member.person.name == "新老师"
    invited.invitation.refresh_from_db()
    assert (invited.invitation.status, invited.invitation.membership) == ("accepted", member)


def test_the_secret_is_not_stored_but_can_be_made_again_for_the_mail(harbour):
    invited = invite(harbour)

    stored = Invitation.objects.values().get()
    assert invited.secret not in str(stored)
    assert invitations.secret_of(stored["nonce"]) == invited.secret


def test_a_known_person_gives_the_password_or_is_signed_in(harbour):
    person = PersonFactory(email="new@uni.example")
    person.set_password(PASSWORD)
    person.save()
    invited = invite(harbour)

    with pytest.raises(parties.ProveItIsYou):
        parties.accept_invitation(token=invited.secret, password="something else", at=AT)
    with pytest.raises(parties.ProveItIsYou):
        parties.accept_invitation(token=invited.secret, person_id=harbour.buyer.person_id, at=AT)
    member = parties.accept_invitation(token=invited.secret, person_id=person.pk, at=AT)

    assert member.person == person
    assert Person.objects.get(pk=person.pk).check_password(PASSWORD)


def test_an_invitation_works_once_and_for_fourteen_days(harbour):
    used, late, revoked = (invite(harbour, email=f"{n}@uni.example") for n in "abc")
    parties.accept_invitation(token=used.secret, password=PASSWORD, at=AT)
    parties.revoke_invitation(invitation_id=revoked.invitation.pk, actor_id=harbour.tto.pk, at=AT)

    for token, at in ((used, AT), (late, AT + timedelta(days=14)), (revoked, AT)):
        with pytest.raises(parties.InvitationOver):
            parties.accept_invitation(token=token.secret, password=PASSWORD, at=at)
    with pytest.raises(NotFound):
        parties.accept_invitation(token="inv_unknown", password=PASSWORD, at=AT)
    assert Membership.objects.filter(organisation=harbour.university).count() == 3


def test_an_invitation_of_a_suspended_organisation_is_over(harbour):
    invited = invite(harbour)
    Organisation.objects.filter(pk=harbour.university.pk).update(status="suspended")

    with pytest.raises(parties.InvitationOver):
        parties.accept_invitation(token=invited.secret, password=PASSWORD, at=AT)


def test_one_open_invitation_for_a_role_until_it_runs_out(harbour):
    invite(harbour)

    with pytest.raises(parties.InvitedAlready):
        invite(harbour, email="NEW@uni.example")
    later = invite(harbour, at=AT + timedelta(days=15))

    assert later.invitation.status == "open"
    assert Invitation.objects.filter(status="open").count() == 1


@pytest.mark.parametrize(
    ("by", "changes", "error"),
    [
        ("researcher", {}, NotYourRole),
        ("buyer", {}, NotYourRole),
        ("auditor", {}, NotYourRole),
        ("tto", {"role": Role.PLATFORM_OPERATOR}, parties.RoleDoesNotFit),
        ("tto", {"role": Role.SYSTEM_ADMINISTRATOR}, parties.RoleDoesNotFit),
        ("tto", {"email": "not an address"}, parties.BadEmail),
        ("administrator", {}, NotYourRole),
        ("operator", {}, parties.OwnAdministrators),
    ],
)
def test_invite_refuses_and_leaves_no_trace(harbour, by, changes, error):
    with pytest.raises(error):
        invite(harbour, by=getattr(harbour, by), **changes)

    assert not Invitation.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    "role", [Role.PLATFORM_OPERATOR, Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR, Role.EXPERT]
)
def test_a_system_administrator_brings_nobody_in(harbour, role):
    with pytest.raises(NotYourRole):
        invite(harbour, by=harbour.administrator, organisation_id=harbour.host.pk, role=role)


@pytest.mark.parametrize(
    ("place", "by", "role"),
    [
        ("host", "operator", Role.PLATFORM_OPERATOR), ("host", "operator", Role.AUDITOR),
        ("host", "operator", Role.SYSTEM_ADMINISTRATOR), ("audit", "auditor", Role.AUDITOR),
    ],
)  # fmt: skip
def test_who_watches_over_others_gets_the_link_by_mail_alone(harbour, place, by, role):
    organisation = getattr(harbour, place)

    invited = invite(harbour, by=getattr(harbour, by), organisation_id=organisation.pk, role=role)

    assert invited.secret == ""
    secret = invitations.secret_of(invited.invitation.nonce)
    assert parties.accept_invitation(token=secret, password=PASSWORD, at=AT).role == role


def test_the_host_introduces_the_first_administrator_and_nobody_else(harbour):
    empty = OrganisationFactory()
    facts = {"organisation_id": empty.pk, "role": Role.ENTERPRISE_MEMBER}

    first = invite(harbour, by=harbour.operator, email="first@b.example", **facts)

    assert (first.secret, first.invitation.is_admin) == ("", True)
    with pytest.raises(parties.OwnAdministrators):
        invite(harbour, by=harbour.operator, email="second@b.example", **facts)
    parties.revoke_invitation(
        invitation_id=first.invitation.pk, actor_id=harbour.operator.pk, at=AT
    )
    again = invite(harbour, by=harbour.operator, email="second@b.example", **facts)
    member = parties.accept_invitation(
        token=invitations.secret_of(again.invitation.nonce), password=PASSWORD, at=AT
    )
    assert member.is_admin
    with pytest.raises(parties.OwnAdministrators):
        invite(harbour, by=harbour.operator, email="third@b.example", **facts)


def test_the_host_names_an_administrator_only_where_there_is_none(harbour):
    def name(member, by):
        return parties.name_administrator(
            membership_id=member.pk, is_admin=True, actor_id=by.pk, at=AT
        )

    with pytest.raises(parties.OwnAdministrators):
        name(harbour.researcher, harbour.operator)
    with pytest.raises(NotYourRole):
        name(harbour.researcher, harbour.administrator)
    Membership.objects.filter(pk=harbour.tto.pk).update(is_admin=False)
    double = MembershipFactory(
        person=harbour.operator.person, organisation=harbour.university, role=Role.EXPERT
    )
    with pytest.raises(parties.NotYourself):
        name(double, harbour.operator)
    assert name(harbour.researcher, harbour.operator).is_admin


DEATHS = {
    "inviter suspended": lambda h: Membership.objects.filter(pk=h.tto.pk).update(
        status="suspended"
    ),
    "inviter left": lambda h: Membership.objects.filter(pk=h.tto.pk).update(status="ended"),
    "person shut out": lambda h: Person.objects.filter(pk=h.tto.person_id).update(is_active=False),
    "organisation": lambda h: Organisation.objects.filter(pk=h.university.pk).update(
        status="suspended"
    ),
}


@pytest.mark.parametrize("how", DEATHS)
def test_an_invitation_dies_with_who_sent_it(harbour, how):
    invited = invite(harbour)

    DEATHS[how](harbour)

    with pytest.raises(parties.InvitationOver):
        parties.accept_invitation(token=invited.secret, password=PASSWORD, at=AT)
    feeder.drain()
    assert not [m for m in mail.outbox if m.to == ["new@uni.example"]]


def test_a_dead_invitation_does_not_stand_in_the_way(harbour):
    invite(harbour)
    other = MembershipFactory(organisation=harbour.university, role=Role.TTO_OFFICER, is_admin=True)
    DEATHS["inviter suspended"](harbour)

    again = invite(harbour, by=other)

    assert again.invitation.status == "open"
    assert Invitation.objects.filter(status="open").count() == 1


def test_nobody_reinstates_themselves(harbour):
    second = MembershipFactory(
        person=harbour.tto.person, organisation=harbour.university, role=Role.EXPERT,
        status="suspended",
    )  # fmt: skip

    with pytest.raises(parties.NotYourself):
        parties.reinstate_member(membership_id=second.pk, actor_id=harbour.tto.pk, at=AT)

    second.refresh_from_db()
    assert second.status == "suspended"


def test_who_is_a_member_is_not_invited_again(harbour):
    with pytest.raises(parties.AlreadyMember):
        invite(harbour, email=harbour.researcher.person.email)


def test_a_suspended_member_loses_everything_and_gets_it_back(harbour):
    common = {"membership_id": harbour.researcher.pk, "actor_id": harbour.tto.pk, "at": AT}

    parties.suspend_member(reason="调查中", **common)
    assert not queries.active_memberships(person_id=harbour.researcher.person_id).exists()
    parties.reinstate_member(**common)

    assert queries.active_memberships(person_id=harbour.researcher.person_id).count() == 1


def test_members_of_others_are_not_found_and_ones_own_need_an_administrator(harbour):
    def suspend(member, by):
        parties.suspend_member(membership_id=member.pk, reason="理由", actor_id=by.pk, at=AT)

    with pytest.raises(NotFound):
        suspend(harbour.researcher, harbour.buyer)
    with pytest.raises(NotYourRole):
        suspend(harbour.tto, harbour.researcher)
    with pytest.raises(parties.NotYourself):
        suspend(harbour.tto, harbour.tto)

    assert not Event.objects.exists()


def test_the_last_administrator_stays_unless_the_host_acts(harbour):
    with pytest.raises(parties.LastAdministrator):
        parties.end_member(membership_id=harbour.tto.pk, actor_id=harbour.tto.pk, at=AT)
    with pytest.raises(parties.LastAdministrator):
        parties.name_administrator(
            membership_id=harbour.tto.pk, is_admin=False, actor_id=harbour.tto.pk, at=AT
        )
    parties.name_administrator(
        membership_id=harbour.researcher.pk, is_admin=True, actor_id=harbour.tto.pk, at=AT
    )
    parties.end_member(membership_id=harbour.tto.pk, actor_id=harbour.tto.pk, at=AT)
    parties.end_member(membership_id=harbour.researcher.pk, actor_id=harbour.operator.pk, at=AT)

    assert not queries.people_of(organisation_id=harbour.university.pk).exists()


def test_anyone_may_leave_and_tokens_go_with_them(harbour):
    issued = parties.issue_token(actor_id=harbour.researcher.pk, at=AT)

    parties.end_member(membership_id=harbour.researcher.pk, actor_id=harbour.researcher.pk, at=AT)

    issued.token.refresh_from_db()
    assert issued.token.revoked_at == AT


def test_who_left_may_come_back(harbour):
    parties.end_member(membership_id=harbour.researcher.pk, actor_id=harbour.tto.pk, at=AT)
    invited = invite(harbour, email=harbour.researcher.person.email)

    member = parties.accept_invitation(
        token=invited.secret, person_id=harbour.researcher.person_id, at=AT
    )

    assert member.pk != harbour.researcher.pk


def test_suspending_a_person_is_for_the_hosts_people(harbour):
    with pytest.raises(NotYourRole):
        parties.suspend_person(
            person_id=harbour.researcher.person_id, reason="x", actor_id=harbour.tto.pk, at=AT
        )
    with pytest.raises(parties.NotYourself):
        parties.suspend_person(
            person_id=harbour.operator.person_id, reason="x", actor_id=harbour.operator.pk, at=AT
        )
    with pytest.raises(NotFound):
        parties.suspend_person(person_id=0, reason="x", actor_id=harbour.operator.pk, at=AT)
    issued = parties.issue_token(actor_id=harbour.researcher.pk, at=AT)
    common = {"person_id": harbour.researcher.person_id, "actor_id": harbour.operator.pk, "at": AT}

    parties.suspend_person(reason="账号被盗用", **common)
    with pytest.raises(NotFound):
        queries.actor(actor_id=harbour.researcher.pk)
    parties.reinstate_person(**common)

    issued.token.refresh_from_db()
    assert issued.token.revoked_at == AT
    assert queries.actor(actor_id=harbour.researcher.pk) == harbour.researcher


def test_a_suspended_person_cannot_join_again(harbour):
    person = PersonFactory(email="new@uni.example", is_active=False)
    invited = invite(harbour)

    with pytest.raises(parties.PersonSuspended):
        parties.accept_invitation(token=invited.secret, person_id=person.pk, at=AT)


def test_the_profile_is_ones_own(harbour):
    person = parties.revise_profile(
        person_id=harbour.buyer.person_id, name="吴 总监", phone="0574 0000", locale="en", at=AT
    )
    with pytest.raises(parties.UnknownLanguage):
        parties.revise_profile(person_id=person.pk, name="", phone="", locale="fr", at=AT)

    assert (person.name, person.locale) == ("吴 总监", "en")


def test_the_host_may_look_after_people_everywhere(harbour):
    other = MembershipFactory(organisation=harbour.company)

    parties.suspend_member(
        membership_id=other.pk, reason="离职", actor_id=harbour.operator.pk, at=AT
    )

    other.refresh_from_db()
    assert other.status == Membership.Status.SUSPENDED
