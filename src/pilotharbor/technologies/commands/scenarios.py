"""Scenarios: write one down, have it reviewed, choose an answer, say what became of it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Invalid, NotFound
from pilotharbor.kernel.states import advance, require_move
from pilotharbor.kernel.time import local_date
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.technologies.commands import versions
from pilotharbor.technologies.commands.achievements import differing, save
from pilotharbor.technologies.commands.readers import DetailClosed
from pilotharbor.technologies.commands.review import NOTE_LENGTH, NoteMissing, OwnSubmission
from pilotharbor.technologies.commands.rules import NotOpenForChange, NotYourEntry
from pilotharbor.technologies.content import plain_text, texts_of
from pilotharbor.technologies.models import Scenario
from pilotharbor.technologies.scenarios import queries
from pilotharbor.technologies.scenarios.content import ScenarioContent, cleaned
from pilotharbor.technologies.secrecy import refuse_state_secrets

S = Scenario.Status
LARGEST_ORDER_FEN = 10**15


class LastDayPassed(Invalid):
    """The last day for answers has passed already; choose a later one or leave it open."""

    code = "technologies.last_day_passed"


class AnswersWaiting(Conflict):
    """It has been answered; close it with a reason, so that those who answered learn why."""

    code = "technologies.answers_waiting"


class ReasonMissing(Invalid):
    """Give a reason in at most 500 characters."""

    code = "technologies.reason_missing"


class OrderWrong(Invalid):
    """A first order has an amount above zero and a day between the trial and today."""

    code = "technologies.order_wrong"


class TrialNotPassed(Conflict):
    """A first order follows a trial that was passed."""

    code = "technologies.trial_not_passed"


def taking_part(actor_id: int) -> Membership:
    """The actor, who writes results or needs of an organisation.

    Raises: NotFound, NotYourRole.
    """
    actor = parties.actor(actor_id=actor_id)
    if not queries.takes_part(actor):
        raise rights.NotYourRole(role=actor.role, verb=Verb.WRITE.value, kind=Kind.DEMAND.value)
    return actor


def locked_scenario(scenario_id: int, actor: Membership) -> Scenario:
    """The scenario, locked.

    Raises: NotFound when the actor may not see it.
    """
    if not queries.visible_scenarios(actor=actor).filter(pk=scenario_id).exists():
        raise NotFound
    return Scenario.objects.select_for_update(no_key=True).get(pk=scenario_id)


def owned_scenario(scenario_id: int, actor: Membership) -> Scenario:
    """The scenario, locked, of which the actor may say what becomes of it.

    Raises: NotFound, NotYourEntry.
    """
    scenario = locked_scenario(scenario_id, actor)
    if not queries.may_write(entry=scenario, actor=actor):
        raise NotYourEntry
    return scenario


def given_reason(text: str) -> str:
    """A reason as it is kept.

    Raises: ReasonMissing.
    """
    reason = plain_text(text, lines=False)
    if not 1 <= len(reason) <= NOTE_LENGTH:
        raise ReasonMissing(problems={"reason": str(ReasonMissing())})
    return reason


@command
def post_scenario(*, content: ScenarioContent, actor_id: int, at: datetime) -> Scenario:
    """Write down a scenario, or a product that looks for one, as a draft.

    Raises: NotYourRole, StateSecretRefused, ContentWrong.
    Source: R-TECH-1, R-TECH-12.
    """
    actor = taking_part(actor_id)
    refuse_state_secrets(texts_of(content))
    fields = cleaned(content, {})

    scenario = Scenario.objects.create(
        **fields, owner_id=actor.organisation_id, posted_by=actor, posted_at=at
    )
    events.record("technologies.scenario.posted", scenario, actor=actor, at=at)
    return scenario


@command
def revise_scenario(
    *, scenario_id: int, content: ScenarioContent, actor_id: int, at: datetime
) -> Scenario:
    """Change what is given and leave the rest, while it is a draft or has been returned.

    Raises: NotFound, NotYourRole, NotYourEntry, NotOpenForChange, StateSecretRefused, ContentWrong.
    """
    actor = taking_part(actor_id)
    refuse_state_secrets(texts_of(content))
    scenario = owned_scenario(scenario_id, actor)
    require_open(scenario)
    fields = cleaned(content, _present(scenario))

    changed = sorted(differing(scenario, fields))
    save(scenario, fields)
    if changed:
        events.record("technologies.scenario.revised", scenario, actor=actor, at=at, fields=changed)
    return scenario


def require_open(scenario: Scenario) -> None:
    """What has been published stays as it was answered.

    Raises: NotOpenForChange.
    """
    if scenario.status not in {S.DRAFT, S.RETURNED}:
        raise NotOpenForChange(status=str(scenario.status))


def _present(scenario: Scenario) -> Mapping[str, Any]:
    return {name: getattr(scenario, name) for name in ("title", "summary", "direction")}


@command
def submit_scenario(*, scenario_id: int, actor_id: int, at: datetime) -> Scenario:
    """Put it up for review by the platform's operators.

    Raises: NotFound, NotYourRole, NotYourEntry, LastDayPassed, MoveNotAllowed.
    """
    actor = taking_part(actor_id)
    scenario = owned_scenario(scenario_id, actor)
    require_move(scenario, S.SUBMITTED)
    if queries.is_over(scenario, at):
        raise LastDayPassed(problems={"answers_until_date": str(LastDayPassed())})
    advance(scenario, S.SUBMITTED, submitted_by=actor, reviewed_by=None)
    events.record("technologies.scenario.submitted", scenario, actor=actor, at=at)
    return scenario


@command
def publish_scenario(*, scenario_id: int, actor_id: int, at: datetime) -> Scenario:
    """Let a reviewed scenario be answered.

    Raises: NotFound, NotYourRole, OwnSubmission, LastDayPassed, MoveNotAllowed.
    """
    actor, scenario = _reviewing(scenario_id, actor_id)
    require_move(scenario, S.PUBLISHED)
    if queries.is_over(scenario, at):
        raise LastDayPassed
    advance(scenario, S.PUBLISHED, reviewed_by=actor, published_at=at, review_note="")
    versions.keep([scenario], actor=actor, at=at)
    events.record("technologies.scenario.published", scenario, actor=actor, at=at)
    return scenario


@command
def return_scenario(*, scenario_id: int, note: str, actor_id: int, at: datetime) -> Scenario:
    """Send it back with what should be changed.

    Raises: NotFound, NotYourRole, OwnSubmission, NoteMissing, MoveNotAllowed.
    """
    actor, scenario = _reviewing(scenario_id, actor_id)
    note = plain_text(note, lines=True)
    if not 1 <= len(note) <= NOTE_LENGTH:
        raise NoteMissing(problems={"note": str(NoteMissing())})
    advance(scenario, S.RETURNED, reviewed_by=actor, review_note=note)
    events.record("technologies.scenario.returned", scenario, actor=actor, at=at)
    return scenario


def _reviewing(scenario_id: int, actor_id: int) -> tuple[Membership, Scenario]:
    """Who reviews, and what; never one's own submission (R-TECH-4)."""
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.APPROVE, Kind.DEMAND)
    scenario = locked_scenario(scenario_id, actor)
    submitter = scenario.submitted_by or scenario.posted_by
    if scenario.status == S.SUBMITTED and submitter.person_id == actor.person_id:
        raise OwnSubmission
    return actor, scenario


