"""Who carries a lead: taken from the pool, given back, handed on, contested, decided."""

from datetime import datetime

from pilotharbor.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.leads import queries
from pilotharbor.leads.commands.access import (
    LeadOver,
    NotYourLead,
    locked,
    manager,
    operator,
    required,
    seen,
    told,
)
from pilotharbor.leads.commands.opening import Interested
from pilotharbor.leads.models import Claim, Lead
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership

Status = Claim.Status


class Taken(Conflict):
    """Somebody was quicker: another manager carries this lead now."""

    code = "leads.taken"


class NotAManager(Invalid):
    """A lead is carried by an active technology manager of an approved organisation."""

    code = "leads.not_a_manager"


class OfferedAlready(Conflict):
    """This lead is offered to somebody who has not answered yet."""

    code = "leads.offered_already"


class ContestedAlready(Conflict):
    """You have contested this lead already; an operator decides."""

    code = "leads.contested_already"


class NothingToContest(Conflict):
    """Nobody else carries a lead of these two; take it, or open one."""

    code = "leads.nothing_to_contest"


class NotYourClaim(Forbidden):
    """Only the manager it was offered to may answer."""

    code = "leads.not_your_claim"


@command
def claim(*, lead_id: int, actor_id: int, at: datetime) -> Lead:
    """Take a lead out of the pool; of several who press at once, one carries it.

    Raises: NotFound, NotYourRole, LeadOver, Interested, Taken.
    Source: R-LEAD-5, R-LEAD-7.
    """
    actor = manager(actor_id)
    if not queries.visible_leads(actor=actor).filter(pk=lead_id).exists():
        raise _taken_or_unknown(lead_id)
    lead = locked(lead_id)
    if lead.is_over:
        raise LeadOver
    if lead.manager_id is not None:
        raise Taken
    if not queries.may_carry(lead, actor, at=at):
        raise Interested
    _hold(lead, actor, at)
    told("claimed", lead, actor, at, manager_id=actor.pk)
    return lead


def _taken_or_unknown(lead_id: int) -> Conflict | NotFound:
    """Who looked at the pool a moment ago is told that another was quicker; others learn nothing."""
    row = Lead.objects.filter(pk=lead_id, manager__isnull=False, first_contact_at=None).first()
    return Taken() if row is not None and not row.is_over else NotFound()


def _hold(lead: Lead, holder: Membership, at: datetime, claim: Claim | None = None) -> None:
    with refusing(leads_claim_one_holds=Taken()):
        if claim is None:
            Claim.objects.create(lead=lead, manager=holder, made_at=at, held_at=at)
        else:
            advance(claim, Status.HELD, held_at=at)
    lead.manager, lead.active_at = holder, at
    lead.save(update_fields=["manager", "active_at"])


def _end_hold(
    lead: Lead, to: str, at: datetime, *, words: str = "", decided_by: Membership | None = None
) -> None:
    """End the present hold, if there is one, and whatever it had offered."""
    for row in lead.claims.filter(status=Status.OFFERED):
        advance(row, Status.WITHDRAWN, ended_at=at)
    held = lead.claims.filter(status=Status.HELD).first()
    if held is not None:
        advance(held, to, ended_at=at, ended_words=words, decided_by=decided_by)


@command
def release(*, lead_id: int, reason: str, actor_id: int, at: datetime) -> Lead:
    """Give a lead back to the pool, with the reason.

    Raises: NotFound, NotYourLead, LeadOver, WordsMissing.
    Source: R-LEAD-5.
    """
    actor, lead = _carried(lead_id, actor_id)
    said = required("reason", reason)
    _end_hold(lead, Status.RELEASED, at, words=said)
    to_the_pool(lead)
    told("released", lead, actor, at, manager_id=actor.pk)
    return lead


