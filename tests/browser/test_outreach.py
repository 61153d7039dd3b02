"""Roadshows, challenges and coaching, as people see them."""

from datetime import UTC, datetime, timedelta

import pytest

from pilotharbor.matching import index
from pilotharbor.outreach import simulation, tickets, working
from pilotharbor.outreach.commands import coaching, intents, worksheets
from pilotharbor.outreach.models import Score
from tests.factories.outreach import (
    ChallengeFactory,
    NeedFactory,
    PitchFactory,
    ProposalFactory,
    RegistrationFactory,
    RoadshowFactory,
    juror_of,
)
from tests.factories.technologies import AchievementFactory, market

pytestmark = pytest.mark.django_db(transaction=True)
EVERY_WAY = [(size, language) for size in ("desk", "phone") for language in ("zh-hans", "en")]
NOW = datetime.now(UTC)
SOON = (NOW + timedelta(days=2), NOW + timedelta(days=2, hours=3))


def looked_at(watched, prefix, pages):
    complaints = []
    for name, path in pages.items():
        watched.go(path)
        watched.shot(f"outreach-{prefix}-{name}")
        complaints += [f"{name}: {one}" for one in watched.complaints()]
    return complaints


@pytest.mark.parametrize(("size", "language"), EVERY_WAY)
def test_a_day_of_pitches(open_page, size, language):
    m = market()
    show = RoadshowFactory(
        organiser=m.host, planned_by=m.operator, status="running", period=SOON, capacity=40,
        seats_taken=2, online_url="https://live.harbor.example/88", words="面向产业与资本。",
        register_until_at=SOON[0],
    )  # fmt: skip
    over = PitchFactory(
        roadshow=show, status="ended", begun_at=NOW, ended_at=NOW, achievement=m.achievement
    )
    PitchFactory(roadshow=show, position=2, title="抗体纯化层析", status="live", begun_at=NOW)
    PitchFactory(roadshow=show, position=3, title="膜组件在线清洗")
    juror = juror_of(show)
    guest = RegistrationFactory(
        roadshow=show, membership=None, guest_name="周来宾", guest_organisation="示例基金",
        consent="2026-11",
    )  # fmt: skip
    RegistrationFactory(roadshow=show, membership=m.buyer)
    Score.objects.create(
        pitch=over, registration=juror, points={"technology": 90, "market": 80}, total=8600,
        comment="工艺扎实，放大数据待补。", given_at=NOW,
    )  # fmt: skip
    intents.declare(
        pitch_id=over.pk, kind="develop", words="愿合作开发", actor_id=m.buyer.pk, at=NOW
    )
    planned = RoadshowFactory(
        organiser=m.host,
        planned_by=m.operator,
        status="open",
        period=SOON,
        register_until_at=SOON[0],
    )
    way, prefix = {"size": size, "language": language}, f"{size}-{language}"
    ticket = tickets.ticket_of(guest)

    complaints = looked_at(open_page(**way), prefix, {
        "list": "/roadshows", "public": f"/roadshows/{planned.pk}",
        "guest": f"/roadshows/{planned.pk}/guest", "ticket": f"/tickets/{ticket}",
    })  # fmt: skip
    host = open_page(**way, person=m.operator.person, membership=m.operator)
    complaints += looked_at(host, prefix, {
        "organiser": f"/roadshows/{planned.pk}", "plan": f"/roadshows/{planned.pk}/edit",
        "running": f"/roadshows/{show.pk}", "door": f"/roadshows/{show.pk}/door",
        "check-in": f"/tickets/{ticket}/check-in", "intents": "/roadshows/intents",
        "calendar": "/roadshows/calendar",
    })  # fmt: skip
    judge = open_page(**way, person=juror.membership.person, membership=juror.membership)
    complaints += looked_at(judge, prefix, {"live": f"/roadshows/{show.pk}/live"})
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize(("size", "language"), EVERY_WAY)
def test_a_challenge_and_its_worksheet(open_page, size, language):
    m = market()
    AchievementFactory(title="固态电解质膜的连续流延", summary="公斤级固态电解质。")
    contest = ChallengeFactory(organiser=m.host, opened_by=m.operator, status="proposing")
    need = NeedFactory(
        challenge=contest, title="固态电解质公斤级制备", status="published", organisation=m.company,
        organisation_name=m.company.name,
    )  # fmt: skip
    NeedFactory(challenge=contest, title="膜组件不停机清洗")
    ProposalFactory(need=need, achievement=m.achievement, status="matched", matched_at=NOW)
    index.rebuild()
    run = worksheets.ask_run(challenge_id=contest.pk, per_need=5, actor_id=m.operator.pk, at=NOW)
    working.match(run_id=run.pk, actor_id=m.operator.pk, at=NOW.isoformat())
    calling = ChallengeFactory(organiser=m.host, opened_by=m.operator)
    way, prefix = {"size": size, "language": language}, f"{size}-{language}"

    complaints = looked_at(open_page(**way), prefix, {
        "challenges": "/challenges", "challenge-public": f"/challenges/{contest.pk}",
    })  # fmt: skip
    host = open_page(**way, person=m.operator.person, membership=m.operator)
    complaints += looked_at(host, prefix, {
        "challenge": f"/challenges/{contest.pk}", "challenge-edit": f"/challenges/{contest.pk}/edit",
        "need-list": f"/challenges/{calling.pk}/needs/list",
        "worksheet": f"/challenges/runs/{run.pk}",
    })  # fmt: skip
    buyer = open_page(**way, person=m.buyer.person, membership=m.buyer)
    complaints += looked_at(buyer, prefix, {"need": f"/challenges/needs/{need.pk}"})
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize(("size", "language"), EVERY_WAY)
def test_a_team_is_coached(open_page, size, language):
    m = market()
    order = coaching.ask(
        topic="equity", team="电解质创业团队", question="高校以技术入股，比例怎么定？",
        achievement_id=m.achievement.pk, actor_id=m.inventor.pk, at=NOW,
    )  # fmt: skip
    coaching.assign(order_id=order.pk, coach_id=m.advisor.pk, actor_id=m.operator.pk, at=NOW)
    coaching.note_session(
        order_id=order.pk,
        notes="先定期权池。",
        next_step="起草出资协议",
        actor_id=m.advisor.pk,
        at=NOW,
    )
    coaching.keep_equity(
        order_id=order.pk, asked=simulation.cases()["drug"], actor_id=m.inventor.pk, at=NOW
    )
    way, prefix = {"size": size, "language": language}, f"{size}-{language}"

    complaints = looked_at(open_page(**way), prefix, {"equity": "/coaching/equity"})
    coach = open_page(**way, person=m.advisor.person, membership=m.advisor)
    complaints += looked_at(coach, prefix, {
        "coaching": "/coaching", "order": f"/coaching/{order.pk}",
    })  # fmt: skip
    team = open_page(**way, person=m.inventor.person, membership=m.inventor)
    complaints += looked_at(team, prefix, {
        "coaching-new": "/coaching/new", "plan": f"/coaching/{order.pk}/plan",
    })  # fmt: skip
    assert not complaints, "\n".join(complaints)
