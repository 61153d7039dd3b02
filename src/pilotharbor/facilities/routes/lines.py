"""Lines and their engineers for programs."""

from typing import Annotated, Any, Literal, cast

from ninja import Field, Query, Router, Schema, Status

from pilotharbor.facilities import commands, queries
from pilotharbor.facilities.models import Equipment, Line
from pilotharbor.facilities.routes import shared
from pilotharbor.facilities.routes.shared import Kilogram, Name, Reason, Text
from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.http import Cursor, Limit
from pilotharbor.parties.auth import ANYONE, ActorRequest, actor_of

router = Router()
Small = Annotated[int, Field(ge=0, le=1000, strict=True)]


class LineIn(Schema):
    """A new line."""

    name: Name
    site: Literal["lab", "workshop", "warehouse"] = "workshop"
    description: Text = ""
    batch_kg_min: Kilogram | None = None
    batch_kg_max: Kilogram | None = None
    place_id: int | None = None
    hold_hours: Small = 0
    reviews_needed: Small = 1
    quota_hours_week: Small | None = None


class LinePatch(Schema):
    """What changes about a line; what is left out stays."""

    name: Name = ""
    site: Literal["lab", "workshop", "warehouse"] = "workshop"
    description: Text = ""
    batch_kg_min: Kilogram | None = None
    batch_kg_max: Kilogram | None = None
    place_id: int | None = None
    hold_hours: Small = 0
    reviews_needed: Small = 1
    quota_hours_week: Small | None = None


class EngineerIn(Schema):
    """Who runs the line."""

    membership_id: int


class ReasonIn(Schema):
    """Why."""

    reason: Reason


def _line(line: Line) -> dict[str, Any]:
    return {
        "id": line.pk,
        "name": line.name,
        "platform_id": line.platform_id,
        "platform_name": line.platform.name,
        "site": line.site,
        "description": line.description,
        "batch_kg_min": line.batch_kg_min,
        "batch_kg_max": line.batch_kg_max,
        "place_id": line.place_id,
        "open_on_holidays": line.open_on_holidays,
        "multi_day": line.multi_day,
        "hold_hours": line.hold_hours,
        "reviews_needed": line.reviews_needed,
        "quota_hours_week": line.quota_hours_week,
        "is_open": line.is_open,
        "status": "open" if line.is_open else "closed",
        "closed_reason": line.closed_reason,
    }


def _detail(request: Any, line_id: int) -> dict[str, Any]:
    actor = actor_of(request)
    line = shared.seen_line(actor, line_id)
    inside = queries.sees_inventory(actor, platform_id=line.platform_id)
    machines = [
        m
        for m in line.equipment.all()
        if inside or (m.is_shared and m.status != Equipment.Status.RETIRED)
    ]
    return _line(line) | {
        "equipment": [shared.equipment(m, inventory=inside) for m in machines],
        "tariffs": [shared.tariff(t) for t in line.tariffs.all()],
        "engineers": [
            {"membership_id": e.membership_id, "name": e.membership.person.name}
            for e in line.engineers.all()
        ]
        if inside
        else [],
    }


@router.get("/lines", auth=ANYONE)
def lines(
    request: ActorRequest,
    q: Annotated[str, Query(max_length=120)] = "",
    platform_id: int | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Lines one may see, by id."""
    rows = queries.visible_lines(actor=actor_of(request)).filter(name__icontains=q)
    if platform_id is not None:
        rows = rows.filter(platform_id=platform_id)
    page = pages.page(rows, by="id", cursor=cursor, limit=limit)
    return {"items": [_line(x) for x in page.items], "next_cursor": page.next_cursor}


@router.post("/lines", response={201: Any})
def register_line(request: ActorRequest, body: LineIn) -> Status[Any]:
    """Open a line of one's own platform."""
    line = commands.register_line(
        fields=cast("commands.LineFields", body.dict()),
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return Status(201, _detail(request, line.pk))


@router.get("/lines/{int:line_id}", auth=ANYONE)
def line(request: ActorRequest, line_id: int) -> dict[str, Any]:
    """One line with equipment, tariffs and, for its platform, engineers."""
    return _detail(request, line_id)


@router.patch("/lines/{int:line_id}")
def revise_line(request: ActorRequest, line_id: int, body: LinePatch) -> dict[str, Any]:
    """Change what is said about a line."""
    commands.revise_line(
        line_id=line_id,
        fields=cast("commands.LineFields", body.dict(exclude_unset=True)),
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return _detail(request, line_id)


@router.post("/lines/{int:line_id}/close")
def close_line(request: ActorRequest, line_id: int, body: ReasonIn) -> dict[str, Any]:
    """Take no more bookings."""
    commands.close_line(
        line_id=line_id, reason=body.reason, actor_id=request.auth.pk, at=clock.now(request)
    )
    return _detail(request, line_id)


@router.post("/lines/{int:line_id}/reopen")
def reopen_line(request: ActorRequest, line_id: int) -> dict[str, Any]:
    """Take bookings again."""
    commands.reopen_line(line_id=line_id, actor_id=request.auth.pk, at=clock.now(request))
    return _detail(request, line_id)


@router.post("/lines/{int:line_id}/engineers", response={201: Any})
def assign_engineer(request: ActorRequest, line_id: int, body: EngineerIn) -> Status[Any]:
    """Let an engineer run the line."""
    engineer = commands.assign_engineer(
        line_id=line_id,
        membership_id=body.membership_id,
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    shown = {"id": engineer.pk, "line_id": line_id, "membership_id": engineer.membership_id}
    return Status(201, shown | {"status": "active"})


@router.delete("/lines/{int:line_id}/engineers/{int:membership_id}", response={204: None})
def release_engineer(request: ActorRequest, line_id: int, membership_id: int) -> Status[None]:
    """Take an engineer off the line."""
    commands.release_engineer(
        line_id=line_id,
        membership_id=membership_id,
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return Status(204, None)
