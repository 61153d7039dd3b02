"""Which leads may one see, as what, and how much of each?"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeGuard

from django.db.models import Exists, OuterRef, Q, QuerySet

from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.time import local_date
from pilotharbor.leads.models import LIVE, Claim, Lead, LogEntry, Paper, Side
from pilotharbor.leads.queries.policy import rule_on
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.roles import Role
from pilotharbor.technologies.models import Inventor

MANAGERS = (Role.TECHNOLOGY_MANAGER,)
OPERATORS = (Role.PLATFORM_OPERATOR,)
# Who speaks for a side outwards; of a university's researchers only those who made the result.
SPEAKERS = (Role.TTO_OFFICER, Role.ENTERPRISE_MEMBER)
AUTHORS = (Role.RESEARCHER,)
SIDES = (*SPEAKERS, *AUTHORS)
# Who reads the lead of the own side: an investor begins none, but an intent may be carried on as one.
BROUGHT = (*SPEAKERS, Role.INVESTOR)
READERS = (*MANAGERS, *OPERATORS, *AUTHORS, *BROUGHT, Role.AUDITOR)


class Standing(StrEnum):
    """As what the actor meets a lead."""

    OPERATOR = "operator"
    AUDITOR = "auditor"
    MANAGER = "manager"
    POOL = "pool"
    CLAIMANT = "claimant"
    SUPPLIER = "supplier"
    ENTERPRISE = "enterprise"
    NONE = ""


def manages(actor: Membership | None) -> TypeGuard[Membership]:
    """Whether the actor is a technology manager in good standing."""
    return rights.acts_as(actor, *MANAGERS)


def operates(actor: Membership | None) -> TypeGuard[Membership]:
    """Whether the actor looks after all leads: an operator of an approved platform."""
    return rights.acts_as(actor, *OPERATORS)


def sees_leads(actor: Membership) -> bool:
    """Whether the pages of leads open for the actor at all."""
    return rights.acts_as(actor, *READERS)


def may_ask(actor: Membership | None, noun: str) -> bool:
    """Whether the actor's organisation could be the other side of such an entry."""
    wanted = SPEAKERS if noun == "achievement" else SIDES
    return rights.acts_as(actor, *wanted)


def sees_pool(actor: Membership) -> bool:
    """Whether the pool opens for the actor."""
    return manages(actor) or operates(actor) or rights.audits(actor)


def visible_leads(*, actor: Membership | None) -> QuerySet[Lead]:
    """The leads the actor may see, with the names a list shows.

    Source: R-LEAD-9.
    """
    rows = Lead.objects.select_related(
        "achievement", "demand", "scenario", "match", "supplier", "enterprise",
        "manager__person", "manager__organisation", "next_owner__person", "opened_by__person",
    )  # fmt: skip
    if not rights.acts_as(actor, *READERS):
        return rows.none()
    if operates(actor) or rights.audits(actor):
        return rows
    if manages(actor):
        asked = Claim.objects.filter(
            lead=OuterRef("pk"), manager=actor, status=Claim.Status.OFFERED
        )
        return rows.filter(Q(manager=actor) | (Q(manager=None) & LIVE) | Exists(asked))
    return rows.filter(_as_side(actor))


def _as_side(actor: Membership) -> Q:
    """Leads of one's own organisation of which its side has been told."""
    own = actor.organisation_id
    supplier = Q(supplier=own, supplier_since_at__isnull=False)
    enterprise = Q(enterprise=own, enterprise_since_at__isnull=False)
    if rights.acts_as(actor, *BROUGHT):
        return Q(supplier | enterprise)
    made = Inventor.objects.filter(achievement=OuterRef("achievement"), membership=actor)
    # Of a scenario, who wrote it down or answered it is the contact of that side.
    asked = Q(scenario__isnull=False, supplier_contact=actor) & supplier
    asked |= Q(scenario__isnull=False, enterprise_contact=actor) & enterprise
    return asked | supplier & Q(Q(achievement__disclosed_by=actor) | Q(Exists(made)))


def visible_lead(*, actor: Membership | None, lead_id: int) -> Lead:
    """One lead the actor may see.

    Raises: NotFound.
    """
    found = visible_leads(actor=actor).filter(pk=lead_id).first()
    if found is None:
        raise NotFound
    return found


def standing(lead: Lead, actor: Membership | None) -> Standing:
    """As what the actor meets a lead they may see."""
    if manages(actor):
        return _as_manager(lead, actor)
    if operates(actor):
        return Standing.OPERATOR
    if rights.audits(actor):
        return Standing.AUDITOR
    if not rights.acts_as(actor, *AUTHORS, *BROUGHT):
        return Standing.NONE
    if lead.supplier_id == actor.organisation_id and lead.supplier_since_at:
        return Standing.SUPPLIER
    theirs = lead.enterprise_id == actor.organisation_id and lead.enterprise_since_at
    return Standing.ENTERPRISE if theirs else Standing.NONE


def _as_manager(lead: Lead, actor: Membership) -> Standing:
    if lead.manager_id == actor.pk:
        return Standing.MANAGER
    return Standing.POOL if lead.manager_id is None else Standing.CLAIMANT


