"""Coaching over HTTP: orders, sessions, plans, and the equity simulator."""

from datetime import date, datetime
from typing import Annotated, Any, cast

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field, StringConstraints

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.http import Cursor, Limit
from pilotharbor.outreach import simulation
from pilotharbor.outreach.commands import coaching as commands
from pilotharbor.outreach.models import CoachingOrder
from pilotharbor.outreach.queries import coaching as queries
from pilotharbor.outreach.routes.bodies import In, Text
from pilotharbor.outreach.simulation import Asked
from pilotharbor.parties.auth import ANYONE, ActorRequest

router = Router()
Name = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Fen = Annotated[int, Field(ge=0, le=10**17)]


class OrderIn(In):
    """What a team wants help with."""

    topic: Text
    team: Text
    question: Text
    achievement_id: int | None = None


class CoachIn(In):
    """Who coaches."""

    coach_id: int


class SessionIn(In):
    """What was said, and what comes next."""

    notes: Text
    next_step: Text = ""
    next_date: date | None = None


class PlanIn(In):
    """Chapters of a business plan by their keys."""

    plan: dict[Name, Annotated[str, StringConstraints(max_length=6000)]]


class OutcomeIn(In):
    """What came of it."""

    outcome: Text


class RoundIn(In):
    """New money in fen; ``pool_bp`` fills the option pool up to that part after the round."""

    name: Name
    pre_money_fen: Fen
    investments: dict[Name, Fen]
    pool_bp: Annotated[int, Field(ge=0, le=9999)] | None = None
    preferred: bool = False


class EquityIn(In):
    """A company to simulate."""

    shares: Annotated[int, Field(ge=1, le=10**12)]
    holders_bp: dict[Name, int]
    rounds: Annotated[list[RoundIn], Field(max_length=20)] = []
    proceeds_fen: Fen | None = None


class StageOut(Schema):
    """The company at one moment; parts in basis points, values in fen."""

    name: str
    shares: dict[str, int]
    bp: dict[str, int]
    value_fen: int | None


class EquityOut(Schema):
    """A simulation, no advice; ``payout_fen`` sums to the proceeds."""

    stages: list[StageOut]
    payout_fen: dict[str, int] | None


class OrderOut(Schema):
    """An order for coaching."""

    id: int
    topic: str
    team: str
    question: str
    achievement_id: int | None
    organisation_id: int
    coach_id: int | None
    status: str
    sessions: list[dict[str, Any]]
    plan: dict[str, str]
    equity: dict[str, Any] | None
    outcome: str
    asked_at: datetime
    closed_at: datetime | None


class OrderPage(Schema):
    """Some orders."""

    items: list[OrderOut]
    next_cursor: str | None


@router.post("/coaching/equity", response=EquityOut, auth=ANYONE)
def simulate(request: HttpRequest, body: EquityIn) -> dict[str, Any]:
    """Simulate a company through its rounds to an exit. 422 ``outreach.equity_impossible``."""
    del request
    found = simulation.answer(cast("Asked", body.dict()))
    stages = [
        {"name": s.name, "shares": s.shares, "bp": s.bp, "value_fen": s.value_fen}
        for s in found.company.stages
    ]
    return {"stages": stages, "payout_fen": found.payout}


@router.post("/coaching", response={201: OrderOut})
def ask(request: ActorRequest, body: OrderIn) -> Status[CoachingOrder]:
    """Ask for coaching."""
    made = commands.ask(**body.dict(), actor_id=request.auth.pk, at=clock.now(request))
    return Status(201, made)


@router.get("/coaching", response=OrderPage)
def index(request: ActorRequest, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """Orders one placed, coaches or gives out, newest first."""
    rows = queries.visible_orders(actor=request.auth)
    found = pages.page(rows, by="-id", cursor=cursor, limit=limit)
    return {"items": found.items, "next_cursor": found.next_cursor}


@router.get("/coaching/{int:order_id}", response=OrderOut)
def detail(request: ActorRequest, order_id: int) -> CoachingOrder:
    """One order."""
    return queries.visible_order(actor=request.auth, order_id=order_id)


@router.post("/coaching/{int:order_id}/assign", response=OrderOut)
def assign(request: ActorRequest, order_id: int, body: CoachIn) -> CoachingOrder:
    """Give an order to a coach, as the platform."""
    return commands.assign(
        order_id=order_id, coach_id=body.coach_id, actor_id=request.auth.pk, at=clock.now(request)
    )


@router.post("/coaching/{int:order_id}/sessions", response=OrderOut)
def note_session(request: ActorRequest, order_id: int, body: SessionIn) -> CoachingOrder:
    """Write a session down, as the coach."""
    return commands.note_session(
        order_id=order_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )


@router.put("/coaching/{int:order_id}/plan", response=OrderOut)
def write_plan(request: ActorRequest, order_id: int, body: PlanIn) -> CoachingOrder:
    """Write chapters of the business plan."""
    return commands.write_plan(
        order_id=order_id, plan=body.plan, actor_id=request.auth.pk, at=clock.now(request)
    )


@router.put("/coaching/{int:order_id}/equity", response=OrderOut)
def keep_equity(request: ActorRequest, order_id: int, body: EquityIn) -> CoachingOrder:
    """Keep a simulation with an order."""
    return commands.keep_equity(
        order_id=order_id, asked=cast("Asked", body.dict()), actor_id=request.auth.pk,
        at=clock.now(request),
    )  # fmt: skip


@router.post("/coaching/{int:order_id}/close", response=OrderOut)
def close(request: ActorRequest, order_id: int, body: OutcomeIn) -> CoachingOrder:
    """End the coaching with its outcome, as the coach."""
    return commands.close(
        order_id=order_id, outcome=body.outcome, actor_id=request.auth.pk, at=clock.now(request)
    )


@router.post("/coaching/{int:order_id}/withdraw", response=OrderOut)
def withdraw(request: ActorRequest, order_id: int) -> CoachingOrder:
    """Need no coaching any more, as the team."""
    return commands.withdraw(order_id=order_id, actor_id=request.auth.pk, at=clock.now(request))
