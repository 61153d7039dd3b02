"""The pilot report: asked for once judged, issued once printed."""

from datetime import datetime

from pilotharbor.agreements import commands as agreements
from pilotharbor.agreements import queries as agreement_queries
from pilotharbor.agreements.models import Milestone
from pilotharbor.campaigns import paper
from pilotharbor.campaigns.commands.access import locked, locked_project
from pilotharbor.campaigns.models import Campaign
from pilotharbor.documents import commands as documents
from pilotharbor.documents.models import Document
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict
from pilotharbor.kernel.transactions import command
from pilotharbor.parties.models import Membership
from pilotharbor.projects import commands as projects
from pilotharbor.projects.models import Project


class NotJudged(Conflict):
    """The report states the verdict; judge the campaign first."""

    code = "campaigns.not_judged"


class ReportAsked(Conflict):
    """The report of this campaign has been asked for already."""

    code = "campaigns.report_asked"


@command
def ask_report(*, campaign_id: int, actor_id: int, at: datetime) -> Campaign:
    """Ask for the pilot report of a judged campaign; it is issued when it is printed.

    A report whose printing failed may be asked for again.

    Raises: NotFound, NotYourCampaign, NotJudged, ReportAsked.
    Source: R-CAMP-7.
    """
    actor, project, campaign = locked(campaign_id=campaign_id, actor_id=actor_id)
    if campaign.status == Campaign.Status.RUNNING:
        raise NotJudged
    report = campaign.report
    if report is not None and report.status != Document.Status.FAILED:
        raise ReportAsked(document_id=report.pk)
    readers = {project.owner_id, project.platform_id, project.enterprise_id} - {None}
    campaign.report = documents.ask(
        kind=Document.Kind.PILOT_REPORT,
        title=project.title,
        template=paper.PILOT_REPORT,
        payload=paper.pilot_report(campaign, project=project),
        subject=campaign,
        project_id=project.pk,
        owner_id=project.platform_id,
        reader_ids=[pk for pk in readers if pk is not None],
        people_ids=agreement_queries.let_in(project=project),
        actor_id=actor_id,
        at=at,
    )
    campaign.save(update_fields=["report"])
    events.record(
        "campaigns.report.asked",
        campaign,
        actor=actor,
        at=at,
        project_id=project.pk,
        document_id=campaign.report.pk,
    )
    return campaign


@command
def issue_report(*, campaign_id: int, document_id: int, actor_id: int | None, at: datetime) -> None:
    """Issue a printed report: its milestone is reached, an accepted project goes to its decision.

    A failed campaign's report is evidence like any other; its project stays ended. Told twice, the
    second time changes nothing.
    Source: R-CAMP-7.
    """
    project_id = Campaign.objects.values_list("project_id", flat=True).get(pk=campaign_id)
    project = locked_project(project_id)
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign_id)
    if campaign.report_id != document_id or campaign.report_issued_at is not None:
        return
    campaign.report_issued_at = at
    campaign.save(update_fields=["report_issued_at"])
    ref = f"documents.document:{document_id}"
    events.record(
        "campaigns.report.issued",
        campaign,
        actor=Membership.objects.filter(pk=actor_id).first() if actor_id else None,
        at=at,
        project_id=project.pk,
        document_id=document_id,
    )
    agreements.reach_milestones(
        project_id=project.pk,
        evidence=Milestone.Evidence.REPORT_ISSUED,
        ref=ref,
        actor_id=actor_id,
        at=at,
    )
    if campaign.status == Campaign.Status.ACCEPTED and project.status == Project.Status.PILOT:
        projects.pass_gate(
            project_id=project.pk,
            to=Project.Status.DECISION,
            actor_id=actor_id,
            at=at,
            ref=ref,
        )
