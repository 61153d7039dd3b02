"""A lead begins: from a match, because a side asks, or because a manager sees it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from pilotharbor.kernel.errors import Conflict, Invalid, NotFound
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
from pilotharbor.leads.models import Claim, Lead
from pilotharbor.matching import queries as matching
from pilotharbor.matching.models import Match
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.technologies import queries as technologies
from pilotharbor.technologies.models import Achievement, Demand
from pilotharbor.technologies.models import Status as Entry


class SideMissing(Invalid):
    """A lead begins from a published result or a published need; name one at least."""

    code = "leads.side_missing"


class NotOnTheMarket(Conflict):
    """“{title}” is not published; a lead begins from what is published."""

    code = "leads.not_on_the_market"


class PairTaken(Conflict):
    """Another manager carries this already, or it waits in the pool. Look into the pool; if the first
    contact was yours, contest it and an operator decides.
    """  # noqa: D205 - the sentence is what the user reads

    code = "leads.pair_taken"


class Interested(Conflict):
    """You belong to one of the two sides, so you may not carry this lead."""

    code = "leads.interested"


class OneSided(Invalid):
    """Both sides are the same organisation."""

    code = "leads.one_sided"


class NotLost(Conflict):
    """Only a lead that was not concluded is taken up again."""

    code = "leads.not_lost"


class SideKnown(Conflict):
    """This side is named already."""

    code = "leads.side_known"


@dataclass(slots=True)
class _Sides:
    """The two sides of a lead to be; each may be open."""

    achievement: Achievement | None = None
    demand: Demand | None = None
    supplier_id: int | None = None
    enterprise_id: int | None = None

    def __post_init__(self) -> None:
        if self.achievement:
            self.supplier_id = self.achievement.owner_id
        if self.demand:
            self.enterprise_id = self.demand.owner_id


def _sides(
    actor: Membership,
    achievement_id: int | None,
    demand_id: int | None,
    supplier_id: int | None = None,
    enterprise_id: int | None = None,
) -> _Sides:
    achievement: Achievement | None = _published(
        technologies.visible_achievements(actor=actor), achievement_id
    )
    demand: Demand | None = _published(technologies.visible_demands(actor=actor), demand_id)
    if achievement is None and demand is None:
        raise SideMissing
    for given in (supplier_id, enterprise_id):
        if given is not None and queries.open_organisation(given) is None:
            raise NotFound
    return _two(_Sides(achievement, demand, supplier_id, enterprise_id))


def _published(rows: QuerySet[Any], pk: int | None) -> Any:
    if pk is None:
        return None
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound
    if found.status != Entry.PUBLISHED:
        raise NotOnTheMarket(title=found.title)
    return found


def _two(sides: _Sides) -> _Sides:
    if sides.supplier_id is not None and sides.supplier_id == sides.enterprise_id:
        raise OneSided
    return sides


@command
def open_lead(
    *,
    actor_id: int,
    at: datetime,
    achievement_id: int | None = None,
    demand_id: int | None = None,
    supplier_id: int | None = None,
    enterprise_id: int | None = None,
    title: str = "",
    words: str = "",
) -> Lead:
    """Open a lead from scratch; a manager carries it from now on, an operator's waits in the pool.

    Neither side is told before the first contact with it.

    Raises: NotFound, NotYourRole, SideMissing, NotOnTheMarket, OneSided, Interested, PairTaken.
    Source: R-LEAD-1, R-LEAD-6, R-LEAD-7.
    """
    actor = parties.actor(actor_id=actor_id)
    if not queries.manages(actor) and not queries.operates(actor):
        raise rights.NotYourRole(role=actor.role)
    sides = _sides(actor, achievement_id, demand_id, supplier_id, enterprise_id)
    carries = actor if queries.manages(actor) else None
    return _create(sides, Lead.Origin.SCOUTED, actor, at, carries=carries, title=title, words=words)


@command
def ask(
    *,
    actor_id: int,
    at: datetime,
    achievement_id: int | None = None,
    demand_id: int | None = None,
    words: str = "",
) -> Lead:
    """Ask to be brought together with the owner of a result or a need (请求对接).

    With both named, the actor speaks for one of them; with one named, the actor's organisation is
    the other side. Where a live lead is there already the actor's side joins it.

    Raises: NotFound, NotYourRole, SideMissing, NotOnTheMarket, OneSided.
    Source: R-LEAD-1.
    """
    actor = parties.actor(actor_id=actor_id)
    if not rights.acts_as(actor, *queries.SIDES):
        raise rights.NotYourRole(role=actor.role)
    supplier_id = None if achievement_id is not None else actor.organisation_id
    enterprise_id = None if demand_id is not None else actor.organisation_id
    sides = _sides(actor, achievement_id, demand_id, supplier_id, enterprise_id)
    side = _speaks(actor, sides)

    found = _live(sides)
    if found is not None:
        lead = locked(found.pk)
        _tell_side(lead, side, actor, at)
        told("asked", lead, actor, at, side=side)
        return lead
    return _create(sides, Lead.Origin.ASKED, actor, at, knows=(side,), words=words, contact=actor)


def _speaks(actor: Membership, sides: _Sides) -> str:
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


def _live(sides: _Sides) -> Lead | None:
    rows = Lead.objects.exclude(status__in=["signed", "lost"]).filter(
        achievement=sides.achievement, demand=sides.demand
    )
    if sides.demand is None:
        rows = rows.filter(enterprise_id=sides.enterprise_id)
    if sides.achievement is None:
        rows = rows.filter(supplier_id=sides.supplier_id)
    return rows.first()


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
    sides = _Sides(match.achievement, match.demand)
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
    given = _sides(actor, achievement_id, demand_id)
    for fresh, known, side in (
        (given.achievement, lead.achievement, lead.supplier_id),
        (given.demand, lead.demand, lead.enterprise_id),
    ):
        if fresh is not None and (known is not None or side not in (None, fresh.owner_id)):
            raise SideKnown
    sides = _Sides(
        given.achievement or lead.achievement, given.demand or lead.demand,
        lead.supplier_id, lead.enterprise_id,
    )  # fmt: skip
    _two(sides)
    if lead.manager is not None and not _allowed(lead.manager, sides, at):
        raise Interested

    lead.achievement, lead.demand = sides.achievement, sides.demand
    lead.supplier_id, lead.enterprise_id = sides.supplier_id, sides.enterprise_id
    lead.supplier_contact = lead.supplier_contact or _author(sides.achievement)
    lead.enterprise_contact = lead.enterprise_contact or _author(sides.demand)
    lead.match = lead.match or _match(sides)
    lead.active_at = at
    with refusing(leads_lead_once_per_pair=PairTaken()):
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
    sides = _Sides(old.achievement, old.demand, old.supplier_id, old.enterprise_id)
    knows = tuple(s for s in ("supplier", "enterprise") if getattr(old, f"{s}_since_at"))
    return _create(
        sides, Lead.Origin(old.origin), actor, at, knows=knows, title=old.title,
        carries=actor if queries.manages(actor) else None, words=words or old.words, reopens=old,
    )  # fmt: skip


def _allowed(manager: Membership, sides: _Sides, at: datetime) -> bool:
    wanted = Lead(supplier_id=sides.supplier_id, enterprise_id=sides.enterprise_id)
    return queries.may_carry(wanted, manager, at=at)


def _author(entry: Achievement | Demand | None) -> Membership | None:
    if entry is None:
        return None
    return entry.disclosed_by if isinstance(entry, Achievement) else entry.posted_by


def _match(sides: _Sides) -> Match | None:
    if sides.achievement is None or sides.demand is None:
        return None
    return queries.match_of_pair(achievement_id=sides.achievement.pk, demand_id=sides.demand.pk)


def _create(
    sides: _Sides,
    origin: Lead.Origin,
    actor: Membership,
    at: datetime,
    *,
    carries: Membership | None = None,
    knows: tuple[str, ...] = (),
    title: str = "",
    words: str = "",
    contact: Membership | None = None,
    match: Match | None = None,
    reopens: Lead | None = None,
) -> Lead:
    if carries is not None and not _allowed(carries, sides, at):
        raise Interested
    named = sides.demand or sides.achievement
    contacts = {
        "supplier": _author(sides.achievement),
        "enterprise": _author(sides.demand),
    }
    if contact is not None and knows:
        contacts[knows[0]] = contact
    taken = PairTaken()
    with refusing(
        leads_lead_once_per_pair=taken,
        leads_lead_once_per_result=taken,
        leads_lead_once_per_need=taken,
    ):
        lead = Lead.objects.create(
            title=tidy(title)[:200] or (named.title if named else ""),
            words=tidy(words)[:LONG],
            origin=origin,
            achievement=sides.achievement,
            demand=sides.demand,
            match=match or _match(sides),
            supplier_id=sides.supplier_id,
            enterprise_id=sides.enterprise_id,
            supplier_contact=contacts["supplier"],
            enterprise_contact=contacts["enterprise"],
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
        demand_id=lead.demand_id, match_id=lead.match_id,
        manager_id=carries.pk if carries else None, reopens_id=reopens.pk if reopens else None,
    )  # fmt: skip
    return lead
