"""What is one batch of samples, and which of them cannot be trusted?

Instants are whole microseconds since 1970 (UTC). Series are sorted by tag, then by time.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

type Ints = NDArray[np.int64]
type Floats = NDArray[np.float64]
type Bools = NDArray[np.bool_]

NEVER = np.iinfo(np.int64).min
ENDLESS = np.iinfo(np.int64).max
SECOND = 1_000_000
MINUTE, HOUR = 60 * SECOND, 3600 * SECOND
# Stretches of one kind that lie closer than this are one.
JOINED = 10 * MINUTE

IMPOSSIBLE, STUCK, AFTER_GAP, LATE = 1, 2, 4, 8


@dataclass(frozen=True, slots=True)
class Series:
    """Samples as three columns of equal length."""

    tag: Ints
    at: Ints
    value: Floats

    def __len__(self) -> int:
        return len(self.tag)

    def only(self, chosen: Bools) -> "Series":
        """The chosen ones, in their order."""
        return Series(self.tag[chosen], self.at[chosen], self.value[chosen])


def of(tag: list[int], at: list[int], value: list[float]) -> Series:
    """A series of three lists."""
    return Series(
        np.array(tag, dtype=np.int64),
        np.array(at, dtype=np.int64),
        np.array(value, dtype=np.float64),
    )


def in_order(series: Series) -> Series:
    """Sorted by tag and time; of samples with the same tag and time the first that came."""
    tag, at = series.tag, series.at
    same_tag = tag[1:] == tag[:-1]
    if not bool(np.all((tag[1:] > tag[:-1]) | (same_tag & (at[1:] > at[:-1])))):
        order = np.lexsort((at, tag))
        tag, at = tag[order], at[order]
        first = np.ones(len(tag), dtype=np.bool_)
        first[1:] = (tag[1:] != tag[:-1]) | (at[1:] != at[:-1])
        return Series(tag[first], at[first], series.value[order][first])
    return series


def starts_of(*columns: Ints) -> Ints:
    """Where a new group begins: the first place, and each at which any of the columns changes."""
    if not len(columns[0]):
        return np.zeros(0, dtype=np.int64)
    new = np.zeros(len(columns[0]), dtype=np.bool_)
    new[0] = True
    for column in columns:
        new[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(new)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of each tag of a series, in the order of its tags.

    ``at`` is ``NEVER`` where nothing was stored yet; limits are infinite where there are none.
    """

    tag: Ints
    at: Ints
    value: Floats
    changed: Ints
    lowest: Floats
    highest: Floats
    gap_after: Ints
    stuck_after: Ints


class Stretch(NamedTuple):
    """A time over which one tag cannot be trusted; ``missing`` microseconds without samples."""

    tag: int
    start: int
    end: int
    number: int
    missing: int


@dataclass(frozen=True, slots=True)
class Judged:
    """Flags of each sample, the stretches of each kind, and since when each tag's value stands."""

    flags: NDArray[np.int16]
    gaps: list[Stretch]
    stuck: list[Stretch]
    impossible: list[Stretch]
    changed: Ints


def judge(series: Series, known: Known) -> Judged:
    """Find gaps, stuck and impossible values in a series that is later than all that is known."""
    if not len(series):
        return Judged(np.zeros(0, dtype=np.int16), [], [], [], np.zeros(0, dtype=np.int64))
    starts = starts_of(series.tag)
    group = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(series))))
    at, value = series.at, series.value
    before = np.empty_like(at)
    before[1:], before[starts] = at[:-1], known.at
    valued = np.empty_like(value)
    valued[1:], valued[starts] = value[:-1], known.value
    seen = before != NEVER
    gap = np.zeros(len(at), dtype=np.bool_)
    gap[seen] = at[seen] - before[seen] > known.gap_after[group[seen]]
    same = seen & ~gap & (value == valued)
    changed = _changed(at, same, starts[group], known.changed[group])
    stuck = same & (at - changed >= known.stuck_after[group])
    impossible = (value < known.lowest[group]) | (value > known.highest[group])
    flags = (IMPOSSIBLE * impossible + STUCK * stuck + AFTER_GAP * gap).astype(np.int16)
    last = np.append(starts[1:], len(at)) - 1
    return Judged(
        flags,
        _stretches(series.tag[gap], before[gap], at[gap], missing=True),
        _stretches(series.tag[stuck], changed[stuck], at[stuck]),
        _stretches(series.tag[impossible], at[impossible], at[impossible]),
        changed[last],
    )


def _changed(at: Ints, same: Bools, first: Ints, known: Ints) -> Ints:
    """Since when the value of each sample stands."""
    place = np.maximum.accumulate(np.where(same, -1, np.arange(len(at))))
    return np.where(place >= first, at[place], known)


def _stretches(tag: Ints, start: Ints, end: Ints, *, missing: bool = False) -> list[Stretch]:
    """Join what lies close together; all three in the order of tag and time."""
    if not len(tag):
        return []
    new = np.ones(len(tag), dtype=np.bool_)
    new[1:] = (tag[1:] != tag[:-1]) | (start[1:] - end[:-1] > JOINED)
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(tag)) - 1
    holes = np.add.reduceat(end - start, first) if missing else np.zeros(len(first), dtype=np.int64)
    columns = (tag[first], start[first], end[last], last - first + 1, holes)
    return [Stretch(*(int(cell) for cell in row)) for row in zip(*columns, strict=True)]


@dataclass(frozen=True, slots=True)
class Sums:
    """What each tag did in each step of time: ``low`` and ``high`` are NaN where nothing was good."""

    tag: Ints
    at: Ints
    low: Floats
    high: Floats
    total: Floats
    good: Ints
    bad: Ints


def sums(series: Series, flags: NDArray[np.int16], step: int) -> Sums:
    """Lowest, highest, total and number of the possible values of each step."""
    bucket = series.at - series.at % step
    starts = starts_of(series.tag, bucket)
    good = (flags & IMPOSSIBLE) == 0
    if bool(good.all()):
        low, high, value = series.value, series.value, series.value
    else:
        low = np.where(good, series.value, np.inf)
        high = np.where(good, series.value, -np.inf)
        value = np.where(good, series.value, 0.0)
    number = np.add.reduceat(good.astype(np.int64), starts)
    lowest, highest = np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts)
    lowest[number == 0] = np.nan
    highest[number == 0] = np.nan
    return Sums(
        series.tag[starts], bucket[starts], lowest, highest, np.add.reduceat(value, starts), number,
        np.diff(np.append(starts, len(series))) - number,
    )  # fmt: skip
