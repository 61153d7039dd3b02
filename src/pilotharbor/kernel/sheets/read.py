"""Which rows does this file hold? CSV, XLSX and JSON lines, as people really save them.

Encodings are found by strict decoding, never guessed: a byte-order mark decides; else UTF-8 where
every byte fits; else GB18030 (which contains GBK and GB 2312) where every byte fits.
"""

import codecs
import csv
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

from django.utils.translation import gettext as translate
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from pilotharbor.kernel.sheets.columns import (
    SHOWN,
    BadCell,
    Column,
    Columns,
    Row,
    Unreadable,
    as_text,
    check,
    of_object,
)

CHUNK = 1 << 20
# A heading row may stand below a title and a note, as forms from offices have it.
HEADING_WITHIN = 10
LONGEST_LINE = 4 << 20
LARGEST_UNPACKED = 600 << 20
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


def _unreadable(problem: str, remedy: str, *, line: int = 1, value: str = "") -> Unreadable:
    return Unreadable([BadCell(line, "", value[:SHOWN], problem, remedy)])


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

    def rows(self) -> Iterator[Row]:
        """Every row that is not blank, parsed and checked, in the order of the file."""
        if self.format == "jsonl":
            return self._object_rows()
        lines = _sheet_lines(self.sheet) if self.sheet else _csv_lines(self)
        return (row for row in map(self._row, lines) if row is not None)

    def _row(self, line: tuple[int, list[object], BadCell | None]) -> Row | None:
        number, cells, fault = line
        if fault is not None:
            return Row(number, {}, (fault,))
        if number <= self.heading_line or not any(c not in {"", None} for c in cells):
            return None
        width = len(cells)
        last = self.places[-1][0] if self.places else 0
        spare = [as_text(c) for c in cells[last + 1 :] if c not in {"", None}]
        bad = []
        if spare and self.format == "csv" and not self.columns.ignore_unknown:
            problem = translate("The row has more cells than there are headings")
            remedy = translate("Put a text that holds the separator between quotation marks.")
            bad = [BadCell(number, "", spare[0][:SHOWN], problem, remedy)]
        given = ((h, c, cells[i] if i < width else None) for i, h, c in self.places)
        return check(number, given, bad)

    def _object_rows(self) -> Iterator[Row]:
        with self.path.open(encoding=self.encoding, newline="") as file:
            for number, line in _long_lines(file):
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
        raise _unreadable(translate("The file is empty"), translate("Choose a file with rows."))
    is_object = start == "{"
    if is_object != (said == "jsonl"):
        raise _unreadable(
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
        raise _unreadable(translate("This kind of file is not read here"), remedy, value=name.name)
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as exc:
        problem = translate("The file cannot be opened")
        raise _unreadable(problem, exc.strerror or str(exc), value=name.name) from exc
    if not head:
        raise _unreadable(translate("The file is empty"), translate("Choose a file with rows."))
    packed = head.startswith(b"PK\x03\x04")
    binary = head.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!"))
    if binary or packed != (said == "xlsx"):
        remedy = (
            translate("Its content is a workbook: name it .xlsx.")
            if packed
            else translate("Open it in the program that made it and save it as .xlsx or .csv.")
        )
        raise _unreadable(translate("The file is not what its name says"), remedy, value=name.name)
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
    raise _unreadable(
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
        raise _unreadable(translate("The file is empty"), translate("Choose a file with rows."))
    _, table, headings = best
    places = columns.arrange(headings, table.heading_line)
    return Table(path, "csv", encoding, columns, table.heading_line, places, table.delimiter)


def _csv_lines(table: Table) -> Iterator[tuple[int, list[object], BadCell | None]]:
    """Each record with the line it begins on; the last one says why, if reading broke off."""
    with table.path.open(encoding=table.encoding, newline="") as file:
        reader = csv.reader(file, delimiter=table.delimiter, strict=True)
        before = 0
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as exc:
                problem = translate("A quotation mark is not closed, or a cell is far too long")
                remedy = translate("Look at the quotation marks from this line on.")
                yield before + 1, [], BadCell(before + 1, "", str(exc), problem, remedy)
                return
            yield before + 1, list(cells), None
            before = reader.line_num


def _long_lines(file: TextIO) -> Iterator[tuple[int, str]]:
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        yield number, line


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
    try:
        with zipfile.ZipFile(path) as packed:
            unpacked = sum(entry.file_size for entry in packed.infolist())
        if unpacked > LARGEST_UNPACKED:
            raise _unreadable(
                translate("The workbook is larger than can be read in one go"),
                translate("Split it, or save it as CSV."),
            )
        with CalamineWorkbook.from_path(path) as book:
            sheet = book.get_sheet_by_index(0)
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError, RuntimeError) as exc:
        raise _unreadable(
            translate("The workbook is damaged, incomplete or locked by a password"),
            translate("Open it in your spreadsheet program and save it again as .xlsx."),
        ) from exc
    best: tuple[int, int, list[str]] = (-1, 0, [])
    for number, cells, _ in islice(_sheet_lines(sheet), HEADING_WITHIN):
        headings = [str(cell) for cell in cells]
        if any(headings) and columns.known(headings) > best[0]:
            best = columns.known(headings), number, headings
    known, number, headings = best
    if known < 0:
        raise _unreadable(
            translate("The first sheet is empty"),
            translate("Move the table to the first sheet of the workbook."),
        )
    return Table(path, "xlsx", "", columns, number, columns.arrange(headings, number), sheet=sheet)


def _sheet_lines(sheet: CalamineSheet) -> Iterator[tuple[int, list[object], BadCell | None]]:
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        yield number, list(cells), None
