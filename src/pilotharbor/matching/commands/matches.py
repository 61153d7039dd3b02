"""Putting results and needs together: propose, accept, decline."""

from datetime import datetime

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.matching import queries
from pilotharbor.matching.models import Match
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership
from pilotharbor.technologies import queries as technologies
from pilotharbor.technologies.models import Achievement, Demand, Status

REASON_LENGTH = 500


class NotYourMatch(Forbidden):
    """Only the owners of the result and of the need, and those who carry matches, may do this."""

    code = "matching.not_your_match"


class NotOnTheMarket(Conflict):
    """“{title}” is not published; only published results and needs are matched."""

    code = "matching.not_on_the_market"


class AlreadyMatched(Conflict):
    """These two have been put together already; open their match."""

    code = "matching.already_matched"


class ReasonMissing(Invalid):
    """Say why, in at most 500 characters."""

    code = "matching.reason_missing"


@command
def propose(*, achievement_id: int, demand_id: int, actor_id: int, at: datetime) -> Match:
    """Propose that a published result answers a published need; score and reasons are kept.

    Raises: NotFound, NotYourMatch, NotOnTheMarket, AlreadyMatched.
    Source: R-MATCH-3, R-MATCH-4.
    """
    actor = parties.actor(actor_id=actor_id)
    achievement = technologies.visible_achievements(actor=actor).filter(pk=achievement_id).first()
    demand = technologies.visible_demands(actor=actor).filter(pk=demand_id).first()
    if achievement is None or demand is None:
        raise NotFound
    for entry in (achievement, demand):
        if entry.status != Status.PUBLISHED:
            raise NotOnTheMarket(title=entry.title)
    if not queries.may_propose(achievement=achievement, demand=demand, actor=actor):
        raise NotYourMatch
    fit = queries.fit(achievement=achievement, demand=demand)

    # Withdrawing waits for this lock, so nothing is matched that has just left the market.
    _still_published(achievement, demand)
    with refusing(matching_match_once=AlreadyMatched()):
        match = Match.objects.create(
            achievement=achievement,
            demand=demand,
            score_bp=fit.score_bp,
            reasons=fit.reasons,
            proposed_by=actor,
            proposed_at=at,
        )
    _record("proposed", match, actor, at)
    return match


def _still_published(achievement: Achievement, demand: Demand) -> None:
    for model, pk in ((Achievement, achievement.pk), (Demand, demand.pk)):
        manager = model._default_manager  # noqa: SLF001
        entry = manager.select_for_update(no_key=True).get(pk=pk)
        if entry.status != Status.PUBLISHED:
            raise NotOnTheMarket(title=entry.title)


@command
def accept(*, match_id: int, actor_id: int, at: datetime) -> Match:
    """Agree to a proposed match, for the side that did not propose it.

    Raises: NotFound, NotYourMatch, MoveNotAllowed.
    Source: R-MATCH-4.
    """
    actor, match = _locked(match_id, actor_id)
    if match.status == Match.Status.PROPOSED and not queries.may_answer(match=match, actor=actor):
        raise NotYourMatch
    advance(match, Match.Status.ACCEPTED)
    _record("accepted", match, actor, at)
    return match


@command
def decline(*, match_id: int, reason: str, actor_id: int, at: datetime) -> Match:
    """End a proposed match, with the reason; the two may be proposed again.

    Raises: NotFound, NotYourMatch, ReasonMissing, MoveNotAllowed.
    """
    actor, match = _locked(match_id, actor_id)
    if match.status == Match.Status.PROPOSED and not queries.may_decline(match=match, actor=actor):
        raise NotYourMatch
    reason = reason.replace("\x00", "").strip()
    if not 1 <= len(reason) <= REASON_LENGTH:
        raise ReasonMissing(problems={"reason": str(ReasonMissing())})
    advance(match, Match.Status.DECLINED, declined_reason=reason)
    _record("declined", match, actor, at)
    return match


def _locked(match_id: int, actor_id: int) -> tuple[Membership, Match]:
    actor = parties.actor(actor_id=actor_id)
    match = (
        queries.visible_matches(actor=actor)
        .select_for_update(no_key=True, of=("self",))
        .filter(pk=match_id)
        .first()
    )
    if match is None:
        raise NotFound
    return actor, match


def _record(verb: str, match: Match, actor: Membership, at: datetime) -> None:
    events.record(
        f"matching.match.{verb}",
        match,
        actor=actor,
        at=at,
        achievement_id=match.achievement_id,
        demand_id=match.demand_id,
        score_bp=match.score_bp,
    )
