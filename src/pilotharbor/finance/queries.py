"""Who owes what, which rule applies, who holds how much."""

from datetime import date

from django.db.models import Q, QuerySet

from pilotharbor.booking.models import Charge, Usage
from pilotharbor.finance.models import Decision, Invoice, RewardRule
from pilotharbor.kernel.regions import JURISDICTIONS
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.rights import Kind, Scope, Verb
from pilotharbor.parties.roles import OrganisationKind
from pilotharbor.projects import queries as projects
from pilotharbor.projects.models import Project

# What a company that a decision founds can be.
COMPANIES = (OrganisationKind.SPIN_OFF, OrganisationKind.ENTERPRISE)


def visible_invoices(*, actor: Membership | None) -> QuerySet[Invoice]:
    """Invoices the actor may read: own as payer or payee, or all."""
    scopes = rights.scopes(actor, Verb.READ, Kind.FINANCE)
    invoices = Invoice.objects.select_related(
        "project", "milestone", "revenue_report", "payer", "payee"
    )
    if Scope.ALL in scopes:
        return invoices
    if actor is None or Scope.OWN not in scopes:
        return invoices.none()
    mine = actor.organisation_id
    return invoices.filter(Q(payer_id=mine) | Q(payee_id=mine))


def may_read_money(*, actor: Membership | None, project_id: int) -> bool:
    """Whether the actor may read a project's journal: its platform's operators, and auditors."""
    scopes = rights.scopes(actor, Verb.READ, Kind.FINANCE)
    if Scope.ALL in scopes:
        return True
    if actor is None or Scope.OWN not in scopes:
        return False
    visible = projects.visible_projects(actor=actor).filter(pk=project_id)
    return visible.filter(platform_id=actor.organisation_id).exists()


def visible_decisions(*, actor: Membership | None) -> QuerySet[Decision]:
    """Decisions of the projects the actor may read, with their holdings."""
    return (
        Decision.objects.filter(project__in=projects.visible_projects(actor=actor))
        .select_related("company", "inventor_reward__rule")
        .prefetch_related("holdings__holder", "holdings__inventors_of")
    )


def reward_rule(*, jurisdiction: str, applies_to: str, on: date) -> RewardRule | None:
    """The rule in force on a day: the jurisdiction's own, else the national one.

    A name that is no jurisdiction has no rule at all.
    """
    if jurisdiction not in JURISDICTIONS:
        return None
    own = own_reward_rule(jurisdiction=jurisdiction, applies_to=applies_to, on=on)
    return own or own_reward_rule(jurisdiction="CN", applies_to=applies_to, on=on)


def own_reward_rule(*, jurisdiction: str, applies_to: str, on: date) -> RewardRule | None:
    """The rule in force on a day that the jurisdiction itself has made."""
    rules = RewardRule.objects.filter(applies_to=applies_to, validity__contains=on)
    return rules.filter(jurisdiction=jurisdiction).first()


def companies_to_found(
    organisations: QuerySet[Organisation], *, project: Project
) -> QuerySet[Organisation]:
    """Those of the organisations that the project's decision could found.

    Source: R-FIN-7.
    """
    founded = Decision.objects.filter(outcome=Decision.Outcome.SPIN_OFF).values("company")
    sides = [project.owner_id, project.enterprise_id, project.platform_id]
    return organisations.filter(status=Organisation.Status.APPROVED, kind__in=COMPANIES).exclude(
        Q(pk__in=founded) | Q(pk__in=[pk for pk in sides if pk is not None])
    )


def metered_use(*, project_id: int) -> QuerySet[Usage]:
    """What the project used of the equipment, earliest first: its cost, which nobody is invoiced.

    Source: R-FIN-3.
    """
    return (
        Usage.objects.filter(booking__project_id=project_id)
        .select_related("booking__line", "booking__batch")
        .order_by("period")
    )


def booking_charges(*, project_id: int) -> QuerySet[Charge]:
    """Fees and deposits of the project's bookings, earliest first. Source: R-FIN-8."""
    return (
        Charge.objects.filter(project_id=project_id)
        .select_related("booking__line")
        .order_by("made_at", "id")
    )
