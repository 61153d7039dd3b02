"""Are the measures those of the textbook? Worked by hand."""

import pytest

from pilotharbor.matching.engine.evaluate import Quality, ndcg, percentile, quality, reciprocal_rank


def test_quality_by_hand():
    answers = [["a", "b", "c"], ["x", "y"], ["p"]]
    right = [{"b": 1}, {"y": 2, "z": 1}, {"q": 1}]

    got = quality(answers, right)

    # nDCG: 1/log2(3) | (2/log2(3)) / (2 + 1/log2(3)) | 0
    assert got.recall_10 == pytest.approx((1 + 0.5 + 0) / 3)
    assert got.mrr_10 == pytest.approx((0.5 + 0.5 + 0) / 3)
    assert got.ndcg_10 == pytest.approx((0.63093 + 1.26186 / 2.63093 + 0) / 3, abs=1e-5)


def test_what_stands_below_the_tenth_place_counts_for_the_deep_recall_only():
    answer = [str(n) for n in range(30)]

    got = quality([answer], [{"20": 1}])

    assert got == Quality(0.0, 1.0, 0.0, 0.0)
    assert reciprocal_rank(answer, {"20": 1}, 100) == pytest.approx(1 / 21)


def test_odd_input_has_an_answer():
    assert quality([], []) == Quality(0, 0, 0, 0)
    assert ndcg(["a"], {}, 10) == 0
    assert percentile([], 0.5) == 0
    assert percentile([3, 1, 2], 0.5) == 2
    assert percentile([3, 1, 2], 0.99) == 3
