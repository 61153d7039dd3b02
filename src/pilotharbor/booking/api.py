"""Requests, slots and usage for programs."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from ninja import Field, Query, Router, Schema, Status

from pilotharbor.booking import commands, queries
from pilotharbor.booking.models import Booking, Usage
from pilotharbor.facilities import queries as facilities
from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import Invalid, NotFound
from pilotharbor.kernel.http import Cursor, IdempotencyKey, Limit
from pilotharbor.kernel.time import period
from pilotharbor.parties import rights
from pilotharbor.parties.auth import ActorRequest
from pilotharbor.parties.rights import Kind, Verb

router = Router()

Reason = Annotated[str, Field(min_length=1, max_length=500)]
Note = Annotated[str, Field(max_length=500)]
Short = Annotated[str, Field(max_length=200)]
WIDEST = timedelta(days=400)


class WindowTooWide(Invalid):
    """A calendar shows at most 400 days at a time."""

    code = "booking.window_too_wide"


class BookingIn(Schema):
    """A line asked for over ``[start, end)``; times carry their zone."""

    line_id: int
    project_id: int
    start: datetime
    end: datetime
    billing: Literal["batch", "hour"]
    batch_no: Annotated[int, Field(ge=1, le=32767)] | None = None
    material: Short = ""
    hazard: Short = ""
    wants_engineer: bool = True
    retrospective: bool = False


class ApprovalIn(Schema):
    """Who runs it, and why it is accepted although it has begun."""

    engineer_id: int | None = None
    override_reason: Note = ""


class ReasonIn(Schema):
    """Why."""

    reason: Reason


class UsageIn(Schema):
    """What was really used."""

    start: datetime
    end: datetime
    note: Note = ""


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "id": usage.pk,
        "start": usage.period.lower,
        "end": usage.period.upper,
        "seconds": usage.seconds,
        "hours": usage.hours,
        "amount_fen": usage.amount_fen,
        "note": usage.note,
    }


def _booking(booking: Booking) -> dict[str, Any]:
    usage = getattr(booking, "usage", None)
    return {
        "id": booking.pk,
        "status": booking.status,
        "line_id": booking.line_id,
        "line_name": booking.line.name,
        "project_id": booking.project_id,
        "project_title": booking.project.title,
        "start": booking.period.lower,
        "end": booking.period.upper,
        "billing": booking.billing,
        "batch_no": booking.batch_no,
        "material": booking.material,
        "hazard": booking.hazard,
        "wants_engineer": booking.wants_engineer,
        "retrospective": booking.retrospective,
        "price_fen": booking.price_fen,
        "tariff_id": booking.tariff_id,
        "engineer_id": booking.engineer_id,
        "requested_by": booking.requested_by_id,
        "review_reason": booking.review_reason,
        "override_reason": booking.override_reason,
        "cancel_reason": booking.cancel_reason,
        "usage": _usage(usage) if usage else None,
    }


def _detail(request: ActorRequest, booking_id: int) -> dict[str, Any]:
    found = queries.visible_bookings(actor=request.auth).filter(pk=booking_id).first()
    if found is None:
        raise NotFound
    return _booking(found)


@router.get("/bookings")
def bookings(
    request: ActorRequest,
    line_id: int | None = None,
    project_id: int | None = None,
    status: Annotated[str, Query(max_length=12)] = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Bookings one may see, newest first."""
    rows = queries.visible_bookings(actor=request.auth)
    wanted = {"line_id": line_id, "project_id": project_id, "status": status or None}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    page = pages.page(rows, by="-id", cursor=cursor, limit=limit)
    return {"items": [_booking(b) for b in page.items], "next_cursor": page.next_cursor}


@router.post("/bookings", response={201: Any})
def request_booking(
    request: ActorRequest, body: BookingIn, idempotency_key: IdempotencyKey
) -> Status[Any]:
    """Ask for a line; every reason against it is told at once."""
    del idempotency_key  # The middleware answers a retry.
    booking = commands.request(**body.dict(), actor_id=request.auth.pk, at=clock.now(request))
    return Status(201, _detail(request, booking.pk))


@router.get("/bookings/{int:booking_id}")
def booking(request: ActorRequest, booking_id: int) -> dict[str, Any]:
    """One booking with its usage."""
    return _detail(request, booking_id)


@router.post("/bookings/{int:booking_id}/approve")
def approve(request: ActorRequest, booking_id: int, body: ApprovalIn) -> dict[str, Any]:
    """Allot the slot. 409 ``booking.slot_taken`` when someone has it."""
    commands.approve(
        booking_id=booking_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )
    return _detail(request, booking_id)


@router.post("/bookings/{int:booking_id}/reject")
def reject(request: ActorRequest, booking_id: int, body: ReasonIn) -> dict[str, Any]:
    """Refuse a request."""
    commands.reject(
        booking_id=booking_id, reason=body.reason, actor_id=request.auth.pk, at=clock.now(request)
    )
    return _detail(request, booking_id)


@router.post("/bookings/{int:booking_id}/cancel")
def cancel(request: ActorRequest, booking_id: int, body: ReasonIn) -> dict[str, Any]:
    """Give a request or a slot up."""
    commands.cancel(
        booking_id=booking_id, reason=body.reason, actor_id=request.auth.pk, at=clock.now(request)
    )
    return _detail(request, booking_id)


@router.post("/bookings/{int:booking_id}/start")
def start(request: ActorRequest, booking_id: int) -> dict[str, Any]:
    """Begin an allotted slot."""
    commands.start(booking_id=booking_id, actor_id=request.auth.pk, at=clock.now(request))
    return _detail(request, booking_id)


@router.post("/bookings/{int:booking_id}/no-show")
def no_show(request: ActorRequest, booking_id: int, body: ReasonIn) -> dict[str, Any]:
    """Note that nobody came."""
    commands.note_no_show(
        booking_id=booking_id, reason=body.reason, actor_id=request.auth.pk, at=clock.now(request)
    )
    return _detail(request, booking_id)


@router.post("/bookings/{int:booking_id}/usage", response={201: Any})
def record_usage(
    request: ActorRequest, booking_id: int, body: UsageIn, idempotency_key: IdempotencyKey
) -> Status[Any]:
    """Record what was used; the answer says what it costs."""
    del idempotency_key  # The middleware answers a retry.
    usage = commands.record_usage(
        booking_id=booking_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )
    shown = _usage(usage) | {"booking_id": booking_id, "status": usage.booking.status}
    return Status(201, shown)


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
