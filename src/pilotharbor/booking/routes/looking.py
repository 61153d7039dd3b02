"""What is free, what would it cost, and what would stand against it?"""

from datetime import datetime, timedelta
from typing import Annotated, Any

from ninja import Query, Router

from pilotharbor.booking import commands, queries
from pilotharbor.booking.routes import shown
from pilotharbor.booking.routes.shown import WhenIn
from pilotharbor.facilities import queries as facilities
from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import Invalid, NotFound
from pilotharbor.kernel.time import period
from pilotharbor.parties import rights
from pilotharbor.parties.auth import ActorRequest
from pilotharbor.parties.rights import Kind, Verb

router = Router()

WIDEST = timedelta(days=400)
MOST_LINES = 500


class WindowTooWide(Invalid):
    """A calendar shows at most 400 days at a time."""

    code = "booking.window_too_wide"


class TooManyLines(Invalid):
    """Look at no more than 500 lines at a time."""

    code = "booking.too_many_lines"


@router.post("/bookings/check")
def check(request: ActorRequest, body: WhenIn) -> dict[str, Any]:
    """Look at a wish without asking for it: its time, its price, and every reason against it."""
    found = commands.assess(
        line_id=body.line_id,
        project_id=body.project_id,
        ask=body.ask(),
        start=body.start,
        end=body.end,
        windows=body.pairs(),
        duration_s=body.duration_s,
        retrospective=body.retrospective,
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return {
        "bookable": not found.reasons,
        "start": found.start,
        "end": found.end,
        "price": shown.priced(found.priced),
        "group": found.group,
        "deposit_fen": found.deposit_fen,
        "free_cancel_hours": found.free_cancel_hours,
        "held_until": found.held_until,
        "reasons": found.reasons,
    }


@router.get("/free-slots")
def free_slots(
    request: ActorRequest,
    start: Annotated[datetime, Query(alias="from")],
    end: Annotated[datetime, Query(alias="to")],
    minutes: Annotated[int, Query(ge=1, le=31 * 1440)],
    line_ids: Annotated[
        str, Query(max_length=4000, description="comma-separated; empty: all")
    ] = "",
    equipment_ids: Annotated[str, Query(max_length=4000)] = "",
    together: bool = False,
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
) -> dict[str, Any]:
    """The earliest free places for so many minutes, on any of the lines or (``together``) on all at once."""
    rights.require(request.auth, Verb.READ, Kind.BOOKING)
    period(start, end)
    if end - start > WIDEST:
        raise WindowTooWide
    lines = queries.lines_wanted(
        actor=request.auth, line_ids=_ids(line_ids), equipment_ids=_ids(equipment_ids)
    )
    if len(lines) > MOST_LINES:
        raise TooManyLines
    asked: dict[str, Any] = {
        "line_ids": lines,
        "start": start,
        "end": end,
        "duration": timedelta(minutes=minutes),
        "actor": request.auth,
        "at": clock.now(request),
        "limit": limit,
    }
    if together:
        places = queries.free_together(**asked)
        return {"items": [{"start": a, "end": b, "line_ids": lines} for a, b in places]}
    return {
        "items": [
            {
                "line_id": slot.line.pk,
                "line_name": slot.line.name,
                "start": slot.start,
                "end": slot.end,
                "free_until": slot.free_until,
            }
            for slot in queries.free_slots(**asked)
        ]
    }


@router.get("/lines/{int:line_id}/calendar")
def calendar(
    request: ActorRequest,
    line_id: int,
    start: Annotated[datetime, Query(alias="from")],
    end: Annotated[datetime, Query(alias="to")],
) -> dict[str, Any]:
    """What of ``[from, to)`` is taken or asked for; whose it is only where one may read it."""
    rights.require(request.auth, Verb.READ, Kind.BOOKING)
    line = facilities.visible_lines(actor=request.auth).filter(pk=line_id).first()
    if line is None:
        raise NotFound
    period(start, end)
    if end - start > WIDEST:
        raise WindowTooWide
    slots = queries.calendar(line=line, start=start, end=end, actor=request.auth)
    items = [
        {
            "start": s.start,
            "end": s.end,
            "status": s.status,
            "booking_id": s.booking.pk if s.booking else None,
            "project_title": s.booking.project.title if s.booking else None,
        }
        for s in slots
    ]
    return {"line_id": line.pk, "items": items}


def _ids(text: str) -> list[int]:
    return [
        int(part) for part in text.split(",") if part.strip().isascii() and part.strip().isdigit()
    ]
