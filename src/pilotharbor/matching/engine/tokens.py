"""Under which three kinds of token is a text found?

Words by a dictionary, overlapping pairs of characters, and single characters. Pairs find terms that no
dictionary knows; single rare characters bridge a workshop's words and a paper's (轮子 and 飞轮 share 轮).
"""

from dataclasses import dataclass, field

from pilotharbor.matching.engine import cutting, words


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

    def __bool__(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self.words or self.characters)


def of(text: str) -> Tokens:
    """The tokens of a text, in order, normalised as ``words.normal`` says."""
    found = Tokens()
    for run in words.runs(text):
        if not words.is_han(run):
            found.words.append(run)
            continue
        found.words.extend(cutting.cut_for_search(run))
        found.pairs.extend(run[i : i + 2] for i in range(len(run) - 1))
        found.characters.extend(run)
    return found
