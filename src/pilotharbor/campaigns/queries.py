"""Which campaigns may one read and run, and how do their batches stand?"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from pilotharbor.agreements import queries as agreements
from pilotharbor.booking.models import Booking
from pilotharbor.campaigns.engine import acceptance, small_numbers
from pilotharbor.campaigns.models import AcceptanceLimit, Batch, Campaign, Correction, Measurement
from pilotharbor.facilities.models import LineEngineer
from pilotharbor.kernel.errors import NotFound
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Reach, Scope, Verb
from pilotharbor.parties.roles import Role
from pilotharbor.projects.models import Project, TeamMember

# Beside stewards and team, so many of each side are told how a campaign went.
TOLD = (Role.TTO_OFFICER, Role.ENTERPRISE_MEMBER, Role.PLATFORM_OPERATOR, Role.MEMBER_PLATFORM)


def _own(actor: Membership) -> Q:
    mine = actor.organisation_id
    return (
        Q(project__owner=mine)
        | Q(project__enterprise=mine)
        | Q(project__platform=mine)
        | _in_team(actor, scope=TeamMember.Scope.TEAM)
    )


def _assigned(actor: Membership) -> Q:
    return (
        Q(project__technology_manager=actor)
        | Q(project__industry_advisor=actor)
        | _in_team(actor, scope=TeamMember.Scope.TEAM)
        | _runs_line(actor)
    )


def _runs_line(actor: Membership) -> Q:
    if not rights.acts_as(actor, Role.EQUIPMENT_ENGINEER):
        return Q(pk=None)
    lines = LineEngineer.objects.filter(line=OuterRef("line"), membership=actor)
    allotted = Booking.objects.filter(project=OuterRef("project"), engineer=actor)
    return Q(Exists(lines)) | Q(Exists(allotted))


def _in_team(actor: Membership, **narrower: str) -> Q:
    members = TeamMember.objects.filter(project=OuterRef("project"), membership=actor, **narrower)
    return Q(Exists(members))


# A scope that is missing here opens no row; granted readers get the report, not the batches.
SCOPES: dict[Scope, Reach] = {
    Scope.OWN: _own,
    Scope.ASSIGNED: _assigned,
    Scope.ALL: lambda _actor: ~Q(pk__in=[]),
}


def visible_campaigns(*, actor: Membership | None) -> QuerySet[Campaign]:
    """The campaigns the actor may read, with what a list shows.

    Source: R-CAMP-2.
    """
    return (
        Campaign.objects.filter(rights.reach(actor, Verb.READ, Kind.PROJECT, SCOPES))
        .select_related("project", "line", "report__rendering")
        .defer("report__payload", "report__rendering__content")
    )


def whole(campaigns: QuerySet[Campaign]) -> QuerySet[Campaign]:
    """Campaigns together with their limits, batches and measured values."""
    holding = Measurement.objects.filter(replaced_by__isnull=True)
    values = holding.order_by("limit__position", "replicate")
    batches = (
        Batch.objects.select_related("recorded_by__person", "judged_by__person", "booking")
        .prefetch_related(Prefetch("measurements", values))
        .order_by("number")
    )
    return campaigns.select_related("judged_by__person").prefetch_related(
        Prefetch("limits", AcceptanceLimit.objects.order_by("position")),
        Prefetch("batches", batches),
    )


def visible_campaign(*, actor: Membership | None, campaign_id: int) -> Campaign:
    """One campaign the actor may read, with all its batches.

    Raises: NotFound.
    """
    found = whole(visible_campaigns(actor=actor)).filter(pk=campaign_id).first()
    if found is None:
        raise NotFound
    return found


def visible_batch(*, actor: Membership | None, batch_id: int) -> Batch:
    """One batch of a campaign the actor may read.

    Raises: NotFound.
    """
    found = Batch.objects.filter(
        pk=batch_id, campaign__in=visible_campaigns(actor=actor).values("pk")
    ).first()
    if found is None:
        raise NotFound
    return found


def may_run(*, actor: Membership | None, project: Project) -> bool:
    """Whether the actor records and judges batches: people of the platform, and the manager.

    Source: R-CAMP-2.
    """
    if actor is None:
        return False
    if actor.organisation_id == project.platform_id:
        return any(
            Scope.OWN in rights.scopes(actor, Verb.WRITE, kind)
            for kind in (Kind.PROJECT, Kind.BOOKING)
        ) or (project.technology_manager_id == actor.pk)
    return project.technology_manager_id == actor.pk


def limits_of(campaign: Campaign) -> list[acceptance.Limit]:
    """The campaign's limits in their order, as the engine takes them."""
    return [engine_limit(row) for row in campaign.limits.all()]


