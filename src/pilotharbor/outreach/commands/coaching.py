"""An order for coaching: asked, given to a coach, sessions, plan and equity, an outcome."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.transactions import command
from pilotharbor.outreach import simulation
from pilotharbor.outreach.models import CoachingOrder
from pilotharbor.outreach.queries import coaching as queries
from pilotharbor.outreach.simulation import Asked
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership

S = CoachingOrder.Status
MOST_SESSIONS, LONGEST_CHAPTER = 200, 6000


class OrderIncomplete(Invalid):
    """Some of it is missing; see the fields."""

    code = "outreach.order_incomplete"


class NotYourOrder(Forbidden):
    """This step is taken by somebody else: the team, its coach or the platform."""

    code = "outreach.not_your_order"


class NotACoach(Invalid):
    """Choose an active person of an approved organisation who advises, and not the team itself."""

    code = "outreach.not_a_coach"


class OrderOver(Conflict):
    """This coaching is over."""

    code = "outreach.order_over"


@command
def ask(
    *,
    topic: str,
    team: str,
    question: str,
    achievement_id: int | None = None,
    actor_id: int,
    at: datetime,
) -> CoachingOrder:
    """Ask for coaching, for a team and perhaps about a result of one's own organisation.

    Raises: NotFound, NotYourRole, OrderIncomplete.
    Source: R-OUT-14.
    """
    actor = parties.actor(actor_id=actor_id)
    if not rights.trusted(actor):
        raise rights.NotYourRole(role=actor.role)
    team, question = team.strip(), question.strip()
    problems = {
        name: _("Between 1 and {most} characters.").format(most=most)
        for name, value, most in (("team", team, 120), ("question", question, 2000))
        if not 1 <= len(value) <= most
    }
    if topic not in CoachingOrder.Topic.values:
        problems["topic"] = _("Choose one of the list.")
    mine = queries.own_results(actor=actor)
    if achievement_id is not None and not mine.filter(pk=achievement_id).exists():
        problems["achievement_id"] = _("Choose a result of your own organisation.")
    if problems:
        raise OrderIncomplete(problems=problems)
    order = CoachingOrder.objects.create(
        topic=topic, team=team, question=question, achievement_id=achievement_id,
        organisation_id=actor.organisation_id, asked_by=actor, asked_at=at,
    )  # fmt: skip
    _record("asked", order, actor, at)
    return order


@command
def assign(*, order_id: int, coach_id: int, actor_id: int, at: datetime) -> CoachingOrder:
    """Give an order to a coach, or to another one, as the platform.

    Raises: NotFound, NotYourOrder, NotACoach, OrderOver.
    """
    actor, order = _locked(order_id, actor_id)
    if not queries.runs_coaching(actor):
        raise NotYourOrder
    coach = queries.coaches(order).filter(pk=coach_id).first()
    if coach is None:
        raise NotACoach(problems={"coach_id": str(NotACoach())})
    if order.status == S.UNDER_WAY:
        order.coach = coach
        order.save(update_fields=["coach"])
    elif order.status == S.ASKED:
        advance(order, S.UNDER_WAY, coach=coach)
    else:
        raise OrderOver
    _record("assigned", order, actor, at)
    return order


@command
def note_session(
    *,
    order_id: int,
    notes: str,
    next_step: str = "",
    next_date: date | None = None,
    actor_id: int,
    at: datetime,
) -> CoachingOrder:
    """Write a session down, as the coach: what was said, and what comes next by when.

    Raises: NotFound, NotYourOrder, OrderOver, OrderIncomplete.
    """
    actor, order = _locked(order_id, actor_id)
    if order.coach_id != actor.pk:
        raise NotYourOrder
    if order.status != S.UNDER_WAY:
        raise OrderOver
    notes, next_step = notes.strip(), next_step.strip()
    problems = {}
    if not 1 <= len(notes) <= 4000:
        problems["notes"] = _("Between 1 and {most} characters.").format(most=4000)
    if len(next_step) > 500:
        problems["next_step"] = _("At most {most} characters.").format(most=500)
    if len(order.sessions) >= MOST_SESSIONS:
        problems["notes"] = _("At most {most} sessions are kept.").format(most=MOST_SESSIONS)
    if problems:
        raise OrderIncomplete(problems=problems)
    order.sessions = [
        *order.sessions,
        {
            "at": at.isoformat(), "coach_id": actor.pk, "notes": notes, "next_step": next_step,
            "next_date": next_date.isoformat() if next_date else None,
        },
    ]  # fmt: skip
    order.save(update_fields=["sessions"])
    _record("met", order, actor, at)
    return order


@command
def write_plan(
    *, order_id: int, plan: Mapping[str, str], actor_id: int, at: datetime
) -> CoachingOrder:
    """Write chapters of the business plan, as the team or its coach; others stay as they are.

    Raises: NotFound, NotYourOrder, OrderOver, OrderIncomplete.
    Source: R-OUT-15.
    """
    actor, order = _working(order_id, actor_id)
    problems = {
        key: _("At most {most} characters.").format(most=LONGEST_CHAPTER)
        for key, text in plan.items()
        if len(text) > LONGEST_CHAPTER
    }
    problems |= {key: _("No such chapter.") for key in plan if key not in queries.SECTIONS}
    if problems:
        raise OrderIncomplete(problems=problems)
    order.plan = {**order.plan, **{key: text.strip() for key, text in plan.items()}}
    order.save(update_fields=["plan"])
    _record("plan_written", order, actor, at)
    return order


@command
def keep_equity(*, order_id: int, asked: Asked, actor_id: int, at: datetime) -> CoachingOrder:
    """Keep a simulation with an order, as the team or its coach.

    Raises: NotFound, NotYourOrder, OrderOver, EquityImpossible.
    Source: R-OUT-16.
    """
    simulation.answer(asked)
    actor, order = _working(order_id, actor_id)
    kept: dict[str, Any] = {**asked}
    order.equity = kept
    order.save(update_fields=["equity"])
    _record("equity_kept", order, actor, at)
    return order


@command
def close(*, order_id: int, outcome: str, actor_id: int, at: datetime) -> CoachingOrder:
    """End the coaching with what came of it, as the coach.

    Raises: NotFound, NotYourOrder, OrderIncomplete, MoveNotAllowed.
    """
    actor, order = _locked(order_id, actor_id)
    if order.coach_id != actor.pk:
        raise NotYourOrder
    outcome = outcome.strip()
    if not 1 <= len(outcome) <= 1000:
        said = _("Between 1 and {most} characters.").format(most=1000)
        raise OrderIncomplete(problems={"outcome": said})
    advance(order, S.CLOSED, outcome=outcome, closed_at=at)
    _record("closed", order, actor, at)
    return order


@command
def withdraw(*, order_id: int, actor_id: int, at: datetime) -> CoachingOrder:
    """Need no coaching any more, as the team.

    Raises: NotFound, NotYourOrder, MoveNotAllowed.
    """
    actor, order = _locked(order_id, actor_id)
    if order.asked_by_id != actor.pk:
        raise NotYourOrder
    advance(order, S.WITHDRAWN)
    _record("withdrawn", order, actor, at)
    return order


def _locked(order_id: int, actor_id: int) -> tuple[Membership, CoachingOrder]:
    actor = parties.actor(actor_id=actor_id)
    rows = queries.visible_orders(actor=actor).select_for_update(no_key=True, of=("self",))
    order = rows.filter(pk=order_id).first()
    if order is None:
        raise NotFound
    return actor, order


def _working(order_id: int, actor_id: int) -> tuple[Membership, CoachingOrder]:
    actor, order = _locked(order_id, actor_id)
    if actor.pk not in {order.asked_by_id, order.coach_id}:
        raise NotYourOrder
    if order.status not in {S.ASKED, S.UNDER_WAY}:
        raise OrderOver
    return actor, order


def _record(verb: str, order: CoachingOrder, actor: Membership, at: datetime) -> None:
    events.record(
        f"outreach.coaching.{verb}",
        order,
        actor=actor,
        at=at,
        coach_id=order.coach_id,
        achievement_id=order.achievement_id,
    )
