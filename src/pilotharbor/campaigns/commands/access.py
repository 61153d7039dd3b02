"""Who may do this to that campaign? Locks the project, then the campaign, then asks."""

from pilotharbor.campaigns import queries
from pilotharbor.campaigns.models import Campaign
from pilotharbor.kernel.errors import Conflict, Forbidden
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership
from pilotharbor.projects.models import Project


class NotYourCampaign(Forbidden):
    """Only people of the platform that runs this campaign may do this."""

    code = "campaigns.not_your_campaign"


class WrongStep(Conflict):
    """Batches are run and judged while the project stands at pilot verification."""

    code = "campaigns.wrong_step"


class CampaignOver(Conflict):
    """This campaign has been judged; nothing about its batches changes any more."""

    code = "campaigns.campaign_over"


def locked_project(project_id: int) -> Project:
    """The project row, locked against others' changes until the command ends."""
    return Project.objects.select_for_update(no_key=True).get(pk=project_id)


def locked(*, campaign_id: int, actor_id: int) -> tuple[Membership, Project, Campaign]:
    """The actor, the project and the whole campaign, locked, when the actor runs it.

    Raises: NotFound, NotYourCampaign.
    """
    actor = parties.actor(actor_id=actor_id)
    seen = queries.visible_campaign(actor=actor, campaign_id=campaign_id)
    project = locked_project(seen.project_id)
    if not queries.may_run(actor=actor, project=project):
        raise NotYourCampaign
    campaign = (
        queries.whole(Campaign.objects.select_related("project", "line"))
        .select_for_update(of=["self"], no_key=True)
        .get(pk=campaign_id)
    )
    return actor, project, campaign


def running(project: Project, campaign: Campaign) -> None:
    """Refuse what only a running campaign allows.

    Raises: CampaignOver, WrongStep.
    """
    if campaign.status != Campaign.Status.RUNNING:
        raise CampaignOver(status=campaign.status)
    if project.status != Project.Status.PILOT:
        raise WrongStep(status=project.status)
