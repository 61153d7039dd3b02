"""How good is an answer? The usual measures over queries whose right answers are known.

Source: C. Manning et al., Introduction to Information Retrieval (2008), chapter 8.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2
from statistics import fmean

SHALLOW, DEEP = 10, 100


@dataclass(frozen=True, slots=True)
class Quality:
    """Means over all queries, each 0…1."""

    recall_10: float
    recall_100: float
    mrr_10: float
    ndcg_10: float


def quality(answers: Sequence[Sequence[str]], right: Sequence[Mapping[str, float]]) -> Quality:
    """The measures of these answers, each a list of ids, best first; ``right`` maps id to gain > 0."""
    pairs = list(zip(answers, right, strict=True))
    if not pairs:
        return Quality(0.0, 0.0, 0.0, 0.0)
    return Quality(
        fmean(recall(answer, gains, SHALLOW) for answer, gains in pairs),
        fmean(recall(answer, gains, DEEP) for answer, gains in pairs),
        fmean(reciprocal_rank(answer, gains, SHALLOW) for answer, gains in pairs),
        fmean(ndcg(answer, gains, SHALLOW) for answer, gains in pairs),
    )


def recall(answer: Sequence[str], gains: Mapping[str, float], depth: int) -> float:
    """Which part of the right ones stands among the first ``depth``."""
    wanted = {key for key, gain in gains.items() if gain > 0}
    return len(wanted & set(answer[:depth])) / len(wanted) if wanted else 0.0


def reciprocal_rank(answer: Sequence[str], gains: Mapping[str, float], depth: int) -> float:
    """One over the place of the first right one, 0 if there is none."""
    places = (at for at, key in enumerate(answer[:depth], 1) if gains.get(key, 0) > 0)
    return 1 / next(places, float("inf"))


def ndcg(answer: Sequence[str], gains: Mapping[str, float], depth: int) -> float:
    """Gain, less the lower it stands, relative to the best possible order."""
    got = sum(gains.get(key, 0) / log2(at + 1) for at, key in enumerate(answer[:depth], 1))
    best = sorted(gains.values(), reverse=True)[:depth]
    ideal = sum(gain / log2(at + 1) for at, gain in enumerate(best, 1))
    return got / ideal if ideal else 0.0


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which that part (0…1) of them lies, the nearest one."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0
