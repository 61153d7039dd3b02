"""A lead begins: from a match, because a side asks, or because a manager sees it."""

from collections.abc import Mapping
from datetime import datetime

from pilotharbor.kernel.errors import Conflict, NotFound
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.leads import queries
from pilotharbor.leads.commands.access import (
    LONG,
    NotYourLead,
    by_a_writer,
    locked,
    seen,
    tidy,
    told,
)
from pilotharbor.leads.commands.sides import (
    FROM_SCENARIOS,
    Sides,
    author,
    of_scenario,
    two,
    what_is_named,
)
from pilotharbor.leads.models import Claim, Lead
from pilotharbor.matching import queries as matching
from pilotharbor.matching.models import Match
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.technologies.models import ScenarioAnswer
from pilotharbor.technologies.scenarios import queries as scenarios


class PairTaken(Conflict):
    """Another manager carries this already, or it waits in the pool. Look into the pool; if the first
    contact was yours, contest it and an operator decides.
    """  # noqa: D205 - the sentence is what the user reads

    code = "leads.pair_taken"


class Interested(Conflict):
    """You belong to one of the two sides, so you may not carry this lead."""

    code = "leads.interested"


class NotLost(Conflict):
    """Only a lead that was not concluded is taken up again."""

    code = "leads.not_lost"


class SideKnown(Conflict):
    """This side is named already."""

    code = "leads.side_known"


@command
def open_lead(
    *,
    actor_id: int,
    at: datetime,
    achievement_id: int | None = None,
    demand_id: int | None = None,
    scenario_id: int | None = None,
    supplier_id: int | None = None,
    enterprise_id: int | None = None,
    enterprise_contact_id: int | None = None,
    title: str = "",
    words: str = "",
) -> Lead:
    """Open a lead from scratch; a manager carries it from now on, an operator's waits in the pool.

    A scenario may stand for the side of its owner. ``enterprise_contact_id`` names a member of the
    side of the need. Neither side is told before the first contact with it.

    Raises: NotFound, NotYourRole, SideMissing, NotOnTheMarket, SidesDisagree, OneSided, Interested,
    PairTaken.
    Source: R-LEAD-1, R-LEAD-6, R-LEAD-7, R-LEAD-15.
    """
    actor = parties.actor(actor_id=actor_id)
    if not queries.manages(actor) and not queries.operates(actor):
        raise rights.NotYourRole(role=actor.role)
    sides = what_is_named(
        actor, achievement_id, demand_id, scenario_id, supplier_id=supplier_id,
        enterprise_id=enterprise_id,
    )  # fmt: skip
    if sides.scenario is not None and _live(sides) is not None:
        raise PairTaken
    carries = actor if queries.manages(actor) else None
    there = Membership.objects.filter(
        pk=enterprise_contact_id or 0, organisation_id=sides.enterprise_id or 0
    ).first()
    contacts = {"enterprise": there} if there else {}
    return _create(
        sides, Lead.Origin.SCOUTED, actor, at, carries=carries, title=title, words=words,
        contacts=contacts,
    )  # fmt: skip


@command
def ask(
    *,
    actor_id: int,
    at: datetime,
    achievement_id: int | None = None,
    demand_id: int | None = None,
    scenario_id: int | None = None,
    answer_id: int | None = None,
    words: str = "",
) -> Lead:
    """Ask to be brought together with the owner of a result, a need or a scenario (请求对接).

    With both named, the actor speaks for one of them; with one named, the actor's organisation is
    the other side. The owner of a scenario names the answer it is about, whoever answered may. Where
    a live lead is there already the actor's side joins it.

    Raises: NotFound, NotYourRole, NotYourLead, SideMissing, AnswerMissing, NotOnTheMarket,
    SidesDisagree, OneSided, PairTaken.
    Source: R-LEAD-1, R-LEAD-15.
    """
    actor = parties.actor(actor_id=actor_id)
    if not rights.acts_as(actor, *queries.SIDES):
        raise rights.NotYourRole(role=actor.role)
    answer = None
    if scenario_id is not None:
        answer = _answer(actor, scenario_id, answer_id)
        sides, side = of_scenario(actor, scenario_id, answer, achievement_id, demand_id)
    else:
        supplier_id = None if achievement_id is not None else actor.organisation_id
        enterprise_id = None if demand_id is not None else actor.organisation_id
        sides = what_is_named(
            actor, achievement_id, demand_id, supplier_id=supplier_id, enterprise_id=enterprise_id
        )
        side = _speaks(actor, sides)

    found = _live(sides)
    if found is not None:
        lead = locked(found.pk)
        if sides.scenario is not None and lead.scenario_id is None:
            lead.scenario = sides.scenario
            lead.save(update_fields=["scenario"])
        _tell_side(lead, side, actor, at)
        told("asked", lead, actor, at, side=side)
        return lead
    return _create(
        sides, Lead.Origin.ASKED, actor, at, knows=(side,), words=words,
        contacts=({sides.other: answer.offered_by} if answer else {}) | {side: actor},
    )  # fmt: skip


