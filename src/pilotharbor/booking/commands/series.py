"""Slots that come again and again are asked for, allotted and given up together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from pilotharbor.booking import queries
from pilotharbor.booking.commands import (
    drafting,
    ending,
    errors,
    examining,
    looking,
    review,
    rules,
    slots,
    waiting,
)
from pilotharbor.booking.commands.asking import Ask
from pilotharbor.booking.commands.examining import Examined, Ground
from pilotharbor.booking.commands.rules import Found, Wish
from pilotharbor.booking.models import Booking, Series
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.events import Fact
from pilotharbor.kernel.time import local_date, period, start_of
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Verb

MOST = 60
LONGEST = timedelta(days=366)
OPEN = (Booking.Status.SUBMITTED, Booking.Status.APPROVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How a slot comes again: by ``rule`` every ``every``, ``count`` times or until a last day.

    ``leave_out_closed``  days on which the line is closed or shut are left out, not refused
    """

    rule: str
    every: int = 1
    count: int | None = None
    until: date | None = None
    leave_out_closed: bool = False

    def starts(self, first: datetime) -> list[datetime]:
        """The beginnings, at the same time of day; one more than ``MOST`` where they are too many."""
        step = timedelta(days=self.every * (7 if self.rule == Series.Rule.WEEKLY else 1))
        found = [first]
        while len(found) <= MOST:
            after = found[-1] + step
            if self.count is not None and len(found) >= self.count:
                break
            if self.until is not None and local_date(after) > self.until:
                break
            found.append(after)
        return found


@command
def request_series(
    *,
    line_id: int,
    project_id: int,
    start: datetime,
    end: datetime,
    rhythm: Rhythm,
    ask: Ask,
    actor_id: int,
    at: datetime,
    override_reason: str = "",
) -> Series:
    """Ask for a slot that comes again: all of them together, or none.

    Raises: as ``request``; SeriesUnsound. Source: R-BOOK-31.
    """
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.WRITE, Kind.BOOKING)
    first = period(start, end)
    starts = _sound(rhythm, first.lower, first.upper - first.lower)
    slots.hold_lines([line_id])
    user, absent = examining.user_of(ask.used_by_id, actor)
    ground = Ground(line_id=line_id, project_id=project_id, user=user, actor=actor)
    looks: list[Examined] = []
    against: Found = list(absent)
    bookings: list[Booking] = []
    series: Series | None = None
    for begins in starts:
        wish = _wish(ask, begins, begins + (end - start), at)
        seen = looking.look(wish, ask, ground)
        if rhythm.leave_out_closed and _closed(seen):
            continue
        looks.append(seen)
        if seen.found:
            against += seen.found
            continue
        series = series or _begun(rhythm, seen, actor)
        booking = drafting.drafted(seen, ask, user=user, actor=actor)
        bookings.append(drafting.put_down(booking, seen, series=series))
    if looks:
        against += examining.of_party(user, looks[0].project)
    if len(looks) < 2:
        against.append(("count", errors.SeriesUnsound(most=MOST)))
    overridden = rules.weigh(
        _once(against),
        override_reason=override_reason,
        may_override=bool(looks) and queries.may_review(actor, looks[0].plan.line),
    )
    if overridden:
        series = series or _begun(rhythm, looks[0], actor)
        bookings += _set_aside(
            [one for one in looks if one.found], ask, series, user, actor, override_reason
        )
    if series is None:
        raise AssertionError("refused by weigh")
    return _told(series, bookings, looks[0], actor=actor, at=at)


def _sound(rhythm: Rhythm, first: datetime, length: timedelta) -> list[datetime]:
    unsound = errors.SeriesUnsound(most=MOST)
    fields = [
        name
        for name, wrong in (
            ("rule", rhythm.rule not in Series.Rule.values),
            ("every", not 1 <= rhythm.every <= 92),
            ("count", rhythm.count is None and rhythm.until is None),
        )
        if wrong
    ]
    if fields:
        rules.refuse([(name, errors.SeriesUnsound(most=MOST)) for name in fields])
    starts = rhythm.starts(first)
    if not 2 <= len(starts) <= MOST or starts[-1] - first > LONGEST:
        rules.refuse([("count", unsound)])
    if starts[1] - starts[0] < length:
        rules.refuse([("end", errors.SeriesOverlaps())])
    return starts


def _wish(ask: Ask, start: datetime, end: datetime, at: datetime) -> Wish:
    wish = Wish(
        start=start,
        end=end,
        at=at,
        billing=ask.billing,
        hazard=ask.hazard,
        acknowledged=ask.acknowledged,
        batch_kg=ask.batch_kg,
    )
    return examining.quoted(wish, ask.quote_id)


def _closed(seen: Examined) -> bool:
    start, end = seen.wish.start, seen.wish.end
    return seen.plan.misfit(start, end) is not None or bool(seen.plan.shut_during(start, end))


def _begun(rhythm: Rhythm, seen: Examined, actor: Membership) -> Series:
    return Series.objects.create(
        line=seen.plan.line,
        project=seen.project,
        rule=rhythm.rule,
        every=rhythm.every,
        requested_by=actor,
        requested_at=seen.wish.at,
    )


