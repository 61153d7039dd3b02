"""Answers to scenarios: offer, take back, choose, and how the trial went."""

from datetime import date, datetime

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from pilotharbor.kernel.states import advance, require_move
from pilotharbor.kernel.time import local_date
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties.models import Membership
from pilotharbor.technologies.commands.rules import NotYourEntry
from pilotharbor.technologies.commands.scenarios import (
    given_reason,
    locked_scenario,
    owned_scenario,
    taking_part,
)
from pilotharbor.technologies.content import plain_text
from pilotharbor.technologies.models import Achievement, IpAsset, Scenario, ScenarioAnswer
from pilotharbor.technologies.scenarios import queries
from pilotharbor.technologies.secrecy import refuse_state_secrets

S, A = Scenario.Status, ScenarioAnswer.Status
LONGEST = 4000


class OwnScenario(Forbidden):
    """Your organisation does not answer its own scenario."""

    code = "technologies.own_scenario"


class AnswersClosed(Conflict):
    """This scenario does not take answers, or its last day for answers has passed."""

    code = "technologies.answers_closed"


class AlreadyAnswered(Conflict):
    """Your organisation has answered this already; take that answer back first."""

    code = "technologies.already_answered"


class AlreadyChosen(Conflict):
    """Another answer has been chosen at this moment."""

    code = "technologies.already_chosen"


class NotInTheRunning(Conflict):
    """This answer cannot be chosen: it was taken back, or its trial was not passed."""

    code = "technologies.not_in_the_running"


class WordsMissing(Invalid):
    """Say it in words, at most 4,000 characters."""

    code = "technologies.words_missing"


class NotOnOffer(Invalid):
    """Choose a published result or a right of your own organisation."""

    code = "technologies.not_on_offer"


class TrialDayWrong(Invalid):
    """The trial lies between the day the answer was chosen and today."""

    code = "technologies.trial_day_wrong"


def _words(text: str, field: str) -> str:
    words = plain_text(text, lines=True)
    if not 1 <= len(words) <= LONGEST:
        raise WordsMissing(problems={field: str(WordsMissing())})
    return words


@command
def answer_scenario(
    *,
    scenario_id: int,
    offer: str,
    actor_id: int,
    at: datetime,
    achievement_id: int | None = None,
    ip_asset_id: int | None = None,
) -> ScenarioAnswer:
    """Answer a published scenario for one's organisation.

    Raises: NotFound, NotYourRole, WordsMissing, NotOnOffer, OwnScenario, AnswersClosed,
        AlreadyAnswered, StateSecretRefused.
    Source: R-TECH-13.
    """
    actor = taking_part(actor_id)
    refuse_state_secrets([offer])
    offer = _words(offer, "offer")
    achievement, asset = _on_offer(actor, achievement_id, ip_asset_id)
    scenario = locked_scenario(scenario_id, actor)
    if scenario.owner_id == actor.organisation_id:
        raise OwnScenario
    if scenario.status != S.PUBLISHED or queries.is_over(scenario, at):
        raise AnswersClosed
    live = scenario.answers.filter(organisation_id=actor.organisation_id)
    if live.exclude(status=A.WITHDRAWN).exists():
        raise AlreadyAnswered
    with refusing(technologies_scenarioanswer_one_per_organisation=AlreadyAnswered()):
        made = ScenarioAnswer.objects.create(
            scenario=scenario, organisation_id=actor.organisation_id, offer=offer,
            achievement=achievement, ip_asset=asset, offered_by=actor, offered_at=at,
        )  # fmt: skip
    events.record("technologies.scenario.answered", scenario, actor=actor, at=at, answer_id=made.pk)
    return made


def _on_offer(
    actor: Membership, achievement_id: int | None, ip_asset_id: int | None
) -> tuple[Achievement | None, IpAsset | None]:
    """What the answer rests on; a right brings the result it belongs to."""
    asset = achievement = None
    if ip_asset_id is not None:
        asset = queries.offerable_rights(actor).filter(pk=ip_asset_id).first()
        if asset is None:
            raise NotOnOffer(problems={"ip_asset_id": str(NotOnOffer())})
        achievement = asset.achievement
    if achievement_id is not None:
        found = queries.offerable_achievements(actor).filter(pk=achievement_id).first()
        if found is None or (achievement is not None and achievement != found):
            raise NotOnOffer(problems={"achievement_id": str(NotOnOffer())})
        achievement = found
    return achievement, asset


