"""Scenarios as people and programs see them: who sees what, who is told, what stands where."""

from datetime import timedelta

import pytest

from pilotharbor.kernel import feeder
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.time import local_date
from pilotharbor.parties.models import NonDisclosure, Notification
from pilotharbor.technologies.commands import scenario_answers, scenarios
from pilotharbor.technologies.models import Scenario
from pilotharbor.technologies.scenarios import queries
from tests.conftest import AT
from tests.factories.callers import Caller
from tests.factories.scenarios import ScenarioFactory, stage
from tests.technologies.test_pages import browse

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = local_date(AT)
EVERYBODY = ("owner", "colleague", "tto", "inventor", "stranger", "manager", "operator", "auditor",
             "bureau", "administrator")  # fmt: skip


def who_sees(s):
    return {
        who for who in EVERYBODY
        if queries.visible_scenarios(actor=getattr(s, who)).filter(pk=s.scenario.pk).exists()
    }  # fmt: skip


def who_reads(s):
    entry = Scenario.objects.select_related("chosen").get(pk=s.scenario.pk)
    return {
        who for who in EVERYBODY
        if queries.reading(entry=entry, actor=getattr(s, who)).detail
    }  # fmt: skip


OWN, ALL = {"owner", "colleague"}, {"operator", "auditor"}
MEMBERS = OWN | ALL | {"tto", "inventor", "stranger", "manager", "bureau"}


@pytest.mark.parametrize(
    ("level", "seen", "read"),
    [
        ("public", set(EVERYBODY), set(EVERYBODY)),
        ("members", MEMBERS, MEMBERS),
        ("nda", MEMBERS, OWN | {"auditor"}),
        ("project", MEMBERS, OWN | {"auditor"}),
        ("core", OWN | ALL, {"owner"}),
    ],
)
def test_who_sees_and_who_reads_follows_the_level(level, seen, read):
    s = stage(confidentiality=level, detail="节拍与良率")

    assert who_sees(s) == seen
    assert who_reads(s) == read
    public = queries.visible_scenarios(actor=None).filter(pk=s.scenario.pk).exists()
    assert public == (level == "public")


def test_a_draft_is_seen_by_its_own_organisation_operators_and_auditors():
    s = stage(status="draft", published_at=None, answers=0)

    assert who_sees(s) == OWN | ALL


def test_the_chosen_one_reads_the_detail_and_an_nda_opens_it():
    s = stage(confidentiality="nda", detail="节拍")
    answer = scenario_answers.answer_scenario(
        scenario_id=s.scenario.pk, offer="可以", actor_id=s.tto.pk, at=AT
    )
    scenario_answers.choose(answer_id=answer.pk, reason="近", actor_id=s.owner.pk, at=AT)
    assert who_reads(s) == OWN | {"auditor", "tto", "inventor"}

    stranger = queries.reading(entry=s.scenario, actor=s.stranger)
    assert (stranger.detail, stranger.wants_nda) == (False, True)
    assert not NonDisclosure.objects.exists()


def test_an_answerer_reads_only_its_own_answer():
    s = stage(answers=2)

    def seen(actor):
        return set(queries.visible_answers(entry=s.scenario, actor=actor))

    assert seen(s.owner) == seen(s.auditor) == set(s.answers)
    assert seen(s.rivals[0]) == {s.answers[0]}
    assert seen(s.operator) == seen(s.stranger) == seen(None) == set()
    rival = browse(s.rivals[0]).get(f"/scenarios/{s.scenario.pk}").content.decode()
    assert s.rivals[0].organisation.name in rival
    assert s.rivals[1].organisation.name not in rival


def test_whoever_answered_still_sees_what_was_closed():
    s = stage(answers=1)
    scenarios.close_scenario(scenario_id=s.scenario.pk, reason="停建", actor_id=s.owner.pk, at=AT)

    assert "停建" in browse(s.rivals[0]).get(f"/scenarios/{s.scenario.pk}").content.decode()
    assert browse(s.stranger).get(f"/scenarios/{s.scenario.pk}").status_code == 404


def test_the_detail_opens_on_demand_and_is_recorded_then():
    s = stage(confidentiality="project", detail="节拍与良率")
    page = f"/scenarios/{s.scenario.pk}"
    reader = browse(s.colleague)

    assert "节拍与良率" not in reader.get(page).content.decode()
    assert not Event.objects.exists()
    opened = reader.get(page + "?detail=open").content.decode()

    assert "节拍与良率" in opened
    assert "watermark" in opened
    assert Event.objects.get().name == "technologies.scenario.detail_viewed"


