"""Intents and what came of them, for programs."""

from datetime import datetime
from typing import Any

from ninja import Schema, Status

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.http import Cursor, Limit, NamedRouter
from pilotharbor.outreach.commands import intents as commands
from pilotharbor.outreach.models import Intent
from pilotharbor.outreach.queries import roadshows as queries
from pilotharbor.outreach.routes.bodies import In, Text
from pilotharbor.parties.auth import ActorRequest

router = NamedRouter("pilotharbor.outreach.routes.roadshows")


class IntentIn(In):
    """What is wanted of a pitch; ``approachable`` lets a technology manager carry it on."""

    kind: Text
    words: Text
    approachable: bool = False


class FollowIn(In):
    """How an intent went on; ``signed_fen`` where it was signed."""

    to: Text
    note: Text = ""
    signed_fen: int | None = None


class IntentOut(Schema):
    """What somebody wants of a pitch."""

    id: int
    pitch_id: int
    kind: str
    words: str
    status: str
    note: str
    signed_fen: int | None
    approachable: bool
    declared_by_id: int
    declared_at: datetime
    lead_id: int | None


class Intents(Schema):
    """A page of intents."""

    items: list[IntentOut]
    next_cursor: str | None


@router.post("/pitches/{int:pitch_id}/intents", response={201: IntentOut})
def declare(request: ActorRequest, pitch_id: int, body: IntentIn) -> Status[Intent]:
    """Say what one wants of a pitch."""
    made = commands.declare(
        pitch_id=pitch_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )
    return Status(201, made)


@router.get("/roadshow-intents", response=Intents)
def intent_list(
    request: ActorRequest, status: str = "", cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Intents one may see, newest first."""
    rows = queries.visible_intents(actor=request.auth)
    if status in Intent.Status.values:
        rows = rows.filter(status=status)
    found = pages.page(rows, by="-id", cursor=cursor, limit=limit)
    return {"items": found.items, "next_cursor": found.next_cursor}


@router.post("/roadshow-intents/{int:intent_id}/follow", response=IntentOut)
def follow(request: ActorRequest, intent_id: int, body: FollowIn) -> Intent:
    """Write down how an intent went on."""
    return commands.follow(
        intent_id=intent_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )


@router.post("/roadshow-intents/{int:intent_id}/approachable", response=IntentOut)
def let_approach(request: ActorRequest, intent_id: int) -> Intent:
    """Agree, as who declared it, to be approached by a technology manager."""
    return commands.let_approach(
        intent_id=intent_id, actor_id=request.auth.pk, at=clock.now(request)
    )


@router.post("/roadshow-intents/{int:intent_id}/lead", response={201: IntentOut})
def carry(request: ActorRequest, intent_id: int) -> Status[Intent]:
    """Make a lead of it, as a manager. 409 ``outreach.carried_already``, ``outreach.not_offered_to_managers``."""
    made = commands.carry(intent_id=intent_id, actor_id=request.auth.pk, at=clock.now(request))
    return Status(201, made)