def engine_limit(row: AcceptanceLimit) -> acceptance.Limit:
    """One limit as the engine takes it."""
    return acceptance.Limit(row.attribute, row.unit, row.at_least, row.at_most)


def values_of(batch: Batch, campaign: Campaign) -> dict[str, list[Decimal]]:
    """The batch's measured values by attribute, replicates in order."""
    names = {row.pk: row.attribute for row in campaign.limits.all()}
    values: dict[str, list[Decimal]] = defaultdict(list)
    for one in batch.measurements.all():
        values[names[one.limit_id]].append(one.value)
    return values


def corrections_of(batch: Batch) -> QuerySet[Correction]:
    """How a batch was set right, newest first, with the values that were replaced."""
    values = Measurement.objects.select_related("limit").order_by("limit__position", "replicate")
    rows = batch.corrections.select_related("corrected_by__person").order_by("-id")
    return rows.prefetch_related(Prefetch("replaced", values))


def findings_of(batch: Batch, campaign: Campaign) -> list[acceptance.Finding]:
    """What of a batch lies outside the limits, judged or not yet."""
    return acceptance.findings(limits_of(campaign), values_of(batch, campaign))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far acceptance has come.

    ``run``    numbers of the longest stretch of released batches in a row
    ``met``    the first stretch that is long enough, if there is one
    ``bound``  one-sided lower 95 % bound for the chance that a batch is good; none judged: None
    """

    judged: int
    released: int
    unjudged: int
    run: list[int]
    met: list[int] | None
    needed: int
    planned: int
    bound: float | None


def progress_of(campaign: Campaign) -> Progress:
    """How the campaign's batches stand against its acceptance.

    Source: R-CAMP-4, R-CAMP-6.
    """
    batches = list(campaign.batches.all())
    good = [b.number for b in batches if b.status == Batch.Status.RELEASED]
    unjudged = sum(b.status == Batch.Status.RECORDED for b in batches)
    judged = len(batches) - unjudged
    return Progress(
        judged=judged,
        released=len(good),
        unjudged=unjudged,
        run=acceptance.longest_run(good),
        met=acceptance.met_by(good, campaign.consecutive_batches),
        needed=campaign.consecutive_batches,
        planned=campaign.planned_batches,
        bound=small_numbers.lower_bound(len(good), judged) if judged else None,
    )


def first_failure(campaign: Campaign) -> tuple[Batch, acceptance.Finding] | None:
    """The first rejected batch and its first value out of limits, for the reason of a refusal."""
    for batch in campaign.batches.all():
        if batch.status == Batch.Status.REJECTED and (found := findings_of(batch, campaign)):
            return batch, found[0]
    return None


def usable_bookings(campaign: Campaign, *, of: Batch | None = None) -> QuerySet[Booking]:
    """Bookings of the project a batch may still be recorded for, and its own, earliest first."""
    free = Q(batch__isnull=True) | Q(batch=of) if of else Q(batch__isnull=True)
    return (
        Booking.objects.filter(
            free,
            project_id=campaign.project_id,
            status__in=[Booking.Status.IN_USE, Booking.Status.COMPLETED],
        )
        .select_related("line")
        .order_by("period")
    )


def concerned(campaign: Campaign) -> set[int]:
    """Memberships to tell how it went: stewards, team, and who runs it or signs for a side."""
    project = campaign.project
    sides = {project.owner_id, project.enterprise_id, project.platform_id}
    members = Membership.objects.filter(
        Q(organisation__in=[pk for pk in sides if pk is not None], role__in=TOLD)
        | Q(pk__in=agreements.let_in(project=project)),
        status=Membership.Status.ACTIVE,
    ).select_related("organisation", "person")
    return {
        member.pk
        for member in members
        if visible_campaigns(actor=member).filter(pk=campaign.pk).exists()
    }
