"""Opening a campaign from the plan, and judging it in the end."""

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.utils import translation

from pilotharbor.agreements import commands as agreements
from pilotharbor.agreements.models import Milestone
from pilotharbor.campaigns import queries, wording
from pilotharbor.campaigns.commands.access import (
    CampaignOver,
    NotYourCampaign,
    WrongStep,
    locked,
    locked_project,
    running,
)
from pilotharbor.campaigns.models import AcceptanceLimit, Campaign
from pilotharbor.facilities.models import Line
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, NotFound
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership
from pilotharbor.projects import commands as projects
from pilotharbor.projects import queries as project_queries
from pilotharbor.projects.models import Plan, Project

OPEN_AT = (Project.Status.RESOURCING, Project.Status.PILOT)


class PlanMissing(Conflict):
    """The project has no pilot plan with acceptance criteria to run by."""

    code = "campaigns.plan_missing"


class CampaignExists(Conflict):
    """This project has its campaign already."""

    code = "campaigns.campaign_exists"


class LineElsewhere(Conflict):
    """This line is closed or belongs to another platform than the project."""

    code = "campaigns.line_elsewhere"


class NotEnoughBatches(Conflict):
    """Acceptance is not met and {judged} of {planned} planned batches are judged; judge them first."""

    code = "campaigns.not_enough_batches"


@command
def open_campaign(*, project_id: int, line_id: int, actor_id: int, at: datetime) -> Campaign:
    """Open the campaign of a project on a line; limits and numbers come from its plan.

    Raises: NotFound, NotYourCampaign, WrongStep, PlanMissing, LineElsewhere, CampaignExists.
    Source: R-CAMP-1.
    """
    actor = parties.actor(actor_id=actor_id)
    project = _seen_and_locked(project_id, line_id, actor)
    if not queries.may_run(actor=actor, project=project):
        raise NotYourCampaign
    if project.status not in OPEN_AT:
        raise WrongStep(status=project.status)
    plan = project_queries.plan_of(project)
    if plan is None:
        raise PlanMissing
    line = Line.objects.filter(pk=line_id, platform_id=project.platform_id, is_open=True).first()
    if line is None:
        raise LineElsewhere(line_id=line_id)
    with refusing(campaigns_campaign_project_id_key=CampaignExists(project_id=project_id)):
        campaign = _create(project, plan, line, at)
    events.record(
        "campaigns.campaign.opened",
        campaign,
        actor=actor,
        at=at,
        project_id=project.pk,
        line_id=line.pk,
        consecutive_batches=campaign.consecutive_batches,
    )
    return campaign


def _seen_and_locked(project_id: int, line_id: int, actor: Membership) -> Project:
    """The locked project, when the actor may read it or engineers the line."""
    seen = project_queries.visible_projects(actor=actor).filter(pk=project_id).exists()
    engineers = Line.objects.filter(
        pk=line_id, platform_id=actor.organisation_id, engineers__membership=actor
    ).exists()
    here = Project.objects.filter(pk=project_id, platform_id=actor.organisation_id).exists()
    if not seen and not (engineers and here):
        raise NotFound
    return locked_project(project_id)


def _create(project: Project, plan: Plan, line: Line, at: datetime) -> Campaign:
    campaign = Campaign.objects.create(
        project=project,
        line=line,
        consecutive_batches=plan.consecutive_batches,
        planned_batches=plan.planned_batches,
        opened_at=at,
    )
    AcceptanceLimit.objects.bulk_create(
        AcceptanceLimit(
            campaign=campaign,
            attribute=limit["attribute"],
            unit=limit.get("unit", ""),
            at_least=_bound(limit.get("at_least")),
            at_most=_bound(limit.get("at_most")),
            position=i,
        )
        for i, limit in enumerate(plan.acceptance, 1)
    )
    return campaign


def _bound(text: str | None) -> Decimal | None:
    return Decimal(text) if text is not None else None


@command
def judge(*, campaign_id: int, actor_id: int, at: datetime) -> Campaign:
    """Judge the campaign: accepted once enough batches in a row are good, else refused.

    Accepted as soon as some ``consecutive_batches`` batches in a row by number are released.
    Refused, and the project ended with the reason, once every planned batch is judged without.

    Raises: NotFound, NotYourCampaign, CampaignOver, WrongStep, NotEnoughBatches.
    Source: R-CAMP-4, R-CAMP-5.
    """
    actor, project, campaign = locked(campaign_id=campaign_id, actor_id=actor_id)
    running(project, campaign)
    progress = queries.progress_of(campaign)
    if progress.met:
        advance(campaign, Campaign.Status.ACCEPTED, judged_at=at, judged_by=actor)
    elif progress.unjudged or progress.judged < campaign.planned_batches:
        raise NotEnoughBatches(judged=progress.judged, planned=campaign.planned_batches)
    else:
        advance(campaign, Campaign.Status.FAILED, judged_at=at, judged_by=actor)
    events.record(
        f"campaigns.campaign.{campaign.status}",
        campaign,
        actor=actor,
        at=at,
        project_id=project.pk,
        released=progress.released,
        judged=progress.judged,
    )
    _tell(campaign, project, actor, at)
    return campaign


def _tell(campaign: Campaign, project: Project, actor: Membership, at: datetime) -> None:
    """Let agreement and project know: a milestone is reached, or the project ends here."""
    if campaign.status == Campaign.Status.ACCEPTED:
        agreements.reach_milestones(
            project_id=project.pk,
            evidence=Milestone.Evidence.ACCEPTANCE_MET,
            ref=f"campaigns.campaign:{campaign.pk}",
            actor_id=actor.pk,
            at=at,
        )
        return
    # A reason that is kept is kept in the harbour's own language, whoever judged.
    with translation.override(settings.LANGUAGE_CODE):
        reason = wording.verdict(campaign)
    projects.end(project_id=project.pk, reason=reason, actor_id=actor.pk, at=at)


__all__ = [
    "CampaignExists",
    "CampaignOver",
    "LineElsewhere",
    "NotEnoughBatches",
    "NotYourCampaign",
    "PlanMissing",
    "WrongStep",
    "judge",
    "open_campaign",
]
