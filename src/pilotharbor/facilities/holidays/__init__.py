"""Which days are public holidays, and which weekends are worked instead? As data, year by year.

One file a year, from the notice of the General Office of the State Council it names. A year without
a file is unknown: its weekdays and weekends count as they fall, and pages say so.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

HERE = Path(__file__).parent
MONDAY = 0
# A make-up workday, where a line has hours of its own for those.
MAKE_UP = 7


@dataclass(frozen=True, slots=True)
class Year:
    """What the notice of one year says: days off with the name of the feast, and days made up."""

    source: str
    off: Mapping[date, str]
    work: frozenset[date]


@cache
def of_year(year: int) -> Year | None:
    """The notice of a year, where one is kept here."""
    file = HERE / f"cn-{year}.json"
    if not file.exists():
        return None
    kept = json.loads(file.read_text(encoding="utf-8"))
    off = {date.fromisoformat(day): name for day, name in kept["off"].items()}
    work = frozenset(date.fromisoformat(day) for day in kept["work"])
    return Year(kept["source"], MappingProxyType(off), work)


@cache
def known_years() -> tuple[int, ...]:
    """The years whose notices are kept here, earliest first."""
    return tuple(sorted(int(file.stem.removeprefix("cn-")) for file in HERE.glob("cn-*.json")))


def name_of(day: date) -> str:
    """The feast a day is off for; empty for any other day."""
    year = of_year(day.year)
    return year.off.get(day, "") if year else ""


def is_off(day: date) -> bool:
    """Whether a day is a public holiday, by the notice of its year."""
    return bool(name_of(day))


def is_made_up(day: date) -> bool:
    """Whether a day of a weekend is worked instead of another."""
    year = of_year(day.year)
    return year is not None and day in year.work


def weekday_of(day: date) -> int:
    """0 Monday to 6 Sunday, 7 for a make-up workday; a holiday keeps the weekday it falls on."""
    return MAKE_UP if is_made_up(day) else day.weekday()
