"""Until which day, when only Monday to Friday count?

Public holidays and the working weekends that make up for them are not known here, and nothing is
invented: a day is a working day when it is Monday to Friday, and pages say so.
"""

from datetime import date, timedelta

_SATURDAY = 5


def is_working_day(day: date) -> bool:
    """Monday to Friday."""
    return day.weekday() < _SATURDAY


def last_day(start: date, count: int) -> date:
    """The ``count``-th working day after ``start``, which itself does not count."""
    day, left = start, count
    while left > 0:
        day += timedelta(days=1)
        left -= is_working_day(day)
    return day
