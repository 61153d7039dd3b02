"""Are the days off and the days made up those of the notices?"""

import json
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import chinese_calendar
import pytest

from pilotharbor.facilities import holidays

YEARS = (2024, 2025, 2026)


def days_of(year):
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


@pytest.mark.parametrize("year", YEARS)
def test_days_off_and_made_up_are_those_of_another_source(year):
    assert [d for d in days_of(year) if holidays.is_off(d)] == [
        d for d in days_of(year) if d in chinese_calendar.constants.holidays
    ]
    assert [d for d in days_of(year) if holidays.is_made_up(d)] == [
        d for d in days_of(year) if d in chinese_calendar.constants.workdays
    ]


@pytest.mark.parametrize("year", YEARS)
def test_every_day_is_worked_or_free_as_the_other_source_says(year):
    for day in days_of(year):
        worked = not holidays.is_off(day) and (holidays.is_made_up(day) or day.weekday() < 5)
        assert worked == chinese_calendar.is_workday(day), day


@pytest.mark.parametrize("year", YEARS)
def test_a_file_names_its_notice_and_holds_together(year):
    kept = holidays.of_year(year)

    assert kept.source.startswith(f"国务院办公厅关于{year}年部分节假日安排的通知（国办发明电")
    assert {day.year for day in [*kept.off, *kept.work]} == {year}
    assert not set(kept.off) & kept.work
    assert all(day.weekday() >= 5 for day in kept.work)
    for one, two in pairwise(sorted(kept.off)):
        # A feast is one stretch of days.
        assert kept.off[one] != kept.off[two] or two - one == timedelta(days=1)
    feasts = Counter(kept.off.values())
    assert {"元旦", "春节", "清明节", "劳动节", "端午节"} <= set(feasts)
    assert feasts["春节"] >= 8


def test_unknown_years_fall_as_they_fall():
    assert holidays.known_years() == YEARS
    assert holidays.of_year(2031) is None
    assert not holidays.is_off(date(2031, 10, 1))
    assert holidays.weekday_of(date(2031, 10, 1)) == 2
    assert holidays.weekday_of(date(2026, 2, 14)) == holidays.MAKE_UP
    assert holidays.name_of(date(2026, 2, 17)) == "春节"


def test_files_are_sorted_and_written_once_a_day():
    for year in YEARS:
        text = (holidays.HERE / f"cn-{year}.json").read_text(encoding="utf-8")
        off = json.loads(text)["off"]
        assert list(off) == sorted(off)
        assert all(text.count(f'"{day}"') == 1 for day in off)
