"""The arithmetic of the panel, alone."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotharbor.assessment.scoring import weighted_mean

WEIGHTS = {"technical": 4000, "market": 3500, "risk": 2500}
BIOMED = [(86, 82, 74), (84, 79, 71), (88, 85, 77)]
ELECTROLYTE = [(78, 84, 66), (81, 80, 69), (74, 88, 64)]
points = st.decimals(0, 100, places=4)


def sheets(rows):
    return [{k: Decimal(v) for k, v in zip(WEIGHTS, row, strict=True)} for row in rows]


@pytest.mark.parametrize(("rows", "score"), [(BIOMED, "81.60"), (ELECTROLYTE, "77.05")])
def test_the_golden_cases_come_out(rows, score):
    assert str(weighted_mean(sheets(rows), WEIGHTS).quantize(Decimal("0.01"))) == score


def test_rounding_happens_once_at_the_end_and_half_up():
    half = weighted_mean([{"a": Decimal("79.995")}], {"a": 10000})
    # Each expert rounded alone would be 70.01 twice and 70.00; together it is 70.00333… → 70.00.
    thirds = weighted_mean(
        [{"a": Decimal("70.005")}, {"a": Decimal("70.005")}, {"a": Decimal("70.00")}], {"a": 10000}
    )

    assert (half, thirds) == (Decimal("80.00"), Decimal("70.00"))


@given(st.lists(st.tuples(points, points, points), min_size=1, max_size=9))
def test_the_mean_lies_between_the_lowest_and_the_highest_and_ignores_order(rows):
    score = weighted_mean(sheets(rows), WEIGHTS)

    assert round(min(map(min, rows)), 2) - 1 <= score <= max(map(max, rows)) + 1
    assert score == weighted_mean(sheets(reversed(rows)), WEIGHTS)


@pytest.mark.parametrize("weights", [{"a": 9999}, {"a": 10001}])
def test_weights_that_do_not_sum_are_a_programming_error(weights):
    with pytest.raises(ValueError, match="sum"):
        weighted_mean([{"a": Decimal(1)}], weights)


def test_no_sheets_are_a_programming_error():
    with pytest.raises(ValueError, match="sheets"):
        weighted_mean([], {"a": 10000})


@pytest.mark.parametrize("path", sorted(Path("examples/voyages").glob("*.json")), ids=str)
def test_every_example_voyage_scores_as_expected(path):
    case = json.loads(path.read_text(encoding="utf-8"))
    told = case["assessment"]
    rows = [
        {key: Decimal(str(value)) for key, value in sheet.items()}
        for sheet in told["scores"].values()
    ]

    assert f"{weighted_mean(rows, told['weights_bp']):.2f}" == case["expect"]["panel_score"]
