"""Until when does a patent last? Computed from its filing date by the law of that day."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

TERMS = Path(__file__).parent.parent / "data" / "patent_terms.json"


@dataclass(frozen=True, slots=True)
class Term:
    """How long patents of a kind last that were filed from a day on, and where that stands."""

    kind: str
    filed_from: date
    years: int
    source: str


@cache
def terms() -> tuple[Term, ...]:
    """The dated terms, latest first."""
    rows = json.loads(TERMS.read_text(encoding="utf-8"))
    found = [Term(**{**row, "filed_from": date.fromisoformat(row["filed_from"])}) for row in rows]
    return tuple(sorted(found, key=lambda term: term.filed_from, reverse=True))


def term_of(kind: str, filed: date | None) -> Term | None:
    """The term of a patent, or ``None`` where none is known.

    Source: R-TECH-41.
    """
    if filed is None:
        return None
    return next((t for t in terms() if t.kind == kind and t.filed_from <= filed), None)


def last_day(kind: str, filed: date | None) -> date | None:
    """The last day of the term: that before the anniversary of the filing."""
    term = term_of(kind, filed)
    if term is None or filed is None:
        return None
    year = filed.year + term.years
    # 29 February has no anniversary in most years; the day after 28 stands in for it.
    leap = (filed.month, filed.day) == (2, 29) and not _is_leap(year)
    anniversary = date(year, 3, 1) if leap else filed.replace(year=year)
    return anniversary - timedelta(days=1)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def filed_since(kind: str, on: date) -> date | None:
    """The earliest filing date of a patent that still lasts on a day, or ``None`` for no patent.

    Terms have only ever grown, so one bound is enough.
    """
    bounds = []
    for term in (t for t in terms() if t.kind == kind):
        year = on.year - term.years
        leap = (on.month, on.day) == (2, 29) and not _is_leap(year)
        day = date(year, 2, 28) if leap else on.replace(year=year)
        bounds.append(max(term.filed_from, day + timedelta(days=1)))
    return min(bounds, default=None)
