"""Which of the finds did people take up before, in cases like this one? A few weights, and how far they move.

The model knows numbers alone: no text, no name, no organisation. It only ever moves a find a little
from where words and meaning put it, and without a model everything stays there. See ``learning.py``.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pilotharbor.matching.engine.hits import Hit

# Raised whenever a signal or a term changes its meaning: an older model is then refused.
VERSION = 2
# How far the model moves a find, in points of the fused score (0…1), up or down.
LIMIT = 0.15
# However little the base turned out to tell, it is counted as telling this much (log odds a point).
LEAST_BASE = 2.0
MORE, LESS, EITHER = 1, -1, 0

type Rows = NDArray[np.float64]


class Unusable(Exception):
    """A kept model that is none, is broken, or speaks of other signals."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of one find for one need, each 0…1; a need that asks for no figures has 0 met, 0 unmet.

    ``base`` fused score, ``words`` and ``meaning`` its parts, ``met`` and ``unmet`` shares of the figures
    asked for (the rest is unknown), ``readiness_gap`` levels too few of 8, ``cooperation`` share of the
    ways of cooperation both want, ``within_budget`` 1 yes, 0 no, 0.5 unknown, ``age`` decades since published.
    ``shown`` how much it met the eye where it stood (``seen_at``): learnt from, so that nothing else is
    given the credit for it, and never used.
    """

    base: float
    words: float = 0.0
    meaning: float = 0.0
    met: float = 0.0
    unmet: float = 0.0
    readiness_gap: float = 0.0
    same_city: float = 0.0
    same_province: float = 0.0
    same_section: float = 0.0
    same_division: float = 0.0
    cooperation: float = 0.0
    within_budget: float = 0.5
    age: float = 0.0
    shown: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what is no share: the bounds of a move rest on it."""
        for name in NAMES:
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"{name} must lie within 0…1")


NAMES: tuple[str, ...] = tuple(field.name for field in fields(Signals))
# What is only learnt from.
SHOWN = NAMES.index("shown")
# A product tells of two signals at once: the words fit and so does the meaning.
PRODUCTS: tuple[tuple[str, str], ...] = (("words", "meaning"), ("meaning", "met"))
TERMS: tuple[str, ...] = (*NAMES, *(f"{one}*{other}" for one, other in PRODUCTS))
# In which direction a signal may count; whatever the outcomes say, a figure met never lowers a find.
SENSE: tuple[int, ...] = tuple(
    {"unmet": LESS, "readiness_gap": LESS, "age": EITHER}.get(term, MORE) for term in TERMS
)


@dataclass(frozen=True, slots=True)
class Held:
    """nDCG@10 on needs the model had not seen; ``low`` and ``high`` bound 95 % of the differences."""

    needs: int
    base: float
    reranked: float
    low: float
    high: float

    @property
    def better(self) -> bool:
        """Whether it is better than the base beyond chance."""
        return self.low > 0.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """On what a model rests: counts, and how it did where it had not learnt.

    ``largest_share`` of one organisation in what was learnt; ``sway``: how much the greatest weight
    changes when a fifth of the organisations is left out.
    """

    learnt_at: str
    examples: int
    needs: int
    organisations: int
    pairs: int
    folds: int
    largest_share: float
    sway: float
    by_need: Held
    by_organisation: Held


@dataclass(frozen=True, slots=True)
class Candidate:
    """One find, and what is known of it."""

    key: int
    looks: Signals


@dataclass(frozen=True, slots=True)
class Model:
    """Weights in log odds, one a term; ``centre`` is what they say of the usual find."""

    weights: tuple[float, ...]
    centre: float
    evidence: Evidence

    @property
    def accepted(self) -> bool:
        """Whether it may be used: better than the base for needs and for organisations it never saw."""
        return self.evidence.by_need.better and self.evidence.by_organisation.better


