"""Alarms and the rules that raise them."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from ninja import Field, Router, Schema, Status

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.http import Cursor, Limit
from pilotharbor.parties.auth import ActorRequest
from pilotharbor.telemetry import commands, queries
from pilotharbor.telemetry.models import Alarm, AlarmRule

router = Router()

Level = Annotated[Decimal, Field(max_digits=20, decimal_places=6)]


class RuleIn(Schema):
    """When to raise an alarm, and when it is over."""

    side: Literal["high", "low"]
    raise_level: Level
    clear_level: Level
    delay_s: Annotated[int, Field(ge=0, le=86_400)] = 0
    severity: Literal["warning", "critical"] = "warning"


class RemarkIn(Schema):
    """What one has seen or done about it."""

    remark: Annotated[str, Field(max_length=500)] = ""


def _rule(rule: AlarmRule) -> dict[str, Any]:
    return {
        "id": rule.pk,
        "tag_id": rule.tag_id,
        "side": rule.side,
        "severity": rule.severity,
        "raise_level": rule.raise_level,
        "clear_level": rule.clear_level,
        "delay_s": rule.delay_s,
        "is_active": rule.is_active,
        "status": "active" if rule.is_active else "ended",
    }


def _alarm(alarm: Alarm) -> dict[str, Any]:
    return {
        "id": alarm.pk,
        "rule_id": alarm.rule_id,
        "tag_id": alarm.rule.tag_id,
        "equipment_id": alarm.rule.tag.equipment_id,
        "severity": alarm.rule.severity,
        "side": alarm.rule.side,
        "raised_at": alarm.raised_at,
        "cleared_at": alarm.cleared_at,
        "extreme": alarm.extreme,
        "repeats": alarm.repeats,
        "acknowledged_at": alarm.acknowledged_at,
        "remark": alarm.remark,
        "status": alarm.status,
    }


@router.post("/telemetry/tags/{int:tag_id}/alarm-rules", response={201: Any})
def set_alarm_rule(request: ActorRequest, tag_id: int, body: RuleIn) -> Status[Any]:
    """Let a tag raise alarms."""
    rule = commands.set_alarm_rule(
        tag_id=tag_id, actor_id=request.auth.pk, at=clock.now(request), **body.dict()
    )
    return Status(201, _rule(rule))


@router.post("/telemetry/alarm-rules/{int:rule_id}/end")
def end_alarm_rule(request: ActorRequest, rule_id: int) -> dict[str, Any]:
    """Raise no more alarms by this rule."""
    rule = commands.end_alarm_rule(rule_id=rule_id, actor_id=request.auth.pk, at=clock.now(request))
    return _rule(rule)


@router.get("/telemetry/alarms")
def alarms(
    request: ActorRequest,
    open_only: bool = True,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Alarms one sees, by id; those that still ask for somebody unless told otherwise."""
    rows = queries.visible_alarms(actor=request.auth)
    if open_only:
        rows = rows.filter(status__in=Alarm.OPEN)
    page = pages.page(rows, by="id", cursor=cursor, limit=limit)
    return {"items": [_alarm(a) for a in page.items], "next_cursor": page.next_cursor}


@router.post("/telemetry/alarms/{int:alarm_id}/acknowledge")
def acknowledge(request: ActorRequest, alarm_id: int, body: RemarkIn) -> dict[str, Any]:
    """Say that one has seen an alarm."""
    alarm = commands.acknowledge(
        alarm_id=alarm_id, remark=body.remark, actor_id=request.auth.pk, at=clock.now(request)
    )
    return _alarm(alarm)