def _set_aside(
    looks: Iterable[Examined],
    ask: Ask,
    series: Series,
    user: Membership,
    actor: Membership,
    reason: str,
) -> list[Booking]:
    """The slots of which an operator set something aside; each knows what."""
    made = []
    for seen in looks:
        booking = drafting.drafted(seen, ask, user=user, actor=actor)
        booking.overridden = sorted({error.code for _field, error in seen.found})
        booking.override_reason = reason.strip()
        made.append(drafting.put_down(booking, seen, series=series))
    return made


def _told(
    series: Series, bookings: list[Booking], seen: Examined, *, actor: Membership, at: datetime
) -> Series:
    platform_id = seen.plan.line.platform_id
    for booking in sorted(bookings, key=lambda b: b.pk):
        drafting.announce(booking, actor=actor, at=at, platform_id=platform_id)
    _record("requested", series, actor=actor, at=at, platform_id=platform_id, count=len(bookings))
    return series


def _once(found: Found) -> Found:
    """Every reason once, however many slots it stands against."""
    return list(
        {(field, error.code, str(error)): (field, error) for field, error in found}.values()
    )


@command
def approve_series(
    *,
    series_id: int,
    actor_id: int,
    at: datetime,
    engineer_id: int | None = None,
    override_reason: str = "",
) -> list[Booking]:
    """Agree to all slots of a series that wait, together or not at all.

    Raises: as ``approve``. Source: R-BOOK-31.
    """
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.APPROVE, Kind.BOOKING)
    rows = _of(series_id, actor).filter(status=Booking.Status.SUBMITTED)
    seen = list(rows.order_by("period", "id"))
    if not seen:
        raise errors.NothingWaits
    if not all(queries.may_review(actor, one.line) for one in seen):
        raise errors.NotYourReview
    slots.stand(booking_ids=[one.pk for one in seen])
    agreed = [
        review.agree(
            one, one.period.lower, one.period.upper, one.line_id,
            engineer_id=engineer_id, actor=actor, at=at, override_reason=override_reason,
        )
        for one in seen
    ]  # fmt: skip
    series = Series.objects.get(pk=series_id)
    allotted = sum(one.status == Booking.Status.APPROVED for one in agreed)
    _record("approved" if allotted else "reviewed", series, actor=actor, at=at, count=len(agreed))
    return agreed


@command
def reject_series(*, series_id: int, reason: str, actor_id: int, at: datetime) -> list[Booking]:
    """Refuse all slots of a series that wait, saying why.

    Raises: as ``reject``. Source: R-BOOK-31.
    """
    rules.require_reason(reason)
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.APPROVE, Kind.BOOKING)
    rows = _of(series_id, actor).filter(status=Booking.Status.SUBMITTED)
    seen = list(rows.order_by("id"))
    if not seen:
        raise errors.NothingWaits
    if not all(queries.may_review(actor, one.line) for one in seen):
        raise errors.NotYourReview
    _stand_on_lines(seen)
    for one in seen:
        review.turn_down(slots.still(one), one, reason=reason, actor=actor, at=at)
    _record("rejected", Series.objects.get(pk=series_id), actor=actor, at=at, count=len(seen))
    _offer(seen, at)
    return seen


@command
def cancel_series(
    *,
    series_id: int,
    from_day: date,
    reason: str,
    actor_id: int,
    at: datetime,
    with_fee: bool = False,
) -> list[Booking]:
    """Give up the slots of a series from a day on that have not begun; each by its fee.

    Raises: as ``cancel``; NothingWaits. Source: R-BOOK-9, R-BOOK-31.
    """
    rules.require_reason(reason)
    actor = parties.actor(actor_id=actor_id)
    later = _of(series_id, actor).filter(
        status__in=OPEN, period__startswith__gte=start_of(from_day)
    )
    seen = list(later.order_by("id"))
    if not seen:
        raise errors.NothingWaits
    if not all(queries.may_cancel(actor, one) for one in seen):
        raise errors.NotYoursToCancel
    _stand_on_lines(seen)
    for one in seen:
        ending.give_up(
            slots.still(one), one, reason=reason.strip(), actor=actor, at=at, with_fee=with_fee
        )
    series = Series.objects.get(pk=series_id)
    day = from_day.isoformat()
    _record("cancelled", series, actor=actor, at=at, count=len(seen), from_day=day)
    _offer(seen, at)
    return seen


def _of(series_id: int, actor: Membership) -> QuerySet[Booking]:
    rows = queries.visible_bookings(actor=actor).filter(series_id=series_id)
    if not rows.exists():
        raise NotFound
    return rows


def _stand_on_lines(seen: Iterable[Booking]) -> None:
    slots.hold_lines({one.line_id for one in seen})


def _offer(seen: Iterable[Booking], at: datetime) -> None:
    for line_id in sorted({one.line_id for one in seen}):
        waiting.offer_freed(line_id=line_id, at=at)


def _record(done: str, series: Series, *, actor: Membership, at: datetime, **facts: Fact) -> None:
    events.record(
        f"booking.series.{done}",
        series,
        actor=actor,
        actor_id=None,
        at=at,
        project_id=series.project_id,
        line_id=series.line_id,
        **facts,
    )
