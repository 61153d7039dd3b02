"""How far does a workbook reach, and what stands in its first rows, before it is opened whole?

Opening makes a cell of every place between the first and the last one used: a file of five
kilobytes with one cell in the last corner would ask for hundreds of gigabytes, and the process
would be gone. So a strict XML parser walks through the sheet first and keeps next to nothing.
"""

import re
import struct
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import batched
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

from django.utils.translation import gettext as translate

from pilotharbor.kernel.sheets.columns import SHOWN, BadCell, Blind, Unreadable

CHUNK = 1 << 16
# 100,000 achievements with every column filled are about 200 MB, and take 400 MB to open.
LARGEST_UNPACKED = 300 << 20
# The places between the first cell and the last: 100,000 rows of fifty columns.
MOST_PLACES = 5_000_000
MOST_PARTS = 2000
# What headings may take; a first row beyond that is no heading.
MOST_SAID = 1 << 20
# Such cells beyond these are read as the empty cells they are.
MOST_NAMED = 100_000
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")


class _Enough(Exception):
    """Nothing further needs to be read."""


@dataclass(slots=True)
class Reach:
    """What a walk through the first sheet found; rows and columns count from 1.

    ``heads``       the texts of the first rows, by row
    ``uncomputed``  cells with a formula whose result nobody saved
    ``merged``      cells that show the value of another one, with the row of that
    """

    heads: dict[int, list[str]] = field(default_factory=dict)
    uncomputed: set[tuple[int, int]] = field(default_factory=set)
    merged: dict[tuple[int, int], int] = field(default_factory=dict)

    def why_empty(self, row: int, column: int) -> Blind | None:
        """Why a cell that looks filled to a person is read as empty."""
        if (row, column) in self.uncomputed:
            return Blind(
                translate("The cell holds a formula whose result was never saved"),
                translate("Save the file in your spreadsheet program, or paste values instead."),
            )
        if (row, column) in self.merged:
            problem = translate(
                "The cell is merged with one in row {row}, which alone has the value"
            )
            return Blind(
                problem.format(row=self.merged[row, column]),
                translate("Split the merged cells and fill each of them."),
            )
        return None


def refusal(problem: str, remedy: str, *, line: int = 1, value: str = "") -> Unreadable:
    """Refuse the file as a whole, for one reason."""
    return Unreadable([BadCell(line, "", value[:SHOWN], problem, remedy)])


def unpacked_size(path: Path) -> int:
    """How many bytes there are to read: those of a packed file, unpacked, as it says itself."""
    with suppress(zipfile.BadZipFile, OSError), zipfile.ZipFile(path) as packed:
        return sum(entry.file_size for entry in packed.infolist())
    return path.stat().st_size


def walk(path: Path, *, rows: int) -> Reach:
    """Walk through the first sheet and keep the texts of its first ``rows`` rows.

    Raises: Unreadable (too large, too far), BadZipFile, ExpatError, KeyError, OSError.
    """
    with zipfile.ZipFile(path) as packed:
        _refuse_large(path, packed)
        sheet = _first_sheet(packed)
        steps = _Walk(rows)
        _parse(packed, sheet, steps.parser)
        steps.ended()
        steps.found.heads = _texts(packed, steps.raw)
    return steps.found


def _refuse_large(path: Path, packed: zipfile.ZipFile) -> None:
    entries = packed.infolist()
    too_large = refusal(
        translate("The workbook is larger than can be read in one go"),
        translate("Split it, or save it as CSV."),
    )
    if len(entries) > MOST_PARTS or sum(e.file_size for e in entries) > LARGEST_UNPACKED:
        raise too_large
    if len({entry.filename.casefold() for entry in entries}) < len(entries):
        raise zipfile.BadZipFile
    with path.open("rb") as file:
        for entry in entries:
            if _true_size(file, entry) != entry.file_size:
                raise zipfile.BadZipFile


def _true_size(file: BinaryIO, entry: zipfile.ZipInfo) -> int:
    """The bytes that really come out of a part: what it says of itself may be a lie."""
    if entry.compress_type == zipfile.ZIP_STORED:
        return entry.compress_size
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile
    file.seek(entry.header_offset + 26)
    file.seek(sum(struct.unpack("<HH", file.read(4))), 1)
    unpack, left, size = zlib.decompressobj(-zlib.MAX_WBITS), entry.compress_size, 0
    while left > 0 and not unpack.eof and size <= entry.file_size:
        chunk = file.read(min(CHUNK, left))
        if not chunk:
            break
        left -= len(chunk)
        try:
            size += len(unpack.decompress(chunk))
        except zlib.error as exc:
            raise zipfile.BadZipFile from exc
    return size


def _parse(packed: zipfile.ZipFile, name: str, parser: expat.XMLParserType) -> None:
    with suppress(_Enough), packed.open(name) as part:
        while chunk := part.read(CHUNK):
            parser.Parse(chunk)
        parser.Parse(b"", True)


