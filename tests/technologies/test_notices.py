"""Is a result that changes hands at an agreed price public long enough, and are objections heard?"""

from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError

from pilotharbor.kernel.models import Event
from pilotharbor.kernel.states import MoveNotAllowed
from pilotharbor.parties.models import Notification
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.technologies.commands import notices, objections
from pilotharbor.technologies.commands.rules import NotYourEntry
from pilotharbor.technologies.content import ContentWrong
from pilotharbor.technologies.models import NoticeRule, Objection, PriceNotice
from pilotharbor.technologies.notices import queries
from tests.factories.notices import SAID, drafted, opened, rule, with_rules
from tests.factories.parties import MembershipFactory
from tests.factories.race import race
from tests.factories.technologies import market
from tests.factories.worker import work

pytestmark = pytest.mark.django_db(transaction=True)
# The instant after its last day, 16 March in Shanghai.
OVER = datetime(2026, 3, 16, 16, 0, tzinfo=UTC)


def object_(notice, at, **said):
    given = {"name": "示例人", "contact": "示例电话", "text": "价格偏低", "actor_id": None} | said
    return objections.raise_objection(notice_id=notice.pk, at=at, **given)


def answer(objection, m, at, *, upheld=False):
    return objections.answer_objection(
        objection_id=objection.pk, upheld=upheld, answer="经核查。", actor_id=m.tto.pk, at=at
    )


def conclude(notice, m, at):
    return notices.conclude_notice(notice_id=notice.pk, actor_id=m.tto.pk, at=at)


def test_a_notice_takes_its_words_from_the_result_and_keeps_the_rule_it_was_opened_by(at):
    m = market()

    notice = opened(m, at)

    assert (notice.title, notice.status, notice.least_days) == (m.achievement.title, "open", 15)
    assert (notice.jurisdiction, notice.rule_source) == ("CN", "示例依据")
    assert queries.days_counted(notice) == 15
    assert queries.last_day(notice) == date(2026, 3, 16)
    names = ["technologies.notice.drafted", "technologies.notice.opened"]
    assert list(Event.objects.order_by("id").values_list("name", flat=True)) == names


@pytest.mark.parametrize(
    ("jurisdiction", "last", "days"),
    [
        ("CN", date(2026, 3, 15), 15),
        ("CN-ZJ", date(2026, 3, 20), 20),
        ("CN-XZ", date(2026, 3, 2), 15),
    ],
)
def test_a_notice_that_is_too_short_does_not_open_where_it_belongs(at, jurisdiction, last, days):
    m = market()
    m.university.jurisdiction = jurisdiction
    m.university.save()
    notice = drafted(m, at, last_date=last)

    with pytest.raises(notices.NoticeTooShort) as refused:
        notices.open_notice(notice_id=notice.pk, actor_id=m.tto.pk, at=at)

    assert refused.value.facts["days"] == days
    notice.refresh_from_db()
    assert (notice.status, notice.least_days) == ("drafted", None)


def test_the_rule_of_the_day_holds_and_no_other(at):
    market()
    with_rules()
    rule("CN-GD", 30, since=date(2026, 3, 2))
    rule("CN-FJ", 30, since=date(2020, 1, 1), until=date(2026, 3, 1))

    assert queries.rule(jurisdiction="CN-GD", on=date(2026, 3, 1)).least_days == 15
    assert queries.rule(jurisdiction="CN-GD", on=date(2026, 3, 2)).least_days == 30
    assert queries.rule(jurisdiction="CN-FJ", on=date(2026, 2, 28)).least_days == 30
    assert queries.rule(jurisdiction="CN-FJ", on=date(2026, 3, 1)).least_days == 15
    NoticeRule.objects.all().delete()
    assert queries.rule(jurisdiction="CN", on=date(2026, 3, 1)) is None


def test_without_any_rule_nothing_opens(at):
    m = market()
    notice = drafted(m, at)
    NoticeRule.objects.all().delete()

    with pytest.raises(notices.NoNoticeRule):
        notices.open_notice(notice_id=notice.pk, actor_id=m.tto.pk, at=at)