def seen_at(place: int) -> float:
    """How much a find meets the eye that stands at this place, 0 the first: 1, then less and less.

    Source: T. Joachims et al., Unbiased Learning-to-Rank with Biased Feedback (2017); the discount is
    that of nDCG.
    """
    return 1 / math.log2(place + 2)


def without_place(weights: Sequence[float]) -> Rows:
    """The weights that move a find: neither the base, which it starts from, nor where it stood."""
    counted = np.array(weights, np.float64)
    counted[0] = counted[SHOWN] = 0.0
    return counted


def rows(signals: Sequence[Signals]) -> Rows:
    """One row a find, one number a term."""
    plain = np.array([[getattr(s, name) for name in NAMES] for s in signals], np.float64)
    plain = plain.reshape(-1, len(NAMES))
    at = {name: place for place, name in enumerate(NAMES)}
    products = [plain[:, at[one]] * plain[:, at[other]] for one, other in PRODUCTS]
    return np.column_stack([plain, *products])


def drawn_by_place(weights: Sequence[float], table: Rows) -> Rows:
    """What each row owes to where it stood, in points of the score."""
    drawn: Rows = table[:, SHOWN] * weights[SHOWN] / max(float(weights[0]), LEAST_BASE)
    return drawn


def moved(weights: Sequence[float], centre: float, table: Rows) -> Rows:
    """The score of each row: the base, and at most ``LIMIT`` more or less."""
    counted = without_place(weights)
    base = max(float(weights[0]), LEAST_BASE)
    # Term by term, since a matrix product may add up in another order for another number of rows.
    said = (table * counted).sum(axis=1) - centre
    score: Rows = table[:, 0] + LIMIT * np.tanh(said / base / LIMIT)
    return score


def apply(model: Model | None, candidates: Iterable[Candidate]) -> list[Hit]:
    """The finds, best first: as the model moves them, or by the base alone without an accepted model."""
    found = list(candidates)
    if model is not None and model.accepted and found:
        scores = moved(model.weights, model.centre, rows([find.looks for find in found])).tolist()
    else:
        scores = [find.looks.base for find in found]
    hits = [Hit(find.key, score) for find, score in zip(found, scores, strict=True)]
    return sorted(hits, key=lambda hit: (-hit.score, hit.key))


def dumps(model: Model) -> str:
    """The model with its evidence, to be kept."""
    said = {
        "version": VERSION,
        "weights": dict(zip(TERMS, model.weights, strict=True)),
        "centre": model.centre,
        "evidence": asdict(model.evidence),
    }
    return json.dumps(said, indent=1, sort_keys=True)


def loads(text: str) -> Model:
    """The model that was kept.

    Raises: Unusable.
    """
    try:
        said = json.loads(text)
        if said["version"] != VERSION or set(said["weights"]) != set(TERMS):
            raise Unusable("learnt from other signals")
        weights = tuple(_number(said["weights"][term]) for term in TERMS)
        model = Model(weights, _number(said["centre"]), _evidence(said["evidence"]))
    except (ValueError, KeyError, TypeError, RecursionError) as exc:
        raise Unusable(f"no model: {type(exc).__name__}") from exc
    if any(weight * sense < 0 for weight, sense in zip(weights, SENSE, strict=True)):
        raise Unusable("a weight against its sense")
    return model


def _number(said: Any) -> float:
    if isinstance(said, bool) or not isinstance(said, int | float) or not math.isfinite(said):
        raise TypeError("no number")
    return float(said)


def _evidence(said: Mapping[str, Any]) -> Evidence:
    plain = dict(said)
    held = {name: _held(plain.pop(name)) for name in ("by_need", "by_organisation")}
    at = str(plain.pop("learnt_at"))
    return Evidence(learnt_at=at, **{k: _number(v) for k, v in plain.items()}, **held)  # type: ignore[arg-type]


def _held(said: Mapping[str, Any]) -> Held:
    return Held(**{name: _number(value) for name, value in said.items()})  # type: ignore[arg-type]
