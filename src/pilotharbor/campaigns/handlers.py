"""A printed pilot report is an issued one."""

from pilotharbor.campaigns import commands
from pilotharbor.documents.models import Document
from pilotharbor.kernel.handling import handles
from pilotharbor.kernel.models import Event


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
