"""How does a table leave the house? CSV and XLSX that a spreadsheet opens and never executes."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import batched, chain, count
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext as translate
from django.utils.translation import override, pgettext

from pilotharbor.kernel.later import later
from pilotharbor.kernel.sheets.columns import BadCell
from pilotharbor.kernel.sheets.formulas import guarded

if TYPE_CHECKING:
    import openpyxl
    import openpyxl.cell
else:
    openpyxl = later("openpyxl")

ROWS_AT_ONCE = 500
# What a spreadsheet's cell holds.
LONGEST_CELL = 32_767
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Workbooks spell characters like this; a text that only looks so is spelled out itself.
_SPELLED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")

type Cell = str | int | Decimal | date | datetime | None


def neutral(value: Cell) -> Cell:
    """A text that a spreadsheet would take for a formula gets an apostrophe; the rest stays."""
    return guarded(value) if isinstance(value, str) else value


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
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"

    def cell(value: Cell) -> object:
        written = _written(value)
        if not isinstance(written, str):
            return written
        plain = _SPELLED.sub("_x005F_", _NOT_IN_XML.sub("\ufffd", written))
        box = openpyxl.cell.WriteOnlyCell(sheet, plain[:LONGEST_CELL])
        # Text by type, so that no content makes it a formula or an error value.
        box.data_type = "s"
        return box

    for row in chain([headings], rows):
        sheet.append([cell(value) for value in row])
    book.save(path)


def errors_path(path: Path) -> Path:
    """Where the table of bad cells lies: ``NAME.EXT.errors.csv`` beside the file.

    Where somebody else's file has that name, the next free number goes into it.
    """
    names = chain(["errors"], (f"errors.{number}" for number in count(2)))
    candidates = (path.with_name(f"{path.name}.{name}.csv") for name in names)
    return next(p for p in candidates if not p.exists() or _is_ours(p))


def _error_headings() -> list[str]:
    return [
        pgettext("in a file", "Line"),
        translate("Column"),
        translate("Value"),
        translate("Problem"),
        translate("Remedy"),
    ]


def _is_ours(path: Path) -> bool:
    """Whether a file begins as a table of bad cells does, in either language."""
    with path.open("rb") as file:
        first = file.readline(400)
    signatures = []
    for language in ("zh-hans", "en"):
        with override(language):
            signatures.append(b"".join(csv_chunks(_error_headings(), [])))
    return first in signatures


def error_rows(cells: Iterable[BadCell]) -> tuple[list[str], list[tuple[Cell, ...]]]:
    """Headings and rows of the table of bad cells, in the reader's language."""
    return _error_headings(), [tuple(cell) for cell in cells]


def write_errors(path: Path, cells: Iterable[BadCell]) -> Path:
    """Write the table of bad cells beside the file it is about, and say where."""
    target = errors_path(path)
    write_csv(target, *error_rows(cells))
    return target


def forget_errors(path: Path) -> None:
    """Remove an older table of bad cells; nothing that was not written here goes."""
    target = errors_path(path)
    if target.exists():
        target.unlink()
