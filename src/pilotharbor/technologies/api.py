"""Results and needs over HTTP."""

from typing import Any, cast

from django.http import HttpRequest
from ninja import Query, Router, Status

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.http import Cursor, Limit
from pilotharbor.parties.auth import ANYONE, ActorRequest, actor_of
from pilotharbor.parties.models import Membership
from pilotharbor.technologies import commands, queries
from pilotharbor.technologies import schemas as s
from pilotharbor.technologies.commands import Content, DemandContent, GivenRight
from pilotharbor.technologies.models import Achievement, Demand
from pilotharbor.technologies.needs.api import router as needs
from pilotharbor.technologies.notices.api import router as notices
from pilotharbor.technologies.papers.api import router as papers
from pilotharbor.technologies.patents.api import router as patents
from pilotharbor.technologies.registration.api import router as registration
from pilotharbor.technologies.scenarios.api import router as scenarios

router = Router()
router.add_router("", scenarios)
router.add_router("", needs)
router.add_router("", notices)
router.add_router("", papers)
router.add_router("", patents)
router.add_router("", registration)


# Results


def _content(said: dict[str, Any]) -> Content:
    """The flat content of a body; a nested ``trl`` becomes its three fields."""
    rest = {k: v for k, v in said.items() if k not in {"trl", "ip", "inventors"}}
    if trl := said.get("trl"):
        rest |= {f"trl_{name}": value for name, value in trl.items()}
    return cast("Content", rest)


def _rights(said: list[dict[str, Any]] | None) -> list[GivenRight] | None:
    return None if said is None else [GivenRight(**right) for right in said]


def _achievement(request: HttpRequest, actor: Membership | None, pk: int) -> dict[str, Any]:
    at = clock.now(request)
    entry = queries.achievement(achievement_id=pk, actor=actor, at=at)
    reading = queries.reading(entry=entry, actor=actor, at=at)
    if reading.recorded and actor:
        commands.view_detail(achievement_id=pk, actor_id=actor.pk, at=at)
    return s.achievement_full(entry, reading, insider=_insider(entry, actor))


def _insider(entry: Achievement | Demand, actor: Membership | None) -> bool:
    return queries.may_write(entry=entry, actor=actor) or queries.may_approve(
        entry=entry, actor=actor
    )


