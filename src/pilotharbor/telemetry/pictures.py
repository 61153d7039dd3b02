"""What does a signal look like over a day or a year, and when did its machine run?

Plain data for the chart component; the lowest and highest value of each step are drawn as a band.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pilotharbor.kernel.time import SHANGHAI
from pilotharbor.telemetry import queries
from pilotharbor.telemetry.models import AlarmRule, Tag
from pilotharbor.telemetry.queries import Curve, Point, RunStretch

SPANS = {
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
    "year": timedelta(days=365),
}
# A table is for reading: some dozens of rows, each with the extremes of what it stands for.
TABLE_ROWS = 48


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture and the table behind it."""

    title: str
    note: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    json: dict[str, Any]
    size: str = "medium"
    empty: bool = False


def span_names() -> list[tuple[str, str]]:
    """The spans one may look at, with their words."""
    return [
        ("day", pgettext("span", "Day")),
        ("week", pgettext("span", "Week")),
        ("month", pgettext("span", "Month")),
        ("year", pgettext("span", "Year")),
    ]


def of_tag(tag: Tag, curve: Curve, rules: Sequence[AlarmRule]) -> Picture:
    """One signal with its band and the levels of its alarms."""
    steps = _every_step(curve)
    lines = [
        {
            "name": str(rule.get_side_display()),
            "value": float(rule.raise_level),
            "tone": "stop" if rule.severity == AlarmRule.Severity.CRITICAL else "watch",
        }
        for rule in rules
    ]
    sources = {"samples": _("samples"), "minutes": _("minutes"), "hours": _("hours")}
    bad = sum(p.bad for p in curve.points)
    note = _("Each point is {step}, made of {source}: mean, lowest and highest.").format(
        step=_step_said(curve.step_s), source=sources[curve.source]
    )
    if bad:
        note += " " + _("{n} impossible values are left out.").format(n=bad)
    title = f"{tag.name} ({tag.unit})" if tag.unit else tag.name
    return Picture(
        title=title,
        note=note,
        heads=[pgettext("stretch", "From"), _("Lowest"), _("Mean"), _("Highest"), _("Samples")],
        rows=_table(curve),
        json={
            "title": title,
            "kind": "band",
            "unit": tag.unit,
            "x": [_stamp(at, curve) for at, _point in steps],
            "low": [None if p is None else p.low for _at, p in steps],
            "mean": [None if p is None else p.mean for _at, p in steps],
            "high": [None if p is None else p.high for _at, p in steps],
            "words": [_("Mean"), _("Lowest to highest")],
            "limits": lines,
        },
        empty=not curve.points,
    )


def of_runs(name: str, runs: Sequence[RunStretch], start: datetime, end: datetime) -> Picture:
    """A strip that shows when a machine ran."""
    seconds = queries.seconds_run(list(runs))
    share = 100 * seconds / (end - start).total_seconds()
    words = {True: _("ran"), False: _("runs")}
    return Picture(
        title=_("When did it run?"),
        note=_("{hours} h of {whole} h ({share} %), by its own signal.").format(
            hours=f"{seconds / 3600:.1f}",
            whole=f"{(end - start).total_seconds() / 3600:.0f}",
            share=f"{share:.0f}",
        ),
        heads=[pgettext("stretch", "From"), pgettext("stretch", "Until"), _("Hours")],
        rows=[
            [
                _full(r.start),
                _full(r.end) if r.ended else "—",
                f"{(r.end - r.start).total_seconds() / 3600:.2f}",
            ]
            for r in list(runs)[-TABLE_ROWS:]
        ],
        json={
            "title": _("When did it run?"),
            "kind": "gantt",
            "rows": [{"name": name}],
            "from": start.isoformat(),
            "to": end.isoformat(),
            "bars": [
                {
                    "row": name,
                    "label": words[r.ended],
                    "start": r.start.isoformat(),
                    "end": r.end.isoformat(),
                    "tone": "good",
                }
                for r in runs
            ],
        },
        size="strip",
        empty=not runs,
    )


def _every_step(curve: Curve) -> list[tuple[datetime, Point | None]]:
    """All steps of the stretch, also those in which nothing came."""
    step = timedelta(seconds=curve.step_s)
    known = {p.at: p for p in curve.points}
    at = curve.start - (curve.start - queries.ORIGIN) % step
    steps = []
    while at < curve.end:
        steps.append((at, known.get(at)))
        at += step
    return steps


def _table(curve: Curve) -> list[list[str]]:
    together = max(1, -(-len(curve.points) // TABLE_ROWS))
    rows = []
    for first in range(0, len(curve.points), together):
        some = curve.points[first : first + together]
        good = sum(p.good for p in some)
        lows = [p.low for p in some if p.low is not None]
        highs = [p.high for p in some if p.high is not None]
        total = sum(p.mean * p.good for p in some if p.mean is not None)
        rows.append(
            [
                _full(some[0].at),
                _number(min(lows)) if lows else "—",
                _number(total / good) if good else "—",
                _number(max(highs)) if highs else "—",
                str(good + sum(p.bad for p in some)),
            ]
        )
    return rows


def _number(value: float) -> str:
    return f"{value:.6g}"


def _full(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _stamp(at: datetime, curve: Curve) -> str:
    there = at.astimezone(SHANGHAI)
    if curve.end - curve.start <= SPANS["day"]:
        return f"{there:%H:%M:%S}" if curve.step_s < 60 else f"{there:%H:%M}"
    return f"{there:%m-%d %H:%M}" if curve.step_s < 86_400 else f"{there:%Y-%m-%d}"


def _step_said(seconds: int) -> str:
    for size, one, many in (
        (86_400, _("a day"), _("{n} days")),
        (3600, _("an hour"), _("{n} hours")),
        (60, _("a minute"), _("{n} minutes")),
        (1, _("a second"), _("{n} seconds")),
    ):
        if seconds % size == 0:
            n = seconds // size
            return one if n == 1 else many.format(n=n)
    raise AssertionError(seconds)