def _answer(actor: Membership, scenario_id: int, answer_id: int | None) -> ScenarioAnswer | None:
    """The answer it is about, if the actor may read it and it still stands."""
    if answer_id is None:
        return None
    found = scenarios.answer(answer_id=answer_id, actor=actor)
    if found.scenario_id != scenario_id or found.status not in FROM_SCENARIOS:
        raise NotFound
    return found


def _speaks(actor: Membership, sides: Sides) -> str:
    """For which side the actor asks; refuses whoever speaks for neither."""
    given = (sides.achievement, sides.demand)
    for entry, side in zip(given, ("supplier", "enterprise"), strict=True):
        if entry is not None and matching.speaks_for(entry, actor):
            return side
    if sides.demand is None and rights.acts_as(actor, *queries.SPEAKERS):
        return "enterprise"
    if sides.achievement is None:
        return "supplier"
    raise NotYourLead


def _live(sides: Sides) -> Lead | None:
    """The live lead over the same thing; a lead from a scenario is one of its two organisations."""
    rows = Lead.objects.exclude(status__in=["signed", "lost"])
    if sides.scenario is not None:
        if sides.supplier_id is None or sides.enterprise_id is None:
            return None
        two_of_them = rows.filter(supplier_id=sides.supplier_id, enterprise_id=sides.enterprise_id)
        there = two_of_them.filter(scenario=sides.scenario).first()
        if there is not None or (sides.achievement is None and sides.demand is None):
            return there
        rows = two_of_them.filter(scenario=None)
    rows = rows.filter(achievement=sides.achievement, demand=sides.demand)
    if sides.scenario is None and sides.demand is None:
        rows = rows.filter(enterprise_id=sides.enterprise_id)
    if sides.scenario is None and sides.achievement is None:
        rows = rows.filter(supplier_id=sides.supplier_id)
    return rows.order_by("pk").first()


def _tell_side(lead: Lead, side: str, contact: Membership, at: datetime) -> None:
    """From now on this side knows of the lead; whoever asked is its contact."""
    if getattr(lead, f"{side}_since_at") is None:
        setattr(lead, f"{side}_since_at", at)
        setattr(lead, f"{side}_contact", contact)
        lead.save(update_fields=[f"{side}_since_at", f"{side}_contact"])


@command
def open_from_match(*, match_id: int, actor_id: int, at: datetime) -> Lead:
    """Make a lead of an accepted match, or join it with the live lead of its pair; once.

    Whoever proposed it as a technology manager carries it; else it waits in the pool. Called by a
    handler: the actor is whoever accepted and need not be in office any more.

    Raises: NotFound.
    Source: R-LEAD-1.
    """
    match = (
        Match.objects.select_related(
            "achievement", "demand", "proposed_by__person", "proposed_by__organisation"
        )
        .filter(pk=match_id)
        .first()
    )
    actor = Membership.objects.select_related("person", "organisation").filter(pk=actor_id).first()
    if match is None or actor is None or match.status != Match.Status.ACCEPTED:
        raise NotFound
    there = Lead.objects.filter(match=match).first() or queries.live_pair(
        achievement_id=match.achievement_id, demand_id=match.demand_id
    )
    if there is not None:
        return _joined(locked(there.pk), match, actor, at)
    sides = Sides(match.achievement, match.demand)
    proposer = match.proposed_by if queries.manages(match.proposed_by) else None
    if proposer and not _allowed(proposer, sides, at):
        proposer = None
    return _create(
        sides, Lead.Origin.MATCH, actor, at, carries=proposer, knows=("supplier", "enterprise"),
        match=match,
    )  # fmt: skip


def _joined(lead: Lead, match: Match, actor: Membership, at: datetime) -> Lead:
    if lead.match_id == match.pk:
        return lead
    lead.match = match
    lead.supplier_since_at = lead.supplier_since_at or at
    lead.enterprise_since_at = lead.enterprise_since_at or at
    lead.save(update_fields=["match", "supplier_since_at", "enterprise_since_at"])
    told("matched", lead, actor, at, match_id=match.pk)
    return lead


