"""What do the outcomes of leads teach about ranking, and is it good enough to be used?

Pairs of finds of one need, of which one was taken further, are fitted by logistic regression with the
signs of ``rerank.SENSE``. Sources: C. Burges et al., Learning to Rank using Gradient Descent (2005);
A. Beck, M. Teboulle, A Fast Iterative Shrinkage-Thresholding Algorithm (2009). Rule: R-MATCH-20.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass

import numpy as np

from pilotharbor.matching.engine.evaluate import SHALLOW, ndcg
from pilotharbor.matching.engine.grades import REFUSED, SIGNED
from pilotharbor.matching.engine.rerank import (
    SENSE,
    TERMS,
    Evidence,
    Held,
    Model,
    Rows,
    Signals,
    drawn_by_place,
    moved,
    rows,
    without_place,
)

LEAST_EXAMPLES, LEAST_NEEDS, LEAST_ORGANISATIONS = 200, 30, 5
# No organisation counts for more than this part of what is learnt.
LARGEST_SHARE = 0.2
FOLDS = 5
DRAWS = 2000
SEED = 20_260_101
PENALTY = 0.01
STEPS = 400
# Weights are kept this coarse: nobody needs more, and less can be read out of them.
DECIMALS = 3


class TooLittle(Exception):
    """Too few outcomes to learn from; ``has`` and ``needs`` say how many of what."""

    def __init__(self, has: Mapping[str, int], needs: Mapping[str, int]) -> None:
        self.has, self.needs = dict(has), dict(needs)
        super().__init__(", ".join(f"{what} {has[what]} of {needs[what]}" for what in needs))


@dataclass(frozen=True, slots=True)
class Example:
    """A find that was sent as a lead: how it looked then, and how far it got (``grade`` 0…4).

    ``need`` and ``organisation``, whose need it is, are any numbers; they only keep apart what belongs
    apart and are not kept. A refusal that is not about the find (no time, no money) is no example.
    """

    need: int
    organisation: int
    looks: Signals
    grade: int

    def __post_init__(self) -> None:
        """Refuse what is no grade."""
        if not REFUSED <= self.grade <= SIGNED:
            raise ValueError("grade must lie within 0…4")


@dataclass(frozen=True, slots=True)
class _Need:
    """The finds of one need, worst outcome first, so that equal scores favour nobody."""

    need: int
    organisation: int
    table: Rows
    grades: tuple[int, ...]


def learn(examples: Iterable[Example], learnt_at: str) -> Model:
    """Fit a model and judge it on what it had not seen; ``model.accepted`` says whether it may be used.

    The same examples in any order give the same model. Raises: TooLittle.
    """
    needs = _needs(examples)
    _refuse_too_little(needs)
    weights, centre = _fit(needs)
    _, by_need = _judged(needs, _by_need(needs), by="need")
    fitted, by_organisation = _judged(needs, _by_organisation(needs), by="organisation")
    shares = _shares(needs)
    evidence = Evidence(
        learnt_at=learnt_at,
        examples=sum(len(need.grades) for need in needs),
        needs=len(needs),
        organisations=len(shares),
        pairs=sum(len(_pairs(need)) for need in needs),
        folds=FOLDS,
        largest_share=round(max(shares.values()), 4),
        sway=round(_sway(weights, fitted), 4),
        by_need=by_need,
        by_organisation=by_organisation,
    )
    return Model(weights, centre, evidence)


def _needs(examples: Iterable[Example]) -> list[_Need]:
    """The needs that tell something: at least two finds that got differently far."""
    found: dict[tuple[int, int], list[Example]] = defaultdict(list)
    for example in examples:
        found[example.organisation, example.need].append(example)
    needs = []
    for organisation, need in sorted(found):
        some = sorted(found[organisation, need], key=lambda e: (e.grade, astuple(e.looks)))
        grades = tuple(example.grade for example in some)
        if grades[0] != grades[-1]:
            table = rows([example.looks for example in some])
            needs.append(_Need(need, organisation, table, grades))
    return needs


def _refuse_too_little(needs: Sequence[_Need]) -> None:
    has = {
        "examples": sum(len(need.grades) for need in needs),
        "needs": len(needs),
        "organisations": len({need.organisation for need in needs}),
    }
    least = {
        "examples": LEAST_EXAMPLES,
        "needs": LEAST_NEEDS,
        "organisations": LEAST_ORGANISATIONS,
    }
    if any(has[what] < least[what] for what in least):
        raise TooLittle(has, least)


def _shares(needs: Sequence[_Need]) -> dict[int, float]:
    """Which part of the whole each organisation counts for: its needs, capped."""
    counts: dict[int, int] = defaultdict(int)
    for need in needs:
        counts[need.organisation] += 1
    cap = _cap(sorted(counts.values(), reverse=True))
    capped = {organisation: min(count, cap) for organisation, count in counts.items()}
    total = sum(capped.values())
    return {organisation: value / total for organisation, value in capped.items()}


def _cap(counts: Sequence[int]) -> float:
    """The most needs that count of one organisation; with too few organisations all count alike."""
    for capped in range(len(counts)):
        left = 1 - LARGEST_SHARE * capped
        if left <= 0:
            break
        cap = LARGEST_SHARE * sum(counts[capped:]) / left
        if cap >= counts[capped]:
            return cap
    return counts[-1]


def _weights_of(needs: Sequence[_Need]) -> list[float]:
    """What each need counts for; together 1."""
    shares = _shares(needs)
    counts: dict[int, int] = defaultdict(int)
    for need in needs:
        counts[need.organisation] += 1
    return [shares[need.organisation] / counts[need.organisation] for need in needs]


def _pairs(need: _Need) -> list[tuple[int, int]]:
    """Places of the better and of the worse of every two finds that got differently far."""
    grades = need.grades
    return [(i, j) for i in range(len(grades)) for j in range(i) if grades[i] > grades[j]]


def _fit(needs: Sequence[_Need]) -> tuple[tuple[float, ...], float]:
    """The weights and the centre; the objective is convex, so there is one answer."""
    differences, parts = [], []
    counted = _weights_of(needs)
    for need, weight in zip(needs, counted, strict=True):
        pairs = _pairs(need)
        better, worse = (np.array(places) for places in zip(*pairs, strict=True))
        grades = np.array(need.grades, np.float64)
        steps = grades[better] - grades[worse]
        differences.append(need.table[better] - need.table[worse])
        parts.append(weight * steps / steps.sum())
    found = _descend(np.concatenate(differences), np.concatenate(parts))
    weights = np.round(found, DECIMALS) + 0.0
    others = without_place(weights.tolist())
    means = [
        weight * (need.table @ others).mean() for need, weight in zip(needs, counted, strict=True)
    ]
    return tuple(weights.tolist()), round(float(sum(means)), DECIMALS)


def _descend(differences: Rows, parts: Rows) -> Rows:
    """Least logistic loss with a squared penalty, every weight on its side of zero."""
    sense = np.array(SENSE)
    curved = (differences * parts[:, None]).T @ differences
    step = 1 / (0.25 * float(np.linalg.eigvalsh(curved)[-1]) + PENALTY)
    at = ahead = np.zeros(len(TERMS))
    speed = 1.0
    for _ in range(STEPS):
        doubt = 1 / (1 + np.exp(np.clip(differences @ ahead, -50, 50)))
        slope = PENALTY * ahead - differences.T @ (parts * doubt)
        moved_to = ahead - step * slope
        moved_to[sense * moved_to < 0] = 0.0
        faster = (1 + (1 + 4 * speed**2) ** 0.5) / 2
        ahead = moved_to + (speed - 1) / faster * (moved_to - at)
        at, speed = moved_to, faster
    return at


def _by_need(needs: Sequence[_Need]) -> list[int]:
    """The fold of each need, as even as can be, by a number that means nothing."""
    order = sorted(range(len(needs)), key=lambda k: _scattered(needs[k].need))
    folds = [0] * len(needs)
    for place, k in enumerate(order):
        folds[k] = place % FOLDS
    return folds


def _scattered(number: int) -> bytes:
    return hashlib.sha256(str(number).encode()).digest()


def _by_organisation(needs: Sequence[_Need]) -> list[int]:
    """The fold of each need, all of an organisation in one, the largest placed first."""
    counts: dict[int, int] = defaultdict(int)
    for need in needs:
        counts[need.organisation] += 1
    filled = [0] * FOLDS
    fold_of = {}
    for organisation in sorted(counts, key=lambda o: (-counts[o], o)):
        fold = filled.index(min(filled))
        fold_of[organisation] = fold
        filled[fold] += counts[organisation]
    return [fold_of[need.organisation] for need in needs]


def _judged(
    needs: Sequence[_Need], folds: Sequence[int], *, by: str
) -> tuple[list[tuple[float, ...]], Held]:
    """Each fold re-ranked by a model of the others; the weights of those, and how they did."""
    fitted = []
    before, after = np.zeros(len(needs)), np.zeros(len(needs))
    for fold in range(FOLDS):
        known = [need for need, its in zip(needs, folds, strict=True) if its != fold]
        weights, centre = _fit(known)
        fitted.append(weights)
        for k, need in enumerate(needs):
            if folds[k] == fold:
                # Where they stood drew the eye to either: known to both, it favours neither.
                place = drawn_by_place(weights, need.table)
                before[k] = _ndcg(need, need.table[:, 0] + place)
                after[k] = _ndcg(need, moved(weights, centre, need.table) + place)
    weight = np.array(_weights_of(needs))
    groups = [getattr(need, by) for need in needs]
    low, high = _interval(after - before, weight, groups)
    return fitted, Held(
        needs=len(needs),
        base=round(float(before @ weight), 4),
        reranked=round(float(after @ weight), 4),
        low=round(low, 4),
        high=round(high, 4),
    )


def _ndcg(need: _Need, scores: Rows) -> float:
    """Of equal scores the worse outcome stands first, whoever is judged."""
    order = np.argsort(-scores, kind="stable")
    gains = {str(place): float(2**grade - 1) for place, grade in enumerate(need.grades)}
    return ndcg([str(place) for place in order], gains, SHALLOW)


def _interval(differences: Rows, weight: Rows, groups: Sequence[int]) -> tuple[float, float]:
    """Bounds of 95 % of the mean difference, over groups drawn anew with repetition."""
    _, group = np.unique(np.array(groups), return_inverse=True)
    total = np.bincount(group, weight * differences)
    share = np.bincount(group, weight)
    drawn = np.random.default_rng(SEED).integers(len(total), size=(DRAWS, len(total)))
    means = total[drawn].sum(axis=1) / share[drawn].sum(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def _sway(weights: Sequence[float], others: Sequence[Sequence[float]]) -> float:
    """The greatest change of a weight, beside the greatest weight."""
    largest = max(map(abs, weights)) or 1.0
    changes = [abs(a - b) for some in others for a, b in zip(weights, some, strict=True)]
    return max(changes, default=0.0) / largest