def _of(answer_id: int, actor: Membership) -> tuple[Scenario, ScenarioAnswer]:
    """An answer and its scenario, both locked, the scenario first."""
    seen = queries.answer(answer_id=answer_id, actor=actor)
    scenario = locked_scenario(seen.scenario_id, actor)
    return scenario, ScenarioAnswer.objects.select_for_update(no_key=True).get(pk=answer_id)


@command
def withdraw_answer(*, answer_id: int, actor_id: int, at: datetime) -> ScenarioAnswer:
    """Take the own organisation's answer back, as long as it has not been chosen.

    Raises: NotFound, NotYourRole, NotYourEntry, MoveNotAllowed.
    """
    actor = taking_part(actor_id)
    scenario, answer = _of(answer_id, actor)
    if answer.organisation_id != actor.organisation_id:
        raise NotYourEntry
    advance(answer, A.WITHDRAWN)
    events.record(
        "technologies.scenario.answer_withdrawn", scenario, actor=actor, at=at, answer_id=answer.pk
    )
    return answer


@command
def choose(*, answer_id: int, reason: str, actor_id: int, at: datetime) -> Scenario:
    """Choose this answer; the other ones are told why they were not (揭榜).

    After a trial that was not passed, one that was not chosen before may be chosen.

    Raises: NotFound, NotYourRole, NotYourEntry, ReasonMissing, MoveNotAllowed, NotInTheRunning,
        AlreadyChosen.
    Source: R-TECH-14.
    """
    actor = taking_part(actor_id)
    reason = given_reason(reason)
    seen = queries.answer(answer_id=answer_id, actor=actor)
    scenario = owned_scenario(seen.scenario_id, actor)
    require_move(scenario, S.UNVEILED)
    if scenario.trial_passed:
        raise AlreadyChosen
    answers = list(scenario.answers.select_for_update(no_key=True).order_by("pk"))
    answer = next((one for one in answers if one.pk == answer_id), None)
    if answer is None:
        raise NotFound
    if answer.status not in queries.CHOOSABLE:
        raise NotInTheRunning
    with refusing(technologies_scenarioanswer_one_chosen=AlreadyChosen()):
        advance(answer, A.CHOSEN, decline_reason="")
    others = [one for one in answers if one.status == A.OFFERED]
    for one in others:
        advance(one, A.NOT_CHOSEN, decline_reason=reason)
    advance(scenario, S.UNVEILED, chosen=answer, unveiled_at=at, trial_passed=None)
    events.record(
        "technologies.scenario.unveiled", scenario, actor=actor, at=at,
        answer_id=answer.pk, not_chosen_ids=[one.pk for one in others],
    )  # fmt: skip
    return scenario


@command
def record_trial(
    *, scenario_id: int, passed: bool, note: str, trial_date: date, actor_id: int, at: datetime
) -> Scenario:
    """Say how the trial of the chosen answer went, in words and with its day (试用验证).

    Raises: NotFound, NotYourRole, NotYourEntry, WordsMissing, MoveNotAllowed, TrialDayWrong.
    Source: R-TECH-14.
    """
    actor = taking_part(actor_id)
    refuse_state_secrets([note])
    note = _words(note, "note")
    scenario = owned_scenario(scenario_id, actor)
    require_move(scenario, S.TRIED)
    answer = scenario.answers.select_for_update(no_key=True).get(status=A.CHOSEN)
    chosen_at = scenario.unveiled_at
    if trial_date > local_date(at) or (chosen_at and trial_date < local_date(chosen_at)):
        raise TrialDayWrong(problems={"trial_date": str(TrialDayWrong())})
    to = A.PASSED if passed else A.FAILED
    advance(answer, to, trial_note=note, trial_date=trial_date)
    advance(scenario, S.TRIED, trial_passed=passed)
    events.record(
        "technologies.scenario.tried", scenario, actor=actor, at=at,
        answer_id=answer.pk, passed=passed,
    )  # fmt: skip
    return scenario
