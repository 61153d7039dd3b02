"""Which texts have the words? Okapi BM25 over three kinds of token, by the embedded engine tantivy.

Measured on two cores against LanceDB's and PostgreSQL's full text: see docs/rules/matching.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import tantivy

from pilotharbor.matching.engine import tokens, words
from pilotharbor.matching.engine.hits import Hit, Wanted
from pilotharbor.matching.engine.rarity import correction
from pilotharbor.matching.engine.tokens import Tokens

WORDS, PAIRS, CHARACTERS = "words", "pairs", "characters"
KEY, VERSION, MARKS = "key", "version", "marks"
# What a kind of token counts for; found on needs in plain words, see docs/rules/matching.md.
WEIGHTS = MappingProxyType({WORDS: 0.5, PAIRS: 1.0, CHARACTERS: 1.0})
# A character that stands in more of the texts than this tells nothing, and costs most.
COMMON_CHARACTER = 0.135
# Among a handful of texts every character is rare.
FEW_TEXTS = 20
# Postings of single characters read for one query, rarest first, so that a million texts stay fast.
CHARACTER_POSTINGS = 400_000
MOST_TOKENS = 160
# For many texts at once, and for the few of a moment.
HEAP_BYTES = 256_000_000
SMALL_HEAP_BYTES = 32_000_000
FEW = 500
TITLE_TIMES = 2


@dataclass(frozen=True, slots=True)
class Text:
    """One text to be found: its number, title and body, and the marks it can be filtered by.

    ``version``  says of which of its states the text is; see ``versions``
    """

    key: int
    body: str
    title: str = ""
    marks: tuple[str, ...] = ()
    version: int = 0


class Words(Protocol):
    """What finds texts by their words: the embedded engine here, or a distributed one."""

    def write(self, texts: Iterable[Text]) -> int:
        """Add texts, each in the place of an older one of its number; how many."""

    def remove(self, keys: Iterable[int]) -> None:
        """Take texts out."""

    def search(self, asked: "Asked", wanted: Wanted, limit: int) -> list[Hit]:
        """The best texts for the query, best first."""

    def phrase(self, text: str, wanted: Wanted, limit: int) -> list[Hit]:
        """Texts in which these characters stand one after the other."""

    def versions(self) -> dict[int, int]:
        """Number → version of every text that can be found."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A query as tokens.

    ``choices``  words of another language, each by any of its translations
    ``phrases``  what must stand in a text as it is
    """

    tokens: Tokens
    choices: tuple[tuple[str, ...], ...] = ()
    phrases: tuple[str, ...] = ()


class EmbeddedWords:
    """A tantivy index in a folder, or in memory without one. One process writes, any number read."""

    def __init__(self, folder: Path | None = None) -> None:
        """Open the index, or make it."""
        builder = tantivy.SchemaBuilder()
        builder.add_unsigned_field(KEY, indexed=True, fast=True)
        builder.add_unsigned_field(VERSION, fast=True)
        builder.add_text_field(MARKS, tokenizer_name="raw", index_option="basic")
        for name in (WORDS, PAIRS):
            builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
        # With places, so that an exact phrase can be asked for.
        builder.add_text_field(CHARACTERS, tokenizer_name="whitespace", index_option="position")
        self._schema = builder.build()
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        self._index = tantivy.Index(self._schema, path=str(folder) if folder else None)
        self._index.register_tokenizer("whitespace", _analyzer(tantivy.Tokenizer.whitespace()))
        self._index.register_tokenizer("raw", _analyzer(tantivy.Tokenizer.raw()))
        self._index.config_reader("manual")
        self._index.reload()

    def __len__(self) -> int:
        """How many texts can be found."""
        return int(self._index.searcher().num_docs)

    def write(self, texts: Iterable[Text]) -> int:
        """Add texts, each in the place of an older one of its number; how many."""
        count = 0
        few = isinstance(texts, Sequence) and len(texts) <= FEW
        heap = SMALL_HEAP_BYTES if few else HEAP_BYTES
        writer = self._index.writer(heap_size=heap, num_threads=1)
        try:
            fresh = len(self) == 0
            for text in texts:
                if not fresh:
                    writer.delete_documents_by_query(self._with_key(text.key))
                writer.add_document(_document(text))
                count += 1
            writer.commit()
        finally:
            writer.wait_merging_threads()
        self._index.reload()
        return count

    def remove(self, keys: Iterable[int]) -> None:
        """Take texts out."""
        writer = self._index.writer(heap_size=SMALL_HEAP_BYTES, num_threads=1)
        try:
            for key in keys:
                writer.delete_documents_by_query(self._with_key(key))
            writer.commit()
        finally:
            writer.wait_merging_threads()
        self._index.reload()

    def search(self, asked: Asked, wanted: Wanted, limit: int) -> list[Hit]:
        """The best texts for the query, best first; filtered before anything is ranked."""
        searcher, query = self.prepared(asked, wanted)
        return self._hits(searcher, query, limit) if query is not None and limit > 0 else []

    def prepared(self, asked: Asked, wanted: Wanted) -> tuple[Any, Any | None]:
        """The engine's own searcher and query; no query where there is nothing to look for."""
        searcher = self._index.searcher()
        parts = [*self._terms(searcher, asked.tokens), *self._translated(searcher, asked.choices)]
        if not parts or not searcher.num_docs:
            return searcher, None
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, part) for part in parts])
        exact = [part for text in asked.phrases for part in self._exactly(text)]
        if exact:
            musts = [(tantivy.Occur.Must, part) for part in (query, *exact)]
            query = tantivy.Query.boolean_query(musts)
        return searcher, self._among(query, wanted)

    def phrase(self, text: str, wanted: Wanted, limit: int) -> list[Hit]:
        """Texts in which these characters stand one after the other; of Latin text its words."""
        parts = self._exactly(text)
        if not parts:
            return []
        query = tantivy.Query.boolean_query([(tantivy.Occur.Must, part) for part in parts])
        return self._hits(self._index.searcher(), self._among(query, wanted), limit)

    def _exactly(self, text: str) -> list[Any]:
        """Chinese characters one after the other, stretch by stretch; of Latin text its words."""
        parts: list[Any] = []
        for run in words.runs(text):
            if not words.is_han(run):
                parts.append(self._term(WORDS, run))
            elif len(run) > 1:
                parts.append(tantivy.Query.phrase_query(self._schema, CHARACTERS, list(run)))
            else:
                parts.append(self._term(CHARACTERS, run))
        return parts

    def versions(self) -> dict[int, int]:
        """Number → version of every text that can be found."""
        searcher = self._index.searcher()
        if not searcher.num_docs:
            return {}
        found = searcher.search(tantivy.Query.all_query(), searcher.num_docs, count=False).hits
        places = [address for _, address in found]
        keys = searcher.fast_field_values(KEY, places)
        versions = searcher.fast_field_values(VERSION, places)
        return {int(k or 0): int(v or 0) for k, v in zip(keys, versions, strict=True)}

    def _with_key(self, key: int) -> Any:
        # Deleting by term looks for a signed number and finds none.
        return tantivy.Query.term_query(self._schema, KEY, key)

    def _hits(self, searcher: Any, query: Any, limit: int) -> list[Hit]:
        found = searcher.search(query, limit, count=False).hits
        keys = searcher.fast_field_values(KEY, [address for _, address in found])
        hits = [Hit(int(key), float(score)) for (score, _), key in zip(found, keys, strict=True)]
        return sorted(hits, key=lambda hit: (-hit.score, hit.key))

    def _among(self, query: Any, wanted: Wanted) -> Any:
        """The query within the filter; the filter itself counts for nothing."""
        if not wanted.groups:
            return query
        musts = [(tantivy.Occur.Must, query)]
        for group in wanted.groups:
            chosen = tantivy.Query.term_set_query(self._schema, MARKS, sorted(group))
            musts.append((tantivy.Occur.Must, tantivy.Query.const_score_query(chosen, 0.0)))
        return tantivy.Query.boolean_query(musts)

    def _terms(self, searcher: Any, asked: Tokens) -> list[Any]:
        parts = []
        for name, found in ((WORDS, asked.words), (PAIRS, asked.pairs)):
            for token, times in _counted(found):
                parts.append(self._weighed(searcher, name, token, WEIGHTS[name] * times))
        for token, times in self._telling(searcher, asked.characters):
            weight = WEIGHTS[CHARACTERS] * times
            parts.append(self._weighed(searcher, CHARACTERS, token, weight))
        return parts

    def _telling(self, searcher: Any, characters: Sequence[str]) -> list[tuple[str, int]]:
        """The characters rare enough to tell something, rarest first, while they are cheap."""
        most = max(FEW_TEXTS, COMMON_CHARACTER * searcher.num_docs)
        counted = [(searcher.doc_freq(CHARACTERS, c), c, n) for c, n in _counted(characters)]
        left = CHARACTER_POSTINGS
        chosen: list[tuple[str, int]] = []
        for having, character, times in sorted(counted):
            if not having or having > most or (left < having and chosen):
                continue
            left -= having
            chosen.append((character, times))
        return chosen

    def _translated(self, searcher: Any, choices: Sequence[Sequence[str]]) -> list[Any]:
        """Each foreign word counts by its best translation only."""
        most = max(FEW_TEXTS, COMMON_CHARACTER * searcher.num_docs)
        parts = []
        for translations in choices[:MOST_TOKENS]:
            some = []
            for text in translations:
                if len(text) == 1 and searcher.doc_freq(CHARACTERS, text) > most:
                    continue
                if (part := self._whole(searcher, text)) is not None:
                    some.append(part)
            if some:
                parts.append(tantivy.Query.disjunction_max_query(some))
        return parts

    def _whole(self, searcher: Any, text: str) -> Any | None:
        """One translation: a Latin word, a character, a pair, or a longer term by all of its pairs."""
        known = tokens.of(text)
        if not known.characters:
            return self._weighed(searcher, WORDS, known.words[0]) if known.words else None
        if len(known.characters) == 1:
            return self._weighed(searcher, CHARACTERS, known.characters[0])
        if len(known.pairs) == 1:
            return self._weighed(searcher, PAIRS, known.pairs[0])
        share = 1.5 / len(known.pairs)
        parts = (self._weighed(searcher, PAIRS, pair, share) for pair in known.pairs)
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, part) for part in parts])

    def _weighed(self, searcher: Any, name: str, token: str, weight: float = 1.0) -> Any:
        """A token that counts by its weight and its rarity in steps, which the engine takes exactly."""
        having = searcher.doc_freq(name, token)
        return self._term(name, token, weight * correction(searcher.num_docs, having))

    def _term(self, name: str, token: str, weight: float = 1.0) -> Any:
        query = tantivy.Query.term_query(self._schema, name, token, index_option="freq")
        return query if weight == 1.0 else tantivy.Query.boost_query(query, weight)


def _analyzer(tokenizer: Any) -> Any:
    return tantivy.TextAnalyzerBuilder(tokenizer).build()


def _counted(found: Sequence[str]) -> list[tuple[str, int]]:
    """Each token once with how often it stands there, at most three times, the first ones only."""
    times: dict[str, int] = {}
    for token in found:
        if token in times or len(times) < MOST_TOKENS:
            times[token] = min(3, times.get(token, 0) + 1)
    return list(times.items())


def _document(text: Text) -> Any:
    known = tokens.of(text.body)
    if text.title:
        known += tokens.of(text.title) * TITLE_TIMES
    document = tantivy.Document()
    document.add_unsigned(KEY, text.key)
    document.add_unsigned(VERSION, text.version)
    for mark in text.marks:
        document.add_text(MARKS, mark)
    for name, found in (
        (WORDS, known.words),
        (PAIRS, known.pairs),
        (CHARACTERS, known.characters),
    ):
        document.add_text(name, " ".join(found))
    return document
