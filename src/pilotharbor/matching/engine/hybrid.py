"""What answers a need best, by its words and by its meaning together?

Words and meaning each find their hundred independently; each list is stretched to 0…1 and they are
added up by weight. Ranking only what has the words would lose what says the same in other words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pilotharbor.matching.engine import dictionary, tokens
from pilotharbor.matching.engine.provider import Provider, Unavailable
from pilotharbor.matching.engine.lexical import Asked, EmbeddedWords, Hit, Wanted
from pilotharbor.matching.engine.tokens import Tokens
from pilotharbor.matching.engine.vectors import Vectors

DEPTH = 100
# How much words count beside meaning; see docs/rules/matching.md for what was tried.
WORDS_SHARE = 0.4
TRANSLATED_SHARE = 0.5
LONGEST_QUERY = 2000
PASSAGES_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Found:
    """An answer: the hits, and whether meaning took part; if not, ``why``."""

    hits: list[Hit]
    with_meaning: bool
    why: str = ""


def asked(text: str) -> Asked:
    """A query as tokens; of one in another language than the texts, its translations."""
    short = text[:LONGEST_QUERY]
    if dictionary.is_foreign(short):
        return Asked(Tokens(), dictionary.choices(short))
    return Asked(tokens.of(short))


def fuse(words: Sequence[Hit], meaning: Sequence[Hit], share: float, limit: int) -> list[Hit]:
    """Both lists as one, best first; ``share`` of a point is for words, the rest for meaning."""
    total: dict[int, float] = {}
    for hits, weight in ((words, share), (meaning, 1 - share)):
        for key, score in _stretched(hits).items():
            total[key] = total.get(key, 0.0) + weight * score
    order = sorted(total, key=lambda key: (-total[key], key))[:limit]
    return [Hit(key, total[key]) for key in order]


def _stretched(hits: Sequence[Hit]) -> Mapping[int, float]:
    """The best hit as 1, the last as 0; a list of one, or of equals, as 1."""
    if not hits:
        return {}
    scores = [hit.score for hit in hits]
    low, high = min(scores), max(scores)
    spread = high - low
    return {hit.key: (hit.score - low) / spread if spread else 1.0 for hit in hits}


def share_of_words(question: Asked) -> float:
    """How much words count for this query."""
    return TRANSLATED_SHARE if question.choices else WORDS_SHARE


class Engine:
    """An index of words and one of meaning over the same texts."""

    def __init__(self, words: EmbeddedWords, provider: Provider | None) -> None:
        """Nothing indexed yet; without a provider words alone are searched."""
        self.words = words
        self.provider = provider
        self.vectors = Vectors(provider.dimensions) if provider else None

    def search(self, text: str, *, wanted: Wanted = Wanted(), limit: int = 20) -> Found:  # noqa: B008
        """The best texts for a need, best first."""
        question = asked(text)
        words = self.words.search(question, wanted, max(DEPTH, limit))
        try:
            meaning = self._meaning(text, max(DEPTH, limit))
        except Unavailable as exc:
            return Found(words[:limit], with_meaning=False, why=str(exc))
        if meaning is None:
            return Found(words[:limit], with_meaning=False)
        return Found(fuse(words, meaning, share_of_words(question), limit), with_meaning=True)

    def _meaning(self, text: str, limit: int) -> list[Hit] | None:
        if self.provider is None or self.vectors is None or not text.strip():
            return None
        return self.vectors.search(self.provider.queries([text[:LONGEST_QUERY]])[0], limit)
