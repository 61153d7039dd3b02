"""When? Half-open stretches, Shanghai days, reporting periods."""

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from pilotharbor.kernel.errors import Invalid

SHANGHAI = ZoneInfo("Asia/Shanghai")
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|(\d{2})(\d{2}))", re.ASCII)
_PERIOD = re.compile(r"(\d{4})(?:-?Q([1-4])|-?H([12])|-(\d{1,2}))?", re.ASCII)


class EmptyPeriod(Invalid):
    """The end must be later than the start."""

    code = "time.empty_period"


class NaiveTime(Invalid):
    """A time needs its zone, as in 2026-03-02T08:00:00+08:00."""

    code = "time.naive"


class BadDate(Invalid):
    """“{text}” is not a date; write it like 2026-03-02."""

    code = "time.bad_date"


class BadReportingPeriod(Invalid):
    """“{text}” is not a period; write it like 2027, 2027-H1, 2027-Q1 or 2027-03."""

    code = "time.bad_period"


def period(start: datetime, end: datetime) -> DateTimeTZRange:
    """The stretch ``[start, end)`` in UTC.

    Raises: NaiveTime, EmptyPeriod.
    """
    if start.tzinfo is None or end.tzinfo is None:
        raise NaiveTime
    if end <= start:
        raise EmptyPeriod(start=start, end=end)
    return DateTimeTZRange(start.astimezone(UTC), end.astimezone(UTC), "[)")


def local_date(at: datetime) -> date:
    """The day it is in Shanghai."""
    return at.astimezone(SHANGHAI).date()


def start_of(day: date) -> datetime:
    """The instant a day begins in Shanghai, in UTC."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def of_days(first: date, after: date) -> DateTimeTZRange:
    """The stretch from the beginning of ``first`` to the beginning of ``after``."""
    return period(start_of(first), start_of(after))


def parse_date(text: str) -> date:
    """Read ``2026-03-02``, ``2026/3/2``, ``20260302`` or ``2026年3月2日``.

    Raises: BadDate.
    """
    compact = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    compact = re.sub(r"[年月/.]", "-", compact).removesuffix("日")
    match = _DATE.fullmatch(compact)
    if match is None:
        raise BadDate(text=text.strip())
    year, month, day = (int(part) for part in match.groups() if part is not None)
    try:
        return date(year, month, day)
    except ValueError as exc:
        raise BadDate(text=text.strip()) from exc


class ReportingPeriod(NamedTuple):
    """A year, half, quarter or month: its label and the days ``[first, after)``."""

    label: str
    first: date
    after: date

    @property
    def stretch(self) -> DateTimeTZRange:
        """The same as instants, by Shanghai's midnight."""
        return of_days(self.first, self.after)


def _of_months(label: str, year: int, month: int, count: int) -> ReportingPeriod:
    if not 1 <= month <= 12 or not 1 <= year <= 9998:
        raise BadReportingPeriod(text=label)
    over, last = divmod(month - 1 + count, 12)
    return ReportingPeriod(label, date(year, month, 1), date(year + over, last + 1, 1))


def reporting_period(text: str) -> ReportingPeriod:
    """Read ``2027``, ``2027-H1``, ``2027-Q1`` or ``2027-03`` and say which days it covers.

    Raises: BadReportingPeriod.
    """
    match = _PERIOD.fullmatch(unicodedata.normalize("NFKC", text).strip().upper())
    if match is None:
        raise BadReportingPeriod(text=text.strip())
    year, quarter, half, month = match.groups()
    if quarter:
        return _of_months(f"{year}-Q{quarter}", int(year), 3 * int(quarter) - 2, 3)
    if half:
        return _of_months(f"{year}-H{half}", int(year), 6 * int(half) - 5, 6)
    if month:
        return _of_months(f"{year}-{int(month):02d}", int(year), int(month), 1)
    return _of_months(year, int(year), 1, 12)