def test_nothing_is_public_from_a_day_that_has_passed(at):
    m = market()
    notice = drafted(m, at, last_date=date(2026, 4, 30))

    with pytest.raises(notices.NoticeInThePast):
        notices.open_notice(notice_id=notice.pk, actor_id=m.tto.pk, at=at + timedelta(days=1))


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"price_fen": -1}, "price_fen"),
        ({"way": "auction"}, "way"),
        ({"relation": "inventor"}, "relation_note"),
        ({"relation": "cousin"}, "relation"),
        ({"taker": " "}, "taker"),
        ({"last_date": date(2026, 2, 1)}, "last_date"),
        ({"last_date": date(2028, 2, 1)}, "last_date"),
        ({"title": "长" * 201}, "title"),
    ],
)
def test_a_fact_that_is_wrong_is_told_at_its_field_and_leaves_no_trace(at, said, field):
    m = market()

    with pytest.raises(ContentWrong) as refused:
        drafted(m, at, **said)

    assert list(refused.value.problems) == [field]
    assert not PriceNotice.objects.exists()
    assert not Event.objects.exists()


def test_price_and_days_are_asked_for(at):
    m = market()

    with pytest.raises(ContentWrong) as refused:
        notices.draft_notice(
            achievement_id=m.achievement.pk, content={"taker": "甲"}, actor_id=m.tto.pk, at=at
        )

    wanted = {"way", "relation", "places", "price_fen", "first_date", "last_date"}
    assert set(refused.value.problems) == wanted


@pytest.mark.parametrize(
    ("who", "error"),
    [("inventor", NotYourRole), ("buyer", NotYourRole), ("operator", NotYourRole)],
)
def test_only_the_owners_office_gives_notice(at, who, error):
    m = market()

    with pytest.raises(error):
        notices.draft_notice(
            achievement_id=m.achievement.pk, content=SAID, actor_id=getattr(m, who).pk, at=at
        )

    assert not PriceNotice.objects.exists()


def test_another_organisations_office_keeps_no_notice_of_ours(at):
    m = market()
    notice = opened(m, at)
    other = MembershipFactory(role="tto_officer")

    with pytest.raises(NotYourEntry):
        notices.withdraw_notice(notice_id=notice.pk, note="撤", actor_id=other.pk, at=at)


def test_an_open_notice_never_changes_not_even_for_its_owner_in_the_database(at):
    m = market()
    notice = opened(m, at)

    with pytest.raises(notices.NoticeIsOpen):
        notices.revise_notice(
            notice_id=notice.pk, content={"price_fen": 1}, actor_id=m.tto.pk, at=at
        )
    with pytest.raises(IntegrityError):
        PriceNotice.objects.filter(pk=notice.pk).update(price_fen=1)
    with pytest.raises(IntegrityError):
        PriceNotice.objects.filter(pk=notice.pk).delete()

    notice.refresh_from_db()
    assert notice.price_fen == SAID["price_fen"]


def test_a_draft_changes_and_is_told_with_its_fields(at):
    m = market()
    notice = drafted(m, at)

    notices.revise_notice(notice_id=notice.pk, content={"price_fen": 1}, actor_id=m.tto.pk, at=at)

    event = Event.objects.get(name="technologies.notice.revised")
    assert event.facts["fields"] == ["price_fen"]


def test_a_correction_is_a_new_notice_and_ends_the_old_one(at):
    m = market()
    old = opened(m, at)

    new = notices.draft_notice(
        achievement_id=m.achievement.pk, content=SAID, corrects_id=old.pk, actor_id=m.tto.pk, at=at
    )
    with pytest.raises(notices.AlreadyCorrected):
        notices.draft_notice(
            achievement_id=m.achievement.pk, content=SAID, corrects_id=old.pk,
            actor_id=m.tto.pk, at=at,
        )  # fmt: skip
    notices.open_notice(notice_id=new.pk, actor_id=m.tto.pk, at=at)

    old.refresh_from_db()
    assert (old.status, old.price_fen) == ("withdrawn", SAID["price_fen"])
    assert old.end_note


def test_it_ends_after_its_last_day_when_the_office_confirms(at):
    m = market()
    notice = opened(m, at)

    with pytest.raises(notices.NoticeNotOver):
        conclude(notice, m, OVER - timedelta(microseconds=1))
    done = conclude(notice, m, OVER)

    assert (done.status, done.ended_by_id) == ("closed", m.tto.pk)
    with pytest.raises(MoveNotAllowed):
        conclude(notice, m, OVER)