def to_the_pool(lead: Lead) -> None:
    """Nobody carries the lead any more, and steps its manager owed are gone."""
    gone = lead.manager_id
    lead.manager = None
    if lead.next_owner_id == gone:
        lead.next_step, lead.next_due_date, lead.next_owner = "", None, None
    lead.save(update_fields=["manager", "next_step", "next_due_date", "next_owner"])


def _carried(lead_id: int, actor_id: int) -> tuple[Membership, Lead]:
    actor, lead = seen(lead_id=lead_id, actor_id=actor_id)
    if lead.manager_id != actor.pk:
        raise NotYourLead
    if lead.is_over:
        raise LeadOver
    return actor, lead


def _fit(manager_id: int, lead: Lead, at: datetime) -> Membership:
    found = (
        parties.standing().filter(pk=manager_id).select_related("person", "organisation").first()
    )
    if found is None or not queries.manages(found):
        raise NotAManager(problems={"manager_id": str(NotAManager())})
    if not queries.may_carry(lead, found, at=at):
        raise Interested
    return found


@command
def offer(*, lead_id: int, manager_id: int, words: str = "", actor_id: int, at: datetime) -> Claim:
    """Offer a lead to another manager; it changes hands once they accept.

    Raises: NotFound, NotYourLead, LeadOver, NotAManager, Interested, OfferedAlready.
    Source: R-LEAD-5.
    """
    actor, lead = _carried(lead_id, actor_id)
    to = _fit(manager_id, lead, at)
    if to.pk == actor.pk:
        raise NotAManager(problems={"manager_id": str(NotAManager())})
    with refusing(leads_claim_one_offer=OfferedAlready()):
        made = Claim.objects.create(
            lead=lead, manager=to, status=Status.OFFERED, words=words.replace("\x00", "")[:500],
            made_at=at,
        )  # fmt: skip
    told("offered", lead, actor, at, claim_id=made.pk, manager_id=to.pk)
    return made


@command
def accept_offer(*, claim_id: int, actor_id: int, at: datetime) -> Lead:
    """Take over a lead that was offered.

    Raises: NotFound, NotYourClaim, LeadOver, Interested, MoveNotAllowed.
    Source: R-LEAD-5.
    """
    actor, lead, claim = _offered(claim_id, actor_id)
    if lead.is_over:
        raise LeadOver
    if not queries.may_carry(lead, actor, at=at):
        raise Interested
    before = lead.manager_id
    held = lead.claims.filter(status=Status.HELD).first()
    if held is not None:
        advance(held, Status.HANDED_ON, ended_at=at)
    _hold(lead, actor, at, claim)
    told("handed_on", lead, actor, at, from_id=before, manager_id=actor.pk)
    return lead


@command
def decline_offer(*, claim_id: int, words: str = "", actor_id: int, at: datetime) -> Claim:
    """Leave a lead that was offered where it is.

    Raises: NotFound, NotYourClaim, MoveNotAllowed.
    """
    actor, lead, claim = _offered(claim_id, actor_id)
    said = words.replace("\x00", "").strip()[:500]
    advance(claim, Status.DECLINED, ended_at=at, ended_words=said)
    told("offer_declined", lead, actor, at, claim_id=claim.pk, manager_id=actor.pk)
    return claim


def _offered(claim_id: int, actor_id: int) -> tuple[Membership, Lead, Claim]:
    actor = parties.actor(actor_id=actor_id)
    row = Claim.objects.filter(pk=claim_id).first()
    if row is None or not queries.visible_leads(actor=actor).filter(pk=row.lead_id).exists():
        raise NotFound
    lead = locked(row.lead_id)
    claim = Claim.objects.get(pk=claim_id)
    if claim.manager_id != actor.pk:
        raise NotYourClaim
    return actor, lead, claim


