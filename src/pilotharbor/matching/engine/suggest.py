"""Did you mean something else? What is written as no text writes it, and how the texts do write it.

A word is doubted only where its characters stand together in no text and in no dictionary, and is
corrected only where one way to do so is clearly the best. Source: F. Damerau, A Technique for Computer
Detection and Correction of Spelling Errors (1964). Measured: docs/rules/matching.md.
"""

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pilotharbor.matching.engine import cutting, dictionary, readings, words
from pilotharbor.matching.engine.vocabulary import LONGEST, Vocabulary, letters

LONGEST_DOUBTED = 200
MOST_CHANGES = 3
# How much better than the next one a correction must be.
MARGIN = 1.0
SOUNDS_ALIKE = 2.0
# Of a shorter term a character is replaced only by one that sounds alike: others arise by chance.
ANY_LEAST = 5
# A shorter term does not get a character more, one of this length only if many texts have it.
FILLED_LEAST, MANY = 4, 5
LATIN_LEAST, LATIN_FAR = 5, 7
# Of two corrections that are equally near, the one of so many times as many texts.
CLEARLY_MORE = 3
_LATIN = re.compile(r"(?<![a-z0-9.\-+/])[a-z]+(?![a-z0-9.\-+/])")


@dataclass(frozen=True, slots=True)
class Change:
    """What was written, and what was probably meant."""

    wrong: str
    right: str


@dataclass(frozen=True, slots=True)
class Correction:
    """The query as it was probably meant, and what is other in it."""

    text: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class _Edit:
    """Put ``right`` in the place of ``text[start:end]``; the greater ``score`` the surer."""

    start: int
    end: int
    right: str
    score: float
    term: str


def correct(text: str, known: Vocabulary) -> Correction | None:
    """The query as it was probably meant; None where nothing in it is doubted, or no way is clearly best."""
    shown = unicodedata.normalize("NFKC", text)[:LONGEST_DOUBTED]
    changes: list[Change] = []
    while len(changes) < MOST_CHANGES:
        plain = words.normal(shown)
        if len(plain) != len(shown):
            break
        edit = max(_edits(plain, known), key=lambda e: (e.score, -e.start), default=None)
        if edit is None:
            break
        wrong = shown[edit.start : edit.end]
        changes.append(Change(_around(plain, edit), edit.term))
        shown = shown[: edit.start] + edit.right + shown[edit.end :]
        if wrong == edit.right:
            break
    if not changes:
        return None
    return Correction(shown, tuple(changes))


def _around(plain: str, edit: _Edit) -> str:
    """What was written in the place of the term."""
    if edit.term == edit.right:
        return plain[edit.start : edit.end]
    at = edit.term.find(edit.right)
    best = ""
    while at >= 0:
        after = len(edit.term) - at - len(edit.right)
        start, end = edit.start - at, edit.end + after
        if (
            start >= 0
            and plain[start : edit.start] == edit.term[:at]
            and (plain[edit.end : end] == edit.term[at + len(edit.right) :])
        ):
            best = plain[start:end]
            break
        at = edit.term.find(edit.right, at + 1)
    return best or plain[edit.start : edit.end]


def _edits(plain: str, known: Vocabulary) -> Iterator[_Edit]:
    """The corrections that are clearly the best, each in its place."""
    at = 0
    for run in words.runs(plain):
        if not words.is_han(run):
            continue
        start = plain.find(run, at)
        if start < 0:
            continue
        at = start + len(run)
        yield from _chinese(run, start, known)
    for found in _LATIN.finditer(plain):
        word = found.group()
        if (right := _latin(word, known)) is not None:
            yield _Edit(found.start(), found.end(), right, 1.0, right)


def _chinese(run: str, start: int, known: Vocabulary) -> Iterator[_Edit]:
    """For each place where two characters meet that meet in no text, the best correction."""
    sure = _sure(run, known)
    for place in range(len(run) - 1):
        if known.knows_pair(run[place], run[place + 1]) or (sure[place] and sure[place + 1]):
            continue
        best: dict[tuple[int, int, str], _Edit] = {}
        for edit in _ways(run, place, sure, known):
            key = (edit.start, edit.end, edit.right)
            if key not in best or edit.score > best[key].score:
                best[key] = edit
        ranked = sorted(best.values(), key=lambda e: (-e.score, e.right, e.start))
        if not ranked:
            continue
        second = ranked[1].score if len(ranked) > 1 else 0.0
        if ranked[0].score >= second + MARGIN:
            first = ranked[0]
            yield _Edit(
                start + first.start, start + first.end, first.right, first.score, first.term
            )


def _sure(run: str, known: Vocabulary) -> list[bool]:
    """Of each character whether it belongs to a word that texts or the dictionary have."""
    sure = [False] * len(run)
    at = 0
    for word in cutting.cut(run):
        for start in range(len(word) - 1):
            for end in range(start + 2, len(word) + 1):
                part = word[start:end]
                if known.having(part) or readings.is_word(part):
                    sure[at + start : at + end] = [True] * (end - start)
        at += len(word)
    return sure


