"""A pilot plant at work: hours, people, signals, and a project that may book; every figure is invented."""

import math
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from pilotharbor.calendars import commands as calendars
from pilotharbor.crew import commands as crew
from pilotharbor.facilities import commands as facilities
from pilotharbor.facilities.models import Equipment, Line
from pilotharbor.facilities.opening import Hours
from pilotharbor.kernel.time import DAY, HOUR, local_date, start_of
from pilotharbor.scheduling import commands as scheduling
from pilotharbor.scheduling import solving
from pilotharbor.telemetry import commands as telemetry
from pilotharbor.web.voyage.case import Case
from pilotharbor.web.voyage.client import Harbour
from pilotharbor.web.voyage.player import Voyage

OPENS, CLOSES = time(8), time(20)
WORKDAYS = range(6)
# Long enough before now for panel, plan and three signatures, one after the other.
BEGAN = timedelta(days=30)
TITLE = "手性中间体连续氢化工艺中试"
ACHIEVEMENT = {
    "title": "手性中间体的固定床连续氢化方法",
    "summary": "以固定床催化剂连续氢化制备手性中间体，避免高压釜间歇操作，催化剂可连续使用 300 h；已完成小试。",
    "keywords": ["手性中间体", "连续氢化", "固定床"],
    "ip": [],
    "confidentiality": "members",
}
DEMAND = {
    "title": "高压釜氢化换成更安全的连续工艺",
    "summary": "现用高压釜间歇氢化，换热慢、批次少，希望改为连续工艺，公斤级验证纯度不低于 99.0%。",
    "budget_fen": 60_000_000,
}
# Requests of the project: hours, material, and whether it is allotted already.
WISHES = (
    (10, "手性中间体 A，2 kg", True),
    (8, "手性中间体 A，复测", True),
    (6, "催化剂寿命考察", False),
    (4, "手性中间体 B，放大前确认", False),
)
# 化学原料和化学制品制造业, 医药制造业.
INDUSTRIES = ("C26", "C27")
SEARCH_S = 2


def load(voyage: Voyage, harbour: Harbour, *, at: datetime, say: Callable[[str], None]) -> None:
    """Furnish the line of a voyage, and let another project of the same people stand before its pilot."""
    say("中试线与预约")
    operator, engineer = voyage.member["operator"], voyage.member["engineer"]
    line = Line.objects.filter(name=voyage.case.pilot.line).order_by("pk")[0]
    machine = Equipment.objects.filter(line=line).order_by("pk")[0]
    _furnish(line, machine, operator, at)
    _man(line, engineer, operator, at, voyage.email("buyer"))
    _signal(machine, harbour, operator, at)
    project_id = _stand_ready(voyage, harbour, at)
    harbour.at = at
    _book(line, project_id, engineer, harbour, at)
    # Searched for here, since the worker would have it done only some time after the first page.
    asked = scheduling.propose(
        start=at, end=at + 21 * DAY, limit_s=SEARCH_S, actor_id=operator, at=at
    )
    solving.carry_out(proposal_id=asked.pk, clock=lambda: at)


def _furnish(line: Line, machine: Equipment, operator: int, at: datetime) -> None:
    site = facilities.add_site(
        fields={"name": "中试楼二层洁净车间", "kind": "workshop", "address": "示例路 1 号 2 层"},
        actor_id=operator, at=at,
    )  # fmt: skip
    facilities.revise_line(
        line_id=line.pk, actor_id=operator, at=at,
        fields={
            "place_id": site.pk, "hold_hours": 48,
            "batch_kg_min": Decimal("0.1"), "batch_kg_max": Decimal(5),
        },
    )  # fmt: skip
    facilities.set_hours(
        line_id=line.pk,
        hours=[Hours(day, OPENS, CLOSES) for day in WORKDAYS],
        open_on_holidays=False, multi_day=True, actor_id=operator, at=at,
    )  # fmt: skip
    facilities.add_safety_item(
        line_id=line.pk, actor_id=operator, at=at,
        fields={"topic": "氢气", "text": "开车前确认氢气报警器与联锁已投用，现场无明火。", "only_with_hazard": True},
    )  # fmt: skip
    facilities.add_consumable(
        line_id=line.pk, name="高纯氮气", unit="瓶", unit_fen=12_000, actor_id=operator, at=at
    )
    calendars.tell_industries(line_id=line.pk, industries=INDUSTRIES, actor_id=operator, at=at)
    in_a_month = _morning(local_date(at) + 28 * DAY)
    facilities.declare_closure(
        kind="calibration", start=in_a_month, end=in_a_month + 4 * HOUR, reason="流量计季度校准",
        equipment_id=machine.pk, actor_id=operator, at=at,
    )  # fmt: skip


