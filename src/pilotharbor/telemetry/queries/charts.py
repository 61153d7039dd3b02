"""How did a signal go, quick enough to look at a year, and when did the machine run?"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import QuerySet

from pilotharbor.kernel.time import DAY, SHANGHAI, NaiveTime, period
from pilotharbor.telemetry.models import Flag, Run

# About as many as a screen has room for; each point keeps the lowest and highest of all it stands for.
POINTS = 740
STEPS_S = (
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800,
    3600, 7200, 14400, 21600, 43200, 86400, 172800, 345600, 604800,
)  # fmt: skip
# Up to these spans samples themselves and minutes are read; beyond them hours.
SAMPLES_UP_TO, MINUTES_UP_TO = timedelta(hours=2), timedelta(days=8)
# Steps begin with the days of the plant.
ORIGIN = datetime(2000, 1, 3, tzinfo=SHANGHAI)
LAST = datetime(2100, 1, 1, tzinfo=SHANGHAI)
IMPOSSIBLE = 1

_OF_SUMS = """
SELECT date_bin(%s::interval, at, %s) AS step, min(lowest), max(highest),
       sum(total) / nullif(sum(good), 0), sum(good), sum(bad)
FROM {table} WHERE tag_id = %s AND at >= %s AND at < %s GROUP BY step ORDER BY step
"""
_OF_SAMPLES = """
SELECT date_bin(%s::interval, at, %s) AS step,
       min(value) FILTER (WHERE flags & 1 = 0), max(value) FILTER (WHERE flags & 1 = 0),
       avg(value) FILTER (WHERE flags & 1 = 0),
       count(*) FILTER (WHERE flags & 1 = 0), count(*) FILTER (WHERE flags & 1 = 1)
FROM telemetry_sample WHERE tag_id = %s AND at >= %s AND at < %s GROUP BY step ORDER BY step
"""


class Point(NamedTuple):
    """What a signal did in one step that begins ``at``; values are ``None`` where nothing was good."""

    at: datetime
    low: float | None
    high: float | None
    mean: float | None
    good: int
    bad: int


@dataclass(frozen=True, slots=True)
class Curve:
    """A signal over ``[start, end)`` in steps of ``step_s`` seconds; steps without samples are left out.

    ``source``  what was read: samples, minutes or hours
    """

    start: datetime
    end: datetime
    step_s: int
    source: str
    points: list[Point]


def within_reach(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """The part of ``[start, end)`` in which anything can have been stored.

    Raises: EmptyPeriod, NaiveTime.
    """
    if start.tzinfo is None or end.tzinfo is None:
        raise NaiveTime
    stretch = period(min(max(start, ORIGIN), LAST - DAY), min(max(end, ORIGIN), LAST))
    return stretch.lower, stretch.upper


def curve(*, tag_id: int, start: datetime, end: datetime, points: int = POINTS) -> Curve:
    """The lowest, highest and mean value of a tag over ``[start, end)``, in some hundred steps."""
    span = end - start
    step_s = next((s for s in STEPS_S if span.total_seconds() <= s * points), STEPS_S[-1])
    if span <= SAMPLES_UP_TO:
        source, statement = "samples", _OF_SAMPLES
    elif span <= MINUTES_UP_TO:
        source, statement = "minutes", _OF_SUMS.format(table="telemetry_minute")
        step_s = max(step_s, 60)
    else:
        source, statement = "hours", _OF_SUMS.format(table="telemetry_hour")
        step_s = max(step_s, 3600)
    step = timedelta(seconds=step_s)
    first = start - (start - ORIGIN) % step
    with connection.cursor() as cursor:
        cursor.execute(statement, [f"{step_s} seconds", ORIGIN, tag_id, first, end])
        rows = [Point(row[0].astimezone(UTC), *row[1:]) for row in cursor.fetchall()]
    return Curve(start, end, step_s, source, rows)


def flags_between(*, tag_id: int, start: datetime, end: datetime) -> QuerySet[Flag]:
    """The stretches of ``[start, end)`` over which a tag cannot be trusted, latest first."""
    return Flag.objects.filter(tag_id=tag_id, period__overlap=period(start, end)).order_by(
        "-period", "id"
    )


def flags_of_many(*, tag_ids: list[int], start: datetime, end: datetime) -> QuerySet[Flag]:
    """The same for several tags, with their names."""
    rows = Flag.objects.filter(tag_id__in=tag_ids, period__overlap=period(start, end))
    return rows.select_related("tag").order_by("-period", "id")


class RunStretch(NamedTuple):
    """A machine ran over ``[start, end)``; it still runs where ``ended`` is false."""

    start: datetime
    end: datetime
    ended: bool


def runs_between(*, equipment_id: int, start: datetime, end: datetime) -> list[RunStretch]:
    """When a machine ran in ``[start, end)``, by its own signal; cut off at both ends."""
    rows = Run.objects.filter(
        equipment_id=equipment_id, period__overlap=period(start, end)
    ).order_by("period")
    return [
        RunStretch(
            max(run.period.lower, start),
            end if run.period.upper is None else min(run.period.upper, end),
            ended=run.period.upper is not None,
        )
        for run in rows
    ]


def seconds_run(runs: list[RunStretch]) -> int:
    """How long a machine ran, in whole seconds."""
    return sum(int((run.end - run.start).total_seconds()) for run in runs)