READS_ALL = frozenset({Standing.OPERATOR, Standing.AUDITOR, Standing.MANAGER})
WRITES = frozenset({Standing.OPERATOR, Standing.MANAGER})
AT_THE_TABLE = frozenset({Standing.SUPPLIER, Standing.ENTERPRISE})


def writes(lead: Lead, actor: Membership | None) -> bool:
    """Whether the actor carries the lead, or looks after all of them."""
    return standing(lead, actor) in WRITES


def log_of(lead: Lead, *, actor: Membership) -> QuerySet[LogEntry]:
    """The log as far as the actor may read it, newest first.

    Source: R-LEAD-9.
    """
    rows = lead.log.select_related("written_by__person", "written_by__organisation")
    rows = rows.order_by("-happened_at", "-id")
    here = standing(lead, actor)
    if here in READS_ALL:
        return rows
    if here in AT_THE_TABLE:
        return rows.filter(shared__in=[here.value, Side.BOTH])
    return rows.none()


def opens_room(lead: Lead, actor: Membership) -> bool:
    """Whether the papers' room opens: for both sides, who carries the lead, and auditors.

    Source: R-LEAD-9.
    """
    here = standing(lead, actor)
    return here in AT_THE_TABLE or here in {Standing.MANAGER, Standing.AUDITOR}


def fills_room(lead: Lead, actor: Membership) -> bool:
    """Whether the actor may put papers into the room."""
    here = standing(lead, actor)
    return not lead.is_over and (here in AT_THE_TABLE or here is Standing.MANAGER)


def papers_of(lead: Lead, *, actor: Membership) -> QuerySet[Paper]:
    """The papers of the room, if it opens to the actor."""
    rows = lead.papers.filter(removed_at=None).select_related("document", "added_by__person")
    return rows.order_by("-id") if opens_room(lead, actor) else rows.none()


class Clock(StrEnum):
    """How the first reply stands."""

    DUE = "due"
    LATE = "late"
    KEPT = "kept"
    MISSED = "missed"
    ENDED = "ended"


def clock(lead: Lead, *, today: date) -> Clock:
    """Whether the first contact is still due, overdue, was in time, came late, or never came.

    Source: R-LEAD-3.
    """
    if lead.first_contact_at is not None:
        in_time = local_date(lead.first_contact_at) <= lead.reply_due_date
        return Clock.KEPT if in_time else Clock.MISSED
    if lead.is_over:
        return Clock.ENDED
    return Clock.LATE if today > lead.reply_due_date else Clock.DUE


def unanswered(rows: QuerySet[Lead], *, today: date) -> QuerySet[Lead]:
    """Leads whose first reply is overdue."""
    return rows.filter(LIVE, first_contact_at=None, reply_due_date__lt=today)


def overdue_steps(*, actor: Membership, today: date) -> QuerySet[Lead]:
    """Live leads whose next step the actor owes and whose last day has passed."""
    rows = visible_leads(actor=actor).filter(LIVE, next_owner=actor, next_due_date__lt=today)
    return rows.order_by("next_due_date", "id")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; an empty one does not narrow."""

    q: str = ""
    status: str = ""
    origin: str = ""
    reply: str = ""
    mine: bool = False
    pooled: bool = False
    overdue: bool = False


def filtered(
    rows: QuerySet[Lead], wanted: Filters, *, actor: Membership, at: datetime
) -> QuerySet[Lead]:
    """The rows a list shows."""
    today = local_date(at)
    for word in wanted.q.replace("\x00", " ").split()[:8]:
        rows = rows.filter(
            Q(title__icontains=word)
            | Q(supplier__name__icontains=word)
            | Q(enterprise__name__icontains=word)
        )
    if wanted.status in Lead.Status.values:
        rows = rows.filter(status=wanted.status)
    elif wanted.status == "live":
        rows = rows.filter(LIVE)
    if wanted.origin in Lead.Origin.values:
        rows = rows.filter(origin=wanted.origin)
    if wanted.reply == Clock.LATE:
        rows = unanswered(rows, today=today)
    elif wanted.reply == Clock.DUE:
        rows = rows.filter(LIVE, first_contact_at=None, reply_due_date__gte=today)
    if wanted.mine:
        rows = rows.filter(manager=actor)
    if wanted.pooled:
        rows = rows.filter(LIVE, manager=None)
    if wanted.overdue:
        rows = rows.filter(LIVE, next_due_date__lt=today)
    return rows


def interest_of(manager: Membership, *, supplier_id: int | None, enterprise_id: int | None) -> bool:
    """Whether the manager, as whatever member, belongs to one of the two sides.

    Source: R-LEAD-7.
    """
    sides = [pk for pk in (supplier_id, enterprise_id) if pk is not None]
    theirs = Membership.objects.filter(person_id=manager.person_id).exclude(
        status=Membership.Status.ENDED
    )
    return theirs.filter(organisation_id__in=sides).exists()


def may_carry(lead: Lead, manager: Membership, *, at: datetime) -> bool:
    """Whether the rule of the day lets this manager carry the lead.

    Source: R-LEAD-7.
    """
    if rule_on(local_date(at)).interested_may_carry:
        return True
    return not interest_of(manager, supplier_id=lead.supplier_id, enterprise_id=lead.enterprise_id)
