"""R-PARTY-9…12: tokens, confidentiality agreements, emergency readings, notifications."""

from datetime import timedelta

import pytest

from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.states import MoveNotAllowed
from pilotharbor.parties import commands as parties
from pilotharbor.parties import notices, queries, texts, tokens
from pilotharbor.parties.models import (
    ApiToken,
    BreakGlass,
    NonDisclosure,
    Notification,
    Organisation,
)
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.parties.roles import Role
from tests.conftest import AT
from tests.factories.parties import MembershipFactory


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
        person=harbour.administrator.person, organisation=harbour.audit, role=Role.AUDITOR
    )
    second = MembershipFactory(organisation=harbour.host, role=Role.SYSTEM_ADMINISTRATOR)

    for who in (harbour.administrator, self_again):
        with pytest.raises(parties.TwoPeople):
            parties.grant_break_glass(break_glass_id=asked.pk, actor_id=who.pk, at=AT)
    for who in (harbour.operator, harbour.tto):
        with pytest.raises(NotYourRole):
            parties.grant_break_glass(break_glass_id=asked.pk, actor_id=who.pk, at=AT)
    parties.refuse_break_glass(break_glass_id=asked.pk, actor_id=second.pk, at=AT)
    with pytest.raises(MoveNotAllowed):
        parties.grant_break_glass(break_glass_id=asked.pk, actor_id=second.pk, at=AT)

    assert BreakGlass.objects.get().status == "refused"


@pytest.mark.parametrize("who", ["operator", "auditor", "tto", "buyer"])
def test_only_system_administrators_ask(harbour, who):
    with pytest.raises(NotYourRole):
        ask(harbour, actor_id=getattr(harbour, who).pk)


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
            person_ids=[m.person_id for m in people], kind=kind, url="/", event=event, at=AT,
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
