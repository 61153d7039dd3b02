"""Which other words do the texts use for this one, or always beside it?

Two kinds, both only where several texts agree: another name that texts give in brackets
(卷积神经网络(CNN)), and keywords that go together far more often than by chance. Source of the latter:
G. Bouma, Normalized (Pointwise) Mutual Information in Collocation Extraction (2009).
"""

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from pilotharbor.matching.engine import words
from pilotharbor.matching.engine.vocabulary import Material

# So many texts must say so.
LEAST_TEXTS = 2
# Keywords: so many texts that have both, and so close (1 = never one without the other).
LEAST_TOGETHER, CLOSE = 3, 0.6
MOST_KEYWORDS = 20
MOST = 8
SHORTEST_NAME, LONGEST_NAME = 3, 12
# No name begins with one of these: they are words that stand before it.
_BEFORE = frozenset("用和与及的对以由在为是经或被将从按其该")
# A name ends where in most of its texts one more character to the left is another one.
SAME_NAME = 0.7
_NAMED = re.compile(
    r"(?P<before>[A-Za-z0-9\-]?)(?P<name>[\u4e00-\u9fff]{3,60})[(（](?:简称|又称|即|英文|记为)?[:,：，]?"
    r"(?P<short>[A-Za-z][A-Za-z0-9\-]{1,9})[)）]"
)

type Kind = Literal["name", "beside"]


@dataclass(frozen=True, slots=True)
class Related:
    """A word for another one; ``name`` means the same, ``beside`` the same matter; so many texts say so."""

    word: str
    kind: Kind
    texts: int


type Relations = dict[str, tuple[Related, ...]]


def read(materials: Iterable[Material]) -> Relations:
    """Each word with those related to it, names first, then by how many texts say so."""
    names: defaultdict[str, Counter[str]] = defaultdict(Counter)
    numbers: dict[str, int] = {}
    lists: list[tuple[int, ...]] = []
    for material in materials:
        for short, name in _named(material.text):
            names[short][name] += 1
        keywords = {k for k in map(_plain, material.keywords[:MOST_KEYWORDS]) if k}
        lists.append(tuple(sorted(numbers.setdefault(k, len(numbers)) for k in keywords)))
    found: defaultdict[str, dict[str, Related]] = defaultdict(dict)
    for short, full in names.items():
        for name, texts in _whole_names(full):
            found[short][name] = Related(name, "name", texts)
            found[name][short] = Related(short, "name", texts)
    for one, other, texts in _together(lists, list(numbers)):
        for word, its in ((one, other), (other, one)):
            found[word].setdefault(its, Related(its, "beside", texts))
    return {word: _best(some.values()) for word, some in found.items()}


def of(text: str, relations: Relations) -> tuple[Related, ...]:
    """What is related to a word, as it is normally written."""
    return relations.get(_plain(text), ())


def _best(some: Iterable[Related]) -> tuple[Related, ...]:
    return tuple(sorted(some, key=lambda r: (r.kind != "name", -r.texts, r.word))[:MOST])


def _plain(keyword: str) -> str:
    return " ".join(words.runs(keyword)) if len(keyword) <= 40 else ""


def _named(text: str) -> set[tuple[str, str]]:
    """Each short name of a text, with every end of what stands before its bracket."""
    plain = unicodedata.normalize("NFKC", text[: words.LONGEST_TEXT])
    found = set()
    for match in _NAMED.finditer(plain):
        # What goes on from a Latin letter, as 反应蛋白 of C-反应蛋白, is no whole name.
        if match["before"] and len(match["name"]) <= LONGEST_NAME:
            continue
        name, short = words.normal(match["name"])[-LONGEST_NAME:], words.runs(match["short"])[0]
        ends = (name[start:] for start in range(len(name) - SHORTEST_NAME + 1))
        found |= {(short, end) for end in ends if end[0] not in _BEFORE}
    return found


def _whole_names(ends: Counter[str]) -> list[tuple[str, int]]:
    """Of all ends those that are a whole name: enough texts have it, few agree on a longer one."""
    whole = []
    for name, texts in ends.items():
        if texts < LEAST_TEXTS:
            continue
        longer = max((n for other, n in ends.items() if len(other) == len(name) + 1
                      and other.endswith(name)), default=0)  # fmt: skip
        if longer < max(LEAST_TEXTS, SAME_NAME * texts):
            whole.append((name, texts))
    # An end of a whole name is none: 网络 of 神经网络.
    return [
        (name, texts)
        for name, texts in whole
        if not any(other != name and other.endswith(name) for other, _ in whole)
    ]


def _together(
    lists: Iterable[tuple[int, ...]], keywords: list[str]
) -> Iterable[tuple[str, str, int]]:
    """Pairs of keywords that go together, with the number of texts that have both."""
    given = list(lists)
    alone = Counter(keyword for some in given for keyword in some)
    total = len(given)
    often = {keyword for keyword, texts in alone.items() if texts >= LEAST_TOGETHER}
    pairs = Counter(pair for some in given
                    for pair in combinations([k for k in some if k in often], 2))  # fmt: skip
    for (one, other), both in pairs.items():
        if both < LEAST_TOGETHER or both == total:
            continue
        information = math.log(both * total / (alone[one] * alone[other]))
        if information / -math.log(both / total) >= CLOSE:
            yield keywords[one], keywords[other], both
