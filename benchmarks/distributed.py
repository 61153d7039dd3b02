"""The embedded engine and a distributed one over the same texts and questions, in one run.

``PILOTHARBOR_BENCH_ENGINE=milvus:///folder/e.db ./harbor bench distributed``
Titles ask for their abstracts. Milvus Lite, in a file, is a small Python stand-in for trials and tests:
what it takes says nothing of a Milvus on machines of its own, whose address can be given instead.
"""

import json
import os
import time
from collections.abc import Callable, Sequence
from statistics import fmean

import numpy as np

from pilotharbor.launcher.paths import ROOT
from pilotharbor.matching.engine import distributed, hybrid
from pilotharbor.matching.engine.distributed import MilvusShelf, MilvusWords
from pilotharbor.matching.engine.evaluate import percentile, recall
from pilotharbor.matching.engine.hits import Hit, Wanted
from pilotharbor.matching.engine.lexical import EmbeddedWords, Text
from pilotharbor.matching.engine.milvus.words import TEXTS, TOKENS
from pilotharbor.matching.engine.shelf import Shelf

DOCUMENTS = ROOT / "examples" / "matching" / "documents.jsonl"
ASKED = 100
DIMENSIONS, SEED = 384, 7
MARKS = (("see/public",), ("see/9",))
PUBLIC = Wanted((frozenset({"see/public"}),))

type Ask = Callable[[int, Wanted], list[Hit]]


def run() -> dict[str, object]:
    """Of each half the seconds and milliseconds, and how much is shared."""
    wanted = os.environ.get("PILOTHARBOR_BENCH_ENGINE", "")
    kept = distributed.choose(wanted)
    if kept is None:
        return {
            "skipped": "PILOTHARBOR_BENCH_ENGINE names no engine, like milvus://host:19530/name"
        }
    rows = [json.loads(line) for line in DOCUMENTS.open(encoding="utf-8")]
    store_words, store_shelf = MilvusWords(kept), MilvusShelf(kept, DIMENSIONS, "benchmark")
    step = max(1, len(rows) // ASKED)
    found = {
        "texts": len(rows),
        "words": words(EmbeddedWords(), store_words, rows, step),
        "meaning": meaning(Shelf(DIMENSIONS), store_shelf, len(rows), step),
    }
    kept.forget(TEXTS, TOKENS, store_shelf.collection)
    kept.close()
    return found


def words(
    embedded: EmbeddedWords, other: MilvusWords, rows: Sequence[dict[str, str]], step: int
) -> dict[str, object]:
    """Both word indexes."""
    texts = [Text(n, row["abstract"], marks=MARKS[n % 2]) for n, row in enumerate(rows)]
    took = [_seconds(lambda one=one: one.write(texts)) for one in (embedded, other)]
    asked = [hybrid.asked(row["title"]) for row in rows[::step]]
    return _compared(
        took,
        lambda n, wanted: embedded.search(asked[n], wanted, 10),
        lambda n, wanted: other.search(asked[n], wanted, 10),
        [n * step for n in range(len(asked))],
    )


def meaning(embedded: Shelf, other: MilvusShelf, count: int, step: int) -> dict[str, object]:
    """Both vector indexes, over vectors in clusters around a common mean, as those of a model are."""
    random = np.random.default_rng(SEED)
    centres = random.normal(size=(60, DIMENSIONS))
    made = 2 * random.normal(size=DIMENSIONS) + centres[random.integers(60, size=count)]
    made += 0.7 * random.normal(size=made.shape)
    rows = (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)
    marks = [MARKS[n % 2] for n in range(count)]
    took = [
        _seconds(lambda one=one: one.put(range(count), [1] * count, rows, marks))
        for one in (embedded, other)
    ]
    asked = rows[::step] + 0.02 * random.normal(size=rows[::step].shape).astype(np.float32)
    return _compared(
        took,
        lambda n, wanted: embedded.search(asked[n], 10, wanted),
        lambda n, wanted: other.search(asked[n], 10, wanted),
        [n * step for n in range(len(asked))],
    )


def _compared(
    took: Sequence[float], embedded: Ask, other: Ask, right: Sequence[int]
) -> dict[str, object]:
    found: dict[str, object] = {
        "write_s": [round(seconds, 2) for seconds in took],
        "write_ratio": round(took[1] / took[0], 1),
    }
    for name, wanted in (("all", Wanted()), ("filtered", PUBLIC)):
        answers, times = [], []
        for ask in (embedded, other):
            started = [_timed(ask, n, wanted) for n in range(len(right))]
            answers.append([[hit.key for hit in hits] for hits, _ in started])
            times.append([ms for _, ms in started])
        shared = [len(set(a) & set(b)) / max(len(a), 1) for a, b in zip(*answers, strict=True)]
        found[name] = {
            "p50_ms": [round(percentile(ms, 0.5), 2) for ms in times],
            "p99_ms": [round(percentile(ms, 0.99), 2) for ms in times],
            "p50_ratio": round(percentile(times[1], 0.5) / percentile(times[0], 0.5), 1),
            "overlap@10": round(fmean(shared), 4),
            "recall@10": [
                round(fmean(recall([str(k) for k in answer], {str(its): 1.0}, 10)
                            for answer, its in zip(some, right, strict=True)), 4)
                for some in answers
            ],
        }  # fmt: skip
    return found


def _timed(ask: Ask, n: int, wanted: Wanted) -> tuple[list[Hit], float]:
    started = time.perf_counter()
    return ask(n, wanted), 1000 * (time.perf_counter() - started)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
