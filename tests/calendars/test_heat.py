"""The sweep over hours and days against counting minute by minute, with the calendar's own zone."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotharbor.calendars.engine import heat
from pilotharbor.kernel.time import SHANGHAI

MONDAY = datetime(2026, 3, 2, tzinfo=SHANGHAI)
MINUTE = timedelta(minutes=1)


@st.composite
def stretches(draw, most=6):
    found = []
    for _ in range(draw(st.integers(0, most))):
        start = draw(st.integers(-3000, 12_000))
        length = draw(st.integers(1, 4000))
        found.append((MONDAY + start * MINUTE, MONDAY + (start + length) * MINUTE))
    return found


def minutes(some):
    """Every minute of every stretch, by the zone itself and not by arithmetic."""
    for start, end in some:
        at = start
        while at < end:
            yield at.astimezone(UTC).astimezone(SHANGHAI)
            at += MINUTE


@given(stretches(most=4))
def test_hours_of_the_week_are_what_counting_minutes_finds(some):
    expected = [[0] * 24 for _ in range(7)]
    for at in minutes(some):
        expected[at.weekday()][at.hour] += 60

    assert heat.by_week(some) == expected


@given(stretches(most=4))
def test_days_are_what_counting_minutes_finds(some):
    first = date(2026, 3, 1)
    expected = [0] * 9
    for at in minutes(some):
        n = (at.date() - first).days
        if 0 <= n < 9:
            expected[n] += 60

    assert heat.by_day(some, first, 9) == expected


@given(stretches(), stretches())
def test_what_is_left_is_open_and_not_shut(open_then, shut):
    left = heat.minus(open_then, shut)

    def told(some):
        return set(minutes(some))

    assert told(left) == told(open_then) - told(shut)
    assert all(a < b for a, b in left)
    assert all(one[1] < two[0] for one, two in pairwise(left))


@given(stretches())
def test_a_union_tells_the_same_time_once(some):
    told = heat.union(some)

    assert set(minutes(told)) == set(minutes(some))
    assert heat.total(told) == 60 * len(set(minutes(some)))


@given(stretches())
def test_cutting_keeps_what_lies_within(some):
    start, end = MONDAY + timedelta(hours=5), MONDAY + timedelta(hours=61)

    cut = heat.within(some, start, end)

    assert heat.total(cut) == 60 * sum(start <= at < end for at in minutes(some))


def test_seconds_are_not_lost_at_a_full_hour():
    start = MONDAY + timedelta(hours=8, minutes=59, seconds=59)

    week = heat.by_week([(start, start + timedelta(seconds=3))])

    assert (week[0][8], week[0][9]) == (1, 2)


@pytest.mark.parametrize(
    ("part", "whole", "bp"),
    [
        (0, 0, None),
        (0, 5, 0),
        (1, 3, 3333),
        (2, 3, 6667),
        (1, 20_000, 1),
        (1, 20_001, 0),
        (3, 2, 15_000),
    ],
)
def test_a_share_is_rounded_half_up_and_nothing_of_nothing_is_none(part, whole, bp):
    assert heat.share_bp(part, whole) == bp


def test_a_table_of_shares_keeps_its_cells():
    assert heat.shares([[1, 0], [3, 0]], [[2, 0], [4, 5]]) == [[5000, None], [7500, 0]]
