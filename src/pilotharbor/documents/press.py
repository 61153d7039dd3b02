"""How does a template with its values become the bytes of a paper?

A template is a typst file that reads its values as data, so nothing a person typed is ever run.
"""

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pylopdf_fonts_zh_cn import sans_path

from pilotharbor.kernel.later import later
from pilotharbor.kernel.time import SHANGHAI

if TYPE_CHECKING:
    import typst
else:
    typst = later("typst")

TEMPLATES = Path(__file__).parent / "templates_typst"
# Archival and accessible at once; same values and instant give the same bytes.
STANDARDS: "list[typst.PDFStandard]" = ["a-2a", "ua-1"]
_NAME = re.compile(r"([a-z_]+)\.([a-z_]+)/([1-9][0-9]?)")
_NO_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
_LOCK = threading.Lock()
_MOST_MISSING = 40


class PressError(Exception):
    """The template does not exist or refuses these values; the text says why."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a template is given: its name, its values, its language and the instant it bears."""

    template: str
    values: Mapping[str, Any]
    language: str
    at: datetime
    watermark: str = ""


@dataclass(frozen=True, slots=True)
class Printed:
    """The bytes of a PDF and how many pages it has."""

    content: bytes
    pages: int


@cache
def _compiler() -> "typst.Compiler":
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=True,
        font_paths=[str(sans_path().parent)],
    )
    return typst.Compiler(root=str(TEMPLATES), font_paths=fonts, ignore_system_fonts=True)


def instant(at: datetime | None) -> str:
    """An instant as templates read it: Shanghai time to the minute; none is empty."""
    return at.astimezone(SHANGHAI).isoformat(timespec="minutes") if at else ""


def path_of(template: str) -> Path:
    """The file of ``agreements.tripartite/1``.

    Raises: PressError when there is none.
    """
    match = _NAME.fullmatch(template)
    path = TEMPLATES / f"{template.replace('/', '.')}.typ"
    if match is None or not path.is_file():
        raise PressError(f"no template is called {template}")
    return path


def print_pdf(sheet: Sheet) -> Printed:
    """Print a sheet as PDF/A-2a and PDF/UA-1.

    Characters that no font here has are printed as their code point, never dropped.
    Raises: PressError.
    """
    given, pages = _compile(sheet, "pdf")
    return Printed(given[0], pages)


def print_pages(sheet: Sheet) -> list[bytes]:
    """Print a sheet as one SVG image a page.

    Raises: PressError.
    """
    return _compile(sheet, "svg")[0]


def _compile(sheet: Sheet, form: "typst.OutputFormat") -> tuple[list[bytes], int]:
    path = path_of(sheet.template)
    values = json.dumps(sheet.values, ensure_ascii=False)
    missing: set[str] = set()
    while True:
        try:
            return _once(path, sheet, _spelt(values, missing), form)
        except typst.TypstError as exc:
            found = _NO_GLYPH.search(exc.message)
            fresh = set(found[1]) - missing if found else set()
            if not fresh or len(missing) > _MOST_MISSING:
                raise PressError(exc.message) from exc
            missing |= fresh


def _spelt(values: str, missing: set[str]) -> str:
    for character in missing:
        values = values.replace(character, f"〔U+{ord(character):04X}〕")
    return values


def _once(
    path: Path, sheet: Sheet, values: str, form: "typst.OutputFormat"
) -> tuple[list[bytes], int]:
    inputs = {
        "payload": values,
        "language": sheet.language,
        "watermark": sheet.watermark,
        "issued": instant(sheet.at),
    }
    # One compiler for all threads keeps its caches warm; it is not made for use at once.
    with _LOCK:
        compiler = _compiler()
        given = compiler.compile(
            input=str(path),
            format=form,
            sys_inputs=inputs,
            timestamp=sheet.at.astimezone(UTC).replace(microsecond=0),
            pdf_standards=STANDARDS if form == "pdf" else [],
        )
    if given is None:
        raise PressError("the press gave nothing")
    sheets = given if isinstance(given, list) else [given]
    return sheets, len(sheets) if form == "svg" else _page_count(sheets[0])


def _page_count(content: bytes) -> int:
    """Pages of a PDF the press made, read from its page tree."""
    counts = [int(found) for found in re.findall(rb"/Type\s*/Pages\b[^>]*?/Count\s+(\d+)", content)]
    return max(counts, default=1)
