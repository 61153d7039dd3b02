"""How does a table leave the house? CSV and XLSX that a spreadsheet opens and never executes."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import batched, chain
from pathlib import Path

from django.utils.translation import gettext as translate
from django.utils.translation import pgettext
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from pilotharbor.kernel.sheets.columns import BadCell

ROWS_AT_ONCE = 500
# What a spreadsheet's cell holds.
LONGEST_CELL = 32_767
# The full-width twins are here because some spreadsheets take them for the sign itself.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

type Cell = str | int | Decimal | date | datetime | None


def neutral(value: Cell) -> Cell:
    """A text that a spreadsheet would take for a formula gets an apostrophe; the rest stays."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return "'" + value
    return value


def _written(value: Cell) -> str | int | Decimal:
    safe = neutral(value)
    if safe is None:
        return ""
    return safe.isoformat() if isinstance(safe, date) else safe


def csv_chunks(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """The file in pieces: UTF-8 with the mark by which spreadsheets know it."""
    yield b"\xef\xbb\xbf"
    for some in batched(chain([headings], rows), ROWS_AT_ONCE):
        text = io.StringIO(newline="")
        csv.writer(text).writerows([_written(cell) for cell in row] for row in some)
        yield text.getvalue().encode("utf-8", "replace")


def write_csv(path: Path, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write a CSV file row by row."""
    with path.open("wb") as file:
        file.writelines(csv_chunks(headings, rows))


def write_xlsx(path: Path, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write a workbook of one sheet row by row, with its headings frozen."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"

    def cell(value: Cell) -> object:
        written = _written(value)
        if not isinstance(written, str):
            return written
        box = WriteOnlyCell(sheet, _NOT_IN_XML.sub("\ufffd", written)[:LONGEST_CELL])
        # Text by type, so that no content makes it a formula or an error value.
        box.data_type = "s"
        return box

    for row in chain([headings], rows):
        sheet.append([cell(value) for value in row])
    book.save(path)


def errors_path(path: Path) -> Path:
    """Where the table of bad cells lies: ``NAME.errors.csv`` beside the file."""
    return path.with_name(path.stem + ".errors.csv")


def error_rows(cells: Iterable[BadCell]) -> tuple[list[str], list[tuple[Cell, ...]]]:
    """Headings and rows of the table of bad cells, in the reader's language."""
    headings = [
        pgettext("in a file", "Line"),
        translate("Column"),
        translate("Value"),
        translate("Problem"),
        translate("Remedy"),
    ]
    return headings, [tuple(cell) for cell in cells]


def write_errors(path: Path, cells: Iterable[BadCell]) -> Path:
    """Write the table of bad cells beside the file it is about, and say where."""
    target = errors_path(path)
    write_csv(target, *error_rows(cells))
    return target
