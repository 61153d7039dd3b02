"""Which rows does this file hold? CSV, XLSX and JSON lines, as people really save them.

Encodings are found by strict decoding, never guessed: a byte-order mark decides; else UTF-8 where
every byte fits; else GB18030 (which contains GBK and GB 2312) where every byte fits.
"""

import codecs
import csv
import json
import struct
import zipfile
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TextIO
from xml.parsers.expat import ExpatError

from django.utils.translation import gettext as translate
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from pilotharbor.kernel.sheets.columns import (
    SHOWN,
    BadCell,
    Blind,
    Column,
    Columns,
    Row,
    as_text,
    check,
    of_object,
)
from pilotharbor.kernel.sheets.formulas import bare
from pilotharbor.kernel.sheets.workbook import Reach, refusal, walk

CHUNK = 1 << 20
# A heading row may stand below a title and a note, as forms from offices have it.
HEADING_WITHIN = 10
LONGEST_LINE = 4 << 20
# After a stray quotation mark the lines it swallowed are read again, but not without end.
MOST_READ_AGAIN = 200_000
FORMATS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
_DELIMITERS = (",", "\t", ";", "，")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip


type Line = tuple[int, list[object], BadCell | None]


@dataclass(frozen=True, slots=True)
class Table:
    """An opened file: iterate ``rows()`` as often as needed.

    Opening has already refused what concerns the file as a whole; what concerns one row comes with
    that row, so ``rows()`` never raises for what a person wrote.
    """

    path: Path
    format: str
    encoding: str
    columns: Columns
    heading_line: int = 0
    places: Sequence[tuple[int, str, Column]] = ()
    delimiter: str = ","
    sheet: CalamineSheet | None = None
    reach: Reach = field(default_factory=Reach)

    def rows(self) -> Iterator[Row]:
        """Every row that is not blank, parsed and checked, in the order of the file."""
        if self.format == "jsonl":
            return self._object_rows()
        lines = _sheet_lines(self.sheet, self.reach) if self.sheet else _csv_lines(self)
        return (row for row in map(self._row, lines) if row is not None)

    def _row(self, line: Line) -> Row | None:
        number, cells, fault = line
        if number <= self.heading_line:
            return None
        if fault is not None:
            return Row(number, {}, (fault,))
        given = [self._cell(number, cells, position) for position, _, _ in self.places]
        blind = any(isinstance(cell, Blind) for cell in given)
        if all(c in {"", None} for c in cells) and not (blind and self._computes(number)):
            return None
        last = self.places[-1][0] if self.places else 0
        spare = [as_text(c) for c in cells[last + 1 :] if c not in {"", None}]
        bad = []
        if spare and self.format == "csv" and not self.columns.ignore_unknown:
            problem = translate("The row has more cells than there are headings")
            remedy = translate("Put a text that holds the separator between quotation marks.")
            bad = [BadCell(number, "", spare[0][:SHOWN], problem, remedy)]
        named = ((h, c, cell) for (_, h, c), cell in zip(self.places, given, strict=True))
        return check(number, named, bad)

    def _computes(self, number: int) -> bool:
        """Whether a row that is empty to the reader holds formulas; one below merged cells is."""
        return any(
            (number, position + 1) in self.reach.uncomputed for position, _, _ in self.places
        )

    def _cell(self, number: int, cells: list[object], position: int) -> object:
        """What stands there: as it was before it left a house that guards against formulas."""
        found = cells[position] if position < len(cells) else None
        if found in {"", None}:
            return self.reach.why_empty(number, position + 1)
        return bare(found) if isinstance(found, str) else found

    def _object_rows(self) -> Iterator[Row]:
        with self.path.open(encoding=self.encoding, newline="") as file:
            for number, line in enumerate(_bounded(file), start=1):
                row = _object_row(number, line, self.columns)
                if row is not None:
                    yield row


