"""How well does each way of searching answer these queries over those texts?"""

import json
import resource
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pilotharbor.matching.engine import dictionary, hybrid
from pilotharbor.matching.engine.evaluate import percentile, quality
from pilotharbor.matching.engine.hits import Wanted
from pilotharbor.matching.engine.hybrid import DEPTH, Engine
from pilotharbor.matching.engine.lexical import EmbeddedWords, Text
from pilotharbor.matching.engine.provider import Provider

AT_ONCE = 512
FIELDS = ("title", "keywords", "abstract")

type Progress = Callable[[int, int], None]


class BadLine(Exception):
    """A line of a corpus or of queries that cannot be used, with its place."""


@dataclass(frozen=True, slots=True)
class Query:
    """One query, and the gain of each text that answers it."""

    qid: str
    text: str
    gains: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Trial:
    """Texts and queries; ``ids[k]`` is the name of the text with number ``k``."""

    ids: Sequence[str]
    texts: Sequence[Text]
    queries: Sequence[Query]


def read(documents: Path, queries: Path, fields: Sequence[str] = FIELDS) -> Trial:
    """Both files, one JSON object a line.

    Raises: BadLine.
    """
    ids: dict[str, int] = {}
    texts: list[Text] = []
    for place, row in _rows(documents):
        name = str(row.get("id", ""))
        body = "\n".join(_said(row.get(field)) for field in fields if field != "title").strip()
        title = _said(row.get("title")) if "title" in fields else ""
        if not name or not (body or title):
            raise BadLine(f"{place}: needs an id and a text in one of {', '.join(fields)}")
        if name in ids:
            raise BadLine(f"{place}: the id {name} stands twice")
        ids[name] = len(texts)
        texts.append(Text(ids[name], body, title))
    return Trial(list(ids), texts, [_query(place, row) for place, row in _rows(queries)])


def _query(place: str, row: Mapping[str, Any]) -> Query:
    gains = row.get("rel")
    if not isinstance(row.get("text"), str) or not isinstance(gains, dict):
        raise BadLine(f'{place}: needs "qid", "text" and "rel" as {{id: gain}}')
    try:
        return Query(
            str(row.get("qid", "")), row["text"], {str(k): float(v) for k, v in gains.items()}
        )
    except (TypeError, ValueError) as exc:
        raise BadLine(f"{place}: a gain in rel is no number") from exc


def _rows(path: Path) -> Iterable[tuple[str, Mapping[str, Any]]]:
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            place = f"{path.name}:{number}"
            try:
                row = json.loads(line)
            except (json.JSONDecodeError, RecursionError) as exc:
                raise BadLine(f"{place}: no JSON") from exc
            if not isinstance(row, dict):
                raise BadLine(f"{place}: no JSON object")
            yield place, row


def _said(value: Any) -> str:
    return "；".join(str(part) for part in value) if isinstance(value, list) else str(value or "")


def run(trial: Trial, provider: Provider | None, progress: Progress) -> dict[str, Any]:
    """Index everything, ask everything in each way, and measure.

    Raises: Unavailable when the provider fails while the texts are indexed.
    """
    started = time.perf_counter()
    engine = Engine(EmbeddedWords(), provider)
    engine.words.write(trial.texts)
    words_s = time.perf_counter() - started
    if provider is not None and engine.meaning is not None:
        rows = _passages(trial.texts, provider, progress)
        keys = [text.key for text in trial.texts]
        engine.meaning.put(keys, [text.version for text in trial.texts], rows,
                           [text.marks for text in trial.texts])  # fmt: skip
    index_s = time.perf_counter() - started
    _warm(engine)
    figures: dict[str, Any] = {"words": _measured(trial, lambda text: _words(engine, text))}
    if provider is not None:
        figures["meaning"] = _measured(trial, lambda text: _meaning(engine, provider, text))
        figures["hybrid"] = _measured(
            trial, lambda text: [hit.key for hit in engine.search(text, limit=DEPTH).hits]
        )
    return figures | {
        "documents": len(trial.texts),
        "queries": len(trial.queries),
        "provider": provider.name if provider else "none",
        "words_seconds": round(words_s, 4),
        "meaning_seconds": round(index_s - words_s, 4),
        "index_seconds": round(index_s, 4),
        "memory_mb": _peak_mb(),
    }


def passage(text: Text) -> str:
    """What of a text is given to the model."""
    return f"{text.title}\n{text.body}" if text.title else text.body


def _passages(texts: Sequence[Text], provider: Provider, progress: Progress) -> Any:
    rows = []
    for start in range(0, len(texts), AT_ONCE):
        rows.append(provider.passages([passage(text) for text in texts[start : start + AT_ONCE]]))
        progress(min(start + AT_ONCE, len(texts)), len(texts))
    return np.concatenate(rows) if rows else np.empty((0, provider.dimensions), np.float32)


def _warm(engine: Engine) -> None:
    """What is loaded once is not counted for the first query."""
    dictionary.choices("warm")
    engine.search("预热")


def _words(engine: Engine, text: str) -> list[int]:
    return [hit.key for hit in engine.words.search(hybrid.asked(text), Wanted(), DEPTH)]


def _meaning(engine: Engine, provider: Provider, text: str) -> list[int]:
    if engine.meaning is None:
        return []
    return [hit.key for hit in engine.meaning.search(provider.queries([text])[0], DEPTH)]


def _measured(trial: Trial, answer: Callable[[str], list[int]]) -> dict[str, float]:
    answers, took = [], []
    for query in trial.queries:
        started = time.perf_counter()
        found = answer(query.text)
        took.append(1000 * (time.perf_counter() - started))
        answers.append([trial.ids[key] for key in found])
    got = quality(answers, [query.gains for query in trial.queries])
    return {
        "recall@10": round(got.recall_10, 4),
        "recall@100": round(got.recall_100, 4),
        "mrr@10": round(got.mrr_10, 4),
        "ndcg@10": round(got.ndcg_10, 4),
        "p50_ms": round(percentile(took, 0.50), 2),
        "p99_ms": round(percentile(took, 0.99), 2),
    }


def _peak_mb() -> int:
    """The greatest resident memory of this process so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1_000_000 if sys.platform == "darwin" else 1000)
