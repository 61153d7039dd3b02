"""The industrialisation decision: found a company with equity that sums to 100 %, or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pilotharbor.agreements import commands as agreements
from pilotharbor.finance import queries
from pilotharbor.finance.models import Decision, Holding, InventorReward, RewardRule
from pilotharbor.kernel import events, money
from pilotharbor.kernel.errors import Conflict, Invalid, NotFound
from pilotharbor.kernel.time import local_date
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.projects import commands as projects
from pilotharbor.projects import queries as project_queries
from pilotharbor.projects.models import Project

WHOLE_BP = 10_000


@dataclass(frozen=True)
class Share:
    """What one organisation gets of the company, in basis points, before the inventors' reward."""

    organisation_id: int
    share_bp: int


@dataclass(frozen=True)
class Reward:
    """``share_bp`` of the organisation's stake goes to the inventors, under a jurisdiction's rule."""

    organisation_id: int
    share_bp: int
    jurisdiction: str


class EquityNotWhole(Invalid):
    """The shares sum to {sum_bp} basis points instead of 10000 (100 %)."""

    code = "finance.equity_not_whole"


class HolderTwice(Invalid):
    """An organisation is named twice among the holders; give each one line."""

    code = "finance.holder_twice"


class CompanyMissing(Invalid):
    """Founding a company needs the company and its holders."""

    code = "finance.company_missing"


class UnknownOrganisation(Invalid):
    """Organisation {organisation_id} is not known here; register it first."""

    code = "finance.unknown_organisation"


class RewardWithoutStake(Invalid):
    """The inventors' reward is a share of a stake, but that organisation holds none."""

    code = "finance.reward_without_stake"


class BelowRewardFloor(Invalid):
    """The inventors would get {share_bp} bp, but the rule asks for at least {floor_bp} bp: {source}."""

    code = "finance.below_reward_floor"


class NoRewardRule(Invalid):
    """No reward rule covers {jurisdiction} on {date}; add the rule with its source first."""

    code = "finance.no_reward_rule"


class AlreadyDecided(Conflict):
    """The project was decided before; a new decision is a new project."""

    code = "finance.already_decided"


class NotAtDecision(Conflict):
    """The project does not stand at its industrialisation decision."""

    code = "finance.not_at_decision"


@command
def decide(
    *,
    project_id: int,
    outcome: str,
    actor_id: int,
    at: datetime,
    company_id: int | None = None,
    investment_fen: int = 0,
    holdings: Sequence[Share] = (),
    reward: Reward | None = None,
    reason: str = "",
) -> Decision:
    """Decide a project: found a company, license, or stop.

    Raises: NotFound, NotAtDecision, AlreadyDecided, CompanyMissing, EquityNotWhole, HolderTwice,
    UnknownOrganisation, RewardWithoutStake, NoRewardRule, BelowRewardFloor.
    Source: R-FIN-4 (equity is whole), R-FIN-5 (inventor reward by dated rule).
    """
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.WRITE, Kind.FINANCE)
    _refuse_bad_shares(outcome, company_id, holdings)
    project = _locked_project(actor, project_id)
    decision = Decision.objects.create(
        project=project,
        outcome=outcome,
        company_id=company_id,
        investment_fen=investment_fen,
        reason=reason,
        decided_by=actor,
        decided_at=at,
    )
    inventors_bp = _reward(decision, holdings, reward, at)
    _hold(decision, holdings, reward, inventors_bp)
    agreements.reach_milestones(
        project_id=project_id,
        evidence="decision_made",
        nth=1,
        ref=f"finance.decision:{decision.pk}",
        actor_id=actor_id,
        at=at,
    )
    _move_on(decision, actor_id, at)
    events.record(
        "finance.decision.made",
        decision,
        actor=actor,
        at=at,
        project_id=project_id,
        outcome=outcome,
        company_id=company_id,
        investment_fen=investment_fen,
        inventors_bp=inventors_bp,
    )
    return decision


