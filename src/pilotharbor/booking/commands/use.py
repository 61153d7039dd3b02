"""Whoever comes checks in; a slot begins, overruns, is used and charged, or nobody comes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from pilotharbor.booking import queries
from pilotharbor.booking.commands import charges, errors, rules, slots, waiting
from pilotharbor.booking.commands.rules import LONGEST
from pilotharbor.booking.models import Booking, Charge, Usage
from pilotharbor.booking.queries import Asked
from pilotharbor.booking.queries.ground import courses_asked
from pilotharbor.crew import queries as crew
from pilotharbor.facilities import pricing
from pilotharbor.facilities import queries as facilities
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.states import advance, require_move
from pilotharbor.kernel.time import SECOND, local_date, period
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Verb

# How far before its slot or after it a use may begin and still belong to it.
NEAR = timedelta(days=1)
# A slot still in use this long after its end has overrun.
GRACE = timedelta(minutes=15)


@command
def check_in(*, booking_id: int, actor_id: int, at: datetime) -> Booking:
    """Note that whoever uses a slot is here, on its day; checked in again, nothing changes.

    Raises: NotFound, NotYourRole, NotYoursToCheckIn, TooEarly, OverAlready, MoveNotAllowed.
    Source: R-BOOK-29.
    """
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.WRITE, Kind.BOOKING)
    seen = queries.visible_bookings(actor=actor).filter(pk=booking_id).first()
    if seen is None:
        raise NotFound
    if not queries.may_check_in(actor, seen):
        raise errors.NotYoursToCheckIn
    booking = slots.locked(booking_id)
    if booking.checked_in_at is not None:
        return booking
    if booking.status != Booking.Status.IN_USE:
        require_move(booking, Booking.Status.IN_USE)
    _require_its_day(booking, at)
    if booking.period.upper <= at:
        raise errors.OverAlready(ended=rules.moment(booking.period.upper))
    booking.checked_in_at, booking.checked_in_by = at, actor
    booking.save(update_fields=["checked_in_at", "checked_in_by"])
    slots.record("checked_in", booking, actor, at, line_id=booking.line_id)
    return booking


@command
def start(*, booking_id: int, actor_id: int, at: datetime) -> Booking:
    """Begin an allotted slot, on its day or later.

    Without an engineer, whoever comes must have passed what the line asks for on that day; they may
    then begin themselves.

    Raises: NotFound, NotYourRole, NotYourLine, TooEarly, MoveNotAllowed, the refusals of ``crew``.
    Source: R-BOOK-10, R-BOOK-23.
    """
    actor, booking = _for_run(booking_id, actor_id, users=True)
    if booking.status == Booking.Status.APPROVED:
        _require_its_day(booking, at)
    _require_able(booking, actor, at)
    _begin(booking, actor, began_at=at, at=at)
    return booking


@command
def record_usage(
    *,
    booking_id: int,
    start: datetime,
    end: datetime,
    actor_id: int,
    at: datetime,
    note: str = "",
    batches: int | None = None,
    samples: int | None = None,
    engineer_s: int | None = None,
    consumables: Mapping[int, Decimal] | None = None,
) -> Usage:
    """Record what was really used over ``[start, end)`` and charge it; the booking is complete.

    By the batch the agreed price, by the hour the agreed rate pro rata to the second; what was used
    otherwise than agreed (batches, samples, engineer, consumables) is priced by the agreed terms. A
    slot nobody pressed start for begins with its usage; what is left of its time is free again.

    Raises: NotFound, NotYourRole, NotYourLine, NaiveTime, EmptyPeriod, UsageInTheFuture,
        UsageElsewhere, NotUsedUp, MoveNotAllowed. Source: R-BOOK-11, R-BOOK-12.
    """
    used = period(start, end)
    actor, booking = _for_run(booking_id, actor_id, with_line=True)
    _check_usage(booking, used, at)
    if booking.status == Booking.Status.APPROVED:
        _begin(booking, actor, began_at=used.lower, at=at)
    seconds = (used.upper - used.lower) // SECOND
    asked = _asked(booking, used, batches, samples, engineer_s, consumables)
    amount, lines = _amount(booking, used, asked)
    advance(booking, Booking.Status.COMPLETED)
    usage = Usage.objects.create(
        booking=booking,
        period=used,
        seconds=seconds,
        amount_fen=amount,
        priced=lines,
        recorded_by=actor,
        recorded_at=at,
        note=note.strip(),
    )
    events.record(
        "booking.usage.recorded", usage, actor=actor, at=at, project_id=booking.project_id,
        booking_id=booking.pk, line_id=booking.line_id, platform_id=booking.line.platform_id,
        seconds=seconds, amount_fen=usage.amount_fen,
    )  # fmt: skip
    charges.return_deposit(booking, line=booking.line, actor=actor, at=at)
    if slots.shorten(booking, max(used.upper, at)):
        waiting.offer_freed(line_id=booking.line_id, at=at)
    return usage


@command
def note_no_show(*, booking_id: int, reason: str, actor_id: int, at: datetime) -> Booking:
    """Note that nobody came, once the slot is over; it costs what its tariff says.

    Raises: ReasonMissing, NotFound, NotYourRole, NotYourLine, NotMissedYet, MoveNotAllowed.
    Source: R-BOOK-13.
    """
    rules.require_reason(reason)
    actor, booking = _for_run(booking_id, actor_id)
    require_move(booking, Booking.Status.NO_SHOW)
    if at < booking.period.upper:
        raise errors.NotMissedYet
    advance(booking, Booking.Status.NO_SHOW, cancel_reason=reason.strip())
    slots.free(booking)
    fee = 0
    if booking.tariff is not None:
        terms = facilities.terms_of(booking.tariff)
        fee = pricing.no_show_fen(terms, booking.price_fen or 0)
    slots.record("missed", booking, actor, at, fee_fen=fee)
    charges.charge(booking, Charge.Kind.NO_SHOW, fee, line=booking.line, actor=actor, at=at)
    charges.return_deposit(booking, line=booking.line, actor=actor, at=at)
    return booking


@command
def note_overrun(*, booking_id: int, actor_id: int | None, at: datetime) -> Booking:
    """Note once that a slot is still in use after its end; who comes next is told.

    Raises: NotFound, NotOverrunYet. Source: R-BOOK-30.
    """
    del actor_id  # Nobody's act: time did it.
    booking = slots.locked(booking_id)
    if booking.overran_at is not None:
        return booking
    if booking.status != Booking.Status.IN_USE or at < booking.period.upper + GRACE:
        raise errors.NotOverrunYet
    booking.overran_at = at
    booking.save(update_fields=["overran_at"])
    slots.record("overran", booking, None, at, line_id=booking.line_id)
    return booking


def _require_its_day(booking: Booking, at: datetime) -> None:
    begins = local_date(booking.period.lower)
    if local_date(at) < begins:
        raise errors.TooEarly(begins=begins.isoformat())


def _require_able(booking: Booking, actor: Membership, at: datetime) -> None:
    """Nobody unqualified starts a machine without an engineer. Source: R-BOOK-23."""
    if booking.engineer_id is not None or queries.engineers_line(actor, booking.line):
        return
    user = booking.used_by or booking.requested_by
    missing = crew.unqualified(person_id=user.person_id, line_id=booking.line_id, on=local_date(at))
    rules.refuse([("engineer_id", one.error(person=user.person.name)) for one in missing])


def _for_run(
    booking_id: int, actor_id: int, *, users: bool = False, with_line: bool = False
) -> tuple[Membership, Booking]:
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.WRITE, Kind.BOOKING)
    seen = queries.visible_bookings(actor=actor).filter(pk=booking_id).first()
    if seen is None:
        raise NotFound
    if not queries.may_run(actor, seen.line) and not (users and _starts_alone(actor, seen)):
        raise errors.NotYourLine
    if with_line:
        slots.hold_lines([seen.line_id])
        return actor, slots.still(seen)
    return actor, slots.locked(booking_id)


def _starts_alone(actor: Membership, booking: Booking) -> bool:
    """Whether the actor is who comes, to a line that knows whom it lets start."""
    user = booking.used_by or booking.requested_by
    on = local_date(booking.period.lower)
    machines = list(facilities.taken_by(line_id=booking.line_id))
    asked_for = courses_asked(booking.line_id, machines, on)
    return user.person_id == actor.person_id and asked_for.exists()


def _begin(booking: Booking, actor: Membership, *, began_at: datetime, at: datetime) -> None:
    advance(booking, Booking.Status.IN_USE, started_at=began_at)
    slots.record("started", booking, actor, at)


def _check_usage(booking: Booking, used: DateTimeTZRange, at: datetime) -> None:
    if used.upper > at:
        raise errors.UsageInTheFuture(problems={"end": str(errors.UsageInTheFuture())})
    near = booking.period.lower - NEAR <= used.lower <= booking.period.upper + NEAR
    if not near or used.upper - used.lower > LONGEST:
        raise errors.UsageElsewhere(problems={"start": str(errors.UsageElsewhere())})


def _asked(
    booking: Booking,
    used: DateTimeTZRange,
    batches: int | None,
    samples: int | None,
    engineer_s: int | None,
    consumables: Mapping[int, Decimal] | None,
) -> Asked:
    """What was used, where it is not said as agreed; an engineer of the whole slot stayed all of it."""
    agreed = Asked.of(booking)
    slot, whole = booking.period, (used.upper - used.lower) // SECOND
    if engineer_s is None and agreed.engineer_s == (slot.upper - slot.lower) // SECOND:
        engineer_s = whole
    changes: dict[str, Any] = {
        "batches": batches,
        "samples": samples,
        "engineer_s": engineer_s,
        "consumables": None if consumables is None else _used_up(booking, consumables),
    }
    return replace(agreed, **{name: v for name, v in changes.items() if v is not None})


def _used_up(booking: Booking, consumables: Mapping[int, Decimal]) -> tuple[dict[str, Any], ...]:
    """What was used up, at the prices agreed, or of today where it was not asked for."""
    agreed = {row["id"]: row for row in booking.consumables}
    plan = facilities.plan_of(
        line_id=booking.line_id, start=booking.period.lower, end=booking.period.upper
    )
    today = {
        one.pk: {"id": one.pk, "name": one.name, "unit": one.unit, "unit_fen": one.unit_fen}
        for one in plan.consumables
    }
    known = today | agreed
    if strange := [pk for pk in consumables if pk not in known]:
        raise errors.NotUsedUp(
            problems={"consumables": str(errors.NotUsedUp(name=strange[0]))}, name=str(strange[0])
        )
    return tuple(known[pk] | {"quantity": f"{q:f}"} for pk, q in consumables.items() if q > 0)


def _amount(
    booking: Booking, used: DateTimeTZRange, asked: Asked
) -> tuple[int, list[dict[str, str | int]]]:
    """What the use costs by the agreed terms; as agreed where nothing of it differs."""
    as_agreed = asked == Asked.of(booking)
    by_time = booking.billing in (Booking.Billing.HOUR, Booking.Billing.MIXED)
    if booking.tariff is None or (as_agreed and not by_time):
        return booking.price_fen or 0, booking.priced
    priced = queries.price(
        booking.tariff, asked, start=used.lower, end=used.upper, group=booking.group
    )
    return priced.total_fen, queries.kept(priced.lines)
