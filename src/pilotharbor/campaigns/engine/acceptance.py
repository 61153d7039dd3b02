"""Is a batch good, and are enough of them good in a row?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Limit:
    """What every value of one attribute must lie within; either end may be open."""

    attribute: str
    unit: str
    at_least: Decimal | None = None
    at_most: Decimal | None = None

    def holds(self, value: Decimal) -> bool:
        """Whether a value lies within, the limits themselves included."""
        low = self.at_least is None or value >= self.at_least
        return low and (self.at_most is None or value <= self.at_most)


@dataclass(frozen=True, slots=True)
class Finding:
    """One value outside its limit; ``replicate`` counts from 1."""

    limit: Limit
    replicate: int
    value: Decimal


def findings(limits: Sequence[Limit], values: Mapping[str, Sequence[Decimal]]) -> list[Finding]:
    """Every value outside its limit, in the order of the limits; none means a good batch."""
    return [
        Finding(limit, i, value)
        for limit in limits
        for i, value in enumerate(values.get(limit.attribute, ()), 1)
        if not limit.holds(value)
    ]


def longest_run(good: Iterable[int]) -> list[int]:
    """The longest stretch of good batch numbers without a gap; the earliest of equal ones."""
    best: list[int] = []
    run: list[int] = []
    for number in sorted(set(good)):
        run = [*run, number] if run and number == run[-1] + 1 else [number]
        if len(run) > len(best):
            best = run
    return best


def met_by(good: Iterable[int], consecutive: int) -> list[int] | None:
    """The first ``consecutive`` good batches in a row, or ``None`` while there are none."""
    run: list[int] = []
    for number in sorted(set(good)):
        run = [*run, number] if run and number == run[-1] + 1 else [number]
        if len(run) == consecutive:
            return run
    return None