def open_table(
    path: Path, declared: Sequence[Column], *, name: str = "", ignore_unknown: bool = False
) -> Table:
    """Find out what a file is and where its columns stand.

    ``name`` is what the person calls the file, where it lies under another name.

    Raises: Unreadable, with every reason as a ``BadCell``.
    """
    columns = Columns(declared, ignore_unknown)
    found, said = _format_of(path, Path(name or path.name))
    if found == "xlsx":
        return _workbook(path, columns)
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        start = next((c for c in iter(lambda: file.read(1), "") if not c.isspace()), "")
    if not start:
        raise refusal(translate("The file is empty"), translate("Choose a file with rows."))
    is_object = start == "{"
    if is_object != (said == "jsonl"):
        raise refusal(
            translate("The file is not what its name says"),
            translate("Its content is a table of JSON objects, one a line: name it .jsonl.")
            if is_object
            else translate("Its lines are no JSON objects: save it as CSV and name it .csv."),
        )
    if is_object:
        return Table(path, "jsonl", encoding, columns)
    return _text_table(path, columns, encoding)


def _format_of(path: Path, name: Path) -> tuple[str, str]:
    """The format by content (``text`` where only reading tells) and by name."""
    said = FORMATS.get(name.suffix.lower())
    if said is None:
        remedy = translate("Save it as .csv, .xlsx or .jsonl.")
        if name.suffix.lower() in {".xls", ".et", ".ods"}:
            remedy = translate("Open it in your spreadsheet program and save it as .xlsx.")
        raise refusal(translate("This kind of file is not read here"), remedy, value=name.name)
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as exc:
        problem = translate("The file cannot be opened")
        raise refusal(problem, exc.strerror or str(exc), value=name.name) from exc
    if not head:
        raise refusal(translate("The file is empty"), translate("Choose a file with rows."))
    packed = head.startswith(b"PK\x03\x04")
    binary = head.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!"))
    if binary or packed != (said == "xlsx"):
        remedy = (
            translate("Its content is a workbook: name it .xlsx.")
            if packed
            else translate("Open it in the program that made it and save it as .xlsx or .csv.")
        )
        raise refusal(translate("The file is not what its name says"), remedy, value=name.name)
    return ("xlsx" if packed else "text"), said


# --- text -----------------------------------------------------------------------------------


