"""Series, quotes and waiting lists for programs."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Field, Router, Status

from pilotharbor.booking import commands, queries
from pilotharbor.booking.commands import Rhythm
from pilotharbor.booking.models import Series
from pilotharbor.booking.routes import shown
from pilotharbor.booking.routes.shown import ApprovalIn, AskIn, Note, ReasonIn, Window
from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.http import Cursor, IdempotencyKey, Limit
from pilotharbor.parties.auth import ActorRequest

router = Router()


class SeriesIn(AskIn):
    """A slot that comes again: so many times, or until a day."""

    line_id: int
    project_id: int
    start: datetime
    end: datetime
    rule: Literal["daily", "weekly", "every_n_days"]
    every: Annotated[int, Field(ge=1, le=92)] = 1
    count: Annotated[int, Field(ge=2, le=60)] | None = None
    until: date | None = None
    leave_out_closed: bool = False
    override_reason: Note = ""


class CancelFromIn(ReasonIn):
    """From which day on, and why."""

    from_day: date
    with_fee: bool = False


class QuoteIn(AskIn):
    """What is to be priced."""

    line_id: int
    project_id: int
    start: datetime
    end: datetime


class WaitIn(AskIn):
    """What one waits for."""

    line_id: int
    project_id: int
    windows: list[Window] = Field(min_length=1, max_length=100)
    duration_s: Annotated[int, Field(ge=1, le=31 * 86400)]


def _series(request: ActorRequest, series_id: int) -> dict[str, Any]:
    slots = queries.visible_bookings(actor=request.auth).filter(series_id=series_id)
    found = list(slots.order_by("period", "id"))
    if not found:
        raise NotFound
    return shown.series(Series.objects.get(pk=series_id), found)


@router.post("/booking-series", response={201: Any})
def request_series(
    request: ActorRequest, body: SeriesIn, idempotency_key: IdempotencyKey
) -> Status[Any]:
    """Ask for a slot that comes again: all of them together, or none."""
    del idempotency_key  # The middleware answers a retry.
    rhythm = Rhythm(
        rule=body.rule,
        every=body.every,
        count=body.count,
        until=body.until,
        leave_out_closed=body.leave_out_closed,
    )
    series = commands.request_series(
        line_id=body.line_id,
        project_id=body.project_id,
        start=body.start,
        end=body.end,
        rhythm=rhythm,
        ask=body.ask(),
        override_reason=body.override_reason,
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return Status(201, _series(request, series.pk))


@router.get("/booking-series/{int:series_id}")
def series(request: ActorRequest, series_id: int) -> dict[str, Any]:
    """One series with its slots."""
    return _series(request, series_id)


@router.post("/booking-series/{int:series_id}/approve")
def approve_series(request: ActorRequest, series_id: int, body: ApprovalIn) -> dict[str, Any]:
    """Agree to all of its slots that wait, together or not at all."""
    commands.approve_series(
        series_id=series_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )
    return _series(request, series_id)


@router.post("/booking-series/{int:series_id}/reject")
def reject_series(request: ActorRequest, series_id: int, body: ReasonIn) -> dict[str, Any]:
    """Refuse all of its slots that wait."""
    commands.reject_series(
        series_id=series_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )
    return _series(request, series_id)


@router.post("/booking-series/{int:series_id}/cancel")
def cancel_series(request: ActorRequest, series_id: int, body: CancelFromIn) -> dict[str, Any]:
    """Give up its slots from a day on."""
    commands.cancel_series(
        series_id=series_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )
    return _series(request, series_id)


@router.post("/booking-quotes", response={201: Any})
def quote(request: ActorRequest, body: QuoteIn, idempotency_key: IdempotencyKey) -> Status[Any]:
    """Have a price given that holds for thirty days."""
    del idempotency_key  # The middleware answers a retry.
    given = commands.quote(
        line_id=body.line_id,
        project_id=body.project_id,
        start=body.start,
        end=body.end,
        ask=body.ask(),
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return Status(201, shown.quote(given))


@router.get("/booking-quotes")
def quotes(
    request: ActorRequest,
    project_id: int | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Quotes one may see, newest first."""
    rows = queries.visible_quotes(actor=request.auth)
    if project_id is not None:
        rows = rows.filter(project_id=project_id)
    page = pages.page(rows, by="-id", cursor=cursor, limit=limit)
    return {"items": [shown.quote(q) for q in page.items], "next_cursor": page.next_cursor}


@router.post("/waiting-list", response={201: Any})
def wait(request: ActorRequest, body: WaitIn, idempotency_key: IdempotencyKey) -> Status[Any]:
    """Join the queue for a line."""
    del idempotency_key  # The middleware answers a retry.
    joined = commands.wait(
        line_id=body.line_id,
        project_id=body.project_id,
        windows=[(one.start, one.end) for one in body.windows],
        duration_s=body.duration_s,
        ask=body.ask(),
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return Status(201, _waiting(request, joined.pk))


@router.get("/waiting-list")
def waiting_list(
    request: ActorRequest, line_id: int | None = None, cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Who waits, as far as one may see it, newest first."""
    rows = queries.visible_waiting(actor=request.auth)
    if line_id is not None:
        rows = rows.filter(line_id=line_id)
    page = pages.page(rows, by="-id", cursor=cursor, limit=limit)
    return {"items": [shown.waiting(w) for w in page.items], "next_cursor": page.next_cursor}


@router.post("/waiting-list/{int:waiting_id}/accept")
def accept(request: ActorRequest, waiting_id: int) -> dict[str, Any]:
    """Take an offer."""
    commands.accept_offer(waiting_id=waiting_id, actor_id=request.auth.pk, at=clock.now(request))
    return _waiting(request, waiting_id)


@router.post("/waiting-list/{int:waiting_id}/decline")
def decline(request: ActorRequest, waiting_id: int) -> dict[str, Any]:
    """Leave an offer to the next."""
    commands.decline_offer(waiting_id=waiting_id, actor_id=request.auth.pk, at=clock.now(request))
    return _waiting(request, waiting_id)


@router.post("/waiting-list/{int:waiting_id}/withdraw")
def withdraw(request: ActorRequest, waiting_id: int) -> dict[str, Any]:
    """Leave the queue."""
    commands.withdraw(waiting_id=waiting_id, actor_id=request.auth.pk, at=clock.now(request))
    return _waiting(request, waiting_id)


def _waiting(request: ActorRequest, waiting_id: int) -> dict[str, Any]:
    found = queries.visible_waiting(actor=request.auth).filter(pk=waiting_id).first()
    if found is None:
        raise NotFound
    return shown.waiting(found)
