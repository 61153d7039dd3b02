"""Who works when in one week, and who is away?"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from pilotharbor.crew.models import Leave, Shift
from pilotharbor.crew.queries.duty import shifts
from pilotharbor.facilities import holidays
from pilotharbor.facilities import queries as facilities
from pilotharbor.kernel.time import local_date, of_days
from pilotharbor.parties.models import Membership

WEEK = 7


@dataclass(slots=True)
class Cell:
    """One person's day: shifts that touch it, leave on it."""

    day: date
    shifts: list[Shift] = field(default_factory=list)
    leave: list[Leave] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PersonWeek:
    """One person's week; ``hours`` of the shifts that begin in it."""

    engineer: Membership
    cells: tuple[Cell, ...]
    hours: str


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the week and how many are there."""

    day: date
    feast: str
    made_up: bool
    people: int


@dataclass(frozen=True, slots=True)
class Week:
    """People × days."""

    first: date
    days: tuple[Day, ...]
    lines: tuple[PersonWeek, ...]

    @property
    def last(self) -> date:
        """Its Sunday."""
        return self.first + timedelta(days=WEEK - 1)


def monday_of(day: date) -> date:
    """The day its week begins."""
    return day - timedelta(days=day.weekday())


def roster(*, platform_id: int, first: date, days: int = WEEK, asked: bool = True) -> Week:
    """The week that begins on ``first``; three queries. With ``asked`` also leave not decided yet."""
    after = first + timedelta(days=days)
    within = of_days(first, after)
    engineers = list(
        facilities.engineers_to_choose(platform_id=platform_id).order_by("person__name", "pk")
    )
    known = [engineer.pk for engineer in engineers]
    cells = {
        (pk, first + timedelta(days=n)): Cell(first + timedelta(days=n))
        for pk in known
        for n in range(days)
    }
    hours = dict.fromkeys(known, timedelta())
    planned = shifts().filter(membership_id__in=known, period__overlap=within)
    for shift in planned.order_by("period"):
        start, end = shift.period.lower, shift.period.upper
        if local_date(start) >= first:
            hours[shift.membership_id] += end - start
        for day in days_of(start, end):
            if (cell := cells.get((shift.membership_id, day))) is not None:
                cell.shifts.append(shift)
    states = Leave.OPEN if asked else (Leave.Status.APPROVED,)
    away = Leave.objects.filter(membership_id__in=known, period__overlap=within, status__in=states)
    for leave in away.order_by("period"):
        for day in days_of(leave.period.lower, leave.period.upper):
            if (cell := cells.get((leave.membership_id, day))) is not None:
                cell.leave.append(leave)
    every = [first + timedelta(days=n) for n in range(days)]
    return Week(
        first,
        tuple(
            Day(
                day, holidays.name_of(day), holidays.is_made_up(day),
                sum(bool(cells[pk, day].shifts) for pk in known),
            )
            for day in every
        ),
        tuple(
            PersonWeek(one, tuple(cells[one.pk, day] for day in every), hours_said(hours[one.pk]))
            for one in engineers
        ),
    )  # fmt: skip


def days_of(start: datetime, end: datetime) -> Sequence[date]:
    """The Shanghai days that ``[start, end)`` touches."""
    first, last = local_date(start), local_date(end - timedelta(microseconds=1))
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def hours_said(length: timedelta) -> str:
    """Hours as a plain decimal, two places at most."""
    return f"{length.total_seconds() / 3600:.2f}".rstrip("0").rstrip(".")
