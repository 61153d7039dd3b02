"""Half-open stretches, Shanghai days and reporting periods."""

from datetime import UTC, date, datetime, timedelta

import pytest

from pilotharbor.kernel import time

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_period_is_half_open_and_in_utc() -> None:
    start = datetime(2026, 3, 2, 8, tzinfo=time.SHANGHAI)

    stretch = time.period(start, start + time.HOUR)

    assert (stretch.lower, stretch.upper, stretch.bounds) == (start, start + time.HOUR, "[)")
    assert stretch.lower.utcoffset() == timedelta(0)


def test_period_refuses_empty_and_naive() -> None:
    for end in (NOON, NOON - time.SECOND):
        with pytest.raises(time.EmptyPeriod):
            time.period(NOON, end)
    with pytest.raises(time.NaiveTime):
        time.period(datetime(2026, 3, 2), NOON)
    with pytest.raises(time.NaiveTime):
        time.period(NOON, datetime(2026, 3, 3))


def test_the_day_changes_at_shanghai_midnight() -> None:
    before = datetime(2026, 3, 1, 15, 59, 59, tzinfo=UTC)

    assert time.local_date(before) == date(2026, 3, 1)
    assert time.local_date(before + time.SECOND) == date(2026, 3, 2)
    assert time.start_of(date(2026, 3, 2)) == before + time.SECOND


@pytest.mark.parametrize(
    "text", ["2026-03-02", "2026/3/2", "20260302", "2026年3月2日", " 2026.03.02 ", "２０２６-03-02"]
)
def test_dates_in_every_spelling(text: str) -> None:
    assert time.parse_date(text) == date(2026, 3, 2)


@pytest.mark.parametrize("text", ["", "2026-02-30", "2026-13-01", "02/03/2026", "2026-03", "昨天"])
def test_no_dates(text: str) -> None:
    with pytest.raises(time.BadDate):
        time.parse_date(text)


@pytest.mark.parametrize(
    ("text", "label", "first", "after"),
    [
        ("2027", "2027", date(2027, 1, 1), date(2028, 1, 1)),
        ("2027-H2", "2027-H2", date(2027, 7, 1), date(2028, 1, 1)),
        ("2027-Q1", "2027-Q1", date(2027, 1, 1), date(2027, 4, 1)),
        ("2027q4", "2027-Q4", date(2027, 10, 1), date(2028, 1, 1)),
        ("2027-03", "2027-03", date(2027, 3, 1), date(2027, 4, 1)),
        ("2027-12", "2027-12", date(2027, 12, 1), date(2028, 1, 1)),
    ],
)
def test_reporting_periods(text: str, label: str, first: date, after: date) -> None:
    assert time.reporting_period(text) == (label, first, after)


@pytest.mark.parametrize("text", ["", "2027-Q5", "2027-13", "2027-0", "27-Q1", "9999", "0000-01"])
def test_no_reporting_periods(text: str) -> None:
    with pytest.raises(time.BadReportingPeriod):
        time.reporting_period(text)


def test_a_reporting_period_as_instants() -> None:
    stretch = time.reporting_period("2027-Q1").stretch

    assert stretch.lower == datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert stretch.upper == datetime(2027, 3, 31, 16, tzinfo=UTC)
