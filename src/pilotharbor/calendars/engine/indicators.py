"""How well is a plant used and run? Indicators from plain facts, each with part and whole.

Source: R-CAL-10 to R-CAL-15.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import ceil

from pilotharbor.calendars.engine.heat import HOUR, share_bp

GRANTED, REFUSED, OVERTAKEN, WITHDRAWN, OPEN = (
    "granted",
    "refused",
    "overtaken",
    "withdrawn",
    "open",
)


@dataclass(frozen=True, slots=True)
class Ratio:
    """A part of a whole, both in the same unit; the share is never kept without them."""

    part: int
    whole: int

    @property
    def bp(self) -> int | None:
        """The share in basis points, nothing where the whole is nothing."""
        return share_bp(self.part, self.whole)


@dataclass(frozen=True, slots=True)
class Decisions:
    """What became of the requests of a period, by outcome."""

    granted: int = 0
    refused: int = 0
    overtaken: int = 0
    withdrawn: int = 0
    open: int = 0

    @property
    def met(self) -> Ratio:
        """Granted, of those that were granted, refused or overtaken by their own day."""
        return Ratio(self.granted, self.granted + self.refused + self.overtaken)


@dataclass(frozen=True, slots=True)
class Waits:
    """How long decisions took, in seconds: the middle one, and what nine of ten stay within."""

    count: int
    median: int | None
    ninth_tenth: int | None


def base_seconds(first: date, after: date, *, hours_a_year: int, lines: int) -> int:
    """What counts as full use of some lines over the days ``[first, after)``.

    Each day is its year's share of ``hours_a_year``, so that a leap year is no fuller than another.
    """
    found, day = Fraction(0), first
    while day < after:
        until = min(after, date(day.year + 1, 1, 1))
        length = (date(day.year + 1, 1, 1) - date(day.year, 1, 1)).days
        found += Fraction((until - day).days * hours_a_year * HOUR, length)
        day = until
    return int(found * lines + Fraction(1, 2))


def decisions(outcomes: Iterable[str]) -> Decisions:
    """Count outcomes."""
    told = {GRANTED: 0, REFUSED: 0, OVERTAKEN: 0, WITHDRAWN: 0, OPEN: 0}
    for outcome in outcomes:
        told[outcome] += 1
    return Decisions(**told)


def waits(pairs: Sequence[tuple[datetime, datetime]]) -> Waits:
    """How long it took from the first to the second instant of each pair.

    The median of an even number is the mean of the two in the middle, rounded half up; the ninth
    tenth is the smallest wait that at least nine of ten do not exceed.
    """
    took = sorted((decided - asked) // timedelta(seconds=1) for asked, decided in pairs)
    if not took:
        return Waits(0, None, None)
    count = len(took)
    middle = took[(count - 1) // 2] + took[count // 2]
    return Waits(count, (middle + 1) // 2, took[ceil(Fraction(9 * count, 10)) - 1])
