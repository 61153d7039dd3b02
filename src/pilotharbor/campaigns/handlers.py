"""A printed pilot report is an issued one; who carries the project is told how it went."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pilotharbor.campaigns import commands, queries
from pilotharbor.campaigns.models import Campaign
from pilotharbor.documents.models import Document
from pilotharbor.kernel.handling import handles
from pilotharbor.kernel.models import Event
from pilotharbor.parties import commands as parties
from pilotharbor.parties import notices

notices.say("campaigns.campaign.accepted", _("The pilot “{title}” has met its acceptance."))
notices.say("campaigns.campaign.failed", _("The pilot “{title}” has not met its acceptance."))
notices.say("campaigns.report.issued", _("The pilot report of “{title}” is there."))


@handles("documents.document.rendered")
def issue_printed_report(event: Event) -> None:
    """Issue the report of the campaign whose paper was printed."""
    if event.facts["kind"] == Document.Kind.PILOT_REPORT:
        commands.issue_report(
            campaign_id=event.facts["about_id"],
            document_id=event.subject_id,
            actor_id=event.actor_id,
            at=event.at,
        )


@handles("campaigns.campaign.accepted", "campaigns.campaign.failed", "campaigns.report.issued")
def tell_who_carries_it(event: Event) -> None:
    """Everybody of the project's sides and team who may read the campaign learns how it went."""
    campaign = Campaign.objects.select_related("project").get(pk=event.subject_id)
    parties.notify(
        member_ids=queries.concerned(campaign),
        not_to=event.person_id,
        kind=event.name,
        url=reverse("campaign_detail", args=[campaign.pk]),
        event=event,
        at=event.at,
        facts={"title": campaign.project.title},
    )
