"""R-PARTY-9…12: tokens, confidentiality agreements, emergency readings, notifications."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection

from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.states import MoveNotAllowed
from pilotharbor.parties import commands as parties
from pilotharbor.parties import invitations, notices, queries, texts, tokens
from pilotharbor.parties.models import (
    ApiToken,
    BreakGlass,
    NonDisclosure,
    Notification,
    Organisation,
)
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.parties.roles import OrganisationKind, Role
from tests.conftest import AT
from tests.factories.parties import MembershipFactory, OrganisationFactory
from tests.parties.conftest import PASSWORD


def test_a_token_is_stored_hashed_and_works_within_its_scope_until_it_expires(harbour):
    issued = parties.issue_token(scopes=["read"], days=30, actor_id=harbour.buyer.pk, at=AT)

    def acts(scope="read", at=AT):
        return tokens.membership_of(secret=issued.secret, scope=scope, at=at)

    assert issued.secret not in str(ApiToken.objects.values().get())
    assert issued.secret.startswith(issued.token.prefix)
    assert acts() == harbour.buyer
    assert acts(scope="write") is None
    assert acts(at=AT + timedelta(days=30)) is None
    parties.revoke_token(token_id=issued.token.pk, actor_id=harbour.buyer.pk, at=AT)
    assert acts() is None


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"days": 366}, parties.TooLong),
        ({"days": 0}, parties.TooLong),
        ({"scopes": ["admin"]}, parties.UnknownScope),
        ({"scopes": []}, parties.UnknownScope),
    ],
)
def test_a_token_that_may_not_be_is_refused(harbour, facts, error):
    with pytest.raises(error):
        parties.issue_token(**facts, actor_id=harbour.buyer.pk, at=AT)

    assert not ApiToken.objects.exists()
    assert not Event.objects.exists()


def test_others_tokens_are_not_found_and_revoking_twice_is_once(harbour):
    issued = parties.issue_token(actor_id=harbour.buyer.pk, at=AT)

    with pytest.raises(NotFound):
        parties.revoke_token(token_id=issued.token.pk, actor_id=harbour.operator.pk, at=AT)
    for _ in range(2):
        parties.revoke_token(token_id=issued.token.pk, actor_id=harbour.buyer.pk, at=AT)

    assert Event.objects.filter(name="parties.token.revoked").count() == 1


def test_an_nda_is_signed_once_per_counterparty(harbour):
    nda = parties.sign_nda(
        owner_id=harbour.university.pk, text_sha256=texts.nda().sha256,
        actor_id=harbour.buyer.pk, at=AT,
    )  # fmt: skip

    with pytest.raises(parties.SignedAlready):
        parties.sign_nda(owner_id=harbour.university.pk, actor_id=harbour.buyer.pk, at=AT)

    assert (nda.owner, nda.signatory) == (harbour.university, harbour.company)
    assert (nda.text_version, nda.text_sha256) == ("nda-1", texts.nda().sha256)
    assert list(queries.nda_owners(harbour.buyer)) == [harbour.university.pk]
    assert list(queries.nda_owners(harbour.researcher)) == []
    assert queries.nda_in_force(owner_id=harbour.university.pk, signatory_id=harbour.company.pk)


@pytest.mark.parametrize(
    ("who", "facts", "error"),
    [
        ("auditor", {}, NotYourRole),
        ("researcher", {}, NotYourRole),
        ("administrator", {}, NotYourRole),
        ("tto", {}, parties.NotWithOneself),
        ("buyer", {"owner_id": 0}, NotFound),
        ("buyer", {"text_sha256": "0" * 64}, parties.OtherText),
    ],
)
def test_sign_nda_refuses_and_leaves_no_trace(harbour, who, facts, error):
    with pytest.raises(error):
        parties.sign_nda(
            **{"owner_id": harbour.university.pk} | facts,
            actor_id=getattr(harbour, who).pk, at=AT,
        )  # fmt: skip

    assert not NonDisclosure.objects.exists()
    assert not Event.objects.exists()


def test_an_applicant_cannot_sign(harbour):
    Organisation.objects.filter(pk=harbour.company.pk).update(status="applied")

    with pytest.raises(parties.ApprovalPending):
        parties.sign_nda(owner_id=harbour.university.pk, actor_id=harbour.buyer.pk, at=AT)


def test_the_owner_ends_an_nda_and_it_can_be_signed_anew(harbour):
    signed = {"owner_id": harbour.university.pk, "actor_id": harbour.buyer.pk, "at": AT}
    nda = parties.sign_nda(**signed)

    with pytest.raises(NotFound):
        parties.end_nda(nda_id=nda.pk, actor_id=harbour.buyer.pk, at=AT)
    with pytest.raises(NotYourRole):
        parties.end_nda(nda_id=nda.pk, actor_id=harbour.researcher.pk, at=AT)
    parties.end_nda(nda_id=nda.pk, actor_id=harbour.tto.pk, at=AT)
    assert list(queries.nda_owners(harbour.buyer)) == []

    assert parties.sign_nda(**signed).pk != nda.pk


def ask(harbour, **changes):
    facts = {
        "subject_type": "technologies.achievement", "subject_id": 12, "reason": "数据恢复核对",
        "actor_id": harbour.administrator.pk, "at": AT,
    }  # fmt: skip
    return parties.ask_break_glass(**facts | changes)


def is_open(harbour, who, at=AT, subject_id=12):
    return queries.break_glass_open(
        actor=who, subject_type="technologies.achievement", subject_id=subject_id, at=at
    )


def test_the_glass_opens_for_who_asked_for_that_thing_for_four_hours(harbour):
    asked = ask(harbour)
    assert is_open(harbour, harbour.administrator) is None

    parties.grant_break_glass(break_glass_id=asked.pk, actor_id=harbour.auditor.pk, at=AT, hours=99)

    assert is_open(harbour, harbour.administrator) == asked
    assert is_open(harbour, harbour.administrator, at=AT + timedelta(hours=4)) is None
    assert is_open(harbour, harbour.administrator, subject_id=13) is None
    assert is_open(harbour, harbour.auditor) is None
    assert is_open(harbour, None) is None


def test_each_use_is_recorded_and_only_when_open(harbour):
    asked = ask(harbour)
    use = {
        "subject_type": asked.subject_type, "subject_id": 12,
        "actor_id": harbour.administrator.pk, "at": AT,
    }  # fmt: skip

    with pytest.raises(parties.NotOpen):
        parties.use_break_glass(**use)
    parties.grant_break_glass(break_glass_id=asked.pk, actor_id=harbour.auditor.pk, at=AT)
    parties.use_break_glass(**use)
    parties.use_break_glass(**use)

    names = Event.objects.order_by("id").values_list("name", flat=True)
    assert [n.rsplit(".", 1)[1] for n in names] == ["asked", "granted", "used", "used"]


def test_breaking_the_glass_takes_two_people(harbour):
    asked = ask(harbour)
    self_again = MembershipFactory(
        person=harbour.administrator.person, organisation=other_audit(), role=Role.AUDITOR
    )
    second = MembershipFactory(organisation=harbour.host, role=Role.SYSTEM_ADMINISTRATOR)

    for who in (harbour.administrator, self_again):
        with pytest.raises(parties.TwoPeople):
            parties.grant_break_glass(break_glass_id=asked.pk, actor_id=who.pk, at=AT)
    for who in (harbour.operator, harbour.tto, second):
        with pytest.raises(NotYourRole):
            parties.grant_break_glass(break_glass_id=asked.pk, actor_id=who.pk, at=AT)
    parties.refuse_break_glass(break_glass_id=asked.pk, actor_id=harbour.auditor.pk, at=AT)
    with pytest.raises(MoveNotAllowed):
        parties.grant_break_glass(break_glass_id=asked.pk, actor_id=harbour.auditor.pk, at=AT)

    assert BreakGlass.objects.get().status == "refused"


def other_audit(**fields):
    return OrganisationFactory(kind=OrganisationKind.AUDIT_BODY, **fields)


def auditor_of(organisation, **fields):
    return MembershipFactory(organisation=organisation, role=Role.AUDITOR, **fields)


def is_admin_too(h):
    return auditor_of(h.host)


def shares_another_organisation(h):
    body = other_audit()
    MembershipFactory(person=h.administrator.person, organisation=body, role=Role.AUDITOR)
    return auditor_of(body)


def works_for_the_host_too(h):
    member = auditor_of(other_audit())
    MembershipFactory(person=member.person, organisation=h.host, role=Role.EXPERT)
    return member


def operator_again(h):
    """The asker's other membership: the founder operates, too."""
    return MembershipFactory(
        person=h.administrator.person, organisation=h.host, role=Role.PLATFORM_OPERATOR,
        is_admin=True,
    )  # fmt: skip