def told(kind):
    feeder.drain()
    rows = Notification.objects.filter(kind=f"technologies.scenario.{kind}")
    return {n.person_id for n in rows}


def test_everybody_concerned_hears_of_each_step():
    s = stage(status="draft", published_at=None, answers=0)
    pk = s.scenario.pk

    def say(command, actor, **kwargs):
        return command(**kwargs, actor_id=actor.pk, at=AT)

    say(scenarios.submit_scenario, s.owner, scenario_id=pk)
    assert told("submitted") == {s.operator.person_id}
    say(scenarios.publish_scenario, s.operator, scenario_id=pk)
    assert told("published") == {s.owner.person_id}
    one = say(scenario_answers.answer_scenario, s.tto, scenario_id=pk, offer="一")
    two = say(scenario_answers.answer_scenario, s.stranger, scenario_id=pk, offer="二")
    assert told("answered") == {s.owner.person_id}
    say(scenario_answers.choose, s.owner, answer_id=one.pk, reason="更近")
    assert told("unveiled") == {s.tto.person_id}
    assert told("answer_not_chosen") == {s.stranger.person_id}
    said = Notification.objects.get(kind="technologies.scenario.answer_not_chosen")
    assert said.facts["reason"] == "更近"
    say(
        scenario_answers.record_trial,
        s.owner,
        scenario_id=pk,
        passed=False,
        note="堵",
        trial_date=TODAY,
    )
    assert told("trial_failed") == {s.tto.person_id}
    say(scenario_answers.choose, s.owner, answer_id=two.pk, reason="再试")
    say(
        scenario_answers.record_trial,
        s.owner,
        scenario_id=pk,
        passed=True,
        note="通",
        trial_date=TODAY,
    )
    assert told("trial_passed") == {s.stranger.person_id}
    say(scenarios.order_first, s.owner, scenario_id=pk, amount_fen=100, order_date=TODAY)
    assert told("ordered") == {s.stranger.person_id}


def test_a_scenario_goes_its_whole_way_on_pages():
    s = stage(answers=0)
    owner, office = browse(s.owner), browse(s.tto)

    bad = owner.post(
        "/scenarios/new", {"direction": "scenario_seeks_product", "title": "Kept title"}
    )
    assert bad.status_code == 422
    assert "Kept title" in bad.content.decode()
    first = owner.post("/scenarios/new", {
        "direction": "scenario_seeks_product", "title": "检测机", "summary": "替代进口", "keywords": "检测",
    })  # fmt: skip
    made = Scenario.objects.get(title="检测机")
    page = f"/scenarios/{made.pk}"
    assert first.url == f"{page}/edit/conditions"
    owner.post(first.url, {"conditions": "六代线", "region": "330000", "frontier": "displays",
                           "domestic_substitution": "on"})  # fmt: skip
    owner.post(f"{page}/edit/terms", {"budget_fen": "80万", "cooperation": "service"})
    last = owner.post(f"{page}/edit/readers", {"confidentiality": "members", "detail": "节拍"})
    assert last.url == page
    owner.post(f"{page}/submit")
    assert "检测机" in browse(s.operator).get("/reviews").content.decode()
    browse(s.operator).post(f"{page}/publish")
    assert "Answer it" in office.get(page).content.decode()
    assert office.post(f"{page}/answer", {"offer": ""}).status_code == 422
    office.post(f"{page}/answer", {"offer": "算法", "achievement_id": s.result.pk})
    answer = made.answers.get()
    assert "Answer it" not in office.get(page).content.decode()
    owner.post(f"/scenario-answers/{answer.pk}/choose", {"reason": "唯一"})
    assert (
        owner.post(
            f"{page}/trial", {"passed": "yes", "note": "好", "trial_date": "2099-01-01"}
        ).status_code
        == 422
    )
    day = local_date(Event.objects.latest("id").at).isoformat()
    owner.post(f"{page}/trial", {"passed": "yes", "note": "检出率 99 %", "trial_date": day})
    owner.post(f"{page}/order", {"amount_fen": "65万", "order_date": day})

    made.refresh_from_db()
    assert (made.status, made.order_fen, made.frontier, made.budget_fen, made.domestic_substitution) == (
        "first_order", 65_000_000, "displays", 80_000_000, True,
    )  # fmt: skip
    shown = owner.get(page).content.decode()
    assert "¥650,000.00" in shown
    assert "检出率 99 %" in shown
    outside = browse(s.stranger).get(page).content.decode()
    assert "¥650,000.00" not in outside
    assert "检出率" not in outside


