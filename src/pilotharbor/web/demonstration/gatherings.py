"""A roadshow that was, two events to come, a challenge with its worksheet, a team that is coached."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from pilotharbor.kernel.time import local_date, start_of
from pilotharbor.outreach import simulation, tickets, working
from pilotharbor.outreach.commands import (
    challenges,
    coaching,
    intents,
    needs,
    pitches,
    proposals,
    registrations,
    roadshows,
    scoring,
    worksheets,
)
from pilotharbor.outreach.models import Challenge, Pitch, Roadshow, Series
from pilotharbor.outreach.needlist import ListedNeed
from pilotharbor.outreach.queries import challenges as contest
from pilotharbor.outreach.queries import roadshows as stage
from pilotharbor.parties.models import Membership
from pilotharbor.parties.roles import Role

SERIES = "科里科气·科创荟（演示）"
LISTED = (
    ListedNeed("高温合金粉末的球形度控制", "增材制造用粉末，要求球形度高、空心粉少，批间稳定。", "示例增材制造厂"),
    ListedNeed("海水淡化膜污染在线监测", "不停机判断膜污染程度，误报少，适合无人值守站点。", "示例水务公司"),
    ListedNeed("农产品产地初加工节能干燥", "含水率均匀，能耗比热风干燥低，适合合作社使用。", "示例农业合作社"),
    ListedNeed("风电叶片裂纹的声发射识别", "运行中识别早期裂纹，给出位置与等级。", "示例风电运维公司"),
    ListedNeed("抗体纯化介质国产替代", "动态载量不低于进口介质，清洗寿命不少于一百次。", "示例生物制药公司"),
    ListedNeed("老旧小区加装电梯的装配式井道", "现场施工少，噪声低。", "示例建设公司"),
)  # fmt: skip
CRITERIA = {"technology": 4000, "market": 3000, "team": 2000, "finance": 1000}


class Cast(NamedTuple):
    """Who takes part; one of each."""

    operator: Membership
    officer: Membership
    researcher: Membership
    buyer: Membership
    juror: Membership | None
    coach: Membership | None


def load(*, at: datetime, say: Callable[[str], None]) -> None:
    """Play them through the commands, as people would have; the index is up to date by now."""
    cast = _cast()
    if cast is None:
        return
    say(SERIES)
    series = roadshows.found_series(
        name=SERIES, words="成果、产业与资本每月一会。", actor_id=cast.operator.pk, at=at
    )
    _past(series, cast, at - timedelta(days=20))
    _coming(series, cast, at)
    _challenge(cast, at)
    _coaching(cast, at)


def _one(role: str, **more: object) -> Membership | None:
    rows = Membership.objects.filter(role=role, status=Membership.Status.ACTIVE, **more)
    rows = rows.filter(organisation__status="approved", person__is_active=True)
    return rows.select_related("person", "organisation").order_by("id").first()


def _cast() -> Cast | None:
    operator = _one(Role.PLATFORM_OPERATOR, organisation__is_host=True)
    officer, buyer = _one(Role.TTO_OFFICER), _one(Role.ENTERPRISE_MEMBER)
    if operator is None or officer is None or buyer is None:
        return None
    researcher = _one(Role.RESEARCHER, organisation_id=officer.organisation_id)
    if researcher is None:
        return None
    juror = _one(Role.EXPERT)
    coach = _one(Role.TECHNOLOGY_MANAGER) or _one(Role.INDUSTRY_ADVISOR)
    return Cast(operator, officer, researcher, buyer, juror, coach)


def _plan(title: str, begins: datetime, **changes: object) -> roadshows.Plan:
    plan: roadshows.Plan = {
        "kind": Roadshow.Kind.ROADSHOW,
        "title": title,
        "words": "每个项目路演十五分钟、问答十分钟；评委与现场听众分别评分。",
        "language": Roadshow.Language.CHINESE,
        "start": begins,
        "end": begins + timedelta(hours=3),
        "place": "甬江中试港一楼报告厅",
        "online_url": "",
        "capacity": 60,
        "register_until": begins,
        "audience": Roadshow.Audience.PUBLIC,
        "series_id": None,
        "criteria_bp": CRITERIA,
    }
    return {**plan, **changes}  # type: ignore[typeddict-item]  # names of the plan's own fields


def _with_agenda(roadshow: Roadshow, cast: Cast, at: datetime) -> list[Pitch]:
    shown = stage.presentable(roadshow=roadshow, actor=cast.operator)
    return [
        pitches.add(
            roadshow_id=roadshow.pk, title=result.title[:200], team=result.owner.name[:200],
            minutes=15, achievement_id=result.pk, actor_id=cast.operator.pk, at=at,
        )
        for result in shown.order_by("id")[:3]
    ]  # fmt: skip


def _past(series: Series, cast: Cast, at: datetime) -> None:
    begins = start_of(local_date(at)) + timedelta(hours=9)
    host = cast.operator.pk
    asked = begins - timedelta(days=10)
    plan = _plan("科创荟第一期：新材料专场", begins, series_id=series.pk)
    show = roadshows.plan(content=plan, actor_id=host, at=asked)
    agenda = _with_agenda(show, cast, asked)
    if not agenda:
        return
    roadshows.open_up(roadshow_id=show.pk, actor_id=host, at=asked)
    seats = [
        registrations.register(roadshow_id=show.pk, actor_id=one.pk, at=asked)
        for one in (cast.buyer, cast.researcher)
    ]
    seats.append(
        registrations.register_guest(
            roadshow_id=show.pk, name="来宾郑女士", organisation="甬江创投（演示）", consent=True,
            actor_id=host, at=asked,
        )
    )  # fmt: skip
    if cast.juror is not None:
        registrations.call_juror(
            roadshow_id=show.pk, membership_id=cast.juror.pk, actor_id=host, at=asked
        )
    roadshows.start(roadshow_id=show.pk, actor_id=host, at=begins)
    for seat in seats:
        registrations.check_in(ticket=tickets.ticket_of(seat), actor_id=host, at=begins)
    _score(agenda, cast, begins)
    if stage.belongs(cast.buyer, agenda[0]) is False:
        intents.declare(
            pitch_id=agenda[0].pk, kind="develop", words="希望围绕公斤级供样联合开发。",
            actor_id=cast.buyer.pk, at=begins,
        )  # fmt: skip
    roadshows.close(roadshow_id=show.pk, actor_id=host, at=begins + timedelta(hours=3))


def _score(agenda: list[Pitch], cast: Cast, begins: datetime) -> None:
    for place, pitch in enumerate(agenda):
        now = begins + timedelta(minutes=25 * place)
        pitches.begin(pitch_id=pitch.pk, actor_id=cast.operator.pk, at=now)
        if cast.juror is not None and not stage.belongs(cast.juror, pitch):
            points = dict(zip(CRITERIA, (88 - 4 * place, 80, 85 + place, 72), strict=True))
            scoring.give(
                pitch_id=pitch.pk, points=points, comment="放大数据需补充。",
                actor_id=cast.juror.pk, at=now,
            )  # fmt: skip
        if not stage.belongs(cast.buyer, pitch):
            scoring.give(
                pitch_id=pitch.pk, points={"overall": 82 - 3 * place}, actor_id=cast.buyer.pk,
                at=now,
            )  # fmt: skip
        pitches.end(pitch_id=pitch.pk, actor_id=cast.operator.pk, at=now + timedelta(minutes=25))


def _coming(series: Series, cast: Cast, at: datetime) -> None:
    host = cast.operator.pk
    begins = start_of(local_date(at)) + timedelta(days=12, hours=14)
    plan = _plan("科创荟第二期：生物制造专场", begins, series_id=series.pk)
    show = roadshows.plan(content=plan, actor_id=host, at=at)
    if _with_agenda(show, cast, at):
        roadshows.open_up(roadshow_id=show.pk, actor_id=host, at=at)
        registrations.register(roadshow_id=show.pk, actor_id=cast.buyer.pk, at=at)
    talk = _plan(
        "知识产权战略讲座：中试阶段怎样布局专利", begins + timedelta(days=7), kind="ip_lecture",
        criteria_bp={}, place="", online_url="https://live.harbor.example/ip", capacity=300,
        words="线上讲座，含问答。",
    )  # fmt: skip
    lecture = roadshows.plan(content=talk, actor_id=host, at=at)
    roadshows.open_up(roadshow_id=lecture.pk, actor_id=host, at=at)


def _challenge(cast: Cast, at: datetime) -> None:
    host, begun = cast.operator.pk, at - timedelta(days=40)
    day = local_date(begun)
    content: challenges.Call = {
        "title": "创新挑战赛甬江现场赛（演示）",
        "field": "新材料与高端装备",
        "region": "330200",
        "rules": "企业提出需求，成果方提交方案；主办方组织对接，双方自愿签约。",
        "collect_date": day,
        "publish_date": day + timedelta(days=20),
        "propose_date": day + timedelta(days=25),
        "match_date": day + timedelta(days=60),
        "sign_date": day + timedelta(days=90),
        "close_date": day + timedelta(days=120),
    }
    made = challenges.open_challenge(content=content, actor_id=host, at=begun)
    listed = needs.load(challenge_id=made.pk, rows=LISTED, actor_id=host, at=begun)
    chosen = [need.pk for need in listed[:5]]
    own = contest.can_be_put_in(of=made, actor=cast.buyer).first()
    if own is not None:
        put = needs.put_in(challenge_id=made.pk, demand_id=own.pk, actor_id=cast.buyer.pk, at=begun)
        chosen.append(put.pk)
    needs.choose(challenge_id=made.pk, need_ids=chosen, actor_id=host, at=begun)
    needs.leave_out(
        need_id=listed[5].pk, reason="属于工程施工，不是技术需求", actor_id=host, at=begun
    )
    for step in (Challenge.Status.PUBLISHED, Challenge.Status.PROPOSING):
        challenges.go_on(challenge_id=made.pk, to=step, actor_id=host, at=begun)
    need = contest.visible_needs(actor=cast.officer).filter(pk=chosen[-1]).first()
    result = contest.offerable(need=need, actor=cast.officer).first() if need else None
    if need is not None and result is not None and need.organisation_id != result.owner_id:
        offered = proposals.offer(
            need_id=need.pk, achievement_id=result.pk, words="可先供样两批，再按贵方指标调整工艺。",
            actor_id=cast.officer.pk, at=at - timedelta(days=9),
        )  # fmt: skip
        proposals.take_on(proposal_id=offered.pk, to="matched", actor_id=host, at=at)
    run = worksheets.ask_run(challenge_id=made.pk, per_need=5, actor_id=host, at=at)
    working.match(run_id=run.pk, actor_id=host, at=at.isoformat())


def _coaching(cast: Cast, at: datetime) -> None:
    order = coaching.ask(
        topic="equity", team="中试成果创业团队（演示）", question="高校以技术入股，比例与期权池怎么定？",
        actor_id=cast.researcher.pk, at=at - timedelta(days=6),
    )  # fmt: skip
    if cast.coach is None:
        return
    coaching.assign(order_id=order.pk, coach_id=cast.coach.pk, actor_id=cast.operator.pk, at=at)
    coaching.note_session(
        order_id=order.pk, notes="先定期权池，再谈估值；技术入股须先完成评估与公示。", next_step="起草出资协议要点",
        actor_id=cast.coach.pk, at=at,
    )  # fmt: skip
    coaching.keep_equity(
        order_id=order.pk, asked=simulation.cases()["drug"], actor_id=cast.researcher.pk, at=at
    )
