"""What changed between two texts, in pieces a person can read?

Short texts are compared word by word (each Chinese character is one), long ones sentence by
sentence, since a difference of single characters in a page of text tells nobody anything.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

SHORT = 240
_WORDS = re.compile(r"[A-Za-z0-9]+|\s+|.", re.DOTALL)
_SENTENCES = re.compile(r"[^。！？；\n.!?;]*[。！？；\n.!?;]*\s*")
# More pieces than this are compared as one each: quadratic work is nobody's wait.
MOST = 3000


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that is in both (``same``), only in the old or only in the new one."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """A field that says something else, with the pieces of both texts in reading order."""

    field: str
    pieces: tuple[Piece, ...]


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """The old text with what left it and what came in."""
    split = _WORDS if max(len(old), len(new)) <= SHORT else _SENTENCES
    a, b = _cut(split, old), _cut(split, new)
    found: list[Piece] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Piece("same", "".join(a[i1:i2])))
            continue
        if i2 > i1:
            found.append(Piece("gone", "".join(a[i1:i2])))
        if j2 > j1:
            found.append(Piece("new", "".join(b[j1:j2])))
    return tuple(found)


def _cut(split: re.Pattern[str], text: str) -> list[str]:
    found = [piece for piece in split.findall(text) if piece]
    return found if len(found) <= MOST else [text]


def changes(old: Mapping[str, Any], new: Mapping[str, Any], names: Sequence[str]) -> list[Change]:
    """The fields among ``names`` that differ, in their order; the values are texts."""
    said = [(name, str(old.get(name, "")), str(new.get(name, ""))) for name in names]
    return [Change(name, pieces(a, b)) for name, a, b in said if a != b]
