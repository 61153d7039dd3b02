"""Is what people took up learnt, and refused where there is nothing to learn?"""

import json
from dataclasses import replace

import numpy as np
import pytest

from pilotharbor.matching.engine import learning, rerank
from pilotharbor.matching.engine.learning import Example, TooLittle, learn
from pilotharbor.matching.engine.rerank import NAMES, TERMS, Signals
from tests.matching.engine.planted import outcomes

AT = "2026-11-25T08:00:00+00:00"


@pytest.fixture(scope="module")
def model():
    return learn(outcomes(1), AT)


def test_a_planted_preference_is_recovered_and_proven_on_unseen_needs(model):
    weights = dict(zip(TERMS, model.weights, strict=True))

    assert model.accepted
    for held in (model.evidence.by_need, model.evidence.by_organisation):
        assert held.reranked > held.base + 0.05
        assert held.low > 0
    # What decides most is told from what decides nothing.
    assert weights["met"] > 1
    assert weights["readiness_gap"] < -1
    assert weights["same_city"] > 0.5
    for nothing in ("words", "cooperation", "same_division"):
        assert abs(weights[nothing]) < 0.4


def test_it_does_better_on_needs_made_afterwards(model):
    needs = learning._needs(outcomes(99))

    base = np.mean([learning._ndcg(need, need.table[:, 0]) for need in needs])
    after = np.mean(
        [
            learning._ndcg(need, rerank.moved(model.weights, model.centre, need.table))
            for need in needs
        ]
    )

    assert after > base + 0.05


def test_on_noise_and_where_the_base_says_all_no_model_is_used():
    """Twenty times nothing but chance: a model that passes both bars by luck is the exception."""
    noise = [learn(outcomes(seed, wishes={}), AT) for seed in range(20)]
    base = [learn(outcomes(seed, wishes={"base": 6.0}), AT) for seed in range(20)]

    assert sum(model.accepted for model in noise) <= 1
    assert sum(model.accepted for model in base) <= 1
    for model in base:
        assert model.evidence.by_need.reranked > model.evidence.by_need.base - 0.02


def tilt(model):
    """How far a figure met moves a find, beside the base it starts from."""
    weights = dict(zip(TERMS, model.weights, strict=True))
    return weights["met"] / max(weights["base"], rerank.LEAST_BASE)


@pytest.mark.parametrize("seed", [1, 2])
def test_what_stood_first_and_was_opened_first_is_not_taken_for_a_taste(seed):
    """Standing first draws twice as much as a figure met; what they like is learnt all the same."""
    made = outcomes(seed, drawn=12.0)
    unaware = [replace(e, looks=replace(e.looks, shown=0.0)) for e in made]

    aware, control = learn(made, AT), learn(unaware, AT)

    assert aware.accepted
    assert not control.accepted
    assert tilt(aware) > 1.3 * tilt(control)


def test_where_a_find_stands_is_learnt_from_and_never_used():
    made = outcomes(2, drawn=12.0)
    model = learn(made, AT)
    finds = [rerank.Candidate(key, e.looks) for key, e in enumerate(made[:8])]
    moved_about = [
        rerank.Candidate(one.key, replace(one.looks, shown=place / 8))
        for place, one in enumerate(finds)
    ]

    assert model.weights[rerank.SHOWN] > 1
    assert rerank.apply(model, finds) == rerank.apply(model, moved_about)


def test_taking_what_stands_first_alone_gives_no_model():
    some = [learn(outcomes(seed, wishes={}, drawn=8.0), AT) for seed in range(10)]

    assert sum(model.accepted for model in some) == 0


def test_a_taste_of_one_organisation_is_not_spread_to_all():
    """One with half of all leads wants its own city, the others do not care."""
    made = outcomes(3, wishes={"base": 2.0}, organisations=7)
    loud = outcomes(4, wishes={"base": 2.0, "same_city": 9.0}, organisations=1, needs=70)
    made += [replace(example, organisation=99) for example in loud]

    model = learn(made, AT)

    assert model.evidence.largest_share == pytest.approx(0.2)
    assert not model.accepted


