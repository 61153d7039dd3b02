"""Room in time: the sweeps against counting second by second, and the search on top of them."""

from datetime import time, timedelta
from itertools import pairwise

import hypothesis.strategies as st
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given

from pilotharbor.booking import queries
from pilotharbor.booking.engine import free
from pilotharbor.facilities.models import OpeningHours
from tests.factories.booking import NOW, dock, on
from tests.factories.facilities import working_line

TOP = 40
stretches = st.lists(
    st.tuples(st.integers(0, TOP), st.integers(0, TOP)).map(lambda p: (min(p), max(p))), max_size=6
)


def seconds(spans):
    return {s for a, b in spans for s in range(a, b)}


@given(stretches)
def test_merged_is_the_same_time_in_order(spans):
    found = free.merged(spans)

    assert seconds(found) == seconds(spans)
    assert all(one[1] < two[0] for one, two in pairwise(found))


@given(stretches, st.integers(0, TOP), st.integers(0, TOP))
def test_gaps_are_what_is_not_busy(spans, one, two):
    start, end = min(one, two), max(one, two)

    assert seconds(free.gaps(spans, start, end)) == set(range(start, end)) - seconds(spans)


@given(stretches, stretches)
def test_common_is_the_time_in_both(one, two):
    found = free.common(free.merged(one), free.merged(two))

    assert seconds(found) == seconds(one) & seconds(two)


def may(at, length, rooms, opens, *, overnight):
    """Whether a place is one, counted second by second."""
    inside = set(range(at, at + length))
    if not inside <= seconds(rooms):
        return False
    if not overnight:
        return any(a <= at and at + length <= b for a, b in opens)
    begins = any(a <= at < b for a, b in opens)
    return begins and any(a < at + length <= b for a, b in opens)


@given(stretches, stretches, st.integers(1, 12), st.booleans(), st.sampled_from([1, 5]))
def test_the_first_fit_is_the_first_place_there_is(rooms, opens, length, overnight, step):
    rooms, opens = free.merged(rooms), free.merged(opens)

    found = list(free.fits(rooms, opens, length, overnight=overnight, step=step))

    # Rooms are merged, so a place lies in one of them; so is what is open.
    places = [
        at for at in range(0, TOP + 1, step) if may(at, length, rooms, opens, overnight=overnight)
    ]
    assert all(
        may(a, length, rooms, opens, overnight=overnight) and b - a == length for a, b in found
    )
    assert found == sorted(found)
    assert [a for a, _b in found][:1] == places[:1]


@pytest.mark.django_db
def test_free_slots_leave_out_what_is_taken_closed_and_shut():
    d = dock()
    for weekday in range(5):
        OpeningHours.objects.create(line=d.line, weekday=weekday, opens=time(8), closes=time(18))
    d.allot(on(2, 8), on(2, 15))
    d.allot(on(3, 10), on(3, 14))

    found = queries.free_slots(
        line_ids=[d.line.pk], start=on(2, 0), end=on(4, 0), duration=timedelta(hours=3),
        actor=d.researcher, at=NOW,
    )  # fmt: skip

    assert [(s.start, s.end, s.free_until) for s in found] == [
        (on(2, 15), on(2, 18), on(3, 10)),
        (on(3, 14), on(3, 17), on(4, 0)),
    ]


@pytest.mark.django_db
def test_several_lines_are_merged_by_time_in_a_constant_number_of_statements():
    d = dock()
    lines = [d.line, *(working_line(platform=d.line.platform) for _ in range(4))]
    d.allot(on(2, 0), on(2, 12))

    counts = []
    for some in (lines[:1], lines):
        with CaptureQueriesContext(connection) as asked:
            found = queries.free_slots(
                line_ids=[one.pk for one in some], start=on(2, 8), end=on(3, 8),
                duration=timedelta(hours=2), actor=d.researcher, at=NOW,
            )  # fmt: skip
        counts.append(len(asked))
    assert counts == [3, 3]
    assert [s.start for s in found] == [on(2, 8)] * 4 + [on(2, 12)]
    together = queries.free_together(
        line_ids=[one.pk for one in lines], start=on(2, 8), end=on(3, 8),
        duration=timedelta(hours=2), actor=d.researcher, at=NOW,
    )  # fmt: skip
    assert together == [(on(2, 12), on(2, 14))]


@pytest.mark.django_db
def test_a_line_one_does_not_see_is_not_searched():
    d, other = dock(), dock()
    type(other.line).objects.filter(pk=other.line.pk).update(is_open=False, closed_reason="x")

    assert (
        queries.free_slots(
            line_ids=[other.line.pk], start=on(2), end=on(3), duration=timedelta(hours=1),
            actor=d.researcher, at=NOW,
        )
        == []
    )  # fmt: skip


@pytest.mark.django_db
def test_an_expired_hold_counts_as_free_before_anybody_lets_it_go():
    d = dock(hold_hours=1)
    held = d.request(on(3, 9), on(3, 11))
    asked = {
        "line_ids": [d.line.pk], "start": on(3, 9), "end": on(3, 11),
        "duration": timedelta(hours=2), "actor": d.researcher,
    }  # fmt: skip

    assert queries.free_slots(**asked, at=NOW) == []
    assert queries.free_together(**asked, at=NOW) == []
    later = NOW + timedelta(hours=1)
    assert [slot.start for slot in queries.free_slots(**asked, at=later)] == [on(3, 9)]
    assert queries.free_together(**asked, at=later) == [(on(3, 9), on(3, 11))]
    # Nothing was let go yet: the search itself looks through the hold.
    assert held.allocations.filter(live=True).count() == 2
