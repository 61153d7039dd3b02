"""Which shifts does a weekly rhythm make? Pure; days and clock times are Shanghai's."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta

from pilotharbor.crew.spans import Span
from pilotharbor.facilities import holidays
from pilotharbor.kernel.time import DAY, SHANGHAI


def stretch(day: date, starts: time, ends: time) -> Span:
    """The shift that begins on this day; ``ends`` at or before ``starts`` is on the next."""
    over = DAY if ends <= starts else timedelta()
    first = datetime.combine(day, starts, SHANGHAI)
    return first.astimezone(UTC), (datetime.combine(day, ends, SHANGHAI) + over).astimezone(UTC)


def stretches(
    *,
    weekdays: Collection[int],
    starts: time,
    ends: time,
    first: date,
    after: date,
    by_calendar: bool = False,
) -> list[Span]:
    """The shifts that begin on the ``weekdays`` (0 Monday) from ``first`` until before ``after``.

    With ``by_calendar`` none begins on a public holiday, and a make-up workday counts as a Monday;
    a year whose notice is not known yet has neither.
    """
    found = []
    for n in range((after - first).days):
        day = first + timedelta(days=n)
        weekday = day.weekday()
        if by_calendar:
            if holidays.is_off(day):
                continue
            if holidays.is_made_up(day):
                weekday = holidays.MONDAY
        if weekday in weekdays:
            found.append(stretch(day, starts, ends))
    return found