@pytest.mark.parametrize(
    ("path", "status"),
    [("/scenarios", 200), ("/scenarios?cursor=x", 422), ("/scenarios?direction=x&frontier=x", 200),
     ("/scenarios/999999", 404), ("/scenarios/new", 302), ("/scenarios?status=withdrawn", 200)],
)  # fmt: skip
def test_odd_addresses_answer_calmly(path, status):
    stage()

    assert browse().get(path).status_code == status


def test_the_wizard_is_only_for_those_who_may_write():
    s = stage(status="draft", published_at=None, answers=0)
    page = f"/scenarios/{s.scenario.pk}/edit/words"

    assert browse(s.colleague).get(page).status_code == 200
    assert browse(s.operator).get(page).status_code == 403
    assert browse(s.stranger).get(page).status_code == 404
    assert browse(s.operator).get("/scenarios/new").status_code == 403
    assert browse(s.colleague).get(f"/scenarios/{s.scenario.pk}/edit/nothing").status_code == 404


def test_the_api_has_the_same_verbs():
    s = stage(answers=0)
    owner, office, operator = Caller(s.owner), Caller(s.tto), Caller(s.operator)

    made = owner.post("/scenarios", {
        "direction": "product_seeks_scenario", "title": "找产线", "summary": "检测机求试用",
        "answers_until_date": (TODAY + timedelta(days=3650)).isoformat(), "confidentiality": "nda",
        "detail": "节拍",
    }).json()  # fmt: skip
    one = f"/scenarios/{made['id']}"
    owner.patch(one, {"answers_until_date": None, "budget_fen": 5_000_000})
    owner.post(f"{one}/submit")
    operator.post(f"{one}/return", {"note": "补充"})
    owner.post(f"{one}/submit")
    operator.post(f"{one}/publish")
    answered = office.post(f"{one}/answers", {"offer": "我们有产线"}).json()
    twice = office.post(f"{one}/answers", {"offer": "再来"})
    refused = office.post(f"{one}/close", {"reason": "x"})
    answer = answered["answers"][0]["id"]
    chosen = owner.post(f"/scenario-answers/{answer}/choose", {"reason": "合适"}).json()

    assert (made["status"], made["detail"], answered["detail"]) == ("draft", "节拍", None)
    assert (twice.status_code, twice.json()["code"]) == (409, "technologies.already_answered")
    assert refused.status_code == 403
    assert (chosen["status"], chosen["chosen_id"], chosen["answers_until_date"]) == (
        "unveiled", answer, None,
    )  # fmt: skip
    assert office.get(one).json()["detail"] == "节拍"
    day = local_date(Event.objects.latest("id").at).isoformat()
    owner.post(f"{one}/trial", {"passed": True, "note": "好", "trial_date": day})
    ordered = owner.post(f"{one}/order", {"amount_fen": 100, "order_date": day}).json()
    assert (ordered["status"], ordered["order_fen"]) == ("first_order", 100)
    stranger = Caller(s.stranger).get(one).json()
    assert (stranger["order_fen"], stranger["chosen_id"], stranger["answers"]) == (None, None, [])
    assert Caller(None).get(one).status_code == 404


def test_the_list_is_narrowed_by_what_only_scenarios_have():
    s = stage(frontier="displays", domestic_substitution=True)
    ScenarioFactory(direction="product_seeks_scenario", title="清洗机求试用")

    def titles(query):
        return {
            row["title"] for row in Caller(s.stranger).get(f"/scenarios?{query}").json()["items"]
        }

    both = {"面板线国产检测机", "清洗机求试用"}
    assert titles("") == both
    assert titles("direction=product_seeks_scenario") == both - {"面板线国产检测机"}
    assert titles("frontier=displays") == titles("domestic=true") == {"面板线国产检测机"}
    page = browse(s.stranger).get("/scenarios?domestic=1&frontier=displays").content.decode()
    assert "1 of 2 fits" in page
    assert 'href="?frontier=displays"' in page
