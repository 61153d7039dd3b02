"""From a draft to a first order: what each step writes, and what refuses it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.states import MoveNotAllowed
from pilotharbor.kernel.time import local_date
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.technologies.commands import ContentWrong, NotYourEntry, OwnSubmission, scenarios
from pilotharbor.technologies.commands import scenario_answers as answers
from pilotharbor.technologies.commands.review import NoteMissing
from pilotharbor.technologies.commands.rules import NotOpenForChange
from pilotharbor.technologies.models import Scenario, ScenarioAnswer
from pilotharbor.technologies.secrecy import StateSecretRefused
from tests.conftest import AT
from tests.factories.race import race
from tests.factories.scenarios import AnswerFactory, stage
from tests.factories.technologies import AchievementFactory

pytestmark = pytest.mark.django_db(transaction=True)
CONTENT = {"direction": "scenario_seeks_product", "title": "找检测机", "summary": "替代进口设备。"}
TODAY = local_date(AT)


def do(command, actor, at=AT, **kwargs):
    return command(**kwargs, actor_id=actor.pk, at=at)


def names():
    return list(Event.objects.order_by("id").values_list("name", flat=True))


def untouched(row):
    before = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}
    row.refresh_from_db()
    return before == {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}


def chosen(s, number=0):
    do(answers.choose, s.owner, answer_id=s.answers[number].pk, reason="工况最接近")
    s.scenario.refresh_from_db()
    return s.answers[number]


def tried(s, *, passed=True, number=0):
    chosen(s, number)
    do(answers.record_trial, s.owner, scenario_id=s.scenario.pk, passed=passed,
       note="连续运行 200 小时", trial_date=TODAY)  # fmt: skip
    s.scenario.refresh_from_db()


def test_a_scenario_is_written_reviewed_answered_tried_and_ordered():
    s = stage(answers=0)

    made = do(scenarios.post_scenario, s.owner, content={
        **CONTENT, "conditions": "一条六代线\n夜班可停机", "frontier": "displays",
        "domestic_substitution": True, "budget_fen": 80_000_000, "cooperation": ["service"],
        "answers_until_date": TODAY + timedelta(days=30), "industry": "C39", "region": "330200",
    })  # fmt: skip
    do(scenarios.revise_scenario, s.owner, scenario_id=made.pk, content={"title": "找国产检测机"})
    do(scenarios.submit_scenario, s.owner, scenario_id=made.pk)
    do(scenarios.return_scenario, s.operator, scenario_id=made.pk, note="请写明节拍")
    do(scenarios.submit_scenario, s.owner, scenario_id=made.pk)
    do(scenarios.publish_scenario, s.operator, scenario_id=made.pk)
    offer = do(answers.answer_scenario, s.tto, scenario_id=made.pk, offer="算法加光学",
               ip_asset_id=s.asset.pk)  # fmt: skip
    do(answers.choose, s.colleague, answer_id=offer.pk, reason="唯一应答")
    do(answers.record_trial, s.owner, scenario_id=made.pk, passed=True, note="检出率 99.2 %",
       trial_date=TODAY)  # fmt: skip
    do(scenarios.order_first, s.owner, scenario_id=made.pk, amount_fen=65_000_000,
       order_date=TODAY)  # fmt: skip

    made.refresh_from_db()
    offer.refresh_from_db()
    assert (made.status, made.title, made.chosen, made.trial_passed) == (
        "first_order", "找国产检测机", offer, True,
    )  # fmt: skip
    assert (made.order_fen, made.order_date) == (65_000_000, TODAY)
    assert (offer.status, offer.achievement, offer.trial_note, offer.trial_date) == (
        "passed", s.result, "检出率 99.2 %", TODAY,
    )  # fmt: skip
    assert names() == [
        f"technologies.scenario.{said}"
        for said in ("posted", "revised", "submitted", "returned", "submitted", "published",
                     "answered", "unveiled", "tried", "ordered")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "field"),
    [({"direction": "sideways"}, "direction"), ({"direction": ""}, "direction"),
     ({"frontier": "past"}, "frontier"), ({"conditions": "长" * 4001}, "conditions"),
     ({"title": ""}, "title"), ({"budget_fen": -1}, "budget_fen"), ({"region": "999999"}, "region"),
     ({"cooperation": ["barter"]}, "cooperation")],
)  # fmt: skip
def test_a_wrong_field_is_named_and_leaves_no_trace(change, field):
    s = stage()

    with pytest.raises(ContentWrong) as refused:
        do(scenarios.post_scenario, s.owner, content=CONTENT | change)

    assert list(refused.value.problems) == [field]
    assert Scenario.objects.count() == 1
    assert not Event.objects.exists()


def test_a_state_secret_is_refused_in_every_text():
    s = stage()

    with pytest.raises(StateSecretRefused):
        do(scenarios.post_scenario, s.owner, content=CONTENT | {"conditions": "机密★10年"})
    with pytest.raises(StateSecretRefused):
        do(answers.answer_scenario, s.tto, scenario_id=s.scenario.pk, offer="绝密★")

    assert not Event.objects.exists()


@pytest.mark.parametrize("who", ["operator", "manager", "auditor", "bureau", "administrator"])
def test_who_writes_neither_results_nor_needs_writes_no_scenario_and_answers_none(who):
    s = stage()

    with pytest.raises(NotYourRole):
        do(scenarios.post_scenario, getattr(s, who), content=CONTENT)
    with pytest.raises(NotYourRole):
        do(answers.answer_scenario, getattr(s, who), scenario_id=s.scenario.pk, offer="可以")

    assert not Event.objects.exists()


def test_a_published_scenario_stays_as_it_was_answered():
    s = stage()

    with pytest.raises(NotOpenForChange):
        do(scenarios.revise_scenario, s.owner, scenario_id=s.scenario.pk, content={"title": "别的"})
    with pytest.raises(NotYourEntry):
        do(scenarios.revise_scenario, s.stranger, scenario_id=s.scenario.pk, content={"title": "x"})

    assert untouched(s.scenario)


def test_nobody_reviews_what_he_submitted_and_a_return_has_a_note():
    s = stage(status="draft", published_at=None)
    do(scenarios.submit_scenario, s.owner, scenario_id=s.scenario.pk)
    Scenario.objects.filter(pk=s.scenario.pk).update(submitted_by=s.operator)
    s.scenario.refresh_from_db()

    with pytest.raises(OwnSubmission):
        do(scenarios.publish_scenario, s.operator, scenario_id=s.scenario.pk)
    Scenario.objects.filter(pk=s.scenario.pk).update(submitted_by=s.owner)
    with pytest.raises(NoteMissing):
        do(scenarios.return_scenario, s.operator, scenario_id=s.scenario.pk, note=" ")
    with pytest.raises(NotYourRole):
        do(scenarios.publish_scenario, s.colleague, scenario_id=s.scenario.pk)

    s.scenario.refresh_from_db()
    assert s.scenario.status == "submitted"


def test_the_last_day_for_answers_counts_in_full():
    s = stage(answers_until_date=TODAY)

    do(answers.answer_scenario, s.tto, scenario_id=s.scenario.pk, offer="今天还来得及")
    with pytest.raises(answers.AnswersClosed):
        do(
            answers.answer_scenario,
            s.stranger,
            at=AT + s.day,
            scenario_id=s.scenario.pk,
            offer="晚了",
        )

    assert s.scenario.answers.count() == 3


def test_a_last_day_that_has_passed_is_not_submitted():
    s = stage(status="draft", published_at=None, answers_until_date=TODAY - timedelta(days=1))

    with pytest.raises(scenarios.LastDayPassed):
        do(scenarios.submit_scenario, s.owner, scenario_id=s.scenario.pk)

    assert untouched(s.scenario)


def test_an_organisation_has_one_live_answer_and_never_to_its_own_scenario():
    s = stage()
    first = do(answers.answer_scenario, s.tto, scenario_id=s.scenario.pk, offer="一")

    with pytest.raises(answers.AlreadyAnswered):
        do(answers.answer_scenario, s.inventor, scenario_id=s.scenario.pk, offer="二")
    with pytest.raises(answers.OwnScenario):
        do(answers.answer_scenario, s.colleague, scenario_id=s.scenario.pk, offer="自家")
    do(answers.withdraw_answer, s.inventor, answer_id=first.pk)
    again = do(answers.answer_scenario, s.inventor, scenario_id=s.scenario.pk, offer="再来")

    assert [a.status for a in s.scenario.answers.filter(organisation=s.university)] == [
        "withdrawn", "offered",
    ]  # fmt: skip
    assert again.offered_by == s.inventor


def test_an_answer_rests_only_on_what_one_owns_and_has_published():
    s = stage()
    draft = AchievementFactory(owner=s.university, disclosed_by=s.inventor, status="draft")

    for rests in ({"achievement_id": draft.pk}, {"ip_asset_id": 0},
                  {"achievement_id": AchievementFactory().pk, "ip_asset_id": s.asset.pk}):  # fmt: skip
        with pytest.raises(answers.NotOnOffer):
            do(answers.answer_scenario, s.tto, scenario_id=s.scenario.pk, offer="x", **rests)
    with pytest.raises(answers.WordsMissing):
        do(answers.answer_scenario, s.tto, scenario_id=s.scenario.pk, offer=" \n ")

    assert s.scenario.answers.count() == 2
    assert not Event.objects.exists()


def test_choosing_tells_the_others_why():
    s = stage(answers=3)

    chosen(s, 1)

    assert [(a.status, a.decline_reason) for a in s.scenario.answers.order_by("pk")] == [
        ("not_chosen", "工况最接近"), ("chosen", ""), ("not_chosen", "工况最接近"),
    ]  # fmt: skip
    assert (s.scenario.status, s.scenario.chosen, s.scenario.unveiled_at) == (
        "unveiled", s.answers[1], AT,
    )  # fmt: skip


def test_only_the_owner_chooses_and_only_what_is_in_the_running():
    s = stage()
    do(answers.withdraw_answer, s.rivals[1], answer_id=s.answers[1].pk)

    with pytest.raises(NotYourEntry):
        do(answers.choose, s.rivals[0], answer_id=s.answers[0].pk, reason="我最好")
    with pytest.raises(NotFound):
        do(answers.choose, s.stranger, answer_id=s.answers[0].pk, reason="x")
    with pytest.raises(scenarios.ReasonMissing):
        do(answers.choose, s.owner, answer_id=s.answers[0].pk, reason=" ")
    with pytest.raises(answers.NotInTheRunning):
        do(answers.choose, s.owner, answer_id=s.answers[1].pk, reason="x")

    assert untouched(s.scenario)


def test_a_failed_trial_lets_the_owner_choose_another():
    s = stage()
    tried(s, passed=False)

    with pytest.raises(scenarios.TrialNotPassed):
        do(
            scenarios.order_first,
            s.owner,
            scenario_id=s.scenario.pk,
            amount_fen=1,
            order_date=TODAY,
        )
    with pytest.raises(answers.NotInTheRunning):
        do(answers.choose, s.owner, answer_id=s.answers[0].pk, reason="再给一次")
    tried(s, number=1)

    assert [a.status for a in s.scenario.answers.order_by("pk")] == ["failed", "passed"]
    with pytest.raises(answers.AlreadyChosen):
        do(answers.choose, s.owner, answer_id=s.answers[0].pk, reason="反悔")


@pytest.mark.parametrize("days", [-1, 1])
def test_a_trial_lies_between_the_choice_and_today(days):
    s = stage()
    chosen(s)

    with pytest.raises(answers.TrialDayWrong):
        do(answers.record_trial, s.owner, scenario_id=s.scenario.pk, passed=True, note="好",
           trial_date=TODAY + timedelta(days=days))  # fmt: skip

    assert untouched(s.scenario)


@pytest.mark.parametrize(
    ("amount", "days", "field"),
    [(0, 0, "amount_fen"), (-5, 0, "amount_fen"), (1, 1, "order_date"), (1, -1, "order_date")],
)
def test_a_first_order_has_an_amount_and_its_day(amount, days, field):
    s = stage()
    tried(s)

    with pytest.raises(scenarios.OrderWrong) as refused:
        do(scenarios.order_first, s.owner, scenario_id=s.scenario.pk, amount_fen=amount,
           order_date=TODAY + timedelta(days=days))  # fmt: skip

    assert list(refused.value.problems) == [field]
    assert untouched(s.scenario)


def test_no_trial_and_no_order_before_their_time():
    s = stage()

    with pytest.raises(MoveNotAllowed):
        do(answers.record_trial, s.owner, scenario_id=s.scenario.pk, passed=True, note="好",
           trial_date=TODAY)  # fmt: skip
    with pytest.raises(MoveNotAllowed):
        do(
            scenarios.order_first,
            s.owner,
            scenario_id=s.scenario.pk,
            amount_fen=1,
            order_date=TODAY,
        )

    assert untouched(s.scenario)


def test_what_was_answered_is_closed_with_a_reason_and_not_withdrawn():
    s = stage()

    with pytest.raises(scenarios.AnswersWaiting):
        do(scenarios.withdraw_scenario, s.owner, scenario_id=s.scenario.pk)
    with pytest.raises(NotYourEntry):
        do(scenarios.close_scenario, s.rivals[0], scenario_id=s.scenario.pk, reason="x")
    do(scenarios.close_scenario, s.operator, scenario_id=s.scenario.pk, reason="产线停建")

    s.scenario.refresh_from_db()
    assert (s.scenario.status, s.scenario.closing_reason) == ("closed", "产线停建")
    assert {a.decline_reason for a in s.scenario.answers.all()} == {"产线停建"}
    with pytest.raises(MoveNotAllowed):
        do(answers.choose, s.owner, answer_id=s.answers[0].pk, reason="x")


def test_an_unanswered_one_is_withdrawn_by_its_owner():
    s = stage(answers=0)

    do(scenarios.withdraw_scenario, s.owner, scenario_id=s.scenario.pk)

    s.scenario.refresh_from_db()
    assert s.scenario.status == "withdrawn"


def test_two_choices_at_the_same_instant_choose_one():
    s = stage()

    outcomes = race(
        lambda: do(answers.choose, s.owner, answer_id=s.answers[0].pk, reason="甲"),
        lambda: do(answers.choose, s.colleague, answer_id=s.answers[1].pk, reason="乙"),
    )

    assert sorted(type(o).__name__ for o in outcomes) == ["MoveNotAllowed", "Scenario"]
    assert s.scenario.answers.filter(status="chosen").count() == 1
    assert names() == ["technologies.scenario.unveiled"]


def test_without_the_lock_the_database_itself_refuses_a_second_choice(monkeypatch):
    """The control: the race is real, and the constraint stands behind the lock."""
    s = stage()
    unlocked = lambda pk, _actor: Scenario.objects.get(pk=pk)  # noqa: E731
    monkeypatch.setattr(answers, "owned_scenario", unlocked)
    monkeypatch.setattr(ScenarioAnswer.objects.__class__, "select_for_update",
                        lambda self, **_: self.get_queryset())  # fmt: skip

    outcomes = race(
        lambda: do(answers.choose, s.owner, answer_id=s.answers[0].pk, reason="甲"),
        lambda: do(answers.choose, s.colleague, answer_id=s.answers[1].pk, reason="乙"),
    )

    assert sum(isinstance(o, Scenario) for o in outcomes) <= 1
    assert any(isinstance(o, Exception) for o in outcomes)
    assert s.scenario.answers.filter(status="chosen").count() <= 1


def test_two_colleagues_answering_at_once_leave_one_answer():
    s = stage(answers=0)

    outcomes = race(
        lambda: do(answers.answer_scenario, s.tto, scenario_id=s.scenario.pk, offer="一"),
        lambda: do(answers.answer_scenario, s.inventor, scenario_id=s.scenario.pk, offer="二"),
    )

    assert sorted(type(o).__name__ for o in outcomes) == ["AlreadyAnswered", "ScenarioAnswer"]


@pytest.mark.parametrize(
    "change",
    [{"status": "unveiled"}, {"status": "tried"}, {"status": "closed"},
     {"status": "first_order", "order_fen": 1}, {"order_fen": 1}, {"closing_reason": "x"},
     {"published_at": None}],
)  # fmt: skip
def test_the_database_holds_what_each_state_needs(change):
    s = stage()

    with pytest.raises(IntegrityError), transaction.atomic():
        Scenario.objects.filter(pk=s.scenario.pk).update(**change)


@pytest.mark.parametrize(
    "change", [{"status": "not_chosen"}, {"status": "passed"}, {"trial_note": "x"}]
)
def test_the_database_holds_what_an_answer_needs(change):
    s = stage()

    with pytest.raises(IntegrityError), transaction.atomic():
        ScenarioAnswer.objects.filter(pk=s.answers[0].pk).update(**change)


def test_the_database_holds_one_chosen_answer_and_one_an_organisation():
    s = stage()
    ScenarioAnswer.objects.filter(pk=s.answers[0].pk).update(status="chosen")

    with pytest.raises(IntegrityError), transaction.atomic():
        ScenarioAnswer.objects.filter(pk=s.answers[1].pk).update(status="chosen")
    with pytest.raises(IntegrityError), transaction.atomic():
        AnswerFactory(scenario=s.scenario, organisation=s.answers[0].organisation)
