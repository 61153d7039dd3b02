"""What answers a need best, by its words and by its meaning together?

Words and meaning each find their hundred independently; each list is stretched to 0…1 and they are
added up by weight. Ranking only what has the words would lose what says the same in other words.
"""

import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from pilotharbor.matching.engine import dictionary, tokens
from pilotharbor.matching.engine.distributed import Meaning
from pilotharbor.matching.engine.hits import EVERYTHING, Hit, Wanted
from pilotharbor.matching.engine.lexical import Asked, Words
from pilotharbor.matching.engine.provider import Provider, Unavailable
from pilotharbor.matching.engine.shelf import Shelf
from pilotharbor.matching.engine.standing import standing, standing_by_words
from pilotharbor.matching.engine.tokens import Tokens
from pilotharbor.matching.engine.vectors import Floats

DEPTH = 100
# How much words count beside meaning; see docs/rules/matching.md for what was tried.
WORDS_SHARE = 0.4
TRANSLATED_SHARE = 0.5
LONGEST_QUERY = 2000
QUERIES_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Found:
    """An answer: the hits, and whether meaning took part; if not, ``why``.

    ``shares``    of a hit: its score by words and by meaning, each stretched to 0…1; 0 if not found so
    ``standing``  of a hit: how far it stands out, 0…1; empty where that cannot be told
    """

    hits: list[Hit]
    with_meaning: bool
    why: str = ""
    shares: Mapping[int, tuple[float, float]] = field(default_factory=dict)
    standing: Mapping[int, float] = field(default_factory=dict)


# What stands between these, apart from the rest, must stand in a text as it is. In running text, where
# they touch what is around them, and in what is too long to be a search, they only stress a word.
_EXACTLY = re.compile(
    r'(?<!\S)(?:"([^"]{1,80})"|“([^”]{1,80})”|「([^」]{1,80})」|『([^』]{1,80})』)(?!\S)'
)
LONGEST_SEARCH = 100


def asked(text: str) -> Asked:
    """A query as tokens; of one in another language than the texts, its translations."""
    short = text[:LONGEST_QUERY]
    searched = short.strip() if len(short.strip()) <= LONGEST_SEARCH else ""
    exact = tuple("".join(found) for found in _EXACTLY.findall(searched))
    if dictionary.is_foreign(short) and not exact:
        return Asked(Tokens(), dictionary.choices(short))
    return Asked(tokens.of(short), phrases=exact)


def fuse(words: Sequence[Hit], meaning: Sequence[Hit], share: float, limit: int) -> list[Hit]:
    """Both lists as one, best first; ``share`` of a point is for words, the rest for meaning."""
    return fused(words, meaning, share, limit).hits


def fused(words: Sequence[Hit], meaning: Sequence[Hit], share: float, limit: int) -> Found:
    """The same with the share of each list in each hit."""
    by_words, by_meaning = _stretched_words(words), _stretched(meaning)
    parts = {key: (by_words.get(key, 0.0), by_meaning.get(key, 0.0)) for key in by_words}
    parts |= {key: (by_words.get(key, 0.0), score) for key, score in by_meaning.items()}
    total = {key: share * w + (1 - share) * m for key, (w, m) in parts.items()}
    order = sorted(total, key=lambda key: (-total[key], key))[:limit]
    hits = [Hit(key, total[key]) for key in order]
    return Found(
        hits,
        with_meaning=True,
        shares={key: parts[key] for key in order},
        standing=_of(standing(words, meaning), order),
    )


def _of(standings: Mapping[int, float], keys: Sequence[int]) -> Mapping[int, float]:
    return {key: standings[key] for key in keys if key in standings}


def words_alone(hits: Sequence[Hit], limit: int, why: str = "") -> Found:
    """What was found by words only, its scores stretched like the others."""
    shares = _stretched_words(hits)
    best = [Hit(hit.key, shares[hit.key]) for hit in hits[:limit]]
    parts = {hit.key: (hit.score, 0.0) for hit in best}
    told = _of(standing_by_words(hits), list(parts))
    return Found(best, with_meaning=False, why=why, shares=parts, standing=told)


def _stretched_words(hits: Sequence[Hit]) -> Mapping[int, float]:
    """As ``_stretched``; where fewer have the words than are asked for, none of them is nothing."""
    if len(hits) >= DEPTH or not hits:
        return _stretched(hits)
    best = max(hit.score for hit in hits)
    return {hit.key: hit.score / best if best > 0 else 1.0 for hit in hits}


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

    def __init__(
        self, words: Words, provider: Provider | None, meaning: Meaning | None = None
    ) -> None:
        """Without a provider words alone are searched."""
        self.words = words
        self.provider = provider
        self.meaning = meaning
        if provider is not None and meaning is None:
            self.meaning = Shelf(provider.dimensions)

    def search(self, text: str, *, wanted: Wanted = EVERYTHING, limit: int = 20) -> Found:
        """The best texts for a need among those that have the wanted marks, best first."""
        (found,) = self.search_all([text], wanted=wanted, limit=limit)
        return found

    def search_all(
        self,
        texts: Sequence[str],
        *,
        wanted: Wanted = EVERYTHING,
        limit: int = 20,
    ) -> list[Found]:
        """The same for many needs at once."""
        questions = [asked(text) for text in texts]
        depth = max(DEPTH, limit)
        # The model answers from a process or a machine of its own: words are looked up meanwhile.
        with ThreadPoolExecutor(1) as aside:
            rows = aside.submit(self._rows, texts)
            words = [self.words.search(question, wanted, depth) for question in questions]
        try:
            meaning = self._meaning(texts, rows.result(), wanted, depth)
        except Unavailable as exc:
            return [words_alone(hits, limit, str(exc)) for hits in words]
        if meaning is None:
            return [words_alone(hits, limit) for hits in words]
        return [
            # Who asks for an exact phrase wants nothing that merely means the same.
            words_alone(hits, limit)
            if question.phrases
            else fused(hits, close, share_of_words(question), limit)
            for question, hits, close in zip(questions, words, meaning, strict=True)
        ]

    def _rows(self, texts: Sequence[str]) -> list[Floats] | None:
        if self.provider is None or self.meaning is None or not len(self.meaning):
            return None
        # An empty text means nothing, and is near to anything.
        asked_for = [text[:LONGEST_QUERY] if text.strip() else "?" for text in texts]
        return [
            self.provider.queries(asked_for[start : start + QUERIES_AT_ONCE])
            for start in range(0, len(texts), QUERIES_AT_ONCE)
        ]

    def _meaning(
        self, texts: Sequence[str], rows: Sequence[Floats] | None, wanted: Wanted, depth: int
    ) -> list[list[Hit]] | None:
        if rows is None or self.meaning is None:
            return None
        nearest = [hits for part in rows for hits in self.meaning.search_all(part, depth, wanted)]
        return [hits if text.strip() else [] for text, hits in zip(texts, nearest, strict=True)]