@command
def complete(
    *,
    lead_id: int,
    actor_id: int,
    at: datetime,
    achievement_id: int | None = None,
    demand_id: int | None = None,
) -> Lead:
    """Name the result or the need that was still open.

    Raises: NotFound, NotYourLead, LeadOver, SideMissing, SideKnown, NotOnTheMarket, OneSided,
    Interested, PairTaken.
    Source: R-LEAD-1, R-LEAD-6.
    """
    actor, lead = by_a_writer(lead_id=lead_id, actor_id=actor_id)
    given = what_is_named(actor, achievement_id, demand_id)
    for fresh, known, side in (
        (given.achievement, lead.achievement, lead.supplier_id),
        (given.demand, lead.demand, lead.enterprise_id),
    ):
        if fresh is not None and (known is not None or side not in (None, fresh.owner_id)):
            raise SideKnown
    sides = Sides(
        given.achievement or lead.achievement, given.demand or lead.demand,
        lead.supplier_id, lead.enterprise_id, lead.scenario,
    )  # fmt: skip
    two(sides)
    if lead.manager is not None and not _allowed(lead.manager, sides, at):
        raise Interested

    lead.achievement, lead.demand = sides.achievement, sides.demand
    lead.supplier_id, lead.enterprise_id = sides.supplier_id, sides.enterprise_id
    lead.supplier_contact = lead.supplier_contact or author(sides.achievement)
    lead.enterprise_contact = lead.enterprise_contact or author(sides.demand)
    lead.match = lead.match or _match(sides)
    lead.active_at = at
    taken = PairTaken()
    with refusing(leads_lead_once_per_pair=taken, leads_lead_once_per_scenario=taken):
        lead.save()
    told("completed", lead, actor, at, achievement_id=lead.achievement_id, demand_id=lead.demand_id)
    return lead


@command
def reopen(*, lead_id: int, words: str = "", actor_id: int, at: datetime) -> Lead:
    """Take a lead that was not concluded up again, as a new one that points at the old.

    Raises: NotFound, NotYourLead, NotLost, Interested, PairTaken.
    Source: R-LEAD-2.
    """
    actor, old = seen(lead_id=lead_id, actor_id=actor_id)
    if not queries.writes(old, actor):
        raise NotYourLead
    if old.status != Lead.Status.LOST:
        raise NotLost
    sides = Sides(old.achievement, old.demand, old.supplier_id, old.enterprise_id, old.scenario)
    knows = tuple(s for s in ("supplier", "enterprise") if getattr(old, f"{s}_since_at"))
    met = {"supplier": old.supplier_contact, "enterprise": old.enterprise_contact}
    return _create(
        sides, Lead.Origin(old.origin), actor, at, knows=knows, title=old.title,
        carries=actor if queries.manages(actor) else None, words=words or old.words, reopens=old,
        contacts={side: contact for side, contact in met.items() if contact is not None},
    )  # fmt: skip


def _allowed(manager: Membership, sides: Sides, at: datetime) -> bool:
    wanted = Lead(supplier_id=sides.supplier_id, enterprise_id=sides.enterprise_id)
    return queries.may_carry(wanted, manager, at=at)


def _match(sides: Sides) -> Match | None:
    if sides.achievement is None or sides.demand is None:
        return None
    return queries.match_of_pair(achievement_id=sides.achievement.pk, demand_id=sides.demand.pk)


def _create(
    sides: Sides,
    origin: Lead.Origin,
    actor: Membership,
    at: datetime,
    *,
    carries: Membership | None = None,
    knows: tuple[str, ...] = (),
    title: str = "",
    words: str = "",
    contacts: Mapping[str, Membership] | None = None,
    match: Match | None = None,
    reopens: Lead | None = None,
) -> Lead:
    if carries is not None and not _allowed(carries, sides, at):
        raise Interested
    named = sides.scenario or sides.demand or sides.achievement
    met = {"supplier": author(sides.achievement), "enterprise": author(sides.demand)}
    if sides.scenario is not None:
        met[sides.own] = met[sides.own] or sides.scenario.posted_by
    met |= contacts or {}
    taken = PairTaken()
    with refusing(
        leads_lead_once_per_pair=taken,
        leads_lead_once_per_result=taken,
        leads_lead_once_per_need=taken,
        leads_lead_once_per_scenario=taken,
    ):
        lead = Lead.objects.create(
            title=tidy(title)[:200] or (named.title if named else ""),
            words=tidy(words)[:LONG],
            origin=origin,
            achievement=sides.achievement,
            demand=sides.demand,
            scenario=sides.scenario,
            match=match or _match(sides),
            supplier_id=sides.supplier_id,
            enterprise_id=sides.enterprise_id,
            supplier_contact=met["supplier"],
            enterprise_contact=met["enterprise"],
            supplier_since_at=at if "supplier" in knows else None,
            enterprise_since_at=at if "enterprise" in knows else None,
            manager=carries,
            opened_by=actor,
            opened_at=at,
            active_at=at,
            reply_due_date=queries.reply_due(at),
            reopens=reopens,
        )
    if carries is not None:
        Claim.objects.create(lead=lead, manager=carries, made_at=at, held_at=at)
    told(
        "opened", lead, actor, at, origin=str(origin), achievement_id=lead.achievement_id,
        demand_id=lead.demand_id, scenario_id=lead.scenario_id, match_id=lead.match_id,
        manager_id=carries.pk if carries else None, reopens_id=reopens.pk if reopens else None,
    )  # fmt: skip
    return lead
