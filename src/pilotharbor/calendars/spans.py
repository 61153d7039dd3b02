"""Which days does a view show, and which come before and after?"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from pilotharbor.kernel.time import start_of

WEEK = 7
# What a timeline may show; the first is what it shows unasked.
TIMELINE_DAYS = (7, 14, 28, 42)
# A calendar of the year 1 or 9999 helps nobody and overflows its neighbours.
FARTHEST_DAYS = 36_500


class View(StrEnum):
    """The four ways to look at the same bookings."""

    TIMELINE = "timeline"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Span:
    """The days ``[first, after)`` that a view shows around ``day``.

    ``before`` and ``later`` are days of the views beside it.
    """

    view: View
    day: date
    first: date
    after: date
    before: date
    later: date

    @property
    def days(self) -> list[date]:
        """Its days in order."""
        return [self.first + timedelta(days=n) for n in range((self.after - self.first).days)]

    @property
    def start(self) -> datetime:
        """The instant it begins, in UTC."""
        return start_of(self.first)

    @property
    def end(self) -> datetime:
        """The instant it is over, in UTC."""
        return start_of(self.after)


def monday_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def span_of(view: View, day: date, *, days: int = TIMELINE_DAYS[0]) -> Span:
    """What a view shows that shall show ``day``."""
    if view is View.DAY:
        first, after = day, day + timedelta(days=1)
        before, later = day - timedelta(days=1), after
    elif view is View.MONTH:
        of_month = day.replace(day=1)
        later = (of_month + timedelta(days=32)).replace(day=1)
        before = (of_month - timedelta(days=1)).replace(day=1)
        first = monday_of(of_month)
        after = first + timedelta(days=-(-(later - first).days // WEEK) * WEEK)
    else:
        length = WEEK if view is View.WEEK else days
        first = monday_of(day)
        after = first + timedelta(days=length)
        before, later = first - timedelta(days=length), after
    return Span(view, day, first, after, before, later)
