"""From draft to the market: submit, publish, return, withdraw."""

from datetime import datetime

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Forbidden, Invalid
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.technologies import queries
from pilotharbor.technologies.commands import versions
from pilotharbor.technologies.commands.rules import (
    NotYourEntry,
    acting,
    locked_achievement,
    locked_demand,
    require_writer,
)
from pilotharbor.technologies.models import Achievement, Demand, Status
from pilotharbor.technologies.queries import Entry

NOTE_LENGTH = 500


class OwnSubmission(Forbidden):
    """Whoever submitted it cannot review it; another member of the office must."""

    code = "technologies.own_submission"


class NoteMissing(Invalid):
    """Say what should be changed, in at most 500 characters."""

    code = "technologies.note_missing"


@command
def submit(*, achievement_id: int, actor_id: int, at: datetime) -> Achievement:
    """Put a draft or returned result up for review by the owner's transfer office.

    Raises: NotFound, NotYourRole, NotYourEntry, MoveNotAllowed.
    Source: R-TECH-4.
    """
    actor = acting(actor_id, Verb.WRITE, Kind.ACHIEVEMENT)
    achievement = locked_achievement(achievement_id, actor)
    _submit(achievement, actor)
    events.record("technologies.achievement.submitted", achievement, actor=actor, at=at)
    return achievement


@command
def submit_demand(*, demand_id: int, actor_id: int, at: datetime) -> Demand:
    """Put a draft or returned need up for review by the platform's operators.

    Raises: NotFound, NotYourRole, NotYourEntry, MoveNotAllowed.
    """
    actor = acting(actor_id, Verb.WRITE, Kind.DEMAND)
    demand = locked_demand(demand_id, actor)
    _submit(demand, actor)
    events.record("technologies.demand.submitted", demand, actor=actor, at=at)
    return demand


def _submit(entry: Entry, actor: Membership) -> None:
    require_writer(entry, actor)
    advance(entry, Status.SUBMITTED, submitted_by=actor, reviewed_by=None)


@command
def publish(*, achievement_id: int, actor_id: int, at: datetime) -> Achievement:
    """Let a reviewed result onto the market.

    Raises: NotFound, NotYourRole, NotYourEntry, OwnSubmission, MoveNotAllowed.
    Source: R-TECH-4.
    """
    actor = acting(actor_id, Verb.APPROVE, Kind.ACHIEVEMENT)
    achievement = locked_achievement(achievement_id, actor)
    _publish(achievement, actor, at)
    events.record("technologies.achievement.published", achievement, actor=actor, at=at)
    return achievement


@command
def publish_demand(*, demand_id: int, actor_id: int, at: datetime) -> Demand:
    """Let a reviewed need onto the market.

    Raises: NotFound, NotYourRole, NotYourEntry, OwnSubmission, MoveNotAllowed.
    """
    actor = acting(actor_id, Verb.APPROVE, Kind.DEMAND)
    demand = locked_demand(demand_id, actor)
    _publish(demand, actor, at)
    events.record("technologies.demand.published", demand, actor=actor, at=at)
    return demand


def _publish(entry: Entry, actor: Membership, at: datetime) -> None:
    _require_reviewer(entry, actor)
    advance(entry, Status.PUBLISHED, reviewed_by=actor, published_at=at, review_note="")
    versions.keep([entry], actor=actor, at=at)


def _require_reviewer(entry: Entry, actor: Membership) -> None:
    if not queries.may_approve(entry=entry, actor=actor):
        raise NotYourEntry
    if entry.status == Status.SUBMITTED and (queries.submitter(entry).person_id == actor.person_id):
        raise OwnSubmission


@command
def return_(*, achievement_id: int, note: str, actor_id: int, at: datetime) -> Achievement:
    """Send a result back to its authors with what should be changed.

    Raises: NotFound, NotYourRole, NotYourEntry, OwnSubmission, NoteMissing, MoveNotAllowed.
    """
    actor = acting(actor_id, Verb.APPROVE, Kind.ACHIEVEMENT)
    achievement = locked_achievement(achievement_id, actor)
    _return(achievement, note, actor)
    events.record("technologies.achievement.returned", achievement, actor=actor, at=at)
    return achievement


@command
def return_demand(*, demand_id: int, note: str, actor_id: int, at: datetime) -> Demand:
    """Send a need back to its enterprise with what should be changed.

    Raises: NotFound, NotYourRole, NotYourEntry, OwnSubmission, NoteMissing, MoveNotAllowed.
    """
    actor = acting(actor_id, Verb.APPROVE, Kind.DEMAND)
    demand = locked_demand(demand_id, actor)
    _return(demand, note, actor)
    events.record("technologies.demand.returned", demand, actor=actor, at=at)
    return demand


def _return(entry: Entry, note: str, actor: Membership) -> None:
    _require_reviewer(entry, actor)
    note = note.replace("\x00", "").strip()
    if not 1 <= len(note) <= NOTE_LENGTH:
        raise NoteMissing(problems={"note": str(NoteMissing())})
    advance(entry, Status.RETURNED, reviewed_by=actor, review_note=note)


@command
def withdraw(*, achievement_id: int, actor_id: int, at: datetime) -> Achievement:
    """Take a result off the market for good; what was agreed about it stays.

    Raises: NotFound, NotYourEntry, MoveNotAllowed.
    """
    actor = parties.actor(actor_id=actor_id)
    achievement = locked_achievement(achievement_id, actor)
    _withdraw(achievement, actor)
    events.record("technologies.achievement.withdrawn", achievement, actor=actor, at=at)
    return achievement


@command
def withdraw_demand(*, demand_id: int, actor_id: int, at: datetime) -> Demand:
    """Take a need off the market for good.

    Raises: NotFound, NotYourEntry, MoveNotAllowed.
    """
    actor = parties.actor(actor_id=actor_id)
    demand = locked_demand(demand_id, actor)
    _withdraw(demand, actor)
    events.record("technologies.demand.withdrawn", demand, actor=actor, at=at)
    return demand


def _withdraw(entry: Entry, actor: Membership) -> None:
    """By those who may write it, or approve it (an operator takes a bad need down)."""
    if not queries.may_approve(entry=entry, actor=actor):
        rights.require(actor, Verb.WRITE, queries.kind_of(entry))
        require_writer(entry, actor)
    advance(entry, Status.WITHDRAWN)
