"""What does this picture show, and which table stands behind it?

A chart is plain data, checked here, drawn by ``static/pilotharbor/charts.js``. Every chart carries its
own table, for screen readers, for paper and for whoever wants the numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.utils.translation import pgettext

type Cell = str | int | float | None
type Size = Literal["small", "medium", "large"]


@dataclass(frozen=True, slots=True)
class Series:
    """One named row of values, one for each place on the x axis; ``None`` leaves a gap."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Limit:
    """A line across a control chart."""

    name: str
    value: float
    tone: Literal["good", "watch", "stop", "accent"] = "accent"


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture with its table.

    ``spec``    what charts.js draws
    ``note``    one sentence under the title: denominators, source, how fresh
    """

    title: str
    spec: dict[str, Any]
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    note: str = ""
    size: Size = "medium"
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def json(self) -> dict[str, Any]:
        """What stands in the page for the script."""
        return {"title": self.title, **self.spec, **self.options}


def _plotted(
    kind: str, title: str, x: Sequence[str], series: Sequence[Series], unit: str, **more: Any
) -> Chart:
    note, size = more.pop("note", ""), more.pop("size", "medium")
    x_name = more.pop("x_name", "")
    named = [f"{one.name} ({unit})" if unit else one.name for one in series]
    return Chart(
        title,
        {
            "kind": kind,
            "x": list(x),
            "unit": unit,
            "series": [{"name": one.name, "values": list(one.values)} for one in series],
            **more,
        },
        heads=[x_name, *named],
        rows=[[at, *(one.values[i] for one in series)] for i, at in enumerate(x)],
        note=note,
        size=size,
    )


def line(
    title: str, x: Sequence[str], series: Sequence[Series], *, unit: str, **more: Any
) -> Chart:
    """Values over an ordered axis."""
    return _plotted("line", title, x, series, unit, **more)


def bar(title: str, x: Sequence[str], series: Sequence[Series], *, unit: str, **more: Any) -> Chart:
    """Values side by side, or one upon another with ``stacked=True``."""
    return _plotted("bar", title, x, series, unit, **more)


def control(
    title: str,
    x: Sequence[str],
    values: Sequence[float | None],
    limits: Sequence[Limit],
    *,
    unit: str,
    name: str,
    **more: Any,
) -> Chart:
    """A control chart: one value per batch, between its limits."""
    lines = [{"name": one.name, "value": one.value, "tone": one.tone} for one in limits]
    return _plotted("control", title, x, [Series(name, values)], unit, limits=lines, **more)


def sankey(
    title: str, links: Sequence[tuple[str, str, float]], *, unit: str, note: str = ""
) -> Chart:
    """What flows from whom to whom; values in the unit named."""
    nodes = list(dict.fromkeys(end for a, b, _v in links for end in (a, b)))
    drawn = [{"source": a, "target": b, "value": v} for a, b, v in links]
    return Chart(
        title,
        {"kind": "sankey", "nodes": nodes, "links": drawn, "unit": unit},
        heads=[pgettext("chart table", "From"), pgettext("chart table", "To"), unit],
        rows=[[a, b, v] for a, b, v in links],
        note=note,
    )


def heatmap(
    title: str, x: Sequence[str], y: Sequence[str], values: Sequence[Sequence[float]], *, unit: str
) -> Chart:
    """A value for every pair; ``values[row][column]``."""
    cells = [[c, r, values[r][c]] for r in range(len(y)) for c in range(len(x))]
    return Chart(
        title,
        {"kind": "heatmap", "x": list(x), "y": list(y), "cells": cells, "unit": unit},
        heads=[unit, *x],
        rows=[[name, *values[r]] for r, name in enumerate(y)],
    )


@dataclass(frozen=True, slots=True)
class Bar:
    """One stretch ``[start, end)`` on one row of a gantt chart."""

    row: str
    label: str
    start: datetime
    end: datetime
    tone: Literal["good", "watch", "stop", "accent"] = "accent"


def gantt(title: str, bars: Sequence[Bar], *, note: str = "", size: Size = "medium") -> Chart:
    """Who or what is taken when."""
    rows = list(dict.fromkeys(one.row for one in bars))
    drawn = [
        {
            "row": one.row,
            "label": one.label,
            "start": one.start.isoformat(),
            "end": one.end.isoformat(),
            "tone": one.tone,
        }
        for one in bars
    ]
    return Chart(
        title,
        {"kind": "gantt", "rows": [{"name": name} for name in rows], "bars": drawn},
        heads=[
            pgettext("chart table", "Where"),
            pgettext("chart table", "What"),
            pgettext("chart table", "From"),
            pgettext("chart table", "Until"),
        ],
        rows=[
            [b.row, b.label, f"{b.start:%Y-%m-%d %H:%M}", f"{b.end:%Y-%m-%d %H:%M}"] for b in bars
        ],
        note=note,
        size=size,
    )
