"""Does a model move finds only so far, and in the right direction?"""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotharbor.matching.engine import rerank
from pilotharbor.matching.engine.hits import Hit
from pilotharbor.matching.engine.rerank import (
    LIMIT,
    NAMES,
    SENSE,
    TERMS,
    Candidate,
    Evidence,
    Held,
    Model,
    Signals,
    Unusable,
)

GOOD = Held(needs=80, base=0.6, reranked=0.7, low=0.05, high=0.15)
BAD = replace(GOOD, low=-0.01)
EVIDENCE = Evidence("2026-11-25T08:00:00+00:00", 640, 80, 8, 900, 5, 0.125, 0.1, GOOD, GOOD)

shares = st.floats(0, 1, allow_nan=False)
finds = st.builds(Signals, **dict.fromkeys(NAMES, shares))
models = st.builds(
    lambda sizes, centre: Model(
        tuple(size * (sense or 1) for size, sense in zip(sizes, SENSE, strict=True)),
        centre,
        EVIDENCE,
    ),
    st.lists(st.floats(0, 20), min_size=len(TERMS), max_size=len(TERMS)),
    st.floats(-5, 5),
)


def score(model, signals):
    return rerank.apply(model, [Candidate(1, signals)])[0].score


@given(models, finds, st.sampled_from(NAMES), shares)
def test_more_of_what_is_wanted_never_lowers_a_find(model, signals, name, value):
    sense = SENSE[TERMS.index(name)]
    more = replace(signals, **{name: max(value, getattr(signals, name))})

    rise = score(model, more) - score(model, signals)

    if sense:
        assert rise * sense >= -1e-12


@given(models, finds)
def test_no_find_moves_further_than_the_limit(model, signals):
    assert abs(score(model, signals) - signals.base) <= LIMIT + 1e-12


@given(models, st.lists(finds, min_size=2, max_size=8))
def test_a_much_better_find_is_never_overtaken(model, some):
    ordered = rerank.apply(model, [Candidate(key, one) for key, one in enumerate(some)])
    bases = [some[hit.key].base for hit in ordered]

    for place, base in enumerate(bases):
        assert all(base >= later - 2 * LIMIT - 1e-9 for later in bases[place + 1 :])


@given(models, st.lists(finds, min_size=1, max_size=8), st.integers(0, 2**32))
def test_an_answer_is_the_same_whatever_stands_beside_it(model, some, seed):
    found = rerank.apply(model, [Candidate(key, one) for key, one in enumerate(some)])
    turned = rerank.apply(
        model, [Candidate(key, one) for key, one in reversed(list(enumerate(some)))]
    )

    assert turned == found
    assert {hit.key: hit.score for hit in found} == {
        key: score(model, one) for key, one in enumerate(some)
    }


def test_without_a_model_or_with_one_that_failed_the_base_stands():
    some = [Candidate(1, Signals(0.2, met=1.0)), Candidate(2, Signals(0.3)),
            Candidate(0, Signals(0.3))]  # fmt: skip
    base = [Hit(0, 0.3), Hit(2, 0.3), Hit(1, 0.2)]
    weights = tuple(30.0 if term == "met" else 0.0 for term in TERMS)

    assert rerank.apply(None, some) == base
    for refused in (replace(EVIDENCE, by_need=BAD), replace(EVIDENCE, by_organisation=BAD)):
        assert rerank.apply(Model(weights, 0.0, refused), some) == base
    # The same weights, proven: the find that meets what was asked for comes first.
    assert rerank.apply(Model(weights, 0.0, EVIDENCE), some)[0].key == 1
    assert rerank.apply(Model(weights, 0.0, EVIDENCE), []) == []


@given(models)
def test_a_model_comes_back_as_it_was_kept(model):
    assert rerank.loads(rerank.dumps(model)) == model


def changed(**changes):
    weights = tuple(0.5 * sense for sense in SENSE)
    said = json.loads(rerank.dumps(Model(weights, 0.0, EVIDENCE)))
    for path, value in changes.items():
        at = said
        *parts, last = path.split("__")
        for part in parts:
            at = at[part]
        at[last] = value
    return json.dumps(said)


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "null", "{}", "[" * 100_000, "not json",
        changed(version=0), changed(weights={}), changed(weights__met=-0.1),
        changed(weights__unmet=0.1), changed(weights__met="1"), changed(weights__met=True),
        changed(centre=float("nan")), changed(evidence={}), changed(evidence__by_need={}),
        changed(evidence__by_need__low="0.1"), changed(evidence__more=1),
    ],
)  # fmt: skip
def test_what_is_no_model_of_these_signals_is_refused(text):
    with pytest.raises(Unusable):
        rerank.loads(text)


@pytest.mark.parametrize("value", [-0.01, 1.01, float("nan"), float("inf")])
def test_a_signal_is_a_share(value):
    with pytest.raises(ValueError, match="met"):
        Signals(0.5, met=value)
