from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotharbor.campaigns.engine.acceptance import Limit, findings, longest_run, met_by
from pilotharbor.campaigns.engine.small_numbers import lower_bound

PURITY = Limit("purity", "%", at_least=Decimal("99.5"))
IMPURITY = Limit("impurity", "%", at_most=Decimal("0.1"))
numbers = st.sets(st.integers(min_value=1, max_value=30))


def test_limits_include_themselves():
    assert PURITY.holds(Decimal("99.5"))
    assert IMPURITY.holds(Decimal("0.10"))
    assert not PURITY.holds(Decimal("99.499999999"))
    assert not IMPURITY.holds(Decimal("0.100000001"))


def test_every_value_outside_is_found_with_its_replicate():
    found = findings(
        [PURITY, IMPURITY],
        {
            "impurity": [Decimal("0.05"), Decimal("0.2")],
            "purity": [Decimal("99.6"), Decimal("99.4"), Decimal(98)],
        },
    )

    assert [(f.limit.attribute, f.replicate, str(f.value)) for f in found] == [
        ("purity", 2, "99.4"),
        ("purity", 3, "98"),
        ("impurity", 2, "0.2"),
    ]


@pytest.mark.parametrize(
    ("good", "needed", "met"),
    [
        ({1, 2, 3}, 3, [1, 2, 3]),
        ({2, 3, 4}, 3, [2, 3, 4]),
        ({1, 2, 4, 5}, 3, None),
        ({1, 3, 5}, 1, [1]),
        ({1, 2, 4, 5, 6, 7}, 3, [4, 5, 6]),
        (set(), 1, None),
    ],
)
def test_acceptance_wants_batches_in_a_row_without_a_gap(good, needed, met):
    assert met_by(good, needed) == met


@given(numbers, st.integers(min_value=1, max_value=6))
def test_met_exactly_when_some_window_of_numbers_is_good(good, needed):
    windows = (set(range(i, i + needed)) <= good for i in range(1, 31))
    assert (met_by(good, needed) is not None) == any(windows)


@given(numbers)
def test_the_longest_run_is_good_without_gap_and_none_is_longer(good):
    run = longest_run(good)
    assert set(run) <= good
    assert run == list(range(run[0], run[0] + len(run))) if run else not good
    assert met_by(good, len(run) + 1) is None


@pytest.mark.parametrize("n", [1, 2, 3, 5, 10, 59])
def test_bound_for_all_good_is_the_root_of_five_percent(n):
    assert lower_bound(n, n) == pytest.approx(0.05 ** (1 / n), abs=1e-12)


@pytest.mark.parametrize(
    ("good", "judged", "bound"),
    [
        # Clopper–Pearson one-sided 95 % lower bounds, the beta quantile B(0.05; k, n - k + 1).
        (3, 3, 0.3684),
        (2, 3, 0.1354),
        (3, 4, 0.2486),
        (9, 10, 0.6058),
        (0, 3, 0.0),
    ],
)
def test_bound_against_published_values(good, judged, bound):
    assert lower_bound(good, judged) == pytest.approx(bound, abs=5e-5)


def test_bound_wants_sense():
    for good, judged in ((1, 0), (4, 3), (-1, 3)):
        with pytest.raises(ValueError):
            lower_bound(good, judged)
