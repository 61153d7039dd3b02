"""Requests, slots, series, quotes, waiting lists and usage for programs."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Field, Query, Router, Schema, Status

from pilotharbor.booking import commands, queries
from pilotharbor.booking.routes import looking, queueing, shown
from pilotharbor.booking.routes.shown import (
    ApprovalIn,
    Count,
    Note,
    Quantity,
    ReasonIn,
    Seconds,
    WhenIn,
)
from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.http import Cursor, IdempotencyKey, Limit
from pilotharbor.parties.auth import ActorRequest

router = Router()
router.add_router("", looking.router)
router.add_router("", queueing.router)


class BookingIn(WhenIn):
    """A line asked for, at an exact time or within windows."""

    override_reason: Note = ""


class CancelIn(ReasonIn):
    """Why; ``with_fee`` when an operator gives it up for who asked."""

    with_fee: bool = False


class MoveIn(Schema):
    """Where to; ``line_id`` when another line of the platform."""

    start: datetime
    end: datetime
    line_id: int | None = None
    override_reason: Note = ""


class PlaceIn(MoveIn):
    """Where it is allotted, and who runs it."""

    engineer_id: int | None = None


class HandOverIn(Schema):
    """To whom, or to which project."""

    used_by_id: int | None = None
    project_id: int | None = None


class UsageIn(Schema):
    """What was really used; what is not said is as agreed."""

    start: datetime
    end: datetime
    note: Note = ""
    batches: Count | None = None
    samples: Count | None = None
    engineer_s: Seconds | None = None
    consumables: dict[int, Quantity] | None = Field(default=None, max_length=50)


def _detail(request: ActorRequest, booking_id: int) -> dict[str, Any]:
    found = queries.visible_bookings(actor=request.auth).filter(pk=booking_id).first()
    if found is None:
        raise NotFound
    return shown.detail(found, actor=request.auth, at=clock.now(request))


@router.get("/bookings")
def bookings(
    request: ActorRequest,
    line_id: int | None = None,
    project_id: int | None = None,
    series_id: int | None = None,
    status: Annotated[str, Query(max_length=12)] = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Bookings one may see, newest first."""
    rows = queries.visible_bookings(actor=request.auth)
    wanted = {
        "line_id": line_id,
        "project_id": project_id,
        "series_id": series_id,
        "status": status or None,
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    page = pages.page(rows, by="-id", cursor=cursor, limit=limit)
    return {"items": [shown.booking(b) for b in page.items], "next_cursor": page.next_cursor}


@router.post("/bookings", response={201: Any})
def request_booking(
    request: ActorRequest, body: BookingIn, idempotency_key: IdempotencyKey
) -> Status[Any]:
    """Ask for a line; every reason against it is told at once, each with its remedy."""
    del idempotency_key  # The middleware answers a retry.
    given = {name: getattr(body, name) for name in BookingIn.model_fields} | {
        "windows": body.pairs()
    }
    booking = commands.request(**given, actor_id=request.auth.pk, at=clock.now(request))
    return Status(201, _detail(request, booking.pk))


@router.get("/bookings/{int:booking_id}")
def booking(request: ActorRequest, booking_id: int) -> dict[str, Any]:
    """One booking with its usage."""
    return _detail(request, booking_id)


@router.post("/bookings/{int:booking_id}/approve")
def approve(request: ActorRequest, booking_id: int, body: ApprovalIn) -> dict[str, Any]:
    """Agree to it; the last reviewer allots the slot. 409 ``booking.slot_taken`` when someone has it."""
    commands.approve(
        booking_id=booking_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )
    return _detail(request, booking_id)


@router.post("/bookings/{int:booking_id}/place")
def place(request: ActorRequest, booking_id: int, body: PlaceIn) -> dict[str, Any]:
    """Agree to it at a given place."""
    commands.place(
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
def cancel(request: ActorRequest, booking_id: int, body: CancelIn) -> dict[str, Any]:
    """Give a request or a slot up; ``cancel_fee_fen`` of the booking says beforehand what it costs."""
    commands.cancel(
        booking_id=booking_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )
    return _detail(request, booking_id)


@router.post("/bookings/{int:booking_id}/move")
def move(request: ActorRequest, booking_id: int, body: MoveIn) -> dict[str, Any]:
    """Put it at another time, longer or shorter, or on another line."""
    commands.move(
        booking_id=booking_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )
    return _detail(request, booking_id)


@router.post("/bookings/{int:booking_id}/hand-over")
def hand_over(request: ActorRequest, booking_id: int, body: HandOverIn) -> dict[str, Any]:
    """Hand it over to another person or project."""
    commands.hand_over(
        booking_id=booking_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )
    return _detail(request, booking_id)


@router.post("/bookings/{int:booking_id}/check-in")
def check_in(request: ActorRequest, booking_id: int) -> dict[str, Any]:
    """Say that whoever comes is here."""
    commands.check_in(booking_id=booking_id, actor_id=request.auth.pk, at=clock.now(request))
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
    told = shown.usage(usage) | {"booking_id": booking_id, "status": usage.booking.status}
    return Status(201, told)
