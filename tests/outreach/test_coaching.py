"""Coaching: whose orders, who takes which step, the plan on paper, the simulator's page and API."""

import io

import pypdf
import pytest
from django.urls import reverse

from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.states import MoveNotAllowed
from pilotharbor.outreach import simulation
from pilotharbor.outreach.commands import coaching as commands
from pilotharbor.outreach.models import CoachingOrder
from pilotharbor.outreach.queries import coaching as queries
from pilotharbor.parties.models import Notification
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.parties.roles import Role
from pilotharbor.technologies.models import Achievement
from tests.conftest import AT
from tests.factories.callers import Caller
from tests.factories.parties import MembershipFactory, OrganisationFactory
from tests.factories.technologies import AchievementFactory, market
from tests.factories.worker import work
from tests.outreach.test_pages import browser, page

pytestmark = pytest.mark.django_db


def ask(actor, **changes):
    given = {
        "topic": "equity",
        "team": "电解质创业团队",
        "question": "高校入股比例怎么定？",
    } | changes
    return commands.ask(**given, actor_id=actor.pk, at=AT)


def under_way(m):
    order = ask(m.inventor, achievement_id=m.achievement.pk)
    commands.assign(order_id=order.pk, coach_id=m.advisor.pk, actor_id=m.operator.pk, at=AT)
    return order


def test_an_order_goes_from_the_question_to_its_outcome():
    m = market()
    order = under_way(m)
    coach = {"order_id": order.pk, "actor_id": m.advisor.pk, "at": AT}

    commands.note_session(notes="先定股权池", next_step="准备出资协议", **coach)
    commands.note_session(notes="协议已审", **coach)
    commands.close(outcome="完成股权方案", **coach)
    work()

    order.refresh_from_db()
    assert [one["notes"] for one in order.sessions] == ["先定股权池", "协议已审"]
    assert (order.status, order.outcome, order.closed_at) == ("closed", "完成股权方案", AT)
    told = Notification.objects.filter(kind="outreach.coaching.closed")
    assert {one.membership for one in told} == {m.inventor}
    names = Event.objects.filter(name__startswith="outreach.coaching").values_list(
        "name", flat=True
    )
    assert [n.rpartition(".")[2] for n in names.order_by("id")] == [
        "asked", "assigned", "met", "met", "closed",
    ]  # fmt: skip
    with pytest.raises(commands.OrderOver):
        commands.note_session(notes="再来", **coach)
    with pytest.raises(MoveNotAllowed):
        commands.withdraw(order_id=order.pk, actor_id=m.inventor.pk, at=AT)


def test_an_order_is_read_by_its_team_its_coach_and_the_host():
    m = market()
    order = under_way(m)

    for actor in (m.inventor, m.advisor, m.operator, m.auditor):
        assert queries.visible_order(actor=actor, order_id=order.pk) == order
    elsewhere = MembershipFactory(role=Role.PLATFORM_OPERATOR)
    for actor in (m.colleague, m.tto, m.buyer, m.manager, elsewhere, None):
        with pytest.raises(NotFound):
            queries.visible_order(actor=actor, order_id=order.pk)


def test_each_step_is_taken_by_whose_it_is():
    m = market()
    order = under_way(m)
    on = {"order_id": order.pk, "at": AT}

    for wrong in (
        lambda: commands.assign(coach_id=m.advisor.pk, actor_id=m.inventor.pk, **on),
        lambda: commands.note_session(notes="x", actor_id=m.operator.pk, **on),
        lambda: commands.close(outcome="x", actor_id=m.inventor.pk, **on),
        lambda: commands.withdraw(actor_id=m.advisor.pk, **on),
        lambda: commands.write_plan(plan={"team": "x"}, actor_id=m.operator.pk, **on),
    ):
        with pytest.raises(commands.NotYourOrder):
            wrong()
    with pytest.raises(commands.NotACoach):
        commands.assign(coach_id=m.buyer.pk, actor_id=m.operator.pk, **on)
    order.refresh_from_db()
    assert (order.sessions, order.plan, order.status) == ([], {}, "under_way")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"topic": "magic"}, "topic"), ({"team": " "}, "team"), ({"question": ""}, "question")],
)
def test_an_order_without_a_question_is_refused(wrong, field):
    m = market()

    with pytest.raises(commands.OrderIncomplete) as refusal:
        ask(m.inventor, **wrong)
    assert set(refusal.value.problems) == {field}
    assert not CoachingOrder.objects.exists()


def test_only_a_result_of_ones_own_and_only_trusted_people():
    m = market()

    with pytest.raises(commands.OrderIncomplete):
        ask(m.inventor, achievement_id=AchievementFactory().pk)
    waiting = MembershipFactory(organisation=OrganisationFactory(status="applied"))
    with pytest.raises(NotYourRole):
        ask(waiting)


def test_a_plan_begins_with_the_entry_as_far_as_the_reader_may_see_it():
    m = market()
    order = under_way(m)

    begun = queries.plan_of(order, actor=m.advisor)
    assert begun["product"] == m.achievement.summary
    assert m.inventor.person.name in begun["team"]
    assert m.achievement.detail not in "".join(begun.values())

    Achievement.objects.update(confidentiality="core")
    assert queries.plan_of(order, actor=m.advisor)["product"] == ""
    assert queries.plan_of(order, actor=m.inventor)["product"] == m.achievement.summary
    commands.write_plan(
        order_id=order.pk, plan={"product": "公斤级产线"}, actor_id=m.inventor.pk, at=AT
    )
    order.refresh_from_db()
    assert queries.plan_of(order, actor=m.advisor)["product"] == "公斤级产线"
    with pytest.raises(commands.OrderIncomplete):
        commands.write_plan(order_id=order.pk, plan={"poem": "x"}, actor_id=m.inventor.pk, at=AT)