@command
def withdraw(*, claim_id: int, actor_id: int, at: datetime) -> Claim:
    """Take back an offer one made, or a contest one raised.

    Raises: NotFound, MoveNotAllowed.
    """
    actor = parties.actor(actor_id=actor_id)
    row = Claim.objects.filter(pk=claim_id).select_related("lead").first()
    if row is None:
        raise NotFound
    lead = locked(row.lead_id)
    claim = Claim.objects.get(pk=claim_id)
    contest = claim.status == Status.CONTESTED and claim.manager_id == actor.pk
    if not contest and lead.manager_id != actor.pk:
        raise NotFound
    advance(claim, Status.WITHDRAWN, ended_at=at)
    told("claim_withdrawn", lead, actor, at, claim_id=claim.pk)
    return claim


@command
def contest(
    *, achievement_id: int, demand_id: int, words: str, actor_id: int, at: datetime
) -> Claim:
    """Say that a pair another manager carries is yours, and why; an operator decides.

    Raises: NotFound, NotYourRole, NothingToContest, Interested, ContestedAlready, WordsMissing.
    Source: R-LEAD-6.
    """
    actor = manager(actor_id)
    found = queries.live_pair(achievement_id=achievement_id, demand_id=demand_id)
    if found is None or found.manager_id in {None, actor.pk}:
        raise NothingToContest
    said = required("words", words)
    lead = locked(found.pk)
    if lead.is_over or lead.manager_id in {None, actor.pk}:
        raise NothingToContest
    if not queries.may_carry(lead, actor, at=at):
        raise Interested
    with refusing(leads_claim_one_contest=ContestedAlready()):
        made = Claim.objects.create(
            lead=lead, manager=actor, status=Status.CONTESTED, words=said, made_at=at
        )
    told("contested", lead, actor, at, claim_id=made.pk, manager_id=actor.pk)
    return made


@command
def decide(*, claim_id: int, granted: bool, reason: str, actor_id: int, at: datetime) -> Lead:
    """Decide a contest, with the reason: the lead changes hands or stays.

    Raises: NotFound, NotYourRole, LeadOver, WordsMissing, Interested, MoveNotAllowed.
    Source: R-LEAD-6.
    """
    actor = operator(actor_id)
    row = Claim.objects.filter(pk=claim_id).first()
    if row is None:
        raise NotFound
    said = required("reason", reason)
    lead = locked(row.lead_id)
    if lead.is_over:
        raise LeadOver
    claim = Claim.objects.select_related("manager__person", "manager__organisation").get(
        pk=claim_id
    )
    if not granted:
        advance(claim, Status.REFUSED, ended_at=at, ended_words=said, decided_by=actor)
    else:
        holder = _fit(claim.manager_id, lead, at)
        _end_hold(lead, Status.OVERRULED, at, words=said, decided_by=actor)
        claim.decided_by, claim.ended_words = actor, said
        claim.save(update_fields=["decided_by", "ended_words"])
        _hold(lead, holder, at, claim)
    told(
        "decided", lead, actor, at, claim_id=claim.pk, granted=granted, manager_id=claim.manager_id
    )
    return lead


@command
def assign(*, lead_id: int, manager_id: int, reason: str, actor_id: int, at: datetime) -> Lead:
    """Give a lead to a manager, for an operator, with the reason.

    Raises: NotFound, NotYourRole, LeadOver, NotAManager, Interested, Taken, WordsMissing.
    Source: R-LEAD-5, R-LEAD-6.
    """
    actor = operator(actor_id)
    said = required("reason", reason)
    lead = locked(lead_id)
    if lead.is_over:
        raise LeadOver
    holder = _fit(manager_id, lead, at)
    if lead.manager_id == holder.pk:
        raise Taken
    before = lead.manager_id
    _end_hold(lead, Status.OVERRULED, at, words=said, decided_by=actor)
    _hold(lead, holder, at)
    lead.claims.filter(status=Status.HELD).update(words=said, decided_by=actor)
    told("assigned", lead, actor, at, from_id=before, manager_id=holder.pk)
    return lead
