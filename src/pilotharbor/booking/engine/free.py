"""Where is there room? Sweeps over half-open stretches of whole seconds; pure.

A stretch is ``(start, end)`` with ``start < end``. Lists of stretches are in order and do not
touch one another unless said otherwise.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

type Stretch = tuple[int, int]


def merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same time in order, with what overlaps or touches joined; empty stretches fall out."""
    found: list[Stretch] = []
    for start, end in sorted(stretches):
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            if end > found[-1][1]:
                found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def gaps(busy: Iterable[Stretch], start: int, end: int) -> list[Stretch]:
    """What of ``[start, end)`` is not busy; ``busy`` in any order."""
    found: list[Stretch] = []
    reached = start
    for begins, ends in sorted(busy):
        if begins >= end:
            break
        if begins > reached:
            found.append((reached, begins))
        reached = max(reached, ends)
    if reached < end:
        found.append((reached, end))
    return found


def common(one: Sequence[Stretch], other: Sequence[Stretch]) -> list[Stretch]:
    """The time in both."""
    found: list[Stretch] = []
    i = j = 0
    while i < len(one) and j < len(other):
        start, end = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if start < end:
            found.append((start, end))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return found


def fits(
    free: Sequence[Stretch],
    opens: Sequence[Stretch],
    duration: int,
    *,
    overnight: bool = False,
    step: int = 1,
) -> Iterator[Stretch]:
    """The earliest place for ``duration`` in every stretch of free time, in order.

    It lies inside one open stretch; ``overnight``, it is enough that it begins and ends while it is
    open. Begins at a multiple of ``step`` seconds. One place is told for each open stretch in which
    one may begin, as long as it is free.
    """
    if not overnight:
        for start, end in common(free, opens):
            at = _aligned(start, step)
            if at + duration <= end:
                yield at, at + duration
        return
    closes = [end for _start, end in opens]
    for start, end in free:
        for first, last in opens[bisect_right(closes, start) :]:
            if first >= end:
                break
            found = _overnight(max(start, first), min(end, last), end, opens, duration, step)
            if found is not None:
                yield found


def _overnight(
    earliest: int, latest: int, end: int, opens: Sequence[Stretch], duration: int, step: int
) -> Stretch | None:
    """The first place that begins in ``[earliest, latest)`` and ends while open, before ``end``."""
    at = _aligned(earliest, step)
    for first, last in opens:
        if last < at + duration:
            continue
        if at + duration <= first:
            at = _aligned(first - duration + 1, step)
        if at >= latest or at + duration > end:
            return None
        if at + duration <= last:
            return at, at + duration
    return None


def _aligned(at: int, step: int) -> int:
    return -(-at // step) * step