def test_a_plan_is_printed_with_its_chapters_and_equity():
    m = market()
    order = under_way(m)
    commands.keep_equity(
        order_id=order.pk, asked=simulation.cases()["drug"], actor_id=m.inventor.pk, at=AT
    )

    answer = browser(m.inventor).get(reverse("coaching_plan_pdf", args=[order.pk]))

    pdf = pypdf.PdfReader(io.BytesIO(answer.content))
    text = "".join(p.extract_text() for p in pdf.pages).replace("\n", "")
    assert ("离子电导率" in text, "28.00%" in text, "simulation" in text) == (True, True, True)
    assert browser(m.buyer).get(reverse("coaching_plan_pdf", args=[order.pk])).status_code == 404


def test_the_pages_from_asking_to_closing():
    m = market()
    team, host, coach = browser(m.inventor), browser(m.operator), browser(m.advisor)
    refused = team.post(reverse("coaching_new"), {"topic": "equity", "team": "甲", "question": ""})
    made = team.post(reverse("coaching_new"), {
        "topic": "equity", "team": "电解质团队", "question": "怎么分？",
        "achievement_id": m.achievement.pk,
    })  # fmt: skip
    order = CoachingOrder.objects.get()
    assert (refused.status_code, made["Location"]) == (
        422,
        reverse("coaching_detail", args=[order.pk]),
    )

    def step(client, name, **data):
        return client.post(reverse("coaching_step", args=[order.pk, name]), data)

    step(host, "assign", coach_id=m.advisor.pk)
    assert step(coach, "session", notes="").status_code == 422
    step(coach, "session", notes="先定股权池", next_step="出资协议", next_date="2026-04-01")
    assert "先定股权池" in page(team, "coaching_detail", order.pk)
    sent = {"summary": "一句话", "product": "产线"}
    team.post(reverse("coaching_plan", args=[order.pk]), sent)
    assert "2 of 10 chapters" in page(team, "coaching_detail", order.pk)
    assert "电解质团队" in page(host, "coaching")
    assert "电解质团队" not in page(browser(m.buyer), "coaching")
    page(browser(m.buyer), "coaching_detail", order.pk, status=404)
    step(coach, "close", outcome="完成")
    order.refresh_from_db()
    assert (order.status, order.plan["product"]) == ("closed", "产线")
    assert step(team, "withdraw").status_code == 302


def filled(**changes):
    return {
        "shares": "10000000", "proceeds_fen": "5亿", "holders-TOTAL_FORMS": "2",
        "holders-INITIAL_FORMS": "0", "holders-0-name": "大学", "holders-0-part": "40",
        "holders-1-name": "企业", "holders-1-part": "60", "rounds-TOTAL_FORMS": "1",
        "rounds-INITIAL_FORMS": "0", "rounds-0-name": "A轮", "rounds-0-pre_money_fen": "1.2亿",
        "rounds-0-investor": "基金", "rounds-0-money_fen": "3000万", "rounds-0-pool": "10",
    } | changes  # fmt: skip


def test_the_simulator_is_for_everybody_and_keeps_what_was_typed():
    shown = page(browser(), "equity")
    done = browser().post(reverse("equity"), filled()).content.decode()
    bad = browser().post(reverse("equity"), filled(**{"holders-1-part": "61"}))

    assert "A simulation, no advice" in shown
    assert ("28%" in done, "¥100,000,00" in done) == (True, True)
    assert bad.status_code == 422
    assert "sum to 100%" in bad.content.decode()
    assert 'value="61"' in bad.content.decode()
    assert page(browser(), "equity").count("<tfoot>") == 2


def test_a_simulation_is_kept_with_an_order_by_its_people_alone():
    m = market()
    order = under_way(m)
    url = reverse("coaching_equity", args=[order.pk])

    browser(m.inventor).post(url, filled(keep="yes"))

    order.refresh_from_db()
    assert order.equity["holders_bp"] == {"大学": 4000, "企业": 6000}
    assert browser(m.buyer).get(url).status_code == 404
    assert browser().get(url).status_code == 404


def test_coaching_over_http(settings):
    settings.EXERCISE_CLOCK = True
    m = market()
    team, host = Caller(m.inventor, at=AT), Caller(m.operator, at=AT)
    coach = Caller(m.advisor, at=AT)
    made = team.post("/coaching", {"topic": "business_plan", "team": "甲", "question": "怎么写？"})
    path = f"/coaching/{made.json()['id']}"
    assert made.status_code == 201
    assert Caller(m.buyer, at=AT).get(path).status_code == 404
    assert host.post(f"{path}/assign", {"coach_id": m.advisor.pk}).json()["status"] == "under_way"
    assert coach.post(f"{path}/sessions", {"notes": "先写摘要"}).json()["sessions"][0]["notes"]
    assert team.put(f"{path}/plan", {"plan": {"summary": "一句话"}}).json()["plan"]
    company = {"shares": 100, "holders_bp": {"甲": 5000, "乙": 5000}, "proceeds_fen": 7}
    simulated = Caller(None).post("/coaching/equity", company).json()
    assert simulated["payout_fen"] == {"甲": 4, "乙": 3}
    wrong = Caller(None).post("/coaching/equity", company | {"holders_bp": {"甲": 1}})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "outreach.equity_impossible")
    assert team.put(f"{path}/equity", company).json()["equity"]["shares"] == 100
    assert coach.post(f"{path}/close", {"outcome": "完成"}).json()["status"] == "closed"
    assert team.post(f"{path}/withdraw").status_code == 409
    assert len(team.get("/coaching").json()["items"]) == 1
