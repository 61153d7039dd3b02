"""A wish becomes a row: the time it means, the request as it is written, and what it holds."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pilotharbor.booking.commands import errors, examining, placing, slots
from pilotharbor.booking.commands.asking import Ask, Window, hours_of, sound_windows
from pilotharbor.booking.commands.examining import Examined
from pilotharbor.booking.commands.rules import Found, Wish
from pilotharbor.booking.models import Allocation, Booking, Series, Waiting
from pilotharbor.kernel.time import HOUR, NaiveTime, period
from pilotharbor.parties.models import Membership


def wished(
    ask: Ask,
    *,
    line_id: int,
    start: datetime | None,
    end: datetime | None,
    windows: Sequence[Window],
    duration_s: int | None,
    retrospective: bool,
    actor: Membership,
    at: datetime,
) -> tuple[Wish | None, Found]:
    """The wish as an exact time, and what is unsound about it; none where no time can be told."""
    if not windows:
        if start is None or end is None:
            return None, [("start", errors.TimeMissing())]
        if start.tzinfo is None or end.tzinfo is None:
            return None, [("start", NaiveTime())]
        wish = Wish(
            start=start, end=end, at=at, retrospective=retrospective, billing=ask.billing,
            hazard=ask.hazard, acknowledged=ask.acknowledged, batch_kg=ask.batch_kg,
        )  # fmt: skip
        return examining.quoted(wish, ask.quote_id), []
    length = timedelta(seconds=duration_s or 0)
    kept, unsound = sound_windows(windows, duration_s=duration_s or 0, at=at)
    if unsound:
        return None, unsound
    room = placing.Room.of(line_id=line_id, start=kept[0][0], end=kept[-1][1], at=at, actor=actor)
    place = room.earliest(kept, length)
    first = place or kept[0][0]
    wish = Wish(
        start=first, end=first + length, at=at, billing=ask.billing, hazard=ask.hazard,
        acknowledged=ask.acknowledged, batch_kg=ask.batch_kg, windows=kept,
        placed=place is not None,
    )  # fmt: skip
    full: Found = [] if place else [("windows", errors.NothingFree(hours=hours_of(length)))]
    return examining.quoted(wish, ask.quote_id), full


def drafted(seen: Examined, ask: Ask, *, user: Membership, actor: Membership) -> Booking:
    """The request as a row that is not written yet."""
    wish, asked = seen.wish, seen.asked
    whole = int((wish.end - wish.start).total_seconds())
    return Booking(
        line=seen.plan.line,
        project=seen.project,
        period=period(wish.start, wish.end),
        billing=Booking.Billing(ask.billing),
        batch_no=ask.batch_no,
        material=ask.material.strip(),
        hazard=ask.hazard.strip(),
        wants_engineer=ask.wants_engineer,
        retrospective=wish.retrospective,
        requested_by=actor,
        requested_at=wish.at,
        flexible=bool(wish.windows),
        windows=[[a.isoformat(), b.isoformat()] for a, b in wish.windows],
        duration_s=whole if wish.windows else None,
        batches=asked.batches,
        samples=asked.samples,
        engineer_s=whole if asked.engineer_s is None else asked.engineer_s,
        consumables=list(asked.consumables),
        batch_kg=ask.batch_kg,
        group=seen.group,
        quote=wish.quote,
        used_by=user if user.pk != actor.pk else None,
        acknowledged=list(ask.acknowledged),
    )


def put_down(
    booking: Booking,
    seen: Examined,
    *,
    series: Series | None = None,
    waiting: Waiting | None = None,
    hold_ends_at: datetime | None = None,
) -> Booking:
    """Write a request and, where the line holds requests, what it holds.

    Raises: SlotTaken.
    """
    booking.series, booking.waiting = series, waiting
    booking.hold_ends_at = hold_ends_at or held_until(seen)
    booking.save(force_insert=True)
    if booking.hold_ends_at is not None:
        slots.insert(
            Allocation(booking=booking, equipment=machine, period=booking.period)
            for machine in seen.plan.machines
        )
    return booking


def announce(
    booking: Booking, *, actor: Membership, at: datetime, platform_id: int, listed: bool = False
) -> None:
    """Put down that a request waits for its platform; one of a list says so."""
    held = booking.hold_ends_at
    slots.record(
        "requested", booking, actor, at,
        line_id=booking.line_id, platform_id=platform_id,
        held_until=held.isoformat() if held else None,
        **({"series_id": booking.series_id} if booking.series_id else {}),
        **({"overridden": booking.overridden} if booking.overridden else {}),
        **({"listed": True} if listed else {}),
    )  # fmt: skip


def held_until(seen: Examined) -> datetime | None:
    """Until when a request holds its time: the line's hours, at most until it begins."""
    hours, wish = seen.plan.line.hold_hours, seen.wish
    if not hours or wish.start <= wish.at:
        return None
    return min(wish.at + hours * HOUR, wish.start)
