"""Opening hours, held against a clock that is asked minute by minute."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilotharbor.facilities import opening
from pilotharbor.facilities.opening import Hours

SHANGHAI = ZoneInfo("Asia/Shanghai")
MINUTE = timedelta(minutes=1)
WORKDAYS = tuple(Hours(n, time(8), time(20)) for n in range(5))


def at(day, hour=0, minute=0):
    return datetime.combine(day, time(hour, minute), SHANGHAI).astimezone(UTC)


def is_open(hours, on_holidays, moment):
    """What the words of R-FAC-9 and R-FAC-10 say about one moment, from another calendar."""
    if not hours:
        return True
    local = moment.astimezone(SHANGHAI)
    day, clock = local.date(), local.hour * 60 + local.minute
    if day in chinese_calendar.constants.holidays and not on_holidays:
        return False
    kind = day.weekday()
    if day in chinese_calendar.constants.workdays:
        kind = 7 if any(one.weekday == 7 for one in hours) else 0
    return any(
        one.weekday == kind
        and one.opens.hour * 60 + one.opens.minute
        <= clock
        < ((one.closes.hour * 60 + one.closes.minute) or 1440)
        for one in hours
    )


@st.composite
def weeks(draw):
    """Hours that do not overlap: cut points of a day on a grid, some stretches left out."""
    found = []
    for weekday in draw(st.sets(st.integers(0, 7), max_size=8)):
        cuts = sorted(draw(st.sets(st.integers(0, 24 * 4), min_size=2, max_size=5)))
        for begins, ends in pairwise(cuts):
            if draw(st.booleans()):
                closes = time() if ends == 96 else time(ends // 4, ends % 4 * 15)
                found.append(Hours(weekday, time(begins // 4, begins % 4 * 15), closes))
    return tuple(draw(st.permutations(found)))


# Days around feasts and make-up days, and of a year nobody knows the feasts of.
days = st.one_of(
    st.dates(date(2026, 2, 10), date(2026, 3, 2)),
    st.dates(date(2026, 9, 15), date(2026, 10, 12)),
    st.dates(date(2024, 1, 1), date(2026, 12, 20)),
)


@settings(max_examples=150, deadline=None)
@given(weeks(), st.booleans(), days, st.integers(0, 1439), st.integers(1, 4 * 1440))
def test_open_stretches_are_those_of_a_clock_asked_every_minute(
    hours, on_holidays, day, minute, lasts
):
    start = at(day) + minute * MINUTE
    end = start + lasts * MINUTE

    found = opening.open_stretches(hours, on_holidays, start, end)

    expected, moment = [], start
    while moment < end:
        if is_open(hours, on_holidays, moment):
            if expected and expected[-1][1] == moment:
                expected[-1][1] = moment + MINUTE
            else:
                expected.append([moment, moment + MINUTE])
        moment += MINUTE
    assert found == [tuple(one) for one in expected]


@settings(max_examples=150, deadline=None)
@given(
    weeks(), st.booleans(), st.booleans(), days, st.integers(0, 95), st.integers(1, 3 * 96)
)  # quarters of an hour
def test_a_booking_fits_as_the_clock_says(hours, on_holidays, overnight, day, quarter, lasts):
    start = at(day) + quarter * 15 * MINUTE
    end = start + lasts * 15 * MINUTE

    found = opening.misfit(
        hours, open_on_holidays=on_holidays, multi_day=overnight, start=start, end=end
    )

    moments = [start + n * MINUTE for n in range(int((end - start) / MINUTE))]
    if overnight:
        moments = [moments[0], moments[-1]]
    shut = [m for m in moments if not is_open(hours, on_holidays, m)]
    assert (found is None) == (not shut)
    if found is not None:
        assert found.day == shut[0].astimezone(SHANGHAI).date()
        its_minutes = [at(found.day) + n * MINUTE for n in range(1440)]
        some_open = any(is_open(hours, on_holidays, m) for m in its_minutes)
        assert (found.why == "hours") == some_open == bool(found.open_that_day)
        if found.next_open is not None:
            assert is_open(hours, on_holidays, found.next_open[0])
            assert found.next_open[1] > start


def test_no_hours_is_round_the_clock_holidays_included():
    start, end = at(date(2026, 2, 17)), at(date(2026, 2, 20))

    assert opening.open_stretches((), False, start, end) == [(start, end)]
    assert opening.open_stretches((), False, end, start) == []
    assert opening.misfit((), open_on_holidays=False, multi_day=False, start=start, end=end) is None
    assert opening.of_day((), date(2026, 2, 17), open_on_holidays=False) == [
        (start, at(date(2026, 2, 18)))
    ]


def misfit(start, end, *, overnight=False, on_holidays=False, hours=WORKDAYS):
    return opening.misfit(
        hours, open_on_holidays=on_holidays, multi_day=overnight, start=start, end=end
    )


@pytest.mark.parametrize(
    ("start", "end", "why", "day"),
    [
        ((2026, 3, 2, 7), (2026, 3, 2, 9), "hours", (2026, 3, 2)),
        ((2026, 3, 2, 19), (2026, 3, 2, 21), "hours", (2026, 3, 2)),
        ((2026, 3, 2, 9), (2026, 3, 3, 9), "hours", (2026, 3, 2)),
        ((2026, 3, 7, 9), (2026, 3, 7, 10), "weekday", (2026, 3, 7)),
        ((2026, 2, 17, 9), (2026, 2, 17, 10), "holiday", (2026, 2, 17)),
    ],
)
def test_each_misfit_is_named(start, end, why, day):
    begins, ends = (at(date(*x[:3]), x[3]) for x in (start, end))

    found = misfit(begins, ends)

    assert (found.why, found.day) == (why, date(*day))
    assert found.name == ("春节" if why == "holiday" else "")


def test_overnight_a_booking_only_begins_and_ends_within_hours():
    friday, monday = date(2026, 3, 6), date(2026, 3, 9)

    assert misfit(at(friday, 9), at(monday, 9), overnight=True) is None
    assert misfit(at(friday, 9), at(monday, 9)).day == friday
    ends_at_night = misfit(at(friday, 9), at(monday, 23), overnight=True)
    assert (ends_at_night.why, ends_at_night.day) == ("hours", monday)
    assert misfit(at(friday, 9), at(monday - timedelta(days=1), 9), overnight=True).why == "weekday"


def test_a_make_up_workday_is_like_a_monday_unless_it_has_hours_of_its_own():
    saturday = date(2026, 2, 14)
    own = (*WORKDAYS, Hours(7, time(10), time(12)))

    assert misfit(at(saturday, 9), at(saturday, 17)) is None
    assert misfit(at(saturday, 9), at(saturday, 11), hours=own).why == "hours"
    assert misfit(at(saturday, 10), at(saturday, 12), hours=own) is None
    assert misfit(at(date(2026, 2, 7), 9), at(date(2026, 2, 7), 17)).why == "weekday"


def test_what_touches_at_midnight_is_one_stretch():
    night = (Hours(0, time(22), time(0)), Hours(1, time(0), time(6)))
    monday = date(2026, 3, 2)

    assert opening.open_stretches(night, False, at(monday), at(monday + timedelta(days=2))) == [
        (at(monday, 22), at(monday + timedelta(days=1), 6))
    ]
    assert misfit(at(monday, 23), at(monday + timedelta(days=1), 5), hours=night) is None


def test_the_remedy_is_the_next_open_stretch():
    eve = date(2026, 2, 15)  # the first day of nine

    found = misfit(at(eve, 9), at(eve, 10))

    assert found.next_open == (at(date(2026, 2, 24), 8), at(date(2026, 2, 24), 20))
    never = misfit(at(eve, 9), at(eve, 10), hours=(Hours(7, time(1), time(2)),))
    assert never.next_open == (at(date(2026, 2, 28), 1), at(date(2026, 2, 28), 2))