def invited_by_the_asker(h):
    return invited(other_audit(), by=operator_again(h))


def invited(organisation, *, by, role=Role.AUDITOR, is_admin=False):
    made = parties.invite(
        organisation_id=organisation.pk, email=f"{role}{organisation.pk}@b.example", name="某人",
        role=role, is_admin=is_admin, actor_id=by.pk, at=AT,
    )  # fmt: skip
    return parties.accept_invitation(
        token=invitations.secret_of(made.invitation.nonce), password=PASSWORD, at=AT
    )


def invited_by_whom_the_asker_invited(h):
    body = other_audit()
    first = invited(body, by=operator_again(h))
    made = parties.invite(
        organisation_id=body.pk, email="second@b.example", name="某人", role=Role.AUDITOR,
        actor_id=first.pk, at=AT,
    )  # fmt: skip
    return parties.accept_invitation(
        token=invitations.secret_of(made.invitation.nonce), password=PASSWORD, at=AT
    )


def approved_by_the_asker(h):
    body = other_audit(status="applied")
    parties.approve_organisation(organisation_id=body.pk, actor_id=operator_again(h).pk, at=AT)
    return auditor_of(body)


def reinstated_by_the_asker(h):
    body = other_audit(status="suspended")
    parties.reinstate_organisation(organisation_id=body.pk, actor_id=operator_again(h).pk, at=AT)
    return auditor_of(body)


