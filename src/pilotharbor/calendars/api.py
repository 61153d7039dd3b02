"""Calendars of many lines, for programs."""

import json
from datetime import datetime, timedelta
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router

from pilotharbor.calendars import payload, queries
from pilotharbor.calendars.queries import Place, Wanted
from pilotharbor.facilities import queries as facilities
from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import Invalid
from pilotharbor.kernel.ids import id_in
from pilotharbor.kernel.time import period
from pilotharbor.parties import rights
from pilotharbor.parties.auth import ActorRequest
from pilotharbor.parties.rights import Kind, Verb

router = Router()
WIDEST = timedelta(days=100)
# Where a row of ``told_of`` has its project.
PROJECT = 6

From = Annotated[datetime, Query(alias="from")]
To = Annotated[datetime, Query(alias="to")]
Ids = Annotated[str, Query(max_length=4000, description="ids of lines, separated by commas")]
Word = Annotated[str, Query(max_length=12)]


class TooManyDays(Invalid):
    """A calendar of many lines shows at most {days} days at a time."""

    code = "calendars.too_many_days"


class NotIds(Invalid):
    """Name lines by their ids, separated by commas, as in lines=3,8."""

    code = "calendars.not_ids"


def chosen(request: ActorRequest, start: datetime, end: datetime, wanted: Wanted) -> list[Place]:
    """The lines asked for that the caller may see.

    Raises: NotYourRole, NaiveTime, EmptyPeriod, TooManyDays.
    """
    rights.require(request.auth, Verb.READ, Kind.BOOKING)
    period(start, end)
    if end - start > WIDEST:
        raise TooManyDays(days=WIDEST.days)
    return [place for place in queries.lines_of(actor=request.auth) if wanted.has(place)]


def ids_in(text: str) -> frozenset[int]:
    """The ids in ``3,8``.

    Raises: NotIds.
    """
    found = [id_in(part.strip()) for part in text.split(",") if part.strip()]
    if None in found:
        raise NotIds(problems={"lines": str(NotIds())})
    return frozenset(pk for pk in found if pk is not None)


@router.get("/calendar")
def calendar(
    request: ActorRequest,
    start: From,
    end: To,
    lines: Ids = "",
    platform_id: int | None = None,
    site: Word = "",
    project_id: int | None = None,
) -> HttpResponse:
    """What of ``[from, to)`` is taken or asked for on all lines one sees, or some of them.

    Whose it is stands only where one may read the booking; else it is ``taken``. With a project only
    its own bookings are told.
    """
    wanted = Wanted(platform_id, site, ids_in(lines))
    places = chosen(request, start, end, wanted)
    found = queries.told_of(
        line_ids=[p.id for p in places],
        start=start,
        end=end,
        actor=request.auth,
        at=clock.now(request),
    )
    if project_id is not None:
        found = [row for row in found if row[PROJECT] == project_id]
    head = _text(
        {
            "from": payload.instant(start),
            "to": payload.instant(end),
            "lines": [payload.line(p) for p in places],
        }
    )
    return _answer(f'{head[:-1]},"items":{payload.told(found)}}}')


@router.get("/calendar/openings")
def openings(
    request: ActorRequest,
    start: From,
    end: To,
    lines: Ids = "",
    platform_id: int | None = None,
    site: Word = "",
) -> HttpResponse:
    """When lines are open over ``[from, to)`` by their hours, and what shuts them meanwhile."""
    places = chosen(request, start, end, Wanted(platform_id, site, ids_in(lines)))
    plans = facilities.plans_of(line_ids=[p.id for p in places], start=start, end=end)
    said = {
        "from": payload.instant(start),
        "to": payload.instant(end),
        "lines": payload.openings(plans, start, end),
    }
    return _answer(_text(said))


def _text(body: dict[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _answer(text: str) -> HttpResponse:
    """Thousands of rows as they are; there is no schema they could fail."""
    return HttpResponse(text, content_type="application/json; charset=utf-8")
