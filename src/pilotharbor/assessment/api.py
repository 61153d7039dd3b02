"""Assessment over HTTP: panels, independent scores, readiness statements, the pilot decision."""

from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field, StringConstraints

from pilotharbor.assessment import commands, queries
from pilotharbor.assessment.models import Panel, PilotDecision, Seat, TrlStatement
from pilotharbor.kernel import clock
from pilotharbor.kernel.http import Cursor, IdempotencyKey, Limit
from pilotharbor.kernel.pages import page
from pilotharbor.parties.auth import ActorRequest, actor_of
from pilotharbor.parties.models import Membership

router = Router()

Key = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Points = Annotated[str, StringConstraints(max_length=20)]


class SeatIn(Schema):
    """One expert and the field they judge."""

    expert_id: int
    field: Annotated[str, StringConstraints(max_length=80)]


class PanelIn(Schema):
    """A panel; the weights are basis points and sum to 10000."""

    seats: Annotated[list[SeatIn], Field(max_length=100)]
    weights_bp: dict[Key, int]
    pass_mark: Decimal
    override_reason: Annotated[str, StringConstraints(max_length=500)] = ""


class DissolveIn(Schema):
    """Why a panel is sent home."""

    reason: Annotated[str, StringConstraints(max_length=500)]


class ScoresIn(Schema):
    """Points from 0 to 100 as decimal strings, for exactly the panel's criteria."""

    scores: dict[Key, Points]
    opinion: Annotated[str, StringConstraints(max_length=4000)] = ""


class TrlIn(Schema):
    """A rung of a named ladder."""

    scale: Annotated[str, StringConstraints(max_length=8)]
    level: int
    evidence: Annotated[str, StringConstraints(max_length=1000)]


class PilotIn(Schema):
    """Whether a pilot is needed, and why."""

    needed: bool
    reasons: Annotated[str, StringConstraints(max_length=2000)]


class SeatOut(Schema):
    """One seat as far as the reader may see it."""

    id: int
    expert_id: int
    field: str
    handed_in: bool
    scores: dict[str, str] | None = None
    opinion: str | None = None


class PanelOut(Schema):
    """A panel; ``seats`` only for its conveners, its auditors and, their own one, its experts.

    ``warnings`` names what the panel was allowed to lack, for the reason it gives.
    """

    id: int
    project_id: int | None
    status: str
    pass_mark: str
    score: str | None
    weights_bp: dict[str, int]
    convened_at: datetime
    closed_at: datetime | None
    handed_in: int
    seat_count: int
    warnings: list[str]
    override_reason: str | None = None
    dissolved_reason: str | None = None
    entry: dict[str, Any] | None = None
    seats: list[SeatOut] | None = None


class PanelLine(Schema):
    """A panel in a list."""

    id: int
    status: str
    score: str | None
    convened_at: datetime


class Panels(Schema):
    """A page of panels."""

    items: list[PanelLine]
    next_cursor: str | None


class TrlOut(Schema):
    """A statement."""

    id: int
    status: str = "stated"
    scale: str
    level: int
    evidence: str
    stated_at: datetime


class DecisionOut(Schema):
    """The pilot decision."""

    id: int
    status: str
    needed: bool
    reasons: str
    decided_at: datetime


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, ".2f")


def _seat(seat: Seat, *, with_scores: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": seat.pk,
        "expert_id": seat.expert_id,
        "field": seat.field,
        "handed_in": seat.submitted_at is not None,
    }
    if with_scores:
        points = {key: f"{value.normalize():f}" for key, value in queries.points_of(seat).items()}
        shown |= {"scores": points, "opinion": seat.opinion}
    return shown


def _panel(panel: Panel, actor: Membership | None) -> dict[str, Any]:
    far, mine = queries.progress(panel), queries.seat_of(panel=panel, actor=actor)
    record = queries.sees_record(actor, panel)
    shown: dict[str, Any] = {
        "id": panel.pk,
        # An expert judges without names: the project would lead to them.
        "project_id": None if mine else panel.project_id,
        "status": panel.status,
        "pass_mark": f"{Decimal(panel.pass_mark).normalize():f}",
        "score": _text(panel.score),
        "weights_bp": queries.weights(panel),
        "convened_at": panel.convened_at,
        "closed_at": panel.closed_at,
        "handed_in": far.handed_in,
        "seat_count": far.seats,
        "warnings": [],
    }
    if queries.fields_of(panel) < queries.FIELDS_WANTED:
        shown["warnings"] = ["assessment.fewer_than_three_fields"]
    if mine:
        shown["seats"] = [_seat(mine, with_scores=True)]
        shown["entry"] = asdict(queries.blind_entry(panel))
    elif record or queries.convenes(actor, panel.project):
        rows = queries.seats(panel, with_scores=record)
        shown["override_reason"] = panel.override_reason or None
        shown["dissolved_reason"] = panel.dissolved_reason or None
        shown["seats"] = [_seat(seat, with_scores=record) for seat in rows]
    return shown


