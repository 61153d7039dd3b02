"""How many seconds fall into each hour of the week, and into each day?

Days, weekdays and clock hours are those of Shanghai, which has kept UTC+8 without summer time
since 1992; whole seconds since the epoch are enough then, and no calendar is asked hour by hour.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

HOUR, DAY = 3600, 86_400
EAST = 8 * HOUR
EPOCH = date(1970, 1, 1)
# 1 January 1970 was a Thursday.
FIRST_WEEKDAY = 3

type Stretch = tuple[datetime, datetime]
# ``week[weekday][hour]``: Monday first, hours 0 to 23.
type Week = list[list[int]]


def seconds(at: datetime) -> int:
    """An instant in whole seconds since the epoch, by Shanghai's clock."""
    return int(at.timestamp()) + EAST


def within(stretches: Iterable[Stretch], start: datetime, end: datetime) -> list[Stretch]:
    """The parts of the stretches that lie in ``[start, end)``; what is empty is left out."""
    cut = ((max(a, start), min(b, end)) for a, b in stretches)
    return [(a, b) for a, b in cut if a < b]


def union(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same time told once: overlapping and touching stretches become one, in order."""
    told: list[Stretch] = []
    for start, end in sorted(stretches):
        if told and start <= told[-1][1]:
            told[-1] = (told[-1][0], max(told[-1][1], end))
        else:
            told.append((start, end))
    return told


def minus(open_then: Iterable[Stretch], shut: Iterable[Stretch]) -> list[Stretch]:
    """What is left of some stretches once others are taken out of them."""
    away = union(shut)
    left: list[Stretch] = []
    for whole, end in union(open_then):
        start = whole
        for shut_from, shut_to in away:
            if shut_to <= start or shut_from >= end:
                continue
            if start < shut_from:
                left.append((start, shut_from))
            start = max(start, shut_to)
        if start < end:
            left.append((start, end))
    return left


def total(stretches: Iterable[Stretch]) -> int:
    """Their seconds added up, overlaps counted as often as they occur."""
    return sum(seconds(end) - seconds(start) for start, end in stretches)


def by_week(stretches: Iterable[Stretch]) -> Week:
    """The seconds of the stretches by weekday and hour, overlaps counted as often as they occur."""
    week: Week = [[0] * 24 for _ in range(7)]
    for start, length, weight in _pieces(stretches, HOUR):
        day, second = divmod(start, DAY)
        week[(day + FIRST_WEEKDAY) % 7][second // HOUR] += length * weight
    return week


def by_day(stretches: Iterable[Stretch], first: date, count: int) -> list[int]:
    """The seconds of the stretches on each of ``count`` days from ``first`` on."""
    found = [0] * count
    offset = (first - EPOCH).days
    for start, length, weight in _pieces(stretches, DAY):
        day = start // DAY - offset
        if 0 <= day < count:
            found[day] += length * weight
    return found


def _pieces(stretches: Iterable[Stretch], unit: int) -> list[tuple[int, int, int]]:
    """Start, length and how many stretches lie there, cut at every multiple of ``unit``.

    One sweep over all of them: a year costs its hours once, not once for each line.
    """
    turns: dict[int, int] = {}
    for a, b in stretches:
        start, end = seconds(a), seconds(b)
        turns[start] = turns.get(start, 0) + 1
        turns[end] = turns.get(end, 0) - 1
    pieces: list[tuple[int, int, int]] = []
    weight, at = 0, 0
    for turn in sorted(turns):
        while weight and at < turn:
            until = min(turn, at - at % unit + unit)
            pieces.append((at, until - at, weight))
            at = until
        at = turn
        weight += turns[turn]
    return pieces


def share_bp(part: int, whole: int) -> int | None:
    """A part of a whole in basis points, rounded half up; nothing of nothing is no share."""
    return None if whole == 0 else (part * 20_000 + whole) // (2 * whole)


def shares(part: Sequence[Sequence[int]], whole: Sequence[Sequence[int]]) -> list[list[int | None]]:
    """Cell by cell, the share of one table in another."""
    return [
        [share_bp(a, b) for a, b in zip(row, of, strict=True)]
        for row, of in zip(part, whole, strict=True)
    ]