def approved_by_whom_the_asker_invited(h):
    body = other_audit(status="applied")
    puppet = invited(h.host, by=operator_again(h), role=Role.PLATFORM_OPERATOR)
    parties.approve_organisation(organisation_id=body.pk, actor_id=puppet.pk, at=AT)
    return auditor_of(body)


@pytest.mark.parametrize(
    "decider",
    [
        is_admin_too, shares_another_organisation, works_for_the_host_too, invited_by_the_asker,
        invited_by_whom_the_asker_invited, approved_by_the_asker, reinstated_by_the_asker,
        approved_by_whom_the_asker_invited,
    ],
)  # fmt: skip
def test_who_decides_is_independent_of_who_asked(harbour, decider):
    asked = ask(harbour)
    who = decider(harbour)

    for decide in (parties.grant_break_glass, parties.refuse_break_glass):
        with pytest.raises(parties.NotIndependent):
            decide(break_glass_id=asked.pk, actor_id=who.pk, at=AT)

    assert BreakGlass.objects.get().status == "asked"


def test_an_auditor_whom_others_let_in_decides(harbour):
    body = other_audit(status="applied")
    parties.approve_organisation(organisation_id=body.pk, actor_id=harbour.operator.pk, at=AT)

    done = parties.grant_break_glass(
        break_glass_id=ask(harbour).pk, actor_id=auditor_of(body).pk, at=AT
    )

    assert done.status == "granted"


@pytest.mark.parametrize("standing", ["applied", "suspended"])
def test_an_auditor_of_a_body_that_is_not_approved_decides_nothing(harbour, standing):
    asked = ask(harbour)
    Organisation.objects.filter(pk=harbour.audit.pk).update(status=standing)

    with pytest.raises((NotYourRole, NotFound)):
        parties.grant_break_glass(break_glass_id=asked.pk, actor_id=harbour.auditor.pk, at=AT)


@pytest.mark.parametrize("who", ["operator", "auditor", "tto", "buyer"])
def test_only_system_administrators_ask(harbour, who):
    with pytest.raises(NotYourRole):
        ask(harbour, actor_id=getattr(harbour, who).pk)


def test_a_system_administrator_elsewhere_does_not_ask(harbour):
    elsewhere = MembershipFactory(
        organisation=OrganisationFactory(kind=OrganisationKind.PILOT_PLATFORM),
        role=Role.SYSTEM_ADMINISTRATOR,
    )

    with pytest.raises(NotYourRole):
        ask(harbour, actor_id=elsewhere.pk)


@pytest.mark.parametrize(
    "change",
    [
        {"status": "suspended"}, {"status": "ended"}, {"person__is_active": False},
        {"organisation__status": "suspended"}, {"organisation__status": "refused"},
    ],
)  # fmt: skip
def test_a_token_is_dead_while_person_membership_or_organisation_is(harbour, change):
    issued = parties.issue_token(actor_id=harbour.buyer.pk, at=AT)
    ((field, value),) = change.items()
    *path, name = field.split("__")
    row = getattr(harbour.buyer, path[0]) if path else harbour.buyer
    type(row).objects.filter(pk=row.pk).update(**{name: value})

    assert tokens.membership_of(secret=issued.secret, scope="read", at=AT) is None


