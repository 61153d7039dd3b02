"""Which words and pairs of characters do the texts use, and in how many of them?

Kept as sorted arrays of hashes beside one string of all words, so that a hundred thousand texts take
little memory. Made anew from the texts, which may come one at a time.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pilotharbor.matching.engine import tokens, words

# A word of fewer texts may be a mistake itself.
LEAST_TEXTS = 2
# A character that is a word by itself in so many texts is no slip for another one.
ALONE = 3
LONGEST, LONGEST_LATIN = 8, 24
AT_ONCE = 2000

type Hashes = NDArray[np.uint64]
type Counts = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Material:
    """One text, and the keywords that somebody gave it."""

    text: str
    keywords: tuple[str, ...] = ()


class Counted:
    """How many texts have each of many numbers; what stands in too few is not kept."""

    def __init__(self, numbers: Hashes, counts: Counts) -> None:
        """Numbers in order, and how often."""
        self.numbers, self.counts = numbers, counts

    def __getitem__(self, number: int) -> int:
        """How many texts have it."""
        place = int(np.searchsorted(self.numbers, np.uint64(number)))
        found = place < len(self.numbers) and int(self.numbers[place]) == number
        return int(self.counts[place]) if found else 0

    @property
    def nbytes(self) -> int:
        """Memory, in bytes."""
        return self.numbers.nbytes + self.counts.nbytes


class Vocabulary:
    """The words of the texts, and from which of them one character is missing or other."""

    def __init__(self, known: dict[str, int], pairs: Counted, alone: frozenset[str]) -> None:
        """Words with the number of their texts, pairs of characters, and those that stand alone."""
        self._alone = alone
        listed = sorted(known)
        self._all = "".join(listed)
        self._ends = np.cumsum([len(word) for word in listed], dtype=np.uint32)
        self.counts: Counts = np.array([known[word] for word in listed], np.uint32)
        order = np.argsort(numbers := _hashed(listed), kind="stable")
        self._words, self._place = numbers[order], order.astype(np.uint32)
        self.pairs = pairs
        self._holes, self._whole = _with_holes(listed)
        latin = [at for at, word in enumerate(listed) if not words.is_han(word)]
        self.latin = np.array(latin, np.uint32)
        self.letters = np.array([letters(listed[at]) for at in latin], np.uint64)
        self.lengths = np.array([len(listed[at]) for at in latin], np.uint8)

    def __len__(self) -> int:
        """How many words."""
        return len(self.counts)

    def word(self, at: int) -> str:
        """The word of that number."""
        start = int(self._ends[at - 1]) if at else 0
        return self._all[start : int(self._ends[at])]

    def having(self, word: str) -> int:
        """How many texts use the word, 0 for too few."""
        place = int(np.searchsorted(self._words, wanted := np.uint64(_hash(word))))
        while place < len(self._words) and self._words[place] == wanted:
            at = int(self._place[place])
            if self.word(at) == word:
                return int(self.counts[at])
            place += 1
        return 0

    def alone(self, character: str) -> bool:
        """Whether a character is often a word by itself."""
        return character in self._alone

    def knows_pair(self, one: str, other: str) -> bool:
        """Whether some texts have these two characters one after the other."""
        return self.pairs[_pair(one + other)] > 0

    def filling(self, hole: int, rest: str) -> Iterator[tuple[str, int]]:
        """The words that are ``rest`` but for one character more at ``hole``, and their texts."""
        wanted = np.uint64(_hash(f"{hole}\n{rest}"))
        place = int(np.searchsorted(self._holes, wanted))
        while place < len(self._holes) and self._holes[place] == wanted:
            at = int(self._whole[place])
            word = self.word(at)
            if word[:hole] + word[hole + 1 :] == rest:
                yield word, int(self.counts[at])
            place += 1

    @property
    def nbytes(self) -> int:
        """Memory, in bytes: a Chinese character takes two in the string of all words."""
        arrays = (self._ends, self.counts, self._words, self._place, self._holes, self._whole,
                  self.latin, self.letters, self.lengths)  # fmt: skip
        return 2 * len(self._all) + self.pairs.nbytes + sum(array.nbytes for array in arrays)


def read(materials: Iterable[Material]) -> Vocabulary:
    """The vocabulary of these texts."""
    known: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    given: Counter[str] = Counter()
    tally = _Tally()
    for material in materials:
        text = " ".join([material.text, *material.keywords])
        found = tokens.of(text)
        known.update({word for word in found.words if _keeps(word)})
        alone.update({word for word in found.words if len(word) == 1 and words.is_han(word)})
        for keyword in material.keywords:
            runs = words.runs(keyword)
            if len(runs) == 1 and _keeps(runs[0]):
                given[runs[0]] += 1
        tally.add({_pair(pair) for pair in found.pairs})
    kept = {word: count for word, count in known.items() if count >= LEAST_TEXTS}
    for keyword, count in given.items():
        # What somebody names as a keyword is a word, and stands in those texts at least.
        kept[keyword] = max(kept.get(keyword, 0), count, known.get(keyword, 0))
    return Vocabulary(
        kept, tally.kept(), frozenset(one for one, count in alone.items() if count >= ALONE)
    )


def _keeps(word: str) -> bool:
    if words.is_han(word):
        return 1 < len(word) <= LONGEST
    return 3 < len(word) <= LONGEST_LATIN and word.isalpha()


class _Tally:
    """Counts numbers in batches, so that a count takes twelve bytes and not a hundred."""

    def __init__(self) -> None:
        self._some: list[Hashes] = []
        self._numbers: Hashes = np.empty(0, np.uint64)
        self._counts: Counts = np.empty(0, np.uint32)

    def add(self, numbers: set[int]) -> None:
        self._some.append(np.fromiter(numbers, np.uint64, len(numbers)))
        if len(self._some) >= AT_ONCE:
            self._reduce()

    def _reduce(self) -> None:
        fresh, times = np.unique(
            np.concatenate([*self._some, self._numbers[:0]]), return_counts=True
        )
        both = np.concatenate([self._numbers, fresh])
        counts = np.concatenate([self._counts, times.astype(np.uint32)])
        self._numbers, where = np.unique(both, return_inverse=True)
        self._counts = np.bincount(where, counts, len(self._numbers)).astype(np.uint32)
        self._some = []

    def kept(self) -> Counted:
        self._reduce()
        often = self._counts >= LEAST_TEXTS
        return Counted(self._numbers[often], self._counts[often])


def letters(word: str) -> int:
    """Which of a…z stand in a word, a bit each."""
    bits = 0
    for letter in word:
        if "a" <= letter <= "z":
            bits |= 1 << (ord(letter) - 97)
    return bits


def _with_holes(listed: Sequence[str]) -> tuple[Hashes, Counts]:
    """For every Chinese word with one of its characters taken out: the hash, and the word's number."""
    holes, whole = [], []
    for at, word in enumerate(listed):
        if words.is_han(word):
            for hole in range(len(word)):
                holes.append(_hash(f"{hole}\n{word[:hole]}{word[hole + 1 :]}"))
                whole.append(at)
    hashes = np.array(holes, np.uint64)
    order = np.argsort(hashes, kind="stable")
    return hashes[order], np.array(whole, np.uint32)[order]


def _hashed(listed: Sequence[str]) -> Hashes:
    return np.array([_hash(word) for word in listed], np.uint64)


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())


def _pair(pair: str) -> int:
    return ord(pair[0]) << 21 | ord(pair[1])
