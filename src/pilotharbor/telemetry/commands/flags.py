"""Which stretches of a tag cannot be trusted? Called inside a command, the tags' rows locked."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from pilotharbor.kernel.later import later
from pilotharbor.telemetry.commands import series
from pilotharbor.telemetry.models import Flag

if TYPE_CHECKING:
    from pilotharbor.telemetry.engine import series as engine
else:
    engine = later("pilotharbor.telemetry.engine.series")

JOINED = timedelta(minutes=10)
LEAST = timedelta(seconds=1)
_HOLES = """
SELECT before, at FROM (
    SELECT at, lag(at) OVER (ORDER BY at) AS before FROM telemetry_sample
    WHERE tag_id = %s AND at BETWEEN %s AND %s
) s WHERE at - before > %s
"""


def _period(start: datetime, end: datetime) -> DateTimeTZRange:
    return DateTimeTZRange(start, max(end, start + LEAST), "[)")


def raise_flags(judged: "engine.Judged") -> None:
    """Keep what a batch showed; a stretch that goes on is made longer."""
    for kind, found in (
        (Flag.Kind.GAP, judged.gaps),
        (Flag.Kind.STUCK, judged.stuck),
        (Flag.Kind.IMPOSSIBLE, judged.impossible),
    ):
        if found:
            _keep(kind, found)


def _keep(kind: str, found: Sequence["engine.Stretch"]) -> None:
    earliest = series.instant(min(one.start for one in found)) - JOINED
    open_ones = {
        flag.tag_id: flag
        for flag in Flag.objects.filter(
            kind=kind, tag_id__in={one.tag for one in found}, period__endswith__gte=earliest
        ).order_by("period")
    }
    fresh: list[Flag] = []
    for one in found:
        start, end = series.instant(one.start), series.instant(one.end)
        seconds = one.missing // engine.SECOND
        flag = open_ones.get(one.tag)
        if flag is not None and flag.period.upper >= start - JOINED:
            # A stuck stretch is told from its beginning each time; the rest only what is new.
            flag.period = _period(flag.period.lower, max(flag.period.upper, end))
            flag.count += one.number
            flag.seconds += seconds
            if flag.pk:
                flag.save(update_fields=["period", "count", "seconds"])
            continue
        flag = Flag(
            tag_id=one.tag, kind=kind, period=_period(start, end), count=one.number, seconds=seconds
        )
        open_ones[one.tag] = flag
        fresh.append(flag)
    Flag.objects.bulk_create(fresh)


def fill_gaps(late: "engine.Series", known: dict[int, series.Known]) -> None:
    """Look again at the gaps into which samples have come late."""
    starts = engine.starts_of(late.tag).tolist()
    ends = [*starts[1:], len(late)]
    for first, after in zip(starts, ends, strict=True):
        tag_id = int(late.tag[first])
        gap_after_s = known[tag_id].gap_after_s
        if gap_after_s is None:
            continue
        span = (series.instant(int(late.at[first])), series.instant(int(late.at[after - 1])))
        for flag in Flag.objects.filter(
            tag_id=tag_id, kind=Flag.Kind.GAP, period__overlap=_period(*span)
        ):
            _again(flag, timedelta(seconds=gap_after_s))


def _again(flag: Flag, gap_after: timedelta) -> None:
    span = [flag.period.lower, flag.period.upper]
    holes = [
        engine.Stretch(
            flag.tag_id, series.microseconds(before), series.microseconds(at), 1,
            series.microseconds(at) - series.microseconds(before),
        )
        for before, at in series.ask(_HOLES, [flag.tag_id, *span, gap_after])
    ]  # fmt: skip
    flag.delete()
    if holes:
        _keep(Flag.Kind.GAP, sorted(holes, key=lambda one: one.start))
