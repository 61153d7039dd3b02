"""The industrialisation decision: found a company with equity that sums to 100 %, or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from pilotharbor.agreements import commands as agreements
from pilotharbor.finance import queries
from pilotharbor.finance.models import Decision, Holding, InventorReward, RewardRule
from pilotharbor.kernel import events, money
from pilotharbor.kernel.errors import Conflict, Invalid, NotFound
from pilotharbor.kernel.time import local_date
from pilotharbor.kernel.transactions import command, refusing
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
    """``share_bp`` of the organisation's stake goes to the inventors, by the organisation's rule.

    ``jurisdiction`` may name it, or a stricter one the parties agreed on.
    """

    organisation_id: int
    share_bp: int
    jurisdiction: str = ""


class EquityNotWhole(Invalid):
    """The shares sum to {sum} % instead of 100 %."""

    code = "finance.equity_not_whole"


class HolderTwice(Invalid):
    """An organisation is named twice among the holders; give each one line."""

    code = "finance.holder_twice"


class CompanyMissing(Invalid):
    """Founding a company needs the company and its holders."""

    code = "finance.company_missing"


class ShareOfNothing(Invalid):
    """Every holder gets more than 0 %; leave out who gets nothing."""

    code = "finance.share_of_nothing"


class CompanyFounded(Conflict):
    """“{name}” was founded by another project already; a company is founded once."""

    code = "finance.company_founded"


class CompanyHoldsItself(Invalid):
    """The company to be founded cannot be one of its own holders."""

    code = "finance.company_holds_itself"


class CompanyIsASide(Invalid):
    """The company to be founded is new; it cannot be the project's owner, enterprise or platform."""

    code = "finance.company_is_a_side"


class UnknownOrganisation(Invalid):
    """Organisation {organisation_id} is not known here; register it first."""

    code = "finance.unknown_organisation"


class RewardWithoutStake(Invalid):
    """The inventors' reward is a share of a stake, but that organisation holds none."""

    code = "finance.reward_without_stake"


class BelowRewardFloor(Invalid):
    """The inventors would get {share} % of the stake, but the rule asks for at least {floor} %: {source}."""

    code = "finance.below_reward_floor"


class OtherJurisdiction(Invalid):
    """The rule of {own} applies to “{name}”; that of {named} asks for less or does not exist."""

    code = "finance.other_jurisdiction"


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
    ShareOfNothing, CompanyHoldsItself, CompanyIsASide, CompanyFounded, UnknownOrganisation,
    RewardWithoutStake, NoRewardRule, OtherJurisdiction, BelowRewardFloor.
    Source: R-FIN-4 (equity is whole), R-FIN-5 (inventor reward by dated rule), R-FIN-7 (a company
    is founded once).
    """
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.WRITE, Kind.FINANCE)
    _refuse_bad_shares(outcome, company_id, holdings)
    project = _locked_project(actor, project_id)
    decision = _write(project, outcome, company_id, investment_fen, reason, actor, at)
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
    # What opens a gate is on record before the gate is passed.
    _move_on(decision, actor_id, at)
    return decision


def _write(
    project: Project,
    outcome: str,
    company_id: int | None,
    investment_fen: int,
    reason: str,
    actor: Membership,
    at: datetime,
) -> Decision:
    founded = CompanyFounded(name="")
    if outcome == Decision.Outcome.SPIN_OFF:
        if company_id in {project.owner_id, project.enterprise_id, project.platform_id}:
            raise CompanyIsASide(problems={"company_id": str(CompanyIsASide())})
        name = Organisation.objects.get(pk=company_id or 0).name
        founded = CompanyFounded(name=name)
        founded.problems = {"company_id": str(founded)}
    with refusing(finance_company_founded_once=founded):
        return Decision.objects.create(
            project=project,
            outcome=outcome,
            company_id=company_id,
            investment_fen=investment_fen,
            reason=reason,
            decided_by=actor,
            decided_at=at,
        )


def _refuse_bad_shares(outcome: str, company_id: int | None, holdings: Sequence[Share]) -> None:
    if outcome != Decision.Outcome.SPIN_OFF:
        return
    if company_id is None or not holdings:
        missing = "company_id" if company_id is None else "holdings"
        raise CompanyMissing(problems={missing: str(CompanyMissing())})
    ids = [share.organisation_id for share in holdings]
    if len(set(ids)) != len(ids):
        raise HolderTwice
    if company_id in ids:
        raise CompanyHoldsItself(problems={"company_id": str(CompanyHoldsItself())})
    if any(share.share_bp <= 0 for share in holdings):
        raise ShareOfNothing
    total = sum(share.share_bp for share in holdings)
    if total != WHOLE_BP:
        raise EquityNotWhole(sum=_percent(total), sum_bp=total)
    known = set(Organisation.objects.filter(pk__in=[*ids, company_id]).values_list("pk", flat=True))
    for organisation_id in [*ids, company_id]:
        if organisation_id not in known:
            raise UnknownOrganisation(organisation_id=organisation_id)


def _percent(bp: int) -> str:
    """Basis points as people write a percentage: ``95``, ``12.5``."""
    return f"{Decimal(bp) / 100:f}"


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
        said = str(RewardWithoutStake())
        raise RewardWithoutStake(problems={"inventor_reward.organisation_id": said})
    organisation = Organisation.objects.get(pk=reward.organisation_id)
    rule = _rule(organisation, reward.jurisdiction, local_date(at))
    binding = rule.mandatory_for_state_funded and organisation.state_funded
    if binding and reward.share_bp < rule.floor_bp:
        below = BelowRewardFloor(
            share=_percent(reward.share_bp),
            floor=_percent(rule.floor_bp),
            source=rule.source,
            share_bp=reward.share_bp,
            floor_bp=rule.floor_bp,
        )
        below.problems = {"inventor_reward.share_bp": str(below)}
        raise below
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


def _rule(organisation: Organisation, named: str, on: date) -> RewardRule:
    """The rule of where the organisation is; who decides may only name a stricter one."""
    equity = RewardRule.AppliesTo.EQUITY
    own = queries.reward_rule(jurisdiction=organisation.jurisdiction, applies_to=equity, on=on)
    if own is None:
        raise NoRewardRule(jurisdiction=organisation.jurisdiction, date=on.isoformat())
    if named in {"", organisation.jurisdiction}:
        return own
    other = queries.own_reward_rule(jurisdiction=named, applies_to=equity, on=on)
    if (
        other is None
        or other.floor_bp < own.floor_bp
        or (own.mandatory_for_state_funded and not other.mandatory_for_state_funded)
    ):
        refused = OtherJurisdiction(
            own=organisation.jurisdiction, name=organisation.name, named=named
        )
        refused.problems = {"inventor_reward.jurisdiction": str(refused)}
        raise refused
    return other


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
