"""What stands in one column of a list on its way out?"""

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import get_language

from pilotharbor.kernel import money
from pilotharbor.kernel.sheets.write import Cell
from pilotharbor.kernel.time import SHANGHAI, local_date
from pilotharbor.parties.models import Membership
from pilotharbor.web.transfer.kinds import KINDS

AT_ONCE = 1000
# What would tell a blind reviewer whose result it is.
TELLING = frozenset({"owner", "number", "ip_number", "inventors", "region", "source"})

type Said = Callable[[Any, Membership], Cell]


@dataclass(frozen=True, slots=True)
class Export:
    """One list: what it is called, its rows for an actor, and what stands in its columns."""

    name: str
    label: Promise
    rows: Callable[[Membership], QuerySet[Any]]
    cells: dict[str, Said]
    titles: dict[str, Promise] = dataclasses.field(default_factory=dict)
    blind_to: Callable[[Membership], set[int]] = lambda _actor: set()

    def headings(self) -> list[str]:
        """The headings in the language of the moment; those of an import where there is one."""
        if self.titles:
            return [str(self.titles[name]) for name in self.cells]
        language = get_language() or "zh-hans"
        by_name = {column.name: column for column in KINDS[self.name].columns}
        return [by_name[name].heading(language) for name in self.cells]

    def lines(self, actor: Membership) -> Iterator[list[Cell]]:
        """Every row the actor may see, oldest first."""
        rows = self.rows(actor).order_by("pk")
        blind = self.blind_to(actor)
        for record in rows.iterator(chunk_size=AT_ONCE):
            yield [
                None if name in TELLING and record.pk in blind else said(record, actor)
                for name, said in self.cells.items()
            ]


def field(name: str) -> Said:
    """A field as it is."""

    def said(record: Any, actor: Membership) -> Cell:
        del actor
        value: Cell = getattr(record, name)
        return value

    return said


def fields(*names: str) -> dict[str, Said]:
    """Fields as they are, under their own names."""
    return {name: field(name) for name in names}


def label(name: str) -> Said:
    """The word for a choice, in the language of the moment."""
    return lambda record, _actor: str(getattr(record, f"get_{name}_display")())


def yuan(name: str) -> Said:
    """An amount in yuan without grouping."""

    def said(record: Any, actor: Membership) -> Cell:
        del actor
        fen = getattr(record, name)
        return None if fen is None else money.plain_yuan(fen)

    return said


def yes_no(name: str) -> Said:
    """A truth in the language of the moment."""

    def said(record: Any, actor: Membership) -> Cell:
        del actor
        chinese = (get_language() or "zh").startswith("zh")
        return (
            ("是" if chinese else "yes") if getattr(record, name) else ("否" if chinese else "no")
        )

    return said


def path(name: str) -> Said:
    """A field of something it leads to, or nothing where it leads nowhere."""
    first, _, rest = name.partition(".")
    further = attrgetter(rest)

    def said(record: Any, actor: Membership) -> Cell:
        del actor
        near = getattr(record, first)
        value: Cell = None if near is None else further(near)
        return value

    return said


def moment(name: str) -> Said:
    """An instant as the clock in Shanghai showed it."""

    def said(record: Any, actor: Membership) -> Cell:
        del actor
        at: datetime | None = getattr(record, name)
        return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at else None

    return said


def day(name: str) -> Said:
    """The day of an instant in Shanghai."""

    def said(record: Any, actor: Membership) -> Cell:
        del actor
        at: datetime | None = getattr(record, name)
        found: date | None = local_date(at) if at else None
        return found

    return said


def edge(name: str, which: str) -> Said:
    """The ``lower`` or ``upper`` end of a stretch of time, by the clock in Shanghai."""

    def said(record: Any, actor: Membership) -> Cell:
        del actor
        at: datetime = getattr(getattr(record, name), which)
        return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"

    return said


def percent(name: str) -> Said:
    """Basis points as a percentage."""

    def said(record: Any, actor: Membership) -> Cell:
        del actor
        return money.plain_yuan(getattr(record, name)) + "%"

    return said
