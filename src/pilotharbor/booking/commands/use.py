"""A slot begins, is used and charged, or nobody comes."""

from datetime import datetime, timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from pilotharbor.booking import queries
from pilotharbor.booking.commands.requests import ReasonMissing, free
from pilotharbor.booking.commands.rules import LONGEST
from pilotharbor.booking.models import Booking, Usage
from pilotharbor.kernel import events, money
from pilotharbor.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.time import SECOND, local_date, period
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Verb

# How far before its slot or after it a use may begin and still belong to it.
NEAR = timedelta(days=1)


class NotYourLine(Forbidden):
    """Only an engineer of this line or an operator of its platform runs it."""

    code = "booking.not_your_line"


class TooEarly(Conflict):
    """This slot begins on {begins}; it cannot be started on an earlier day."""

    code = "booking.too_early"


class UsageInTheFuture(Invalid):
    """Usage is recorded once it is over; this end has not come yet."""

    code = "booking.usage_in_the_future"


class UsageElsewhere(Invalid):
    """This does not belong to the slot: usage begins within a day of it and lasts at most 31 days."""

    code = "booking.usage_elsewhere"


class NotMissedYet(Conflict):
    """The slot has not ended; until then somebody may still come."""

    code = "booking.not_missed_yet"


@command
def start(*, booking_id: int, actor_id: int, at: datetime) -> Booking:
    """Begin an allotted slot, on its day or later.

    Raises: NotFound, NotYourRole, NotYourLine, TooEarly, MoveNotAllowed. Source: R-BOOK-10.
    """
    actor, booking = _for_run(booking_id, actor_id)
    begins = local_date(booking.period.lower)
    if booking.status == Booking.Status.APPROVED and local_date(at) < begins:
        raise TooEarly(begins=begins.isoformat())
    _begin(booking, actor, began_at=at, at=at)
    return booking


@command
def record_usage(
    *, booking_id: int, start: datetime, end: datetime, actor_id: int, at: datetime, note: str = ""
) -> Usage:
    """Record what was really used over ``[start, end)`` and charge it; the booking is complete.

    By the batch the agreed price, by the hour the agreed rate pro rata to the second. A slot nobody
    pressed start for begins with its usage.

    Raises: NotFound, NotYourRole, NotYourLine, NaiveTime, EmptyPeriod, UsageInTheFuture,
        UsageElsewhere, MoveNotAllowed. Source: R-BOOK-11, R-BOOK-12.
    """
    actor, booking = _for_run(booking_id, actor_id)
    used = period(start, end)
    _check_usage(booking, used, at)
    if booking.status == Booking.Status.APPROVED:
        _begin(booking, actor, began_at=used.lower, at=at)
    seconds = (used.upper - used.lower) // SECOND
    advance(booking, Booking.Status.COMPLETED)
    usage = Usage.objects.create(
        booking=booking,
        period=used,
        seconds=seconds,
        amount_fen=_amount(booking, seconds),
        recorded_by=actor,
        recorded_at=at,
        note=note.strip(),
    )
    events.record(
        "booking.usage.recorded", usage, actor=actor, at=at, project_id=booking.project_id,
        booking_id=booking.pk, line_id=booking.line_id, platform_id=booking.line.platform_id,
        seconds=seconds, amount_fen=usage.amount_fen,
    )  # fmt: skip
    return usage


@command
def note_no_show(*, booking_id: int, reason: str, actor_id: int, at: datetime) -> Booking:
    """Note that nobody came, once the slot is over; nothing is charged.

    Raises: ReasonMissing, NotFound, NotYourRole, NotYourLine, NotMissedYet, MoveNotAllowed.
    Source: R-BOOK-13.
    """
    if not reason.strip():
        raise ReasonMissing(problems={"reason": str(ReasonMissing())})
    actor, booking = _for_run(booking_id, actor_id)
    if at < booking.period.upper:
        raise NotMissedYet
    advance(booking, Booking.Status.NO_SHOW, cancel_reason=reason.strip())
    free(booking)
    events.record(
        "booking.booking.missed", booking, actor=actor, at=at, project_id=booking.project_id
    )
    return booking


def _for_run(booking_id: int, actor_id: int) -> tuple[Membership, Booking]:
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.WRITE, Kind.BOOKING)
    seen = queries.visible_bookings(actor=actor).filter(pk=booking_id).first()
    if seen is None:
        raise NotFound
    if not queries.may_run(actor, seen.line):
        raise NotYourLine
    locked = Booking.objects.select_for_update(no_key=True, of=("self",))
    return actor, locked.select_related("line", "tariff").get(pk=booking_id)


def _begin(booking: Booking, actor: Membership, *, began_at: datetime, at: datetime) -> None:
    advance(booking, Booking.Status.IN_USE, started_at=began_at)
    events.record(
        "booking.booking.started", booking, actor=actor, at=at, project_id=booking.project_id
    )


def _check_usage(booking: Booking, used: DateTimeTZRange, at: datetime) -> None:
    if used.upper > at:
        raise UsageInTheFuture(problems={"end": str(UsageInTheFuture())})
    near = booking.period.lower - NEAR <= used.lower <= booking.period.upper + NEAR
    if not near or used.upper - used.lower > LONGEST:
        raise UsageElsewhere(problems={"start": str(UsageElsewhere())})


def _amount(booking: Booking, seconds: int) -> int:
    if booking.billing == Booking.Billing.BATCH:
        return booking.price_fen or 0
    rate = booking.tariff.hourly_fen if booking.tariff else 0
    return money.pro_rata(rate, seconds, per=3600)
