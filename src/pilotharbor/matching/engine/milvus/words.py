"""Which texts have the words? The same answer as ``lexical.py`` gives, from a Milvus of many machines.

Beside the texts lies how many of them hold each token; one process writes, any number read.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import batched
from typing import Any

from pilotharbor.matching.engine import words
from pilotharbor.matching.engine.hits import Hit, Wanted
from pilotharbor.matching.engine.lexical import CHARACTERS, WORDS, Asked, Text
from pilotharbor.matching.engine.milvus import bm25, store
from pilotharbor.matching.engine.milvus.bm25 import NOTHING, Plan, Term, Totals
from pilotharbor.matching.engine.milvus.store import AT_ONCE, KEY, MARKS, VERSION, Store

TEXTS, TOKENS = "texts", "tokens"
VECTOR, PLAIN, LENGTHS, COUNT = "vector", "plain", "lengths", "count"
# The row of ``tokens`` under which the number of texts stands, and those of their three lengths.
OF_TEXTS, OF_LENGTHS = -1, (-2, -3, -4)
LONGEST_PLAIN = 65_535
# Of translated words so many more finds are fetched, since only then the best translation is chosen.
DEEPER, DEEPEST = 8, 2000


class MilvusWords:
    """Texts by their words in a Milvus."""

    def __init__(self, kept: Store) -> None:
        """Make what is not there yet. Raises: Away."""
        self._store = kept
        kept.provide(
            TEXTS,
            {
                KEY: {"datatype": "INT64", "is_primary": True},
                VERSION: {"datatype": "INT64"},
                MARKS: store.marks_field(),
                PLAIN: {"datatype": "VARCHAR", "max_length": LONGEST_PLAIN},
                LENGTHS: {"datatype": "ARRAY", "element_type": "INT64", "max_capacity": 3},
                VECTOR: {"datatype": "SPARSE_FLOAT_VECTOR"},
            },
            {"field_name": VECTOR, "index_type": "SPARSE_INVERTED_INDEX", "metric_type": "IP"},
        )
        kept.provide(
            TOKENS,
            {
                KEY: {"datatype": "INT64", "is_primary": True},
                COUNT: {"datatype": "INT64"},
                # No collection goes without a vector.
                VECTOR: {"datatype": "FLOAT_VECTOR", "dim": 2},
            },
            {"field_name": VECTOR, "index_type": "FLAT", "metric_type": "IP"},
        )

    def __len__(self) -> int:
        """How many texts can be found."""
        return self._store.count(TEXTS)

    def write(self, texts: Iterable[Text]) -> int:
        """Add texts, each in the place of an older one of its number; how many. Raises: Away."""
        count, changes = 0, _Changes()
        fresh = len(self) == 0
        totals = self._totals()
        for some in batched(texts, AT_ONCE):
            count += len(some)
            latest = {text.key: text for text in some}
            known = {key: bm25.known(text) for key, text in latest.items()}
            if not fresh or count > len(some):
                changes.without(self._store.get(TEXTS, latest, VECTOR, LENGTHS))
            for found in known.values():
                changes.total = changes.total.plus(bm25.total(found))
            means = totals.plus(changes.total).plus(changes.gone, -1)
            rows = []
            for key, text in latest.items():
                vector = bm25.vector(known[key], means)
                changes.having.update(vector.keys())
                rows.append(_row(text, bm25.plain(known[key]), bm25.total(known[key]), vector))
            self._store.put(TEXTS, rows)
        self._note(totals, changes)
        if count > AT_ONCE:
            self._store.seal(TEXTS)
        return count

    def remove(self, keys: Iterable[int]) -> None:
        """Take texts out. Raises: Away."""
        changes = _Changes()
        for some in batched(dict.fromkeys(keys), AT_ONCE):
            changes.without(self._store.get(TEXTS, some, VECTOR, LENGTHS))
            self._store.take(TEXTS, some)
        self._note(self._totals(), changes)

    def search(self, asked: Asked, wanted: Wanted, limit: int) -> list[Hit]:
        """The best texts for the query, best first; filtered before anything is ranked. Raises: Away."""
        exact = [part for text in asked.phrases for part in _exactly(text)]
        return self._found(bm25.plan(asked), wanted, exact, limit)

    def phrase(self, text: str, wanted: Wanted, limit: int) -> list[Hit]:
        """Texts in which these characters stand one after the other; of Latin text its words."""
        terms: dict[Term, None] = {}
        for run in words.runs(text):
            if words.is_han(run):
                terms |= dict.fromkeys(Term(CHARACTERS, character, 1.0) for character in run)
            else:
                terms[Term(WORDS, run, 1.0)] = None
        return self._found(Plan(tuple(terms)), wanted, _exactly(text), limit, every=True)

    def versions(self) -> dict[int, int]:
        """Number → version of every text that can be found. Raises: Away."""
        return {int(row[KEY]): int(row[VERSION]) for row in self._store.all(TEXTS, VERSION)}

    def _found(
        self, plan: Plan, wanted: Wanted, exact: Sequence[str], limit: int, *, every: bool = False
    ) -> list[Hit]:
        """The answer; ``every`` term counts, be it ever so common."""
        condition = store.condition(wanted, *exact)
        if condition is None or not plan.every() or limit < 1:
            return []
        having = self._having({term.number for term in plan.every()})
        texts = having.get(OF_TEXTS, 0)
        asked = plan if every else bm25.telling(plan, having, texts)
        question = bm25.question(asked, having, texts)
        if not question:
            return []
        deep = min(max(DEEPER * limit, AT_ONCE), DEEPEST) if asked.choices else limit
        (found,) = self._store.search(
            TEXTS,
            [question],
            VECTOR,
            condition=condition,
            limit=max(deep, limit),
            fields=[VECTOR] if asked.choices else [],
        )
        hits = [Hit(int(row[KEY]), float(row["distance"])) for row in found]
        if asked.choices:
            scores = [bm25.score(asked, having, texts, row["entity"][VECTOR]) for row in found]
            hits = [Hit(hit.key, score) for hit, score in zip(hits, scores, strict=True) if score]
        return sorted(hits, key=lambda hit: (-hit.score, hit.key))[:limit]

    def _having(self, numbers: Iterable[int]) -> dict[int, int]:
        rows = self._store.get(TOKENS, [OF_TEXTS, *OF_LENGTHS, *numbers], COUNT)
        return {int(row[KEY]): int(row[COUNT]) for row in rows}

    def _totals(self) -> Totals:
        having = self._having(())
        one, two, three = (having.get(key, 0) for key in OF_LENGTHS)
        return Totals(having.get(OF_TEXTS, 0), (one, two, three))

    def _note(self, before: Totals, changes: "_Changes") -> None:
        """Keep how many texts hold each token now."""
        changed = [number for number, by in changes.having.items() if by and number != NOTHING]
        having = self._having(changed) if before.texts else {}
        counts = {n: max(0, having.get(n, 0) + changes.having[n]) for n in changed}
        now = before.plus(changes.total).plus(changes.gone, -1)
        counts |= {OF_TEXTS: now.texts, **dict(zip(OF_LENGTHS, now.lengths, strict=True))}
        self._store.take(TOKENS, [number for number, count in counts.items() if count < 1])
        self._store.put(
            TOKENS,
            [{KEY: n, COUNT: c, VECTOR: [0.0, 1.0]} for n, c in counts.items() if c > 0],
        )


class _Changes:
    """What a write adds to the counts of tokens and takes from them."""

    def __init__(self) -> None:
        self.having: Counter[int] = Counter()
        self.total = Totals(0, (0, 0, 0))
        self.gone = Totals(0, (0, 0, 0))

    def without(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """These texts are there no longer."""
        for row in rows:
            self.having.subtract(row[VECTOR].keys())
            one, two, three = (int(length) for length in row[LENGTHS])
            self.gone = self.gone.plus(Totals(1, (one, two, three)))


def _row(text: Text, plain: str, total: Totals, vector: bm25.Sparse) -> dict[str, Any]:
    cut = plain.encode()[:LONGEST_PLAIN].decode(errors="ignore")
    return {
        KEY: text.key,
        VERSION: text.version,
        MARKS: list(dict.fromkeys(text.marks)),
        PLAIN: cut,
        LENGTHS: list(total.lengths),
        VECTOR: vector,
    }


def _exactly(text: str) -> list[str]:
    """Conditions that a phrase stands in a text. Runs hold letters, digits, . - + / and characters only."""
    return [
        f'{PLAIN} like "%{run if words.is_han(run) else f" {run} "}%"' for run in words.runs(text)
    ]
