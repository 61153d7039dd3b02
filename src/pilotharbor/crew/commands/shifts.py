"""When an engineer is on duty: single shifts and weekly rhythms."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet

from pilotharbor.crew import queries, rhythm
from pilotharbor.crew.commands.cutting import span_of, whose_time, work_out
from pilotharbor.crew.commands.standing import (
    keeper,
    locked_engineer,
    locked_member,
    require_own,
)
from pilotharbor.crew.models import Leave, Pattern, Shift
from pilotharbor.crew.spans import Span
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Invalid, NotFound
from pilotharbor.kernel.time import DAY, SHANGHAI, period, start_of
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties.models import Membership

LONGEST = timedelta(hours=24)
LONGEST_PATTERN = timedelta(days=366)
# A shift may be entered afterwards, and a roster does not reach further ahead than people plan.
EARLIEST, LATEST = timedelta(days=31), timedelta(days=731)
NAMED = 5


class ShiftTooLong(Invalid):
    """One shift takes at most 24 hours."""

    code = "crew.shift_too_long"


class ShiftTooFar(Invalid):
    """Plan shifts from a month back until two years ahead; look at the year."""

    code = "crew.shift_too_far"


class ShiftOverlaps(Conflict):
    """{engineer} is on shift already: {taken}. Withdraw that first, or choose another time."""

    code = "crew.shift_overlaps"


class ShiftOnLeave(Conflict):
    """{engineer} is on leave then: {taken}. Choose another time or another engineer."""

    code = "crew.shift_on_leave"


class ShiftBegun(Conflict):
    """This shift has begun or is over; it stays on record."""

    code = "crew.shift_begun"


class ShiftWithdrawn(Conflict):
    """This shift has been withdrawn already."""

    code = "crew.shift_withdrawn"


class NoWeekday(Invalid):
    """Choose at least one day of the week."""

    code = "crew.no_weekday"


class PatternTooLong(Invalid):
    """A weekly rhythm runs for at most a year; its last day comes after its first."""

    code = "crew.pattern_too_long"


class PatternEmpty(Invalid):
    """No shift would begin in that time; choose other days of the week or a later last day."""

    code = "crew.pattern_empty"


class PatternTooDense(Invalid):
    """These shifts would lie on each other: make them shorter, or leave a day between."""

    code = "crew.pattern_too_dense"


class PatternOver(Conflict):
    """No shift of this rhythm is still to come after that day."""

    code = "crew.pattern_over"


@command
def plan_shift(
    *,
    membership_id: int,
    start: datetime,
    end: datetime,
    note: str = "",
    actor_id: int,
    at: datetime,
) -> Shift:
    """Put an engineer on duty over ``[start, end)``.

    Raises: NotYourRole, CrewOfPlatformsOnly, NaiveTime, EmptyPeriod, ShiftTooLong, ShiftTooFar, NotAnEngineer,
    ShiftOnLeave, ShiftOverlaps. Source: R-CREW-3, R-CREW-5.
    """
    actor = keeper(actor_id=actor_id)
    wanted = period(start, end)
    require_sound(start, end, at=at)
    member = locked_engineer(membership_id=membership_id, actor=actor)
    spans = [(start, end)]
    refuse_leave(member, spans)
    refuse_overlap(member, spans)
    with refusing(crew_shift_no_overlap=overlaps(member, [])):
        shift = Shift.objects.create(
            membership=member,
            period=wanted,
            note=note.strip()[:200],
            planned_by=actor,
            planned_at=at,
        )
    events.record("crew.shift.planned", shift, actor=actor, at=at, **whose_time(shift))
    return shift


@command
def withdraw_shift(*, shift_id: int, actor_id: int, at: datetime) -> Shift:
    """Take an engineer off a shift that has not begun.

    Raises: NotYourRole, NotFound, NotYourCrew, ShiftWithdrawn, ShiftBegun. Source: R-CREW-3.
    """
    actor = keeper(actor_id=actor_id)
    found = Shift.objects.select_related("membership").filter(pk=shift_id).first()
    if found is None:
        raise NotFound
    require_own(actor, platform_id=found.membership.organisation_id)
    locked_member(membership_id=found.membership_id)
    shift = Shift.objects.get(pk=shift_id)
    if shift.withdrawn_at is not None:
        raise ShiftWithdrawn
    if shift.period.lower <= at:
        raise ShiftBegun
    shift.withdrawn_at = at
    shift.save(update_fields=["withdrawn_at"])
    events.record("crew.shift.withdrawn", shift, actor=actor, at=at, **whose_time(shift))
    return shift


@command
def plan_pattern(
    *,
    membership_id: int,
    weekdays: Collection[int],
    starts: time,
    ends: time,
    first: date,
    last: date,
    by_calendar: bool = False,
    actor_id: int,
    at: datetime,
) -> Pattern:
    """Put an engineer on duty every week on these days (0 Monday) from ``first`` to ``last``, both counted.

    Its shifts are planned all together or not at all; granted leave is taken out of them.

    Raises: NotYourRole, CrewOfPlatformsOnly, NoWeekday, PatternTooLong, ShiftTooFar, PatternEmpty, PatternTooDense,
    NotAnEngineer, ShiftOverlaps. Source: R-CREW-7.
    """
    actor = keeper(actor_id=actor_id)
    spans = _of_pattern(weekdays, starts, ends, first, last, by_calendar, at)
    member = locked_engineer(membership_id=membership_id, actor=actor)
    return _planned(member, spans, weekdays, starts, ends, first, last, by_calendar, actor, at)


@command
def change_pattern(
    *,
    pattern_id: int,
    from_day: date,
    weekdays: Collection[int],
    starts: time,
    ends: time,
    last: date,
    by_calendar: bool = False,
    actor_id: int,
    at: datetime,
) -> Pattern:
    """Go on in another rhythm from a day on: its shifts to come are withdrawn, new ones planned.

    Raises: as ``end_pattern`` and ``plan_pattern``. Source: R-CREW-7.
    """
    actor = keeper(actor_id=actor_id)
    spans = _of_pattern(weekdays, starts, ends, from_day, last, by_calendar, at)
    end_pattern(pattern_id=pattern_id, from_day=from_day, actor_id=actor_id, at=at)
    pattern = Pattern.objects.get(pk=pattern_id)
    member = locked_engineer(membership_id=pattern.membership_id, actor=actor)
    return _planned(member, spans, weekdays, starts, ends, from_day, last, by_calendar, actor, at)


@command
def end_pattern(*, pattern_id: int, from_day: date, actor_id: int, at: datetime) -> list[Shift]:
    """Withdraw the shifts of a rhythm that begin on or after a day and have not begun yet.

    Raises: NotYourRole, NotFound, NotYourCrew, PatternOver. Source: R-CREW-7.
    """
    actor = keeper(actor_id=actor_id)
    pattern = Pattern.objects.select_related("membership").filter(pk=pattern_id).first()
    if pattern is None:
        raise NotFound
    require_own(actor, platform_id=pattern.membership.organisation_id)
    locked_member(membership_id=pattern.membership_id)
    coming = queries.shifts().filter(
        pattern=pattern, period__startswith__gte=start_of(from_day), period__startswith__gt=at
    )
    gone = list(coming.order_by("period"))
    # What leave took of it must not come back either.
    pattern.shifts.filter(
        cut_by__isnull=False, period__startswith__gte=start_of(from_day), period__startswith__gt=at
    ).update(cut_by=None)
    if not gone:
        raise PatternOver
    Shift.objects.filter(pk__in=[shift.pk for shift in gone]).update(withdrawn_at=at)
    events.record(
        "crew.pattern.ended", pattern, actor=actor, at=at, membership_id=pattern.membership_id,
        from_day=from_day.isoformat(), shifts=len(gone), start=gone[0].period.lower.isoformat(),
        end=gone[-1].period.upper.isoformat(),
    )  # fmt: skip
    return gone


def require_sound(start: datetime, end: datetime, *, at: datetime) -> None:
    """Refuse a shift no person works, or of another year than was meant.

    Raises: ShiftTooLong, ShiftTooFar.
    """
    if end - start > LONGEST:
        raise ShiftTooLong(problems={"end": str(ShiftTooLong())})
    if not at - EARLIEST <= start <= at + LATEST:
        raise ShiftTooFar(problems={"start": str(ShiftTooFar())})


def _of_pattern(
    weekdays: Collection[int],
    starts: time,
    ends: time,
    first: date,
    last: date,
    by_calendar: bool,
    at: datetime,
) -> list[Span]:
    if not weekdays or not set(weekdays) <= set(range(7)):
        raise NoWeekday(problems={"weekdays": str(NoWeekday())})
    if not timedelta() <= last - first < LONGEST_PATTERN:
        raise PatternTooLong(problems={"last": str(PatternTooLong())})
    spans = rhythm.stretches(
        weekdays=set(weekdays), starts=starts, ends=ends, first=first, after=last + DAY,
        by_calendar=by_calendar,
    )  # fmt: skip
    if not spans:
        raise PatternEmpty(problems={"weekdays": str(PatternEmpty())})
    require_sound(*spans[0], at=at)
    require_sound(*spans[-1], at=at)
    if any(one[1] > two[0] for one, two in pairwise(spans)):
        raise PatternTooDense(problems={"ends": str(PatternTooDense())})
    return spans


def _planned(
    member: Membership,
    spans: Sequence[Span],
    weekdays: Collection[int],
    starts: time,
    ends: time,
    first: date,
    last: date,
    by_calendar: bool,
    actor: Membership,
    at: datetime,
) -> Pattern:
    refuse_overlap(member, spans)
    pattern = Pattern.objects.create(
        membership=member, weekdays=sorted(set(weekdays)), starts=starts, ends=ends,
        days=DateRange(first, last + DAY, "[)"), by_calendar=by_calendar, planned_by=actor,
        planned_at=at,
    )  # fmt: skip
    leaves = list(_leave_within(member, spans))
    shifts = [
        Shift(
            membership=member, period=period(*span), pattern=pattern, planned_by=actor,
            planned_at=at, cut_by=cut_by, withdrawn_at=at if cut_by else None,
        )
        for span in spans
        for cut_by in [next((one for one in leaves if _meet(span, one)), None)]
    ]  # fmt: skip
    with refusing(crew_shift_no_overlap=overlaps(member, [])):
        Shift.objects.bulk_create(shifts)
    work_out([s.pk for s in shifts if s.cut_by_id], actor=actor, at=at)
    events.record(
        "crew.pattern.planned", pattern, actor=actor, at=at, membership_id=member.pk,
        shifts=len(shifts), start=spans[0][0].isoformat(), end=spans[-1][1].isoformat(),
    )  # fmt: skip
    return pattern


def overlaps(member: Membership, met: Sequence[Shift]) -> ShiftOverlaps:
    """The refusal that names the first shifts which are there already."""
    error = ShiftOverlaps(engineer=member.person.name, taken=named(met), count=len(met))
    error.problems["start"] = str(error)
    return error


def refuse_overlap(member: Membership, spans: Sequence[Span]) -> None:
    """Refuse shifts that lie on others of the same, locked person.

    Raises: ShiftOverlaps. Source: R-CREW-3.
    """
    within = queries.shifts().filter(
        membership=member, period__overlap=period(spans[0][0], spans[-1][1])
    )
    met = [s for s in within.order_by("period") if any(_meet(span, s) for span in spans)]
    if met:
        raise overlaps(member, met)


def refuse_leave(member: Membership, spans: Sequence[Span]) -> None:
    """Refuse shifts that lie on granted leave of the same, locked person.

    Raises: ShiftOnLeave. Source: R-CREW-5.
    """
    met = [one for one in _leave_within(member, spans) if any(_meet(s, one) for s in spans)]
    if met:
        error = ShiftOnLeave(engineer=member.person.name, taken=named(met))
        error.problems["start"] = str(error)
        raise error


def named(rows: Sequence[Shift | Leave]) -> str:
    """The first stretches as people read them."""
    shown = [stretch_said(*span_of(row)) for row in rows[:NAMED]]
    return "；".join(shown) + ("…" if len(rows) > NAMED else "")


def stretch_said(start: datetime, end: datetime) -> str:
    """A stretch by Shanghai's clock; the second day is named where it is another."""
    first, last = start.astimezone(SHANGHAI), end.astimezone(SHANGHAI)
    until = f"{last:%H:%M}" if first.date() == last.date() else f"{last:%Y-%m-%d %H:%M}"
    return f"{first:%Y-%m-%d %H:%M}–{until}"


def _leave_within(member: Membership, spans: Sequence[Span]) -> QuerySet[Leave]:
    around = period(spans[0][0], spans[-1][1])
    return (
        queries.granted_leave().filter(membership=member, period__overlap=around).order_by("period")
    )


def _meet(span: Span, row: Shift | Leave) -> bool:
    start, end = span_of(row)
    return span[0] < end and start < span[1]
