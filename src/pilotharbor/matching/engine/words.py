"""What are the words of a Chinese or English technical text?

Chinese is cut into overlapping pairs of characters, Latin letters and digits into tokens; both need
no dictionary, so a new term is found on the day it is coined.
"""

import re
import unicodedata
from functools import lru_cache

from pilotharbor.matching.engine import scripts

LONGEST_TEXT = 6000
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_RUNS = re.compile(rf"[{_HAN}]+|[a-z0-9]+(?:[.\-+/][a-z0-9]+)*\+*")
_PARTS = re.compile(r"[.\-+/]")
# Chinese characters and ASCII are normalised as they stand; a mark may join the ASCII letter before it.
_UNSETTLED = re.compile(r"[\x00-\x7f]?[^\x00-\x7f\u4e00-\u9fff]+")
_STEM = re.compile(r"(?<=[a-z]{2})(?:ies|(?<![su])s)$")


def normal(text: str) -> str:
    """One way to write it: NFKC, lower case, simplified characters."""
    # Thrice as fast as asking about every character.
    short = _UNSETTLED.sub(_composed, text[:LONGEST_TEXT])
    return scripts.simplified(short.lower())


def _composed(stretch: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", stretch[0])


def runs(text: str) -> list[str]:
    """The stretches of Chinese and the Latin tokens of a text, in order, normalised."""
    found: list[str] = []
    for run in _RUNS.findall(normal(text)):
        if is_han(run):
            found.append(run)
            continue
        found.append(_stem(run))
        if parts := [part for part in _PARTS.split(run) if part]:
            found.extend(_stem(part) for part in parts if part != run)
    return found


def is_han(run: str) -> bool:
    """Whether a run is Chinese."""
    return run[0] >= "\u3400"


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    """English plural to singular, nothing more."""
    if len(word) < 4 or any(c.isdigit() for c in word):
        return word
    return _STEM.sub(lambda m: "y" if m.group() == "ies" else "", word)


def flat(text: str) -> str:
    """The text as it is searched in: runs between single blanks, a blank at either end."""
    return f" {' '.join(runs(text))} "


def terms(text: str) -> list[str]:
    """Every term of a text, repeated as often as it stands there."""
    return [term for run in runs(text) for term in terms_of(run)]


def terms_of(run: str) -> list[str]:
    """Pairs of a Chinese run (a single character stands alone), or the Latin token itself."""
    if not is_han(run):
        return [run[:60]]
    if len(run) == 1:
        return [run]
    return [run[i : i + 2] for i in range(len(run) - 1)]


def count(term: str, flat_text: str) -> int:
    """How often a term stands in a ``flat`` text."""
    return flat_text.count(term if is_han(term) and len(term) > 1 else f" {term} ")
