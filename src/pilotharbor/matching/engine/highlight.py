"""Where in a text do these phrases stand, as it is written?"""

from collections.abc import Sequence
from typing import NamedTuple

from pilotharbor.matching.engine import words


class Piece(NamedTuple):
    """A stretch of a text, marked or not."""

    text: str
    marked: bool


def pieces(text: str, phrases: Sequence[str]) -> list[Piece]:
    """The text in stretches; ``phrases`` are normalised, as ``reasons.shared_phrases`` gives them."""
    plain, places = _normal(text)
    marked = [False] * len(text)
    for phrase in phrases:
        at = plain.find(phrase) if phrase else -1
        while at >= 0:
            if _whole(plain, at, len(phrase)):
                for place in places[at : at + len(phrase)]:
                    marked[place] = True
            at = plain.find(phrase, at + 1)
    found: list[Piece] = []
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or marked[place] != marked[start]:
            found.append(Piece(text[start:place], marked[start]))
            start = place
    return found


def _normal(text: str) -> tuple[str, list[int]]:
    """The text normalised, and where in the text each of its characters comes from."""
    plain: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text[: words.LONGEST_TEXT]):
        made = words.normal(character)
        plain.append(made)
        places += [place] * len(made)
    return "".join(plain), places


def _whole(plain: str, at: int, length: int) -> bool:
    """Latin letters and digits are marked as whole words only."""
    if words.is_han(plain[at]):
        return True
    before, after = plain[max(0, at - 1) : at], plain[at + length : at + length + 2]
    if _is_latin(before):
        return False
    # The phrase is in the singular, whatever the text says.
    return not _is_latin(after[:1]) or (after[:1] == "s" and not _is_latin(after[1:]))


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
