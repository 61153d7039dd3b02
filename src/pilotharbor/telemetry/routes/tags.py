"""Tags, their series, and when machines ran."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, cast

from ninja import Field, Query, Router, Schema, Status

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.http import Cursor, Limit
from pilotharbor.parties.auth import ActorRequest
from pilotharbor.telemetry import commands, queries
from pilotharbor.telemetry.models import Tag

router = Router()

Level = Annotated[Decimal, Field(max_digits=20, decimal_places=6)]
Name = Annotated[str, Field(min_length=1, max_length=120)]
Address = Annotated[str, Field(max_length=300)]
Seconds = Annotated[int, Field(ge=1, le=366 * 86_400)]


class TagIn(Schema):
    """A new signal of a machine."""

    equipment_id: int
    key: Name
    name: Name
    unit: Annotated[str, Field(max_length=24)] = ""
    connector_id: int | None = None
    address: Address = ""
    lowest: Level | None = None
    highest: Level | None = None
    gap_after_s: Seconds | None = None
    stuck_after_s: Seconds | None = None
    run_level: Level | None = None
    idle_level: Level | None = None
    turn_delay_s: Annotated[int, Field(ge=10, le=86_400)] = 60


class TagPatch(Schema):
    """What changes about a tag; what is left out stays."""

    key: Name = ""
    name: Name = ""
    unit: Annotated[str, Field(max_length=24)] = ""
    connector_id: int | None = None
    address: Address = ""
    lowest: Level | None = None
    highest: Level | None = None
    gap_after_s: Seconds | None = None
    stuck_after_s: Seconds | None = None
    run_level: Level | None = None
    idle_level: Level | None = None
    turn_delay_s: Annotated[int, Field(ge=10, le=86_400)] = 60


def shown(tag: Tag) -> dict[str, Any]:
    """A tag as programs read it."""
    return {
        "id": tag.pk,
        "equipment_id": tag.equipment_id,
        "key": tag.key,
        "name": tag.name,
        "unit": tag.unit,
        "connector_id": tag.connector_id,
        "address": tag.address,
        "lowest": tag.lowest,
        "highest": tag.highest,
        "gap_after_s": tag.gap_after_s,
        "stuck_after_s": tag.stuck_after_s,
        "run_level": tag.run_level,
        "idle_level": tag.idle_level,
        "turn_delay_s": tag.turn_delay_s,
        "status": tag.status,
    }


def _visible(request: ActorRequest, tag_id: int) -> Tag:
    tag = queries.visible_tags(actor=request.auth).filter(pk=tag_id).first()
    if tag is None:
        raise NotFound
    return tag


@router.get("/telemetry/tags")
def tags(
    request: ActorRequest,
    equipment_id: int | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Tags one sees, by id."""
    rows = queries.visible_tags(actor=request.auth)
    if equipment_id is not None:
        rows = rows.filter(equipment_id=equipment_id)
    page = pages.page(rows, by="id", cursor=cursor, limit=limit)
    return {"items": [shown(t) for t in page.items], "next_cursor": page.next_cursor}


@router.post("/telemetry/tags", response={201: Any})
def register_tag(request: ActorRequest, body: TagIn) -> Status[Any]:
    """Give a machine one more signal."""
    fields = body.dict()
    tag = commands.register_tag(
        equipment_id=fields.pop("equipment_id"),
        fields=cast("commands.TagFields", fields),
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return Status(201, shown(tag))


@router.patch("/telemetry/tags/{int:tag_id}")
def revise_tag(request: ActorRequest, tag_id: int, body: TagPatch) -> dict[str, Any]:
    """Change what is said about a tag."""
    tag = commands.revise_tag(
        tag_id=tag_id,
        fields=cast("commands.TagFields", body.dict(exclude_unset=True)),
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return shown(tag)


@router.get("/telemetry/tags/{int:tag_id}/series")
def series(
    request: ActorRequest,
    tag_id: int,
    start: Annotated[datetime, Query(alias="from")],
    end: Annotated[datetime, Query(alias="to")],
    points: Annotated[int, Query(ge=10, le=2000)] = queries.POINTS,
) -> dict[str, Any]:
    """A signal over ``[from, to)`` in steps: lowest, highest and mean of each, and what is wrong."""
    start, end = queries.within_reach(start, end)
    tag = _visible(request, tag_id)
    curve = queries.curve(tag_id=tag.pk, start=start, end=end, points=points)
    flags = queries.flags_between(tag_id=tag.pk, start=start, end=end)[:500]
    return {
        "tag_id": tag.pk,
        "unit": tag.unit,
        "step_s": curve.step_s,
        "source": curve.source,
        "points": [
            {"at": p.at, "low": p.low, "high": p.high, "mean": p.mean, "good": p.good, "bad": p.bad}
            for p in curve.points
        ],
        "flags": [
            {"kind": f.kind, "from": f.period.lower, "to": f.period.upper, "count": f.count}
            for f in flags
        ],
    }


@router.get("/telemetry/equipment/{int:equipment_id}/runs")
def runs(
    request: ActorRequest,
    equipment_id: int,
    start: Annotated[datetime, Query(alias="from")],
    end: Annotated[datetime, Query(alias="to")],
) -> dict[str, Any]:
    """When a machine ran in ``[from, to)``, by its own signal."""
    start, end = queries.within_reach(start, end)
    machine = queries.visible_machines(actor=request.auth).filter(pk=equipment_id).first()
    if machine is None:
        raise NotFound
    found = queries.runs_between(equipment_id=machine.pk, start=start, end=end)
    return {
        "equipment_id": machine.pk,
        "seconds": queries.seconds_run(found),
        "items": [{"from": r.start, "to": r.end, "ended": r.ended} for r in found],
    }