def _refuse_bad_shares(outcome: str, company_id: int | None, holdings: Sequence[Share]) -> None:
    if outcome != Decision.Outcome.SPIN_OFF:
        return
    if company_id is None or not holdings:
        raise CompanyMissing
    ids = [share.organisation_id for share in holdings]
    if len(set(ids)) != len(ids):
        raise HolderTwice
    total = sum(share.share_bp for share in holdings)
    if total != WHOLE_BP or any(share.share_bp <= 0 for share in holdings):
        raise EquityNotWhole(sum_bp=total)
    known = set(Organisation.objects.filter(pk__in=[*ids, company_id]).values_list("pk", flat=True))
    for organisation_id in [*ids, company_id]:
        if organisation_id not in known:
            raise UnknownOrganisation(organisation_id=organisation_id)


def _locked_project(actor: Membership, project_id: int) -> Project:
    mine = project_queries.visible_projects(actor=actor).filter(platform_id=actor.organisation_id)
    if not mine.filter(pk=project_id).exists():
        raise NotFound
    project = Project.objects.select_for_update(no_key=True).get(pk=project_id)
    if Decision.objects.filter(project=project).exists():
        raise AlreadyDecided
    if project.status != Project.Status.DECISION:
        raise NotAtDecision
    return project


def _reward(
    decision: Decision, holdings: Sequence[Share], reward: Reward | None, at: datetime
) -> int:
    """The inventors' basis points of the whole company; the reward row behind them."""
    if reward is None:
        return 0
    of_bp = next(
        (s.share_bp for s in holdings if s.organisation_id == reward.organisation_id), None
    )
    if of_bp is None:
        raise RewardWithoutStake
    on = local_date(at)
    rule = queries.reward_rule(
        jurisdiction=reward.jurisdiction, applies_to=RewardRule.AppliesTo.EQUITY, on=on
    )
    if rule is None:
        raise NoRewardRule(jurisdiction=reward.jurisdiction, date=on.isoformat())
    organisation = Organisation.objects.get(pk=reward.organisation_id)
    binding = rule.mandatory_for_state_funded and organisation.state_funded
    if binding and reward.share_bp < rule.floor_bp:
        raise BelowRewardFloor(share_bp=reward.share_bp, floor_bp=rule.floor_bp, source=rule.source)
    result_bp = money.half_up(of_bp * reward.share_bp, WHOLE_BP)
    InventorReward.objects.create(
        decision=decision,
        rule=rule,
        organisation=organisation,
        of_bp=of_bp,
        share_bp=reward.share_bp,
        result_bp=result_bp,
    )
    return result_bp


def _hold(
    decision: Decision, holdings: Sequence[Share], reward: Reward | None, inventors_bp: int
) -> None:
    rows: list[Holding] = []
    for share in holdings:
        gives = inventors_bp if reward and share.organisation_id == reward.organisation_id else 0
        rows.append(
            Holding(
                decision=decision,
                holder_id=share.organisation_id,
                agreed_bp=share.share_bp,
                share_bp=share.share_bp - gives,
                position=len(rows),
            )
        )
    if reward and inventors_bp:
        rows.append(
            Holding(
                decision=decision,
                inventors_of_id=reward.organisation_id,
                agreed_bp=0,
                share_bp=inventors_bp,
                position=len(rows),
            )
        )
    Holding.objects.bulk_create(rows)


def _move_on(decision: Decision, actor_id: int, at: datetime) -> None:
    outcome = decision.outcome
    if outcome in {Decision.Outcome.SPIN_OFF, Decision.Outcome.LICENCE}:
        projects.pass_gate(
            project_id=decision.project_id,
            to=Project.Status.FOLLOW_UP,
            actor_id=actor_id,
            at=at,
            ref=f"finance.decision:{decision.pk}",
        )
        return
    projects.end(
        project_id=decision.project_id,
        reason=decision.reason or str(Decision.Outcome(outcome).label),
        actor_id=actor_id,
        at=at,
    )