def test_the_same_outcomes_in_any_order_give_the_same_model(model):
    made = outcomes(1)
    np.random.default_rng(5).shuffle(made)

    assert rerank.dumps(learn(made, AT)) == rerank.dumps(model)


@pytest.mark.parametrize(
    ("organisations", "needs", "finds", "lacking"),
    [(8, 3, 9, "needs"), (4, 20, 8, "organisations"), (10, 4, 4, "examples"), (0, 0, 2, "needs")],
)
def test_too_few_outcomes_teach_nothing_and_it_says_what_is_lacking(
    organisations, needs, finds, lacking
):
    made = outcomes(1, organisations=organisations, needs=needs, finds=finds)

    with pytest.raises(TooLittle) as refused:
        learn(made, AT)

    assert refused.value.has[lacking] < refused.value.needs[lacking]
    assert lacking in str(refused.value)


def test_needs_that_tell_nothing_do_not_count():
    made = [replace(example, grade=2) for example in outcomes(1)]

    with pytest.raises(TooLittle) as refused:
        learn(made, AT)

    assert refused.value.has == {"examples": 0, "needs": 0, "organisations": 0}


def test_nothing_of_anyone_is_kept_and_who_leaves_is_forgotten(model):
    """What is kept has the same shape without one of them, and no number that is theirs."""
    marked = [replace(e, need=e.need + 7_000_000, organisation=e.organisation + 8_000_000)
              for e in outcomes(1)]  # fmt: skip
    kept = rerank.dumps(learn(marked, AT))
    without = [e for e in marked if e.organisation != 8_000_003]
    again = json.loads(rerank.dumps(learn(without, AT)))

    assert "7000" not in kept
    assert "8000" not in kept
    assert strings(json.loads(kept)) == {AT}
    assert shape(again) == shape(json.loads(kept))
    assert again["evidence"]["organisations"] == 7
    assert again["weights"] != json.loads(kept)["weights"]


def strings(said):
    if isinstance(said, dict):
        return set().union(*(strings(value) for value in said.values()))
    return {said} if isinstance(said, str) else set()


def shape(said):
    if isinstance(said, dict):
        return {key: shape(value) for key, value in said.items()}
    return isinstance(said, str)


@pytest.mark.parametrize(
    ("counts", "cap"),
    [
        ([10, 10, 10, 10, 10], 10),
        ([100, 10, 10, 10, 10], 10),
        ([100, 100, 10, 10, 10, 10], 40 / 3),
        ([3, 2, 1], 1),
        ([5] * 20, 5),
    ],
)
def test_no_organisation_counts_for_more_than_a_fifth(counts, cap):
    found = learning._cap(counts)

    assert min(max(counts), found) == pytest.approx(cap)
    if len(counts) >= 5:
        capped = [min(count, found) for count in counts]
        assert max(capped) <= 0.2 * sum(capped) + 1e-9


def test_folds_by_organisation_part_no_organisation():
    needs = learning._needs(outcomes(1))
    folds = learning._by_organisation(needs)

    assert len({(need.organisation, fold) for need, fold in zip(needs, folds, strict=True)}) == 8
    assert set(folds) == set(range(learning.FOLDS))


def test_equal_scores_favour_nobody():
    """A base that says nothing is judged by the worst order, however the outcomes came in."""
    flat = Signals(base=0.5)
    made = [Example(1, 1, flat, grade) for grade in (4, 0, 2)]
    (need,) = learning._needs(made)

    worst = (0 / 1 + 3 / np.log2(3) + 15 / 2) / (15 / 1 + 3 / np.log2(3))
    assert learning._ndcg(need, need.table[:, 0]) == pytest.approx(worst)


def test_grades_are_what_they_are():
    with pytest.raises(ValueError, match="grade"):
        Example(1, 1, Signals(base=0.1), 5)
    assert len(NAMES) == 14
