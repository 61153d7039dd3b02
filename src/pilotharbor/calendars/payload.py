"""A board as JSON: the feed for programs, and what the page draws."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from pilotharbor.calendars.engine import heat
from pilotharbor.calendars.queries import Event, Place, Told
from pilotharbor.facilities.queries import LinePlan


def instant(at: datetime) -> str:
    """An instant in UTC to the second, ``2026-03-02T00:00:00Z``."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def line(place: Place) -> dict[str, Any]:
    """A line."""
    return {
        "id": place.id,
        "name": place.name,
        "platform_id": place.platform_id,
        "platform": place.platform,
        "site": place.site,
        "closed": place.closed,
    }


def events(found: Iterable[Event]) -> list[dict[str, Any]]:
    """What is taken or asked for; ``id`` and the rest are empty where one may not read whose it is."""
    return [
        {
            "id": e.id,
            "line_id": e.line_id,
            "start": instant(e.start),
            "end": instant(e.end),
            "status": e.status,
            "title": e.title,
            "project_id": e.project_id,
            "batch_no": e.batch_no,
            "engineer": e.engineer,
            "movable": e.movable,
            "overrules": e.overrules,
            "linked": e.linked,
        }
        for e in found
    ]


def told(rows: Iterable[Told]) -> str:
    """The same as ``events`` as JSON text, written row by row: thousands of them at once."""
    return "[" + ",".join([_row(row) for row in rows]) + "]"


def _row(row: Told) -> str:
    pk, line_id, a, b, status, title, project_id, batch_no, who, movable, overrules, linked = row
    return (
        f'{{"id":{_number(pk)},"line_id":{line_id},"start":"{_instant(a)}","end":"{_instant(b)}",'
        f'"status":"{status}","title":{_quoted(title)},"project_id":{_number(project_id)},'
        f'"batch_no":{_number(batch_no)},"engineer":{_quoted(who)},"movable":"{movable}",'
        f'"overrules":{_yes(overrules)},"linked":{_yes(linked)}}}'
    )


def _number(value: int | None) -> str:
    return "null" if value is None else str(value)


def _yes(value: bool) -> str:
    return "true" if value else "false"


# The same titles and instants come again and again; each is written once.
@lru_cache(maxsize=4096)
def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


@lru_cache(maxsize=8192)
def _instant(seconds: float) -> str:
    return instant(datetime.fromtimestamp(seconds, UTC))


def openings(
    plans: Mapping[int, LinePlan], start: datetime, end: datetime
) -> dict[str, dict[str, Any]]:
    """When each line is open over ``[start, end)`` by its hours, and what shuts it meanwhile."""
    return {
        str(line_id): {
            "open": [[instant(a), instant(b)] for a, b in plan.open_stretches(start, end)],
            "shut": [
                {
                    "start": instant(max(s.start, start)),
                    "end": instant(min(s.end, end)),
                    "kind": s.kind,
                    "reason": s.reason,
                    "planned": s.planned,
                }
                for s in plan.shut_during(start, end)
            ],
        }
        for line_id, plan in plans.items()
    }


def free_of(
    plan: LinePlan, taken: Iterable[Event], start: datetime, end: datetime
) -> list[heat.Stretch]:
    """What of ``[start, end)`` is open, not shut and given to nobody."""
    if not plan.line.is_open or start >= end:
        return []
    away = [(s.start, s.end) for s in plan.shut_during(start, end)]
    away += [(e.start, e.end) for e in taken if e.status != "submitted"]
    return heat.minus(plan.open_stretches(start, end), heat.within(away, start, end))
