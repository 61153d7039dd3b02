"""How well does a text answer a query? Okapi BM25 over weighted fields.

Source: S. Robertson and H. Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pilotharbor.matching.engine import words
from pilotharbor.matching.engine.rarity import rarity

K1 = 1.2
B = 0.75
PERFECT_BP = 10_000
TITLE, KEYWORDS, SUMMARY = 2, 2, 1
MOST_TERMS = 64


def weighted_flat(title: str, keywords: Iterable[str], summary: str) -> str:
    """One searchable text in which each field stands as often as it weighs."""
    fields = ((title, TITLE), ("\n".join(keywords), KEYWORDS), (summary, SUMMARY))
    return " ".join(words.flat(text) * weight for text, weight in fields)


def length_of(flat_text: str) -> int:
    """How many terms a searchable text has."""
    return sum(len(words.terms_of(run)) for run in flat_text.split())


@dataclass(frozen=True, slots=True)
class Query:
    """Terms of a query with their weight: rarity times how often they are asked for."""

    weights: Mapping[str, float]
    mean_length: float

    def score(self, flat_text: str, length: int) -> float:
        """BM25 of one text; zero when no term stands in it."""
        norm = K1 * (1 - B + B * length / max(self.mean_length, 1.0))
        total = 0.0
        for term, weight in self.weights.items():
            if found := words.count(term, flat_text):
                total += weight * found * (K1 + 1) / (found + norm)
        return total

    def perfect(self) -> float:
        """The score of a text of usual length that says every term twice, once in its title."""
        return sum(self.weights.values()) * 2 * (K1 + 1) / (2 + K1)

    def share_bp(self, score: float) -> int:
        """A score relative to the perfect one, 0–10000."""
        perfect = self.perfect()
        return min(PERFECT_BP, round(PERFECT_BP * score / perfect)) if perfect else 0


def asked(text: str) -> Counter[str]:
    """The terms of a query and how often each is asked for; the first ones of a very long query."""
    found = Counter(words.terms(text))
    return Counter(dict(list(found.items())[: 4 * MOST_TERMS]))


def weigh(
    asked_for: Counter[str], frequency: Mapping[str, int], documents: int
) -> dict[str, float]:
    """The weight of each term, the rarest ``MOST_TERMS`` only."""
    weights = {
        term: rarity(max(documents, frequency.get(term, 0)), frequency.get(term, 0)) * min(times, 3)
        for term, times in asked_for.items()
    }
    best = sorted(weights, key=lambda term: (-weights[term], term))[:MOST_TERMS]
    return {term: weights[term] for term in best}
