"""Schedules for programs: asked for, looked at, accepted."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Field, Query, Router, Schema, Status

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.http import Cursor, IdempotencyKey, Limit
from pilotharbor.kernel.ids import LARGEST
from pilotharbor.parties import rights
from pilotharbor.parties.auth import ActorRequest
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.scheduling import accepting, commands, queries
from pilotharbor.scheduling.models import Placement, Proposal

router = Router()

Id = Annotated[int, Field(ge=1, le=LARGEST)]


class PlanIn(Schema):
    """Over which stretch, searched for how long; ``repair`` moves what a closure has hit."""

    start: datetime
    end: datetime
    limit_s: Annotated[int, Field(ge=1, le=600)] = 30
    kind: Proposal.Kind = Proposal.Kind.REQUESTS
    swap_lines: Annotated[list[Id], Field(max_length=200)] = []


class AcceptIn(Schema):
    """Which placements; left out: all that are open."""

    placement_ids: Annotated[list[Id], Field(max_length=2000)] | None = None


def _shown(one: Proposal) -> dict[str, Any]:
    """A schedule without its placements; ``gap`` is a part of the cost."""
    tick = one.tick_s
    return {
        "id": one.pk,
        "platform_id": one.platform_id,
        "kind": one.kind,
        "status": one.status,
        "start": one.horizon.lower,
        "end": one.horizon.upper,
        "limit_s": one.limit_s,
        "requests": one.requests,
        "asked_by": one.asked_by.person.name,
        "asked_at": one.asked_at,
        "solved_at": one.solved_at,
        "tick_s": tick,
        "best": one.best,
        "cost": one.cost,
        "bound": one.bound,
        "gap": None if one.gap_bp is None else one.gap_bp / 10_000,
        "seconds": None if one.took_ms is None else one.took_ms / 1000,
        "waits_s": one.waits_s,
        "first_come_waits_s": one.first_come_waits_s,
        "first_come_placed": one.first_come_placed,
        "problem": one.problem,
    }


def _placement(one: Placement) -> dict[str, Any]:
    return {
        "id": one.pk,
        "booking_id": one.booking_id,
        "line_id": one.line_id,
        "engineer_id": one.engineer_id,
        "start": one.start_at,
        "end": one.end_at,
        "from_line_id": one.from_line_id,
        "from_start": one.from_period.lower,
        "from_end": one.from_period.upper,
        "reasons": one.reasons,
        "status": one.status,
        "outcome": one.outcome,
        "said": one.said,
    }


def _detail(request: ActorRequest, proposal_id: int) -> dict[str, Any]:
    found = queries.visible_proposals(actor=request.auth).filter(pk=proposal_id).first()
    if found is None:
        raise NotFound
    rows = found.placements.order_by("start_at", "id")
    return _shown(found) | {"placements": [_placement(one) for one in rows]}


@router.get("/schedules")
def schedules(
    request: ActorRequest,
    status: Annotated[str, Query(max_length=9)] = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Schedules of one's platform, newest first."""
    rights.require(request.auth, Verb.READ, Kind.BOOKING)
    rows = queries.visible_proposals(actor=request.auth)
    if status:
        rows = rows.filter(status=status)
    page = pages.page(rows, by="-id", cursor=cursor, limit=limit)
    return {"items": [_shown(one) for one in page.items], "next_cursor": page.next_cursor}


@router.post("/schedules", response={201: Any})
def propose(request: ActorRequest, body: PlanIn, idempotency_key: IdempotencyKey) -> Status[Any]:
    """Ask for a schedule of one's platform; the worker searches, ``GET`` tells how far it is."""
    del idempotency_key  # The middleware answers a retry.
    made = commands.propose(**body.dict(), actor_id=request.auth.pk, at=clock.now(request))
    return Status(201, _detail(request, made.pk))


@router.get("/schedules/{int:proposal_id}")
def schedule(request: ActorRequest, proposal_id: int) -> dict[str, Any]:
    """One plan with all its placements and their reasons."""
    return _detail(request, proposal_id)


@router.post("/schedules/{int:proposal_id}/accept")
def accept(
    request: ActorRequest, proposal_id: int, body: AcceptIn, idempotency_key: IdempotencyKey
) -> dict[str, Any]:
    """Accept it whole or in part; what no longer fits says why and stays open."""
    del idempotency_key  # As above.
    told = accepting.accept(
        proposal_id=proposal_id, placement_ids=body.placement_ids,
        actor_id=request.auth.pk, at=clock.now(request),
    )  # fmt: skip
    return _detail(request, proposal_id) | {"accepted": told.done, "refused": told.refused}


@router.post("/schedules/{int:proposal_id}/discard")
def discard(request: ActorRequest, proposal_id: int) -> dict[str, Any]:
    """Throw it away, or end its search."""
    commands.discard(proposal_id=proposal_id, actor_id=request.auth.pk, at=clock.now(request))
    return _detail(request, proposal_id)
