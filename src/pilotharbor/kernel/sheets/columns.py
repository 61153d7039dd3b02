"""What may stand in a column, and what is said about a cell that may not?"""

import difflib
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as translate

from pilotharbor.kernel.errors import DomainError, Invalid
from pilotharbor.kernel.secrecy import StateSecretRefused, marking_in

SHOWN = 120
# A spreadsheet keeps fifteen digits of a number; later ones are silently zero.
FIRST_INEXACT = 10**15
# Characters a database or an XML file cannot hold: controls, lone surrogates, non-characters.
_UNUSABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class BadCell(NamedTuple):
    """One thing wrong in a file: where, what, why, and what to do. ``line`` counts from 1."""

    line: int
    column: str
    value: str
    problem: str
    remedy: str


class Unreadable(Invalid):
    """The file cannot be read as a table: {problem}."""

    code = "sheet.unreadable"

    def __init__(self, cells: Sequence[BadCell]) -> None:
        """Take every reason at once, so that a person mends them in one go."""
        self.cells = tuple(cells)
        super().__init__(problem=cells[0].problem)


class Row(NamedTuple):
    """One row: its line in the file, values by column name (None = left empty), what is wrong."""

    line: int
    values: dict[str, object]
    bad: tuple[BadCell, ...] = ()


class Blind(NamedTuple):
    """A cell that looks filled to a person and is read as empty: why, and what to do."""

    problem: str
    remedy: str