@router.post("/achievements", response={201: s.AchievementFull})
def disclose(request: ActorRequest, body: s.AchievementIn) -> Status[Any]:
    """Disclose a result of one's organisation as a draft.

    422 ``technologies.content_wrong`` with one error a field; 403
    ``kernel.state_secret_refused`` for a text with a state-secret marking.
    """
    said = body.dict()
    made = commands.disclose(
        content=_content(said),
        ip=_rights(said["ip"]) or (),
        inventor_ids=body.inventors,
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return Status(201, _achievement(request, request.auth, made.pk))


@router.get("/achievements", response=s.Page[s.AchievementOut], auth=ANYONE)
def list_achievements(
    request: HttpRequest,
    wanted: Query[s.AchievementFilters],
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Results one may see, newest first."""
    actor = actor_of(request)
    rows = queries.filtered(queries.visible_achievements(actor=actor), wanted.given(), actor=actor)
    page = pages.page(rows, by="-id", cursor=cursor, limit=limit)
    blind = queries.blind_ids(actor, [row.pk for row in page.items])
    items = [s.achievement_out(row, blind=row.pk in blind) for row in page.items]
    return {"items": items, "next_cursor": page.next_cursor}


@router.get("/achievements/{achievement_id}", response=s.AchievementFull, auth=ANYONE)
def get_achievement(request: HttpRequest, achievement_id: int) -> dict[str, Any]:
    """One result; reading a confidential detail is recorded."""
    return _achievement(request, actor_of(request), achievement_id)


@router.patch("/achievements/{achievement_id}", response=s.AchievementFull)
def revise(
    request: ActorRequest, achievement_id: int, body: s.AchievementChanges
) -> dict[str, Any]:
    """Change what is given and leave the rest."""
    said = body.dict(exclude_unset=True)
    changes = {k: v for k, v in said.items() if v is not None or k in {"mrl", "price_fen"}}
    commands.revise(
        achievement_id=achievement_id,
        content=_content(changes),
        ip=_rights(changes.get("ip")),
        inventor_ids=changes.get("inventors"),
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return _achievement(request, request.auth, achievement_id)


@router.post("/achievements/{achievement_id}/submit", response=s.AchievementFull)
def submit(request: ActorRequest, achievement_id: int) -> dict[str, Any]:
    """Put it up for review by the owner's transfer office."""
    commands.submit(achievement_id=achievement_id, actor_id=request.auth.pk, at=clock.now(request))
    return _achievement(request, request.auth, achievement_id)


@router.post("/achievements/{achievement_id}/publish", response=s.AchievementFull)
def publish(request: ActorRequest, achievement_id: int) -> dict[str, Any]:
    """Let it onto the market. 403 ``technologies.own_submission`` for one's own."""
    commands.publish(achievement_id=achievement_id, actor_id=request.auth.pk, at=clock.now(request))
    return _achievement(request, request.auth, achievement_id)


@router.post("/achievements/{achievement_id}/return", response=s.AchievementFull)
def return_(request: ActorRequest, achievement_id: int, body: s.NoteIn) -> dict[str, Any]:
    """Send it back with what should be changed."""
    commands.return_(
        achievement_id=achievement_id,
        note=body.note,
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return _achievement(request, request.auth, achievement_id)


@router.post("/achievements/{achievement_id}/withdraw", response=s.AchievementFull)
def withdraw(request: ActorRequest, achievement_id: int) -> dict[str, Any]:
    """Take it off the market."""
    commands.withdraw(
        achievement_id=achievement_id, actor_id=request.auth.pk, at=clock.now(request)
    )
    return _achievement(request, request.auth, achievement_id)


@router.post("/achievements/{achievement_id}/readers", response=s.AchievementFull)
def name_reader(request: ActorRequest, achievement_id: int, body: s.ReaderIn) -> dict[str, Any]:
    """Let one person read the detail, whatever its level."""
    commands.name_reader(
        achievement_id=achievement_id,
        membership_id=body.membership_id,
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return _achievement(request, request.auth, achievement_id)


@router.delete("/achievements/{achievement_id}/readers/{membership_id}", response={204: None})
def unname_reader(request: ActorRequest, achievement_id: int, membership_id: int) -> Status[None]:
    """Take a named reader's reading back."""
    commands.unname_reader(
        achievement_id=achievement_id,
        membership_id=membership_id,
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return Status(204, None)


# Needs


def _demand(request: HttpRequest, actor: Membership | None, pk: int) -> dict[str, Any]:
    at = clock.now(request)
    entry = queries.demand(demand_id=pk, actor=actor, at=at)
    reading = queries.reading(entry=entry, actor=actor, at=at)
    if reading.recorded and actor:
        commands.view_demand_detail(demand_id=pk, actor_id=actor.pk, at=at)
    return s.demand_full(entry, reading, insider=_insider(entry, actor))


@router.post("/demands", response={201: s.DemandFull})
def post(request: ActorRequest, body: s.DemandIn) -> Status[Any]:
    """Write down what one's organisation wants solved, as a draft."""
    made = commands.post(
        content=cast("DemandContent", body.dict()),
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return Status(201, _demand(request, request.auth, made.pk))


@router.get("/demands", response=s.Page[s.DemandOut], auth=ANYONE)
def list_demands(
    request: HttpRequest,
    wanted: Query[s.MarketFilters],
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Needs one may see, newest first."""
    actor = actor_of(request)
    rows = queries.filtered(queries.visible_demands(actor=actor), wanted.given(), actor=actor)
    page = pages.page(rows, by="-id", cursor=cursor, limit=limit)
    return {"items": [s.demand_out(d) for d in page.items], "next_cursor": page.next_cursor}


@router.get("/demands/{demand_id}", response=s.DemandFull, auth=ANYONE)
def get_demand(request: HttpRequest, demand_id: int) -> dict[str, Any]:
    """One need; reading a confidential detail is recorded."""
    return _demand(request, actor_of(request), demand_id)


@router.patch("/demands/{demand_id}", response=s.DemandFull)
def revise_demand(request: ActorRequest, demand_id: int, body: s.DemandChanges) -> dict[str, Any]:
    """Change what is given and leave the rest."""
    said = body.dict(exclude_unset=True)
    changes = {k: v for k, v in said.items() if v is not None or k in {"budget_fen", "trl_wanted"}}
    commands.revise_demand(
        demand_id=demand_id,
        content=cast("DemandContent", changes),
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return _demand(request, request.auth, demand_id)


@router.post("/demands/{demand_id}/submit", response=s.DemandFull)
def submit_demand(request: ActorRequest, demand_id: int) -> dict[str, Any]:
    """Put it up for review by the platform's operators."""
    commands.submit_demand(demand_id=demand_id, actor_id=request.auth.pk, at=clock.now(request))
    return _demand(request, request.auth, demand_id)


@router.post("/demands/{demand_id}/publish", response=s.DemandFull)
def publish_demand(request: ActorRequest, demand_id: int) -> dict[str, Any]:
    """Let it onto the market."""
    commands.publish_demand(demand_id=demand_id, actor_id=request.auth.pk, at=clock.now(request))
    return _demand(request, request.auth, demand_id)


@router.post("/demands/{demand_id}/return", response=s.DemandFull)
def return_demand(request: ActorRequest, demand_id: int, body: s.NoteIn) -> dict[str, Any]:
    """Send it back with what should be changed."""
    commands.return_demand(
        demand_id=demand_id, note=body.note, actor_id=request.auth.pk, at=clock.now(request)
    )
    return _demand(request, request.auth, demand_id)


@router.post("/demands/{demand_id}/withdraw", response=s.DemandFull)
def withdraw_demand(request: ActorRequest, demand_id: int) -> dict[str, Any]:
    """Take it off the market."""
    commands.withdraw_demand(demand_id=demand_id, actor_id=request.auth.pk, at=clock.now(request))
    return _demand(request, request.auth, demand_id)
