"""Indicators against other ways of computing them: the statistics module, day by day, by hand."""

import statistics
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from pilotharbor.calendars import bases
from pilotharbor.calendars.engine import indicators
from pilotharbor.calendars.engine.indicators import Decisions, Ratio

AT = datetime(2026, 3, 2, tzinfo=UTC)
DAYS = st.dates(date(2023, 1, 1), date(2029, 12, 31))


@given(DAYS, st.integers(0, 800), st.integers(1, 9))
def test_the_base_is_the_sum_of_its_days(first, count, lines):
    expected = Fraction(0)
    for n in range(count):
        day = first + timedelta(days=n)
        expected += Fraction(1400 * 3600, int(date(day.year, 12, 31).strftime("%j")))

    found = indicators.base_seconds(
        first, first + timedelta(days=count), hours_a_year=1400, lines=lines
    )

    assert abs(found - expected * lines) <= Fraction(1, 2)


def test_a_whole_year_is_the_whole_base_leap_or_not():
    for year in (2026, 2028):
        whole = indicators.base_seconds(
            date(year, 1, 1), date(year + 1, 1, 1), hours_a_year=1400, lines=2
        )
        assert whole == 2 * 1400 * 3600


@given(st.lists(st.sampled_from(["granted", "refused", "overtaken", "withdrawn", "open"])))
def test_requests_are_counted_once_and_only_decided_ones_are_a_whole(outcomes):
    found = indicators.decisions(outcomes)
    told = Counter(outcomes)

    assert (found.withdrawn, found.open) == (told["withdrawn"], told["open"])
    decided = [o for o in outcomes if o not in {"withdrawn", "open"}]
    assert found.met == Ratio(decided.count("granted"), len(decided))


def test_nothing_decided_is_no_rate():
    assert Decisions(withdrawn=3, open=2).met.bp is None


@given(st.lists(st.integers(0, 5_000_000), min_size=1))
def test_waits_are_those_of_the_statistics_module(took):
    pairs = [(AT, AT + timedelta(seconds=s)) for s in took]

    found = indicators.waits(pairs)

    assert found.count == len(took)
    assert found.median == int(
        Fraction(statistics.median(Fraction(s) for s in took)) + Fraction(1, 2)
    )
    within = sum(s <= found.ninth_tenth for s in took)
    assert Fraction(within, len(took)) >= Fraction(9, 10)
    below = sum(s < found.ninth_tenth for s in took)
    assert Fraction(below, len(took)) < Fraction(9, 10)


def test_without_decisions_there_is_no_wait():
    assert indicators.waits([]) == indicators.Waits(0, None, None)


def test_the_base_is_dated_and_falls_back_to_the_reference():
    assert bases.base_for("CN-50", date(2026, 1, 1)).hours_a_year == 1400
    assert bases.base_for("CN-ZJ", date(2026, 1, 1)).jurisdiction == "CN-50"
    assert bases.base_for("CN-ZJ", date(1990, 1, 1)).jurisdiction == "CN-50"