def text(value: str) -> str:
    """Take a cell as it stands."""
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column a file may have.

    ``headings`` are the names people write above it: the Chinese one first, then the English one,
    then others that are understood. ``parse`` turns text into a value or raises an ``Invalid``
    whose sentence is the problem; ``many`` does the same for a list that came as one, whose
    entries are never taken apart again. ``help`` says what belongs here, and is the remedy shown.
    """

    name: str
    headings: tuple[str, ...]
    help: str | Promise
    parse: Callable[[str], object] = text
    many: Callable[[list[str]], object] | None = None
    required: bool = False
    most: int = 2000
    example: str = ""

    def heading(self, language: str) -> str:
        """The name to write above it, in Chinese or English."""
        return self.headings[0 if language.startswith("zh") else 1]


def key(heading: str) -> str:
    """A heading without what people add to it: blanks, width, case, a star for required."""
    plain = unicodedata.normalize("NFKC", heading).strip("\ufeff *").casefold()
    return re.sub(r"[\s_]+", "", plain)


@dataclass(slots=True)
class Columns:
    """The declared columns and how headings lead to them."""

    declared: Sequence[Column]
    ignore_unknown: bool = False
    by_key: dict[str, Column] = field(init=False)

    def __post_init__(self) -> None:
        self.by_key = {
            key(name): column
            for column in self.declared
            for name in (*column.headings, column.name)
        }

    def known(self, headings: Iterable[str]) -> int:
        """How many of these headings are declared."""
        return sum(key(heading) in self.by_key for heading in headings)

    def unknown(self, heading: str, line: int) -> BadCell:
        """Say that nobody knows this heading, and which one may have been meant."""
        close = difflib.get_close_matches(key(heading), self.by_key, n=1)
        remedy = (
            translate("Did you mean “{heading}”? Otherwise delete the column.").format(
                heading=self.by_key[close[0]].headings[0 if not heading.isascii() else 1]
            )
            if close
            else translate("Delete the column, or name it as in the file template.")
        )
        return BadCell(line, heading, heading[:SHOWN], translate("Unknown heading"), remedy)

    def missing(self, present: Iterable[str], line: int) -> list[BadCell]:
        """Say which required columns are not among these names."""
        names = set(present)
        return [
            BadCell(
                line,
                column.headings[0],
                "",
                translate("A required column is missing"),
                translate("Add a column headed “{zh}” or “{en}”.").format(
                    zh=column.headings[0], en=column.headings[1]
                ),
            )
            for column in self.declared
            if column.required and column.name not in names
        ]

    def arrange(self, headings: Sequence[str], line: int) -> list[tuple[int, str, Column]]:
        """Lead each position to its column.

        Raises: Unreadable (unknown, missing and repeated headings, all at once).
        """
        found: list[tuple[int, str, Column]] = []
        bad: list[BadCell] = []
        seen: dict[str, str] = {}
        for position, heading in enumerate(headings):
            if not heading.strip():
                continue
            column = self.by_key.get(key(heading))
            if column is None:
                bad += [] if self.ignore_unknown else [self.unknown(heading, line)]
            elif column.name in seen:
                remedy = translate("Keep one of “{first}” and “{second}”.").format(
                    first=seen[column.name], second=heading
                )
                problem = translate("Two columns hold the same thing")
                bad.append(BadCell(line, heading, heading[:SHOWN], problem, remedy))
            else:
                seen[column.name] = heading
                found.append((position, heading, column))
        bad += self.missing(seen, line)
        if bad:
            raise Unreadable(bad)
        return found


class Inexact(Invalid):
    """The spreadsheet kept only fifteen digits of this number; format the column as text."""

    code = "sheet.inexact"


class Nested(Invalid):
    """A value is a text, a number or a list of them."""

    code = "sheet.nested"


class Unusable(Invalid):
    """The cell holds a character that is no text (a control character, or half of one)."""

    code = "sheet.unusable"


class TooLong(Invalid):
    """The text has {found} characters; at most {most} fit."""

    code = "sheet.too_long"


class Required(Invalid):
    """This cell must not be empty."""

    code = "sheet.required"


def _number(value: float) -> str:
    if not math.isfinite(value) or abs(value) >= FIRST_INEXACT:
        raise Inexact
    return str(int(value)) if value == int(value) else f"{value:.15g}"


def as_text(value: object) -> str:
    """What a person would have read in this cell.

    Raises: Inexact, Nested.
    """
    match value:
        case None | str():
            return value or ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return _number(value)
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case date() | time():
            return value.isoformat()
        case list():
            return "；".join(as_text(part) for part in value)
        case _:
            raise Nested


def _value(raw: object, column: Column) -> object:
    written = as_text(raw).strip()
    if not written:
        if column.required:
            raise Required
        return None
    if _UNUSABLE.search(written):
        raise Unusable
    if marking := marking_in(written):
        raise StateSecretRefused(marking=marking)
    if len(written) > column.most:
        raise TooLong(found=len(written), most=column.most)
    if column.many and isinstance(raw, list):
        return column.many([as_text(part).strip() for part in raw])
    return column.parse(written)


def _shown(raw: object) -> str:
    """The value as it can safely be printed and stored, shortened; a marked one is not repeated."""
    written = raw if isinstance(raw, str) else str(raw if raw is not None else "")
    if marking_in(written):
        return ""
    short = written if len(written) <= SHOWN else written[:SHOWN] + "…"
    return _UNUSABLE.sub("\ufffd", short)


def check(
    line: int, cells: Iterable[tuple[str, Column, object]], bad: Iterable[BadCell] = ()
) -> Row:
    """Parse every cell of a row and keep every refusal."""
    values: dict[str, object] = {}
    wrong = list(bad)
    for heading, column, raw in cells:
        if isinstance(raw, Blind):
            wrong.append(BadCell(line, heading, "", *raw))
            continue
        try:
            values[column.name] = _value(raw, column)
        except DomainError as exc:
            wrong.append(BadCell(line, heading, _shown(raw), str(exc), str(column.help)))
    return Row(line, values, tuple(wrong))


def of_object(
    line: int, given: Mapping[str, object], columns: Columns, bad: Iterable[BadCell]
) -> Row:
    """Check a row that carries its own headings (a JSON object)."""
    cells: list[tuple[str, Column, object]] = []
    wrong = list(bad)
    seen: set[str] = set()
    for heading, raw in given.items():
        column = columns.by_key.get(key(heading))
        if column is None:
            wrong += [] if columns.ignore_unknown else [columns.unknown(heading, line)]
        elif column.name in seen:
            problem = translate("Two columns hold the same thing")
            wrong.append(BadCell(line, heading, _shown(raw), problem, str(column.help)))
        else:
            seen.add(column.name)
            cells.append((heading, column, raw))
    absent = [c for c in columns.declared if c.required and c.name not in seen]
    cells += [(column.headings[0], column, None) for column in absent]
    return check(line, cells, wrong)
