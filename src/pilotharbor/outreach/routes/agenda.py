"""The agenda of an event: its pitches, one after another, and their points, for programs."""

from typing import Annotated, Any

from ninja import Schema, Status
from pydantic import Field

from pilotharbor.kernel import clock
from pilotharbor.kernel.http import NamedRouter
from pilotharbor.outreach.commands import pitches, scoring
from pilotharbor.outreach.queries import roadshows as queries
from pilotharbor.outreach.routes import shown
from pilotharbor.outreach.routes.bodies import In, Key, Text
from pilotharbor.outreach.routes.shown import PitchOut, RoadshowOut
from pilotharbor.parties.auth import ActorRequest

router = NamedRouter("pilotharbor.outreach.routes.roadshows")


class PitchIn(In):
    """An item of the agenda."""

    title: Text
    team: Text
    minutes: int
    achievement_id: int | None = None


class OrderIn(In):
    """The items still to come, in their order; those left out go from the agenda."""

    pitch_ids: Annotated[list[int], Field(max_length=200)]


class PointsIn(In):
    """Whole points from 0 to 100 for exactly the criteria of the giver."""

    points: dict[Key, int]
    comment: Text = ""


class ScoreOut(Schema):
    """Points as they were given; ``total`` in hundredths."""

    id: int
    pitch_id: int
    points: dict[str, int]
    total: int


@router.post("/roadshows/{int:roadshow_id}/agenda/pitches", response={201: PitchOut})
def add_pitch(request: ActorRequest, roadshow_id: int, body: PitchIn) -> Status[Any]:
    """Put an item at the end of the agenda."""
    made = pitches.add(
        roadshow_id=roadshow_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )
    return Status(201, shown.pitch(made, made.achievement_id))


@router.put("/roadshows/{int:roadshow_id}/agenda", response=RoadshowOut)
def order(request: ActorRequest, roadshow_id: int, body: OrderIn) -> dict[str, Any]:
    """Put the items still to come into another order."""
    pitches.reorder(
        roadshow_id=roadshow_id, pitch_ids=body.pitch_ids, actor_id=request.auth.pk,
        at=clock.now(request),
    )  # fmt: skip
    row = queries.visible_roadshow(actor=request.auth, roadshow_id=roadshow_id)
    return shown.roadshow(row, request.auth)


@router.post("/pitches/{int:pitch_id}/begin", response=PitchOut)
def begin(request: ActorRequest, pitch_id: int) -> dict[str, Any]:
    """Let an item go on. 409 ``outreach.another_is_on``."""
    row = pitches.begin(pitch_id=pitch_id, actor_id=request.auth.pk, at=clock.now(request))
    return shown.pitch(row, row.achievement_id)


@router.post("/pitches/{int:pitch_id}/end", response=PitchOut)
def end(request: ActorRequest, pitch_id: int) -> dict[str, Any]:
    """End an item and unseal its points."""
    row = pitches.end(pitch_id=pitch_id, actor_id=request.auth.pk, at=clock.now(request))
    return shown.pitch(row, row.achievement_id)


@router.post("/pitches/{int:pitch_id}/scores", response=ScoreOut)
def score(request: ActorRequest, pitch_id: int, body: PointsIn) -> Any:
    """Give points, or others instead. 409 ``outreach.not_on_now``, 403 ``outreach.no_voice``."""
    return scoring.give(
        pitch_id=pitch_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )
