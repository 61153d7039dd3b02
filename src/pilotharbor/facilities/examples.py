"""What would common wishes cost under a tariff? So that people see prices, not only rates; pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from pilotharbor.facilities import holidays
from pilotharbor.facilities.pricing import (
    HOUR_SECONDS,
    Ask,
    Billing,
    Group,
    Terms,
    price,
)
from pilotharbor.kernel.time import DAY, HOUR, start_of

GROUPS: tuple[Group, ...] = ("outside", "sme", "member")
type Wish = Literal["workday", "weekend", "engineer", "batch", "samples"]
BEGINS = 9 * HOUR
LASTS = 8
SAMPLES = 10
FRIDAY = 4


@dataclass(frozen=True, slots=True)
class Example:
    """A wish and its price in fen for each group, in the order of ``GROUPS``.

    ``workday``, ``weekend``  eight hours from 09:00 on ``day``; ``engineer`` with one at hand
    """

    wish: Wish
    day: date
    fen: tuple[int, ...]


def of(terms: Terms, after: date) -> list[Example]:
    """Prices of common wishes on days to come; what the line has no price for is left out."""
    workday, weekend = _next(after, weekend=False), _next(after, weekend=True)
    found: list[Example] = []
    if terms.hourly_fen or terms.peak_hourly_fen:
        found.append(_priced("workday", workday, terms, "hour"))
        if terms.peak_hourly_fen is not None:
            found.append(_priced("weekend", weekend, terms, "hour"))
        if terms.engineer_hourly_fen:
            found.append(_priced("engineer", workday, terms, "hour", LASTS * HOUR_SECONDS))
    if terms.batch_fen:
        found.append(_priced("batch", workday, terms, "batch"))
    if terms.sample_fen:
        found.append(_priced("samples", workday, terms, "sample"))
    return found


def _next(after: date, *, weekend: bool) -> date:
    day = after + DAY
    while holidays.is_off(day) or (_worked(day) is weekend):
        day += timedelta(days=1)
    return day


def _worked(day: date) -> bool:
    return holidays.is_made_up(day) or day.weekday() <= FRIDAY


def _priced(
    wish: Wish, day: date, terms: Terms, billing: Billing, engineer_seconds: int = 0
) -> Example:
    start = start_of(day) + BEGINS
    fen = tuple(
        price(
            terms,
            Ask(
                start,
                start + LASTS * HOUR,
                billing,
                samples=SAMPLES,
                engineer_seconds=engineer_seconds,
                group=group,
            ),
        ).total_fen
        for group in GROUPS
    )
    return Example(wish, day, fen)