def test_a_notice_with_an_open_objection_does_not_end(at):
    m = market()
    notice = opened(m, at)
    raised = object_(notice, at)

    for refused in (
        lambda: conclude(notice, m, OVER),
        lambda: notices.withdraw_notice(notice_id=notice.pk, note="撤", actor_id=m.tto.pk, at=OVER),
    ):
        with pytest.raises(notices.ObjectionOpen):
            refused()
    second = object_(notice, at, text="另有异议")
    answer(raised, m, at)
    notice.refresh_from_db()
    assert notice.status == "objected"
    answer(second, m, at)

    assert conclude(notice, m, OVER).status == "closed"


def test_an_upheld_objection_takes_the_notice_back(at):
    m = market()
    notice = opened(m, at)

    answer(object_(notice, at), m, at, upheld=True)

    notice.refresh_from_db()
    assert (notice.status, notice.end_note) == ("withdrawn", "经核查。")
    with pytest.raises(objections.NothingToObjectTo):
        object_(notice, at)


@pytest.mark.parametrize("when", [OVER, datetime(2026, 2, 28, 15, 59, tzinfo=UTC)])
def test_objections_are_taken_while_it_is_public(at, when):
    m = market()
    notice = opened(m, at)

    with pytest.raises(objections.NothingToObjectTo):
        object_(notice, when)

    assert not Objection.objects.exists()


def test_who_objects_has_a_name_and_does_not_answer_it(at):
    m = market()
    notice = opened(m, at)

    with pytest.raises(ContentWrong) as nameless:
        object_(notice, at, name=" ")
    assert list(nameless.value.problems) == ["name"]
    own = object_(notice, at, actor_id=m.tto.pk)
    with pytest.raises(objections.OwnObjection):
        answer(own, m, at)
    with pytest.raises(NotYourRole):
        objections.answer_objection(
            objection_id=own.pk, upheld=False, answer="无", actor_id=m.buyer.pk, at=at
        )


def test_inventors_office_and_objector_are_told(at):
    m = market()
    notice = opened(m, at)
    raised = object_(notice, at, actor_id=m.buyer.pk)
    answer(raised, m, at)

    work()

    told = Notification.objects.order_by("id").values_list("kind", "person_id")
    assert set(told) == {
        ("technologies.notice.opened", m.inventor.person_id),
        ("technologies.objection.raised", m.tto.person_id),
        ("technologies.objection.answered", m.buyer.person_id),
    }


def test_the_hosts_operators_set_rules_and_nobody_else(at):
    m = market()
    with_rules()
    new = {"jurisdiction": "CN", "from_date": date(2026, 3, 10), "least_days": 20,
           "binding": False, "source": "平台决定"}  # fmt: skip

    with pytest.raises(NotYourRole):
        objections.set_notice_rule(**new, actor_id=m.tto.pk, at=at)
    objections.set_notice_rule(**new, actor_id=m.operator.pk, at=at)
    with pytest.raises(ContentWrong):
        objections.set_notice_rule(**new, actor_id=m.operator.pk, at=at)

    assert queries.rule(jurisdiction="CN", on=date(2026, 3, 9)).least_days == 15
    assert queries.rule(jurisdiction="CN", on=date(2026, 3, 10)).least_days == 20


def _end_and_object(at, m, notice):
    return race(
        lambda: conclude(notice, m, OVER), lambda: object_(notice, OVER - timedelta(seconds=1))
    )


def test_of_an_end_and_an_objection_at_once_one_is_refused(at):
    for _round in range(5):
        m = market()
        notice = opened(m, at)

        outcomes = _end_and_object(at, m, notice)

        refusals = [o for o in outcomes if isinstance(o, Exception)]
        allowed = (notices.ObjectionOpen, objections.NothingToObjectTo)
        assert len(refusals) == 1, outcomes
        assert isinstance(refusals[0], allowed)
        m.host.is_host = False
        m.host.save()


def test_control_without_the_lock_both_get_through(at, monkeypatch):
    m = market()
    notice = opened(m, at)

    def unlocked(pk):
        found = PriceNotice.objects.select_related("achievement__owner").get(pk=pk)
        meet.wait(timeout=20)
        return found

    meet = Barrier(2)
    monkeypatch.setattr(notices, "locked_notice", unlocked)
    monkeypatch.setattr(objections, "locked_notice", unlocked)

    outcomes = _end_and_object(at, m, notice)

    assert not any(isinstance(o, Exception) for o in outcomes), outcomes
    assert Objection.objects.filter(notice=notice, status="open").exists()
