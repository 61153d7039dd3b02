"""What is the discipline of this code called? First and second level of GB/T 13745-2009.

The names stand in ``data/disciplines.txt`` with where they come from: they were not compared with the
text of the standard, and the pages say so. Third levels (seven digits) are kept without a name.
"""

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel.codes import BadCode

TABLE = Path(__file__).parent / "data" / "disciplines.txt"
CODE = _("discipline code of GB/T 13745-2009")
# 530, 530.64 or 53064, 530.6410; a spreadsheet takes the last nought of 480.60 away.
_CODE = re.compile(r"(\d{3})(?:\.(\d)(?!\d)|\.?(\d{2})(?:\.?(\d{2}))?)?(?![\d.])\s*", re.ASCII)


class Discipline(NamedTuple):
    """A discipline in both languages; of the second level the English name is the Chinese one."""

    zh: str
    en: str


@cache
def table() -> dict[str, Discipline]:
    """Code of three or five digits to names, in the order of the standard."""
    found: dict[str, Discipline] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        first, zh, en, seconds = line.split("|")
        found[first] = Discipline(zh, en)
        for second in seconds.split(";"):
            digits, _space, name = second.partition(" ")
            found[first + digits] = Discipline(name, name)
    return found


@cache
def _by_name() -> dict[str, str]:
    """Names that only one discipline has, to its code."""
    names: dict[str, list[str]] = {}
    for code, (zh, en) in table().items():
        for name in {zh, en.casefold()}:
            names.setdefault(name, []).append(code)
    return {name: codes[0] for name, codes in names.items() if len(codes) == 1}


def normalise(text: str) -> str:
    """A code of three, five or seven digits from a code, a code with its name, or a name alone.

    Raises: BadCode, also for a code whose first or second level the table does not know.
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    if code := _by_name().get(plain) or _by_name().get(plain.casefold()):
        return code
    match = _CODE.match(plain)
    if match is not None:
        first, tens, second, third = match.groups(default="")
        code = first + (f"{tens}0" if tens else second) + third
        known = table().get(code[:5])
        # “110 kV” is no mathematics: after a code comes its name or nothing.
        if known is not None and plain[match.end() :] in {"", known.zh, known.en}:
            return code
    raise BadCode(kind=str(CODE), text=text.strip(), example="530.64")


def code_in(text: str) -> str:
    """The code a search begins with, known or not; empty where it begins with words."""
    match = _CODE.match(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        return ""
    first, tens, second, third = match.groups(default="")
    return first + (tens or second) + third


def named(words: str) -> list[str]:
    """The codes whose names hold these words, in either language."""
    said = words.casefold()
    found = table().items()
    return [code for code, one in found if said in one.zh or said in one.en.casefold()]


def dotted(code: str) -> str:
    """As the standard writes it: 530, 530.64, 530.6410."""
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 else code


def name_of(code: str) -> str:
    """What a code of any depth is called, or empty where nothing is known."""
    one = table().get(code[:5]) or table().get(code[:3])
    if one is None:
        return ""
    return one.zh if (get_language() or "zh").startswith("zh") else one.en


def label(code: str) -> str:
    """Code and name together; empty for none."""
    return f"{dotted(code)} {name_of(code)}".strip() if code else ""


def choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every discipline for a list to choose from, the second level under its first."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for code in table():
        groups.setdefault(code[:3], []).append((code, label(code)))
    return [(label(first), entries) for first, entries in groups.items()]


def first_level() -> list[tuple[str, str]]:
    """The first level alone."""
    return [(code, label(code)) for code in table() if len(code) == 3]