def _elements(packed: zipfile.ZipFile, name: str) -> list[tuple[str, dict[str, str]]]:
    """(name, attributes) of every element of a small part, without prefixes."""
    found: list[tuple[str, dict[str, str]]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        found.append((_plain(tag), {_plain(k): v for k, v in attributes.items()}))

    parser = _strict()
    parser.StartElementHandler = start
    _parse(packed, name, parser)
    return found


def _plain(name: str) -> str:
    return name.rpartition(":")[2]


def _strict() -> expat.XMLParserType:
    parser = expat.ParserCreate()

    def declared(*_entity: object) -> None:
        raise zipfile.BadZipFile

    parser.EntityDeclHandler = declared
    return parser


def _first_sheet(packed: zipfile.ZipFile) -> str:
    first = next(a for tag, a in _elements(packed, "xl/workbook.xml") if tag == "sheet")
    links = _elements(packed, "xl/_rels/workbook.xml.rels")
    targets = {a["Id"]: a["Target"] for tag, a in links if tag == "Relationship"}
    target = targets[first["id"]]
    if target.startswith("/"):
        return target[1:]
    return target if target.startswith("xl/") else f"xl/{target}"


class _Walk:
    """Follow cells through a sheet: where the last one is, and what stands in the first rows."""

    def __init__(self, rows: int) -> None:
        self.found = Reach()
        self.raw: dict[int, dict[int, tuple[str, str]]] = {}
        self.rows = rows
        self.row = self.column = self.bottom = self.right = self.count = 0
        self.kept = self.named = 0
        self.kind, self.text = "", ""
        self.formula = self.filled = False
        self.parser = _strict()
        self.parser.ordered_attributes = True
        self.parser.StartElementHandler = self.start

    def start(self, tag: str, attributes: list[str]) -> None:
        """Meet an element."""
        name = _plain(tag) if ":" in tag else tag
        if name == "c":
            self.ended()
            self._cell(attributes)
        elif name == "row":
            self.ended()
            self._row(attributes)
        elif name == "f":
            self.formula = True
            self.parser.CharacterDataHandler = None
        elif name in {"v", "t", "is"}:
            self._inside(name)
        elif name == "mergeCell":
            self._merged(attributes)

    def ended(self) -> None:
        """The cell is over: keep what it said, or that its formula said nothing."""
        if self.formula or self.text:
            if self.row <= self.rows:
                self.raw.setdefault(self.row, {})[self.column] = (self.kind, self.text)
            if self.formula and not self.text.strip() and len(self.found.uncomputed) < MOST_NAMED:
                self.found.uncomputed.add((self.row, self.column))
            self.parser.CharacterDataHandler = None
            self.text, self.formula = "", False

    def _row(self, attributes: list[str]) -> None:
        self.row, self.column = self.row + 1, 0
        for name, value in batched(attributes, 2):
            if name == "r":
                self.row = int(value)

    def _cell(self, attributes: list[str]) -> None:
        self.column += 1
        self.kind, self.filled = "", False
        for name, value in batched(attributes, 2):
            if name == "r":
                self.row, self.column = place(value)
            elif name == "t":
                self.kind = value

    def _inside(self, name: str) -> None:
        """A cell with content is one that is opened; an empty one with a style is not."""
        if not self.filled:
            self.filled = True
            self._count()
        if name != "is" and (self.formula or self.row <= self.rows):
            self.parser.CharacterDataHandler = self._said

    def _count(self) -> None:
        self.count += 1
        self.bottom, self.right = max(self.bottom, self.row), max(self.right, self.column)
        if max(self.bottom * self.right, self.count) > MOST_PLACES:
            problem = translate("Row {row}, column {column} is further away than can be read")
            raise refusal(
                problem.format(row=self.row, column=self.column),
                translate("Delete what stands far from the table, or save the table as CSV."),
                line=self.row,
            )

    def _said(self, text: str) -> None:
        self.kept += len(text)
        if self.kept <= MOST_SAID:
            self.text += text
        self.text = self.text or " "

    def _merged(self, attributes: list[str]) -> None:
        named: dict[str, str] = dict(batched(attributes, 2))  # type: ignore[arg-type]  # pairs
        reference = named.get("ref", "")
        one, _, two = reference.partition(":")
        (top, left), (bottom, right) = place(one), place(two or one)
        cells = ((r, c) for r in range(top, bottom + 1) for c in range(left, right + 1))
        for row, column in cells:
            self.named += 1
            if self.named > MOST_NAMED:
                return
            if (row, column) != (top, left):
                self.found.merged[row, column] = top


def place(reference: str) -> tuple[int, int]:
    """Row and column of ``B3``.

    Raises: BadZipFile, as only a damaged workbook has another form.
    """
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise zipfile.BadZipFile
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


def _texts(
    packed: zipfile.ZipFile, raw: dict[int, dict[int, tuple[str, str]]]
) -> dict[int, list[str]]:
    wanted = {int(said) for row in raw.values() for kind, said in row.values() if kind == "s"}
    shared = _shared(packed, wanted) if wanted else {}

    def text(kind: str, said: str) -> str:
        return shared.get(int(said), "") if kind == "s" else said.strip()

    return {
        number: [text(*row.get(column, ("", ""))) for column in range(1, max(row) + 1)]
        for number, row in raw.items()
    }


def _shared(packed: zipfile.ZipFile, wanted: set[int]) -> dict[int, str]:
    """Those of the shared texts that are wanted, read no further than the last of them."""
    found: dict[int, str] = dict.fromkeys(wanted, "")
    last, number = max(wanted), -1
    name = next(n for n in packed.namelist() if n.casefold() == "xl/sharedstrings.xml")
    parser = _strict()

    def said(text: str) -> None:
        if number in found and len(found[number]) < MOST_SAID:
            found[number] += text

    def start(tag: str, _attributes: object) -> None:
        nonlocal number
        number += _plain(tag) == "si"
        if number > last:
            raise _Enough
        parser.CharacterDataHandler = said if _plain(tag) == "t" and number in found else None

    parser.StartElementHandler = start
    _parse(packed, name, parser)
    return {number: text.strip() for number, text in found.items()}