def _fault(path: Path, encoding: str) -> int | None:
    """The line of the first byte that does not fit the encoding, or None."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    line = 1
    with path.open("rb") as file:
        while True:
            chunk = file.read(CHUNK)
            try:
                line += decoder.decode(chunk, final=not chunk).count("\n")
            except UnicodeDecodeError as exc:
                return line + exc.object[: exc.start].count(b"\n")
            if not chunk:
                return None


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        head = file.readline(CHUNK)
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    fault = _fault(path, marked or "utf-8")
    if fault is None:
        return marked or "utf-8"
    if marked is None and not _is_chinese_utf8(head):
        if _fault(path, "gb18030") is None:
            return "gb18030"
        fault = _fault(path, "gb18030") or fault
    raise refusal(
        translate("The text is damaged or in an encoding not read here"),
        translate("Save the file again as CSV UTF-8."),
        line=fault,
    )


def _is_chinese_utf8(head: bytes) -> bool:
    """Whether the first line is UTF-8 beyond ASCII, so that a later fault is damage."""
    try:
        return not head.decode("utf-8").isascii()
    except UnicodeDecodeError:
        return False


def _text_table(path: Path, columns: Columns, encoding: str) -> Table:
    best: tuple[int, Table, list[str]] | None = None
    for delimiter in _DELIMITERS:
        table = Table(path, "csv", encoding, columns, delimiter=delimiter)
        for number, cells, fault in islice(_csv_lines(table), HEADING_WITHIN):
            headings = [as_text(cell) for cell in cells]
            known = 0 if fault else columns.known(headings)
            if headings and (best is None or known > best[0]):
                best = known, Table(path, "csv", encoding, columns, number, (), delimiter), headings
    if best is None:
        raise refusal(translate("The file is empty"), translate("Choose a file with rows."))
    _, table, headings = best
    places = columns.arrange(headings, table.heading_line)
    return Table(path, "csv", encoding, columns, table.heading_line, places, table.delimiter)


class _Lines:
    """The lines of a file for a csv reader; those a stray mark swallowed can be given again."""

    def __init__(self, file: TextIO) -> None:
        self.fresh = _bounded(file)
        self.again: deque[str] = deque()
        self.taken: list[str] = []
        self.number = self.size = 0
        self.budget = MOST_READ_AGAIN

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.again.popleft() if self.again else next(self.fresh)
        self.number += 1
        self.taken.append(line)
        self.size += len(line)
        if self.size >= LONGEST_LINE:
            raise csv.Error
        return line

    def begin(self) -> int:
        """A new record: the number of its first line."""
        self.taken, self.size = [], 0
        return self.number + 1

    def broken(self, first: int) -> Iterator[Line]:
        """The lines of a record that cannot be read: the first is bad, the others come again."""
        problem = translate("A quotation mark is not closed, or a cell is far too long")
        remedy = translate("Look at the quotation marks from this line on.")
        taken, others = self.taken, self.taken[1:]
        if others and len(others) <= self.budget:
            self.budget -= len(others)
            self.again.extendleft(reversed(others))
            self.number -= len(others)
            taken = taken[:1]
        for number, line in enumerate(taken, start=first):
            if line.strip():
                shown = line[:SHOWN].strip()
                yield number, [], BadCell(number, "", shown, problem, remedy)


def _csv_lines(table: Table) -> Iterator[Line]:
    """Each record with the line it begins on, or why that line cannot be read."""
    with table.path.open(encoding=table.encoding, newline="") as file:
        lines = _Lines(file)
        reader = csv.reader(lines, delimiter=table.delimiter, strict=True)
        while True:
            first = lines.begin()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield from lines.broken(first)
            else:
                yield first, list(cells), None


def _bounded(file: TextIO) -> Iterator[str]:
    """Lines; of one that is far too long only the beginning."""
    while line := file.readline(LONGEST_LINE):
        rest = line
        while len(rest) == LONGEST_LINE and not rest.endswith(("\n", "\r")):
            rest = file.readline(LONGEST_LINE)
        yield line


def _object_row(number: int, line: str, columns: Columns) -> Row | None:
    if not line.strip():
        return None
    twice: list[str] = []

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        names = [name for name, _ in pairs]
        twice.extend(sorted({name for name in names if names.count(name) > 1}))
        return dict(pairs)

    try:
        given = json.loads(line, object_pairs_hook=unique)
    except (ValueError, RecursionError) as exc:
        problem, remedy = translate("The line is no JSON object"), str(exc)[:SHOWN]
        return Row(number, {}, (BadCell(number, "", line[:SHOWN].strip(), problem, remedy),))
    if not isinstance(given, dict):
        problem = translate("The line is no JSON object")
        remedy = translate("Write one object in braces on each line.")
        return Row(number, {}, (BadCell(number, "", line[:SHOWN].strip(), problem, remedy),))
    problem = translate("Two columns hold the same thing")
    bad = [BadCell(number, n, "", problem, translate("Keep one of them.")) for n in twice]
    return of_object(number, given, columns, bad)


# --- workbooks ------------------------------------------------------------------------------


def _workbook(path: Path, columns: Columns) -> Table:
    """Open a workbook, its headings first: a file with wrong ones is never read whole."""
    damaged = (
        CalamineError, zipfile.BadZipFile, ExpatError, OSError, ValueError, RuntimeError,
        LookupError, StopIteration, struct.error,
    )  # fmt: skip
    try:
        reach = walk(path, rows=HEADING_WITHIN)
        number, places = _headings(reach, columns)
        with CalamineWorkbook.from_path(path) as book:
            sheet = book.get_sheet_by_index(0)
    except damaged as exc:
        raise refusal(
            translate("The workbook is damaged, incomplete or locked by a password"),
            translate("Open it in your spreadsheet program and save it again as .xlsx."),
        ) from exc
    return Table(path, "xlsx", "", columns, number, places, sheet=sheet, reach=reach)


def _headings(reach: Reach, columns: Columns) -> tuple[int, list[tuple[int, str, Column]]]:
    """The row of the first ten that knows most headings, and where its columns stand."""
    filled = {number: row for number, row in sorted(reach.heads.items()) if any(row)}
    if not filled:
        raise refusal(
            translate("The first sheet is empty"),
            translate("Move the table to the first sheet of the workbook."),
        )
    number = max(filled, key=lambda n: columns.known(filled[n]))
    return number, columns.arrange(filled[number], number)


def _sheet_lines(sheet: CalamineSheet, reach: Reach) -> Iterator[Line]:
    number = 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        yield number, list(cells), None
    # Rows of nothing but formulas without a result are not there for the reader.
    for late in sorted({row for row, _ in reach.uncomputed if row > number}):
        yield late, [], None