def _decision(decision: PilotDecision) -> dict[str, Any]:
    return {
        "id": decision.pk,
        "status": "needed" if decision.needed else "exempt",
        "needed": decision.needed,
        "reasons": decision.reasons,
        "decided_at": decision.decided_at,
    }


@router.post("/projects/{int:project_id}/panels", response={201: PanelOut})
def convene(request: ActorRequest, project_id: int, body: PanelIn) -> Status[dict[str, Any]]:
    """Call a panel together; its conveners are the platform's operators."""
    given = body.dict()
    panel = commands.convene(
        project_id=project_id, **given, actor_id=request.auth.pk, at=clock.now(request)
    )
    return Status(201, _panel(panel, request.auth))


@router.get("/panels", response=Panels)
def index(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """The panels one may know of, newest first."""
    rows = queries.visible_panels(actor=actor_of(request))
    found = page(rows, by="-id", cursor=cursor, limit=limit)
    items = [
        {
            "id": panel.pk,
            "status": panel.status,
            "score": _text(panel.score),
            "convened_at": panel.convened_at,
        }
        for panel in found.items
    ]
    return {"items": items, "next_cursor": found.next_cursor}


@router.get("/panels/{int:panel_id}", response=PanelOut)
def detail(request: HttpRequest, panel_id: int) -> dict[str, Any]:
    """One panel: progress for its conveners, the blind pack for its experts, else the outcome."""
    actor = actor_of(request)
    return _panel(queries.visible_panel(actor=actor, panel_id=panel_id), actor)


@router.put("/panels/{int:panel_id}", response=PanelOut)
def change(request: ActorRequest, panel_id: int, body: PanelIn) -> dict[str, Any]:
    """Put a panel together anew. 409 ``assessment.panel_scored`` once somebody has scored."""
    panel = commands.change(
        panel_id=panel_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )
    return _panel(panel, request.auth)


@router.post("/panels/{int:panel_id}/dissolve", response=PanelOut)
def dissolve(request: ActorRequest, panel_id: int, body: DissolveIn) -> dict[str, Any]:
    """Send a panel home before anybody has scored, with a reason."""
    panel = commands.dissolve(
        panel_id=panel_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )
    return _panel(panel, request.auth)


@router.post("/panels/{int:panel_id}/scores", response={201: SeatOut})
def score(
    request: ActorRequest, panel_id: int, body: ScoresIn, idempotency_key: IdempotencyKey
) -> Status[dict[str, Any]]:
    """Hand in one's own points, once."""
    del idempotency_key
    seat = commands.score(
        panel_id=panel_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )
    return Status(201, _seat(seat, with_scores=True))


@router.post("/panels/{int:panel_id}/close", response=PanelOut)
def close(request: ActorRequest, panel_id: int, idempotency_key: IdempotencyKey) -> dict[str, Any]:
    """Add the scores up; below the pass mark the project ends."""
    del idempotency_key
    panel = commands.close(panel_id=panel_id, actor_id=request.auth.pk, at=clock.now(request))
    return _panel(panel, request.auth)


@router.post("/projects/{int:project_id}/trl-statements", response={201: TrlOut})
def state_trl(
    request: ActorRequest, project_id: int, body: TrlIn, idempotency_key: IdempotencyKey
) -> Status[TrlStatement]:
    """State the readiness, with evidence."""
    del idempotency_key
    statement = commands.state_trl(
        project_id=project_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )
    return Status(201, statement)


@router.post("/projects/{int:project_id}/pilot-decision", response={201: DecisionOut})
def decide_pilot(
    request: ActorRequest, project_id: int, body: PilotIn, idempotency_key: IdempotencyKey
) -> Status[dict[str, Any]]:
    """Decide whether a pilot is needed."""
    del idempotency_key
    decision = commands.decide_pilot(
        project_id=project_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )
    return Status(201, _decision(decision))
