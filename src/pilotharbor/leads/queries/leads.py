"""What stands around one lead: who holds it, what joins both sides, who did what."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from pilotharbor.kernel.models import Event
from pilotharbor.leads.models import LIVE, Claim, Credit, Lead
from pilotharbor.matching.models import Match
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership, Organisation


def live_pair(*, achievement_id: int, demand_id: int) -> Lead | None:
    """The live lead of a pair, seen or unseen."""
    return Lead.objects.filter(LIVE, achievement_id=achievement_id, demand_id=demand_id).first()


def live_of_match(*, match_id: int) -> Lead | None:
    """The newest lead of a match that was not lost and has no project yet."""
    rows = Lead.objects.filter(match_id=match_id, project_id=None).exclude(status=Lead.Status.LOST)
    return rows.order_by("-id").first()


def live_of_project(*, project_id: int) -> Lead | None:
    """The lead that became a project, while it is neither signed nor lost."""
    return Lead.objects.filter(LIVE, project_id=project_id).order_by("id").first()


def live_of_result(*, achievement_id: int, enterprise_id: int) -> Lead | None:
    """The live lead of a result with this organisation, seen or unseen; the oldest of several."""
    rows = Lead.objects.filter(LIVE, achievement_id=achievement_id, enterprise_id=enterprise_id)
    return rows.order_by("pk").first()


def live_of_scenario(*, scenario_id: int) -> QuerySet[Lead]:
    """The live leads that began from a scenario, seen or unseen."""
    return Lead.objects.filter(LIVE, scenario_id=scenario_id)


def claims_of(lead: Lead) -> QuerySet[Claim]:
    """Everybody who held, was offered or contested the lead, newest first."""
    return lead.claims.select_related(
        "manager__person", "manager__organisation", "decided_by__person"
    ).order_by("-id")


def contested(*, actor: Membership) -> QuerySet[Claim]:
    """One's own open contests, the oldest first."""
    return Claim.objects.filter(status=Claim.Status.CONTESTED, manager=actor).order_by("id")


def disputes() -> QuerySet[Claim]:
    """All open contests, for the operators, the oldest first."""
    return (
        Claim.objects.filter(LIVE_LEAD, status=Claim.Status.CONTESTED)
        .select_related("lead", "manager__person", "manager__organisation", "lead__manager__person")
        .order_by("id")
    )


LIVE_LEAD = ~Q(lead__status__in=["signed", "lost"])


@dataclass(frozen=True, slots=True)
class Part:
    """A manager's part in a step; the parts of one step sum to 10,000 basis points."""

    step: str
    manager_id: int
    name: str
    share_bp: int


def credits(lead: Lead) -> list[Part]:  # noqa: A001 - what the field calls it
    """Who did which step of a lead; final once ``lead.credits_frozen_at`` is set.

    Source: R-LEAD-10.
    """
    order = {step: place for place, step in enumerate(Credit.Step.values)}
    rows = lead.credits.select_related("manager__person")
    found = [Part(r.step, r.manager_id, r.manager.person.name, r.share_bp) for r in rows]
    return sorted(found, key=lambda part: (order[part.step], -part.share_bp, part.manager_id))


@dataclass(frozen=True, slots=True)
class Confidence:
    """Which way confidentiality agreements stand between the two sides."""

    enterprise_may_read: bool
    supplier_may_read: bool

    @property
    def any(self) -> bool:
        """Whether one side at least has signed towards the other."""
        return self.enterprise_may_read or self.supplier_may_read


def confidence(lead: Lead) -> Confidence:
    """Whether an NDA stands between the sides; with one side open none can.

    Source: R-LEAD-2.
    """
    here, there = lead.supplier_id, lead.enterprise_id
    if here is None or there is None:
        return Confidence(enterprise_may_read=False, supplier_may_read=False)
    return Confidence(
        enterprise_may_read=parties.nda_in_force(owner_id=here, signatory_id=there),
        supplier_may_read=parties.nda_in_force(owner_id=there, signatory_id=here),
    )


def nda_asked_at(lead: Lead) -> datetime | None:
    """When its sides were last asked to sign with each other."""
    rows = Event.objects.filter(
        subject_type="leads.lead", subject_id=lead.pk, name="leads.lead.nda_asked"
    )
    return rows.order_by("-id").values_list("at", flat=True).first()


def signing_address(lead: Lead, *, owner_id: int) -> str:
    """Where one signs towards the other side of a lead, and comes back to it."""
    back = urlencode({"owner": str(owner_id), "next": reverse("lead_detail", args=[lead.pk])})
    return f"{reverse('nda_new')}?{back}"


def rivals(lead: Lead) -> QuerySet[Lead]:
    """Other live leads that would bring the same two organisations together over the same thing.

    Source: R-LEAD-6.
    """
    same = Q(pk__in=[])
    if lead.achievement_id and lead.enterprise_id:
        same |= Q(achievement=lead.achievement_id, enterprise=lead.enterprise_id)
    if lead.demand_id and lead.supplier_id:
        same |= Q(demand=lead.demand_id, supplier=lead.supplier_id)
    rows = Lead.objects.filter(LIVE).filter(same).exclude(pk=lead.pk)
    return rows.select_related("manager__person").order_by("first_contact_at", "id")


def match_of_pair(*, achievement_id: int | None, demand_id: int | None) -> Match | None:
    """The match that joins a pair, if there is one that was not declined."""
    rows = Match.objects.filter(achievement_id=achievement_id or 0, demand_id=demand_id or 0)
    return rows.exclude(status=Match.Status.DECLINED).first()


def idle_since(*, before: datetime) -> QuerySet[Lead]:
    """Carried live leads, not yet a project, on which nothing was done since before an instant."""
    rows = Lead.objects.filter(LIVE, manager__isnull=False, project_id=None)
    return rows.filter(active_at__lt=before).order_by("pk")


def contact_choices(lead: Lead) -> QuerySet[Membership]:
    """Who may owe a next step: who carries the lead and the people of sides that know of it."""
    known = Q(pk=lead.manager_id)
    if lead.supplier_since_at:
        known |= Q(pk=lead.supplier_contact_id)
    if lead.enterprise_since_at:
        known |= Q(pk=lead.enterprise_contact_id)
    return parties.standing().filter(known).select_related("person", "organisation")


def open_organisation(organisation_id: int | None) -> Organisation | None:
    """An approved organisation."""
    return Organisation.objects.filter(
        pk=organisation_id or 0, status=Organisation.Status.APPROVED
    ).first()
