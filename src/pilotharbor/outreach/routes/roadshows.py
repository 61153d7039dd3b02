"""Roadshows over HTTP: brands, plans, and how an event goes."""

from typing import Any, Literal, cast

from django.http import HttpRequest
from ninja import Schema, Status
from pydantic import AwareDatetime

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.http import Cursor, Limit, NamedRouter
from pilotharbor.outreach.commands import roadshows as commands
from pilotharbor.outreach.models import Roadshow
from pilotharbor.outreach.queries import roadshows as queries
from pilotharbor.outreach.routes import shown
from pilotharbor.outreach.routes.bodies import In, Key, ReasonIn, Text
from pilotharbor.outreach.routes.shown import RoadshowOut
from pilotharbor.parties.auth import ANYONE, ActorRequest, actor_of

router = NamedRouter("pilotharbor.outreach.routes.roadshows")


class SeriesIn(In):
    """A brand."""

    name: Text
    words: Text = ""


class PlanIn(In):
    """An event; times carry their zone, the weights are basis points and sum to 10000."""

    kind: Text = "roadshow"
    title: Text
    words: Text = ""
    language: Text = "zh"
    start: AwareDatetime
    end: AwareDatetime
    place: Text = ""
    online_url: Text = ""
    capacity: int
    register_until: AwareDatetime
    audience: Text = "public"
    series_id: int | None = None
    criteria_bp: dict[Key, int] = {}


class SeriesOut(Schema):
    """A brand."""

    id: int
    name: str
    words: str
    organiser_id: int


class Roadshows(Schema):
    """A page of events."""

    items: list[RoadshowOut]
    next_cursor: str | None


@router.post("/roadshow-series", response={201: SeriesOut})
def found_series(request: ActorRequest, body: SeriesIn) -> Status[Any]:
    """Give the roadshows of one's organisation a brand. 409 ``outreach.series_taken``."""
    made = commands.found_series(**body.dict(), actor_id=request.auth.pk, at=clock.now(request))
    return Status(201, made)


@router.post("/roadshows", response={201: RoadshowOut})
def plan(request: ActorRequest, body: PlanIn) -> Status[Any]:
    """Plan an event; nobody else sees it until it is opened."""
    content = cast("commands.Plan", body.dict())
    made = commands.plan(content=content, actor_id=request.auth.pk, at=clock.now(request))
    return Status(201, shown.roadshow(made, request.auth))


@router.get("/roadshows", response=Roadshows, auth=ANYONE)
def index(
    request: HttpRequest, kind: str = "", cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Events one may know of, newest first."""
    actor = actor_of(request)
    rows = queries.visible_roadshows(actor=actor)
    if kind in Roadshow.Kind.values:
        rows = rows.filter(kind=kind)
    found = pages.page(rows, by="-id", cursor=cursor, limit=limit)
    items = [shown.roadshow(row, actor, with_agenda=False) for row in found.items]
    return {"items": items, "next_cursor": found.next_cursor}


@router.get("/roadshows/{int:roadshow_id}", response=RoadshowOut, auth=ANYONE)
def detail(request: HttpRequest, roadshow_id: int) -> dict[str, Any]:
    """One event with its agenda and what was said of what is over."""
    actor = actor_of(request)
    return shown.roadshow(queries.visible_roadshow(actor=actor, roadshow_id=roadshow_id), actor)


@router.put("/roadshows/{int:roadshow_id}", response=RoadshowOut)
def revise(request: ActorRequest, roadshow_id: int, body: PlanIn) -> dict[str, Any]:
    """Change an event that has not begun."""
    content = cast("commands.Plan", body.dict())
    row = commands.revise(
        roadshow_id=roadshow_id, content=content, actor_id=request.auth.pk, at=clock.now(request)
    )
    return shown.roadshow(row, request.auth)


@router.post("/roadshows/{int:roadshow_id}/actions/cancel", response=RoadshowOut)
def cancel(request: ActorRequest, roadshow_id: int, body: ReasonIn) -> dict[str, Any]:
    """Call an event off, with the reason."""
    row = commands.cancel(
        roadshow_id=roadshow_id, reason=body.reason, actor_id=request.auth.pk, at=clock.now(request)
    )
    return shown.roadshow(row, request.auth)


STEPS = {"open": commands.open_up, "start": commands.start, "close": commands.close}


@router.post("/roadshows/{int:roadshow_id}/actions/{step}", response=RoadshowOut)
def go_on(
    request: ActorRequest, roadshow_id: int, step: Literal["open", "start", "close"]
) -> dict[str, Any]:
    """Announce, begin or end an event."""
    row = STEPS[step](roadshow_id=roadshow_id, actor_id=request.auth.pk, at=clock.now(request))
    return shown.roadshow(row, request.auth)