@command
def withdraw_scenario(*, scenario_id: int, actor_id: int, at: datetime) -> Scenario:
    """Take it back before anybody has answered it.

    Raises: NotFound, NotYourEntry, AnswersWaiting, MoveNotAllowed.
    """
    actor = parties.actor(actor_id=actor_id)
    scenario = _ending(scenario_id, actor)
    if scenario.status == S.PUBLISHED and queries.takers(scenario, queries.A.OFFERED):
        raise AnswersWaiting
    advance(scenario, S.WITHDRAWN)
    events.record("technologies.scenario.withdrawn", scenario, actor=actor, at=at)
    return scenario


@command
def close_scenario(*, scenario_id: int, reason: str, actor_id: int, at: datetime) -> Scenario:
    """End it without an order; whoever has answered learns the reason.

    Raises: NotFound, NotYourEntry, ReasonMissing, MoveNotAllowed.
    Source: R-TECH-14.
    """
    actor = parties.actor(actor_id=actor_id)
    reason = given_reason(reason)
    scenario = _ending(scenario_id, actor)
    require_move(scenario, S.CLOSED)
    for answer in scenario.answers.filter(status=queries.A.OFFERED).order_by("pk"):
        advance(answer, queries.A.NOT_CHOSEN, decline_reason=reason)
    advance(scenario, S.CLOSED, closing_reason=reason)
    events.record("technologies.scenario.closed", scenario, actor=actor, at=at)
    return scenario


def _ending(scenario_id: int, actor: Membership) -> Scenario:
    """The scenario, which its owner ends, or an operator takes down."""
    scenario = locked_scenario(scenario_id, actor)
    if not (queries.may_write(entry=scenario, actor=actor) or queries.may_approve(actor=actor)):
        raise NotYourEntry
    return scenario


@command
def order_first(
    *, scenario_id: int, amount_fen: int, order_date: date, actor_id: int, at: datetime
) -> Scenario:
    """Record the first order that followed a passed trial, in fen and with its day.

    Raises: NotFound, NotYourRole, NotYourEntry, MoveNotAllowed, TrialNotPassed, OrderWrong.
    Source: R-TECH-14.
    """
    actor = taking_part(actor_id)
    scenario = owned_scenario(scenario_id, actor)
    require_move(scenario, S.FIRST_ORDER)
    if not scenario.trial_passed:
        raise TrialNotPassed
    problems = {}
    if not 0 < amount_fen <= LARGEST_ORDER_FEN:
        problems["amount_fen"] = str(OrderWrong())
    tried = scenario.chosen.trial_date if scenario.chosen else None
    if order_date > local_date(at) or (tried is not None and order_date < tried):
        problems["order_date"] = str(OrderWrong())
    if problems:
        raise OrderWrong(problems=problems)
    advance(scenario, S.FIRST_ORDER, order_fen=amount_fen, order_date=order_date)
    events.record(
        "technologies.scenario.ordered", scenario, actor=actor, at=at,
        amount_fen=amount_fen, order_date=order_date.isoformat(), answer_id=scenario.chosen_id,
    )  # fmt: skip
    return scenario


@command
def view_scenario_detail(*, scenario_id: int, actor_id: int, at: datetime) -> str:
    """Open the detail of a scenario and leave on record who read it, where that is due.

    Raises: NotFound, DetailClosed.
    Source: R-TECH-6.
    """
    actor = parties.actor(actor_id=actor_id)
    scenario = queries.scenario(scenario_id=scenario_id, actor=actor)
    reading = queries.reading(entry=scenario, actor=actor)
    if not reading.detail:
        raise DetailClosed
    if reading.recorded and scenario.detail:
        events.record(
            "technologies.scenario.detail_viewed", scenario, actor=actor, at=at,
            level=scenario.confidentiality,
        )  # fmt: skip
    return scenario.detail
