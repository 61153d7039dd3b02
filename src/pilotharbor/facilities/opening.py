"""When is a line open? Weekly hours, public holidays and make-up workdays; pure.

Stretches are half-open ``[start, end)``; days and clock times are those of Shanghai.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal

from pilotharbor.facilities import holidays
from pilotharbor.kernel.time import DAY, local_date, start_of

MIDNIGHT = time()
# How far ahead the next open stretch is looked for: the longest holiday is nine days.
LOOK_AHEAD = timedelta(days=21)

type Stretch = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Hours:
    """One stretch of one weekday: 0 Monday to 6 Sunday, 7 a make-up workday.

    ``closes`` 00:00 is the midnight that ends the day.
    """

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a booking does not fit the hours.

    ``why``   ``holiday`` or ``weekday``: closed all that day; ``hours``: closed at that time of it
    ``day``   the day of the first moment that is closed (for a day of which some hours are open too)
    ``name``  of the feast, for a holiday
    ``open_that_day``  when it is open on that day
    ``next_open``      the first open stretch from the asked start on, as the remedy
    """

    why: Literal["holiday", "weekday", "hours"]
    day: date
    name: str
    open_that_day: tuple[Stretch, ...]
    next_open: Stretch | None


def of_day(hours: Iterable[Hours], day: date, *, open_on_holidays: bool) -> list[Stretch]:
    """The open stretches of one day, earliest first.

    A public holiday has none unless the line is open on holidays, when its weekday counts. A make-up
    workday has the hours kept for those days, or else those of a Monday.
    """
    kept = tuple(hours)
    midnight = _midnight(day)
    if not kept:
        return [(midnight, midnight + DAY)]
    if holidays.is_off(day) and not open_on_holidays:
        return []
    return [
        (midnight + opens, midnight + closes)
        for opens, closes in _week(kept)[holidays.weekday_of(day)]
    ]


def open_stretches(
    hours: Sequence[Hours], open_on_holidays: bool, start: datetime, end: datetime
) -> list[Stretch]:
    """When a line is open within ``[start, end)``, earliest first; what touches is one stretch.

    A line without hours is open round the clock, holidays included.
    """
    if end <= start:
        return []
    if not hours:
        return [(start, end)]
    whole = _merged(tuple(hours), open_on_holidays, local_date(start), local_date(end))
    return [
        (max(opens, start), min(closes, end))
        for opens, closes in whole
        if opens < end and start < closes
    ]


@lru_cache(maxsize=2048)
def _merged(
    hours: tuple[Hours, ...], open_on_holidays: bool, first: date, last: date
) -> tuple[Stretch, ...]:
    """The open stretches of whole days, kept since many lines share hours and many ask at once."""
    found: list[Stretch] = []
    day = first
    while day <= last:
        for opens, closes in of_day(hours, day, open_on_holidays=open_on_holidays):
            if found and found[-1][1] == opens:
                found[-1] = (found[-1][0], closes)
            else:
                found.append((opens, closes))
        day += DAY
    return tuple(found)


@lru_cache(maxsize=2048)
def _week(hours: tuple[Hours, ...]) -> tuple[tuple[tuple[timedelta, timedelta], ...], ...]:
    """For each of the eight kinds of day its stretches, counted from its midnight."""
    days: list[list[tuple[timedelta, timedelta]]] = [[] for _ in range(8)]
    for one in hours:
        closes = DAY if one.closes == MIDNIGHT else _since_midnight(one.closes)
        days[one.weekday].append((_since_midnight(one.opens), closes))
    days[holidays.MAKE_UP] = days[holidays.MAKE_UP] or days[holidays.MONDAY]
    return tuple(tuple(sorted(one)) for one in days)


@lru_cache(maxsize=4096)
def _midnight(day: date) -> datetime:
    return start_of(day)


def _since_midnight(clock: time) -> timedelta:
    return timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second)


def misfit(
    hours: Sequence[Hours],
    *,
    open_on_holidays: bool,
    multi_day: bool,
    start: datetime,
    end: datetime,
) -> Misfit | None:
    """Why a booking over ``[start, end)`` does not fit the hours; ``None`` when it does.

    It lies within one open stretch. On a line that runs overnight (``multi_day``) it is enough that
    it begins and ends while the line is open.
    """
    if not hours or end <= start:
        return None
    stretches = open_stretches(hours, open_on_holidays, start - DAY, end + DAY)
    first = next((one for one in stretches if one[0] <= start < one[1]), None)
    if first is None:
        return _why(hours, open_on_holidays, start, start)
    if end <= first[1]:
        return None
    if not multi_day:
        return _why(hours, open_on_holidays, first[1], start)
    if any(opens < end <= closes for opens, closes in stretches):
        return None
    return _why(hours, open_on_holidays, end - timedelta(microseconds=1), start)


def next_open(hours: Sequence[Hours], *, open_on_holidays: bool, after: datetime) -> Stretch | None:
    """The open stretch at this moment, or the first one after it."""
    found = open_stretches(hours, open_on_holidays, after, after + LOOK_AHEAD)
    return found[0] if found else None


def _why(
    hours: Sequence[Hours], open_on_holidays: bool, shut_at: datetime, start: datetime
) -> Misfit:
    day = local_date(shut_at)
    open_then = tuple(of_day(hours, day, open_on_holidays=open_on_holidays))
    name = "" if open_on_holidays else holidays.name_of(day)
    return Misfit(
        why="hours" if open_then else "holiday" if name else "weekday",
        day=day,
        name=name,
        open_that_day=open_then,
        next_open=next_open(hours, open_on_holidays=open_on_holidays, after=start),
    )
