"""Stretches of time, held against the plain set of their hours."""

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pilotharbor.crew import spans

ZERO = datetime(2026, 3, 2, tzinfo=UTC)
some = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=6)


def at(hour: int) -> datetime:
    return ZERO + timedelta(hours=hour)


def stretches(pairs):
    return [(at(a), at(b)) for a, b in pairs if a < b]


def hours_of(found) -> set[int]:
    return {
        h for a, b in found for h in range(int((a - ZERO) / timedelta(hours=1)), int((b - ZERO) / timedelta(hours=1)))
    }  # fmt: skip


def in_order_and_apart(found) -> bool:
    return all(one[1] < two[0] for one, two in itertools.pairwise(found))


@given(some)
def test_merging_keeps_the_hours_and_joins_what_touches(pairs):
    found = spans.merged(stretches(pairs))

    assert hours_of(found) == hours_of(stretches(pairs))
    assert in_order_and_apart(found)


@given(some, some)
def test_taking_away_leaves_the_other_hours(pairs, taken):
    left = spans.without(stretches(pairs), stretches(taken))

    assert hours_of(left) == hours_of(stretches(pairs)) - hours_of(stretches(taken))


@given(some, st.integers(0, 29), st.integers(1, 30))
def test_clipping_and_covering_see_only_what_lies_inside(pairs, first, length):
    start, end = at(first), at(first + length)
    inside = set(range(first, first + length))

    assert (
        hours_of(spans.clipped(stretches(pairs), start, end)) == hours_of(stretches(pairs)) & inside
    )
    assert spans.covers(stretches(pairs), start, end) == (inside <= hours_of(stretches(pairs)))


def test_a_stretch_that_ends_before_it_begins_is_nothing():
    assert spans.merged([(at(5), at(3))]) == []