def _ways(run: str, place: int, sure: list[bool], known: Vocabulary) -> Iterator[_Edit]:
    """Every way to mend what meets after ``place``: another character, one more, or two exchanged."""
    for wrong in (place, place + 1):
        if not sure[wrong] and _strange(run, wrong, known):
            yield from _replaced(run, wrong, sure, known)
    yield from _inserted(run, place + 1, known)
    if not (sure[place] or sure[place + 1]):
        yield from _exchanged(run, place, known)


def _strange(run: str, at: int, known: Vocabulary) -> bool:
    """Whether a character is in no text beside either of its neighbours here."""
    before = at > 0 and known.knows_pair(run[at - 1], run[at])
    after = at + 1 < len(run) and known.knows_pair(run[at], run[at + 1])
    return not before and not after


def _replaced(run: str, wrong: int, sure: list[bool], known: Vocabulary) -> Iterator[_Edit]:
    inside = 0 < wrong < len(run) - 1
    alone = known.alone(run[wrong])
    for start, end in _windows(len(run), wrong, wrong + 1):
        hole = wrong - start
        rest = run[start:wrong] + run[wrong + 1 : end]
        for term, count in known.filling(hole, rest):
            right = term[hole]
            alike = readings.alike(run[wrong], right)
            # Two characters are a word easily: the other one must not belong to a word already.
            if len(term) == 2 and (alone or not inside or sure[end - 1 if hole == 0 else start]):
                continue
            if right == run[wrong] or not (alike or len(term) >= ANY_LEAST + alone):
                continue
            if _fits(run, wrong, wrong + 1, right, known):
                score = _score(term, count) + (SOUNDS_ALIKE if alike else 0.0)
                yield _Edit(wrong, wrong + 1, right, score, term)


def _inserted(run: str, gap: int, known: Vocabulary) -> Iterator[_Edit]:
    """One character more between two, in a long term: shorter ones arise by chance."""
    for start, end in _windows(len(run), gap - 1, gap + 1):
        if end - start + 1 >= FILLED_LEAST:
            for term, count in known.filling(gap - start, run[start:end]):
                right = term[gap - start]
                surely = len(term) > FILLED_LEAST or count >= MANY
                if surely and _fits(run, gap, gap, right, known):
                    yield _Edit(gap, gap, right, _score(term, count), term)


def _exchanged(run: str, place: int, known: Vocabulary) -> Iterator[_Edit]:
    right = run[place + 1] + run[place]
    for start, end in _windows(len(run), place, place + 2):
        term = run[start:place] + right + run[place + 2 : end]
        count = known.having(term)
        if count and _fits(run, place, place + 2, right, known):
            yield _Edit(place, place + 2, right, _score(term, count) + 2.0, term)


def _windows(length: int, first: int, last: int) -> Iterator[tuple[int, int]]:
    """The stretches of a run that hold ``first`` up to ``last`` and may be a term."""
    for start in range(max(0, last - LONGEST), first + 1):
        for end in range(max(last, start + 2), min(length, start + LONGEST) + 1):
            yield start, end


def _fits(run: str, start: int, end: int, right: str, known: Vocabulary) -> bool:
    """Whether what is put in stands well beside its neighbours on either side."""
    before = start == 0 or known.knows_pair(run[start - 1], right[0])
    after = end == len(run) or known.knows_pair(right[-1], run[end])
    return before and after


def _score(term: str, count: int) -> float:
    return len(term) + 0.5 * math.log(count)


def _latin(word: str, known: Vocabulary) -> str | None:
    """The one near word that the texts use, if this one is none."""
    if len(word) < LATIN_LEAST or _is_known(word, known):
        return None
    most = 2 if len(word) >= LATIN_FAR else 1
    found = []
    for at in _candidates(word, most, known):
        other = known.word(int(at))
        far = distance(word, other, most)
        if far <= most and (far < 2 or other[0] == word[0]):
            found.append((far, -int(known.counts[at]), other))
    if not found:
        return None
    first, *others = sorted(found)
    for far, count, other in others[:1]:
        if far == first[0] and -first[1] < CLEARLY_MORE * -count and other != first[2]:
            return None
    return first[2]


def _is_known(word: str, known: Vocabulary) -> bool:
    stems = words.runs(word)
    if any(known.having(stem) for stem in (word, *stems)):
        return True
    choice = dictionary.choices(word)
    return not choice or len(choice[0]) > 1


def _candidates(word: str, most: int, known: Vocabulary) -> Iterator[int]:
    """Numbers of Latin words that may be so near: like length, and letters that differ little."""
    near = np.abs(known.lengths.astype(np.int16) - len(word)) <= most
    other = np.bitwise_count(known.letters ^ np.uint64(letters(word)))
    yield from known.latin[near & (other <= 2 * most)].tolist()


def distance(one: str, other: str, most: int) -> int:
    """Damerau's distance: letters put in, left out, replaced, or two exchanged; ``most`` + 1 for more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, its in enumerate(other, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == its:
                best = min(best, earlier[j - 2] + 1)
            row.append(best)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
