"""Which stretches of time are left when others are taken away? Pure, half-open, in order."""

from collections.abc import Iterable
from datetime import datetime

type Span = tuple[datetime, datetime]


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time as few stretches as possible: what touches or overlaps becomes one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if end <= start:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def clipped(spans: Iterable[Span], start: datetime, end: datetime) -> list[Span]:
    """What of the stretches lies inside ``[start, end)``."""
    return merged((max(a, start), min(b, end)) for a, b in spans)


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """The stretches less what is taken away from them."""
    left = merged(spans)
    for gone_start, gone_end in merged(taken):
        rest: list[Span] = []
        for start, end in left:
            if gone_end <= start or end <= gone_start:
                rest.append((start, end))
                continue
            if start < gone_start:
                rest.append((start, gone_start))
            if gone_end < end:
                rest.append((gone_end, end))
        left = rest
    return left


def covers(spans: Iterable[Span], start: datetime, end: datetime) -> bool:
    """Whether ``[start, end)`` lies wholly inside the stretches taken together."""
    return any(a <= start and end <= b for a, b in merged(spans))
