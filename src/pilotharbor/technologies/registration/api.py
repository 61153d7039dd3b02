"""The way to the national register over HTTP."""

from datetime import date
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema
from pydantic import ConfigDict

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.http import Cursor, Limit
from pilotharbor.parties.auth import ActorRequest
from pilotharbor.technologies import queries as market
from pilotharbor.technologies.commands import registration as commands
from pilotharbor.technologies.commands.rules import require_writer
from pilotharbor.technologies.models import Achievement
from pilotharbor.technologies.registration import queries, sheet

router = Router()
Line = Annotated[str, Field(max_length=200)]


class RegistrationIn(Schema):
    """What the register asks; fields left out stay, empty ones are taken out."""

    model_config = ConfigDict(extra="forbid")

    number: Line | None = None
    registered_on: date | None = None
    recommended_by: Line | None = None
    research_from: Line | None = None
    research_to: Line | None = None
    category: Line | None = None
    attribute: Line | None = None
    form: Line | None = None
    level: Line | None = None
    stage: Line | None = None
    keywords: Annotated[list[Line], Field(max_length=20)] | None = None
    brief: Annotated[str, Field(max_length=4_000)] | None = None
    proofs: Annotated[list[Line], Field(max_length=20)] | None = None


class GapOut(Schema):
    """Something the register wants that is not there, and what helps."""

    name: str
    label: str
    remedy: str


class RegistrationOut(Schema):
    """What is written for the register, and what is missing; complete without gaps."""

    achievement_id: int
    title: str
    registration: dict[str, Any]
    gaps: list[GapOut]


class RegistrationPage(Schema):
    """Some results and where the next ones begin."""

    items: list[RegistrationOut]
    next_cursor: str | None


def _out(entry: Achievement) -> dict[str, Any]:
    return {
        "achievement_id": entry.pk,
        "title": entry.title,
        "registration": entry.registration,
        "gaps": [
            {"name": g.name, "label": g.label, "remedy": g.remedy} for g in queries.gaps(entry)
        ],
    }


def _one(request: ActorRequest, achievement_id: int) -> dict[str, Any]:
    at = clock.now(request)
    entry = market.achievement(achievement_id=achievement_id, actor=request.auth, at=at)
    require_writer(entry, request.auth)
    return _out(entry)


@router.get("/registrations", response=RegistrationPage)
def list_registrations(
    request: ActorRequest, cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """The results of one's organisation with what they lack for the register; its office only."""
    rows = queries.registrable(actor=request.auth).order_by()
    page = pages.page(rows, by="-id", cursor=cursor, limit=limit)
    return {"items": [_out(entry) for entry in page.items], "next_cursor": page.next_cursor}


@router.get("/registrations.{suffix}", response={200: None})
def registration_file(
    request: ActorRequest, suffix: str, ids: Annotated[list[int], Query(alias="id")]
) -> HttpResponse:
    """The chosen results (``?id=1&id=2``) as ``.csv`` or ``.xlsx``.

    422 ``technologies.registration_incomplete`` with one error a missing answer.
    """
    return sheet.of(actor=request.auth, ids=ids, suffix=suffix)


@router.get("/achievements/{achievement_id}/registration", response=RegistrationOut)
def get_registration(request: ActorRequest, achievement_id: int) -> dict[str, Any]:
    """What is written for the register, for who may write the result."""
    return _one(request, achievement_id)


@router.patch("/achievements/{achievement_id}/registration", response=RegistrationOut)
def describe_registration(
    request: ActorRequest, achievement_id: int, body: RegistrationIn
) -> dict[str, Any]:
    """Write down what the register asks."""
    said: Any = body.dict(exclude_unset=True)
    given: Any = {name: "" if value is None else value for name, value in said.items()}
    commands.describe_registration(
        achievement_id=achievement_id,
        content=given,
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return _one(request, achievement_id)