def test_asking_names_a_thing_and_a_reason(harbour):
    with pytest.raises(parties.UnknownSubject):
        ask(harbour, subject_type="'; drop table")
    with pytest.raises(parties.UnknownSubject):
        ask(harbour, subject_id=0)
    with pytest.raises(parties.ReasonMissing):
        ask(harbour, reason=" ")

    assert not BreakGlass.objects.exists()


def tell(harbour, people, kind="parties.organisation.approved"):
    parties.approve_organisation(
        organisation_id=MembershipFactory(organisation__status="applied").organisation_id,
        actor_id=harbour.operator.pk, at=AT,
    )  # fmt: skip
    event = Event.objects.filter(name="parties.organisation.approved").latest("id")

    def again():
        return parties.notify(
            member_ids=[m.pk for m in people], kind=kind, url="/", event=event, at=AT,
            facts={"organisation": "示例制药有限公司"},
        )  # fmt: skip

    return again


def test_people_are_told_once_of_an_event(harbour):
    again = tell(harbour, [harbour.buyer, harbour.tto])

    assert len(again()) == 2
    assert again() == []

    one = Notification.objects.get(person=harbour.buyer.person)
    assert "示例制药有限公司" in notices.sentence(one)
    assert Event.objects.filter(name="parties.notification.created").count() == 2


def test_preferences_are_honoured(harbour):
    def prefer(who, **how):
        parties.prefer(person_id=who.person_id, domain="parties", at=AT, **how)

    prefer(harbour.buyer, in_app=False, by_mail=False)
    prefer(harbour.tto, in_app=False, by_mail=True)
    prefer(harbour.auditor, in_app=True, by_mail=False)
    with pytest.raises(parties.UnknownTopic):
        parties.prefer(
            person_id=harbour.tto.person_id, domain="weather", in_app=True, by_mail=True, at=AT
        )

    tell(harbour, [harbour.buyer, harbour.tto, harbour.auditor])()

    told = {n.person_id: n.read_at for n in Notification.objects.all()}
    assert told == {harbour.tto.person_id: AT, harbour.auditor.person_id: None}


def test_a_suspended_membership_is_told_nothing_and_shows_nothing(harbour):
    second = MembershipFactory(person=harbour.buyer.person)
    again = tell(harbour, [harbour.buyer])
    again()
    mine = queries.notifications_of(person_id=harbour.buyer.person_id)
    assert mine.get().membership == harbour.buyer

    parties.suspend_member(
        membership_id=harbour.buyer.pk, reason="调查", actor_id=harbour.operator.pk, at=AT
    )

    assert second.status == "active"
    assert not mine.exists()
    with pytest.raises(NotFound):
        parties.read_notification(
            notification_id=Notification.objects.get().pk,
            person_id=harbour.buyer.person_id, at=AT,
        )  # fmt: skip
    parties.read_all_notifications(person_id=harbour.buyer.person_id, at=AT)
    assert Notification.objects.get().read_at is None
    Notification.objects.all().delete()
    assert again() == []


def test_older_notices_belong_to_the_single_membership_of_their_person(harbour):
    MembershipFactory(person=harbour.tto.person)
    about = {
        "buyer": "parties.nda.signed",
        "tto": "parties.nda.signed",
        "researcher": "parties.membership.ended",
    }
    for n, (who, kind) in enumerate(about.items()):
        Notification.objects.create(
            person=getattr(harbour, who).person, kind=kind, event_id=n, url="/", created_at=AT
        )
    migration = import_module("pilotharbor.parties.migrations.0003_notification_membership")

    with connection.cursor() as cursor:
        cursor.execute(migration.FORWARDS)

    assert dict(Notification.objects.values_list("person", "membership")) == {
        harbour.buyer.person_id: harbour.buyer.pk,
        harbour.tto.person_id: None,
        harbour.researcher.person_id: None,
    }


def test_reading_is_ones_own_and_counts_once(harbour):
    tell(harbour, [harbour.buyer])()
    one = Notification.objects.get()
    later = AT + timedelta(hours=1)

    with pytest.raises(NotFound):
        parties.read_notification(notification_id=one.pk, person_id=harbour.tto.person_id, at=AT)
    for at in (AT, later):
        parties.read_notification(notification_id=one.pk, person_id=harbour.buyer.person_id, at=at)
    parties.read_all_notifications(person_id=harbour.buyer.person_id, at=later)

    one.refresh_from_db()
    assert one.read_at == AT


def test_an_unknown_kind_still_says_something(harbour):
    tell(harbour, [harbour.buyer], kind="weather.storm.announced")()

    assert notices.sentence(Notification.objects.get()) == str(notices.SOMETHING)
