"""Under which three kinds of token is a text found?

Words by a dictionary, overlapping pairs of characters, and single characters. Pairs find terms that no
dictionary knows; single rare characters bridge a workshop's words and a paper's (轮子 and 飞轮 share 轮).
"""

from dataclasses import dataclass, field
from operator import add
from typing import Self

from pilotharbor.matching.engine import cutting, words

BLANK = " "


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of a text, repeated as often as they stand in it."""

    words: list[str] = field(default_factory=list)
    pairs: list[str] = field(default_factory=list)
    characters: list[str] = field(default_factory=list)

    def __add__(self, other: "Tokens") -> "Tokens":
        """Both, one after the other: a field that counts twice is added twice."""
        return Tokens(
            self.words + other.words,
            self.pairs + other.pairs,
            self.characters + other.characters,
        )

    def __iadd__(self, other: "Tokens") -> Self:
        """These, and the others after them."""
        self.words.extend(other.words)
        self.pairs.extend(other.pairs)
        self.characters.extend(other.characters)
        return self

    def __mul__(self, times: int) -> "Tokens":
        """These so many times: what counts twice stands there twice."""
        return Tokens(self.words * times, self.pairs * times, self.characters * times)

    def __bool__(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self.words or self.characters)


def of(text: str) -> Tokens:
    """The tokens of a text, normalised as ``words.normal`` says; of each kind in order."""
    chosen: list[str] = []
    pairs: list[str] = []
    chinese: list[str] = []
    for run in words.runs(text):
        if words.is_han(run):
            chinese.append(run)
            pairs.extend(map(add, run, run[1:]))
        else:
            chosen.append(run)
    # In one go: the dictionary takes twice as long over one run after the other.
    cuts = cutting.cut_for_search(BLANK.join(chinese))
    chosen += [cut for cut in cuts if cut != BLANK]
    return Tokens(chosen, pairs, list("".join(chinese)))
