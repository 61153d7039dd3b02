"""How does Okapi BM25 become a product of two sparse vectors?

A text's vector holds how much each of its tokens says (its frequency, damped by k1 and by the text's
length); a query's vector holds how rare each token is. Their product is the score of ``lexical.py``.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pilotharbor.matching.engine import tokens, words
from pilotharbor.matching.engine.lexical import (
    CHARACTER_POSTINGS,
    CHARACTERS,
    COMMON_CHARACTER,
    FEW_TEXTS,
    MOST_TOKENS,
    PAIRS,
    TITLE_TIMES,
    WEIGHTS,
    WORDS,
    Asked,
    Text,
)
from pilotharbor.matching.engine.rarity import rarity
from pilotharbor.matching.engine.tokens import Tokens

K1, B = 1.2, 0.75
KINDS = (WORDS, PAIRS, CHARACTERS)
# Stands in the vector of a text without a token, since no vector may be empty; no query has it.
NOTHING = 0
# What a translation of several pairs is worth, all of it together.
LONG_TRANSLATION = 1.5

type Sparse = dict[int, float]


@dataclass(slots=True)
class Totals:
    """Of all texts: how many there are, and how many tokens of each kind they hold."""

    texts: int
    lengths: tuple[int, int, int]

    def mean(self, kind: int) -> float:
        """How many tokens of the kind a text holds, usually."""
        return max(1.0, self.lengths[kind] / self.texts) if self.texts else 1.0

    def plus(self, other: "Totals", times: int = 1) -> "Totals":
        """Both together, or without the other."""
        one, two, three = (
            max(0, a + times * b) for a, b in zip(self.lengths, other.lengths, strict=True)
        )
        return Totals(max(0, self.texts + times * other.texts), (one, two, three))


def number(kind: str, token: str) -> int:
    """The place of a token in all vectors: 1…2³²−2. Two may share one, once in four thousand million."""
    digest = hashlib.blake2b(f"{kind}\n{token}".encode(), digest_size=8).digest()
    return 1 + int.from_bytes(digest) % (2**32 - 2)


def known(text: Text) -> Tokens:
    """The tokens of a text, those of the title as often as it counts."""
    found = tokens.of(text.body)
    if text.title:
        found += tokens.of(text.title) * TITLE_TIMES
    return found


def plain(text: Tokens) -> str:
    """What phrases are looked for in: Latin words between blanks, then the characters in one piece."""
    latin = [word for word in text.words if not words.is_han(word)]
    return f" {' '.join(latin)} {''.join(text.characters)} "


def total(text: Tokens) -> Totals:
    """The lengths of one text."""
    return Totals(1, (len(text.words), len(text.pairs), len(text.characters)))


def vector(text: Tokens, means: Totals) -> Sparse:
    """The sparse vector of a text."""
    made: Sparse = {}
    for place, (kind, found) in enumerate(zip(KINDS, _each(text), strict=True)):
        norm = K1 * (1 - B + B * len(found) / means.mean(place))
        for token, times in Counter(found).items():
            made[number(kind, token)] = times * (K1 + 1) / (times + norm)
    return made or {NOTHING: 1.0}


def _each(text: Tokens) -> tuple[list[str], list[str], list[str]]:
    return text.words, text.pairs, text.characters


@dataclass(frozen=True, slots=True)
class Term:
    """A token that is looked for, and what it counts for."""

    kind: str
    token: str
    weight: float

    @property
    def number(self) -> int:
        """Its place in all vectors."""
        return number(self.kind, self.token)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is looked for: ``terms`` add up; of each of ``choices`` the best translation counts.

    All terms of a translation must stand in a text for it to count.
    """

    terms: tuple[Term, ...]
    choices: tuple[tuple[tuple[Term, ...], ...], ...] = ()

    def every(self) -> list[Term]:
        """All terms, of translations too."""
        return [*self.terms, *(t for choice in self.choices for some in choice for t in some)]


def plan(asked: Asked) -> Plan:
    """The terms of a query, before it is known how rare they are."""
    counted = [
        Term(kind, token, WEIGHTS[kind] * times)
        for kind, found in zip(KINDS, _each(asked.tokens), strict=True)
        for token, times in _counted(found)
    ]
    choices = []
    for translations in asked.choices[:MOST_TOKENS]:
        some = [part for text in translations if (part := _whole(text))]
        if some:
            choices.append(tuple(some))
    return Plan(tuple(counted), tuple(choices))


def _counted(found: Sequence[str]) -> list[tuple[str, int]]:
    """Each token once with how often it stands there, at most three times, the first ones only."""
    times: dict[str, int] = {}
    for token in found:
        if token in times or len(times) < MOST_TOKENS:
            times[token] = min(3, times.get(token, 0) + 1)
    return list(times.items())


def _whole(text: str) -> tuple[Term, ...]:
    """One translation: a Latin word, a character, a pair, or a longer term by all of its pairs."""
    found = tokens.of(text)
    if not found.characters:
        return tuple(Term(WORDS, word, 1.0) for word in found.words[:1])
    if len(found.characters) == 1:
        return (Term(CHARACTERS, found.characters[0], 1.0),)
    share = LONG_TRANSLATION / len(found.pairs) if len(found.pairs) > 1 else 1.0
    return tuple(Term(PAIRS, pair, share) for pair in found.pairs)


def telling(asked: Plan, having: Mapping[int, int], texts: int) -> Plan:
    """The plan without tokens that stand nowhere, and without characters that tell nothing."""
    most = max(FEW_TEXTS, COMMON_CHARACTER * texts)
    terms = [t for t in asked.terms if t.kind != CHARACTERS and having.get(t.number)]
    characters = [
        (having.get(t.number, 0), t.token, t) for t in asked.terms if t.kind == CHARACTERS
    ]
    left, chosen = CHARACTER_POSTINGS, 0
    for count, _token, term in sorted(characters, key=lambda one: one[:2]):
        if not count or count > most or (left < count and chosen):
            continue
        left -= count
        chosen += 1
        terms.append(term)
    choices = []
    for choice in asked.choices:
        some = tuple(part for part in choice if _tells(part, having, most))
        if some:
            choices.append(some)
    return Plan(tuple(terms), tuple(choices))


def _tells(part: Sequence[Term], having: Mapping[int, int], most: float) -> bool:
    if any(not having.get(term.number) for term in part):
        return False
    return part[0].kind != CHARACTERS or having[part[0].number] <= most


def question(asked: Plan, having: Mapping[int, int], texts: int) -> Sparse:
    """The sparse vector of a query; of translations all count, until ``score`` sees the finds."""
    made: Sparse = {}
    for term in asked.every():
        made[term.number] = made.get(term.number, 0.0) + worth(term, having, texts)
    return made


def worth(term: Term, having: Mapping[int, int], texts: int) -> float:
    """How much a term tells: its weight times its rarity."""
    count = min(having.get(term.number, 0), texts)
    return term.weight * rarity(texts, count)


def score(asked: Plan, having: Mapping[int, int], texts: int, held: Mapping[int, float]) -> float:
    """The score of one text, of each choice by its best translation that stands there as a whole."""

    def said(some: Iterable[Term]) -> float:
        return sum(worth(t, having, texts) * held.get(t.number, 0.0) for t in some)

    best = [
        max((said(part) for part in choice if all(t.number in held for t in part)), default=0.0)
        for choice in asked.choices
    ]
    return said(asked.terms) + sum(best)