def _man(line: Line, engineer: int, operator: int, at: datetime, visitor: str) -> None:
    today = local_date(at)
    skill = crew.define_skill(
        name="连续流装置操作", description="开停车、换热与联锁处置", actor_id=operator, at=at
    )
    crew.grant_skill(
        membership_id=engineer, skill_id=skill.pk, valid_from=today - 300 * DAY,
        certificate_no="DEMO-0417", actor_id=operator, at=at,
    )  # fmt: skip
    crew.set_line_skills(line_id=line.pk, skill_ids=[skill.pk], actor_id=operator, at=at)
    crew.plan_pattern(
        membership_id=engineer, weekdays=list(WORKDAYS), starts=OPENS, ends=CLOSES,
        first=today, last=today + 60 * DAY, actor_id=operator, at=at,
    )  # fmt: skip
    course = crew.open_course(
        fields={
            "name": "连续流装置上机培训", "description": "半天授课与半天实操，考核合格后可独立上机。",
            "months_valid": 12, "pass_mark": 80, "required_date": today,
        },
        line_ids=[line.pk], actor_id=operator, at=at,
    )  # fmt: skip
    crew.record_examination(
        course_id=course.pk, email=visitor, held_date=today, mark=92, actor_id=operator, at=at
    )


def _signal(machine: Equipment, harbour: Harbour, operator: int, at: datetime) -> None:
    """A day and a half of one temperature, a sample a minute: heated, held, cooled, twice."""
    telemetry.register_tag(
        equipment_id=machine.pk, actor_id=operator, at=at,
        fields={
            "key": "R1.TEMP", "name": "反应器温度", "unit": "°C",
            "lowest": Decimal(-20), "highest": Decimal(220),
            "run_level": Decimal(60), "idle_level": Decimal(40), "turn_delay_s": 300,
        },
    )  # fmt: skip
    first = at.replace(second=0, microsecond=0) - 36 * HOUR
    harbour.post("operator", "/telemetry/samples", {
        "samples": [
            {"tag": "R1.TEMP", "at": (first + timedelta(minutes=n)).isoformat(), "value": _warmth(n)}
            for n in range(36 * 60)
        ]
    })  # fmt: skip


def _warmth(minute: int) -> float:
    """Degrees of the reactor at a minute of its cycle of eighteen hours."""
    turn = minute % (18 * 60)
    held = 22 + 98 * min(turn / 60, 1) if turn < 10 * 60 else 22 + 98 * math.exp(-(turn - 600) / 60)
    return round(held + 0.6 * math.sin(minute / 7), 2)


def _stand_ready(voyage: Voyage, harbour: Harbour, at: datetime) -> int:
    """Another project of the same people, judged, planned and signed; its id."""
    harbour.at = at - BEGAN
    following = Voyage(
        case=_following(voyage.case), harbour=harbour, email=voyage.email,
        password=voyage.password, say=voyage.say,
        org=voyage.org, contact=voyage.contact, member=voyage.member,
    )  # fmt: skip
    return following.prepare()


def _following(case: Case) -> Case:
    return case.model_copy(update={
        "id": "hydrogenation-continuous",
        "title": TITLE,
        "achievement": case.achievement.model_copy(update=ACHIEVEMENT),
        "demand": case.demand.model_copy(update=DEMAND),
    })  # fmt: skip


def _book(line: Line, project_id: int, engineer: int, harbour: Harbour, at: datetime) -> None:
    """What the project asked for finds its place by itself; the last two requests wait for their review."""
    start = _morning(local_date(at) + DAY)
    for hours, material, allotted in WISHES:
        asked = harbour.post("buyer", "/bookings", {
            "line_id": line.pk, "project_id": project_id, "billing": "hour", "material": material,
            "windows": [{"start": start.isoformat(), "end": (start + 21 * DAY).isoformat()}],
            "duration_s": hours * 3600,
        })  # fmt: skip
        if allotted:
            harbour.post("operator", f"/bookings/{asked['id']}/approve", {"engineer_id": engineer})


def _morning(day: date) -> datetime:
    return start_of(day) + 9 * HOUR
