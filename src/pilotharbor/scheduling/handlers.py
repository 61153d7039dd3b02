"""What follows from a schedule being asked for, and who is told of it."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from pilotharbor.kernel.handling import handles
from pilotharbor.kernel.models import Event
from pilotharbor.parties import commands as parties
from pilotharbor.parties import notices
from pilotharbor.scheduling.models import Proposal

# Among what people hear of bookings.
notices.say(
    "booking.plan.ready",
    _("Your schedule is ready: {placed} of {requests} have a place. Look at it and accept it."),
)
notices.say("booking.plan.failed", _("No schedule was found; see why, and ask again."))


@handles("scheduling.proposal.asked")
def let_the_worker_search(event: Event) -> None:
    """The job is put into the queue together with the mark that this event was delivered."""
    app.configure_task("scheduling.solve", queue="plans").defer(proposal_id=event.subject_id)


@handles("scheduling.proposal.ready", "scheduling.proposal.failed")
def tell_who_asked(event: Event) -> None:
    """Whoever asked for the schedule learns that it is there, or that there is none."""
    proposal = Proposal.objects.get(pk=event.subject_id)
    parties.notify(
        member_ids={proposal.asked_by_id},
        not_to=None,
        kind=f"booking.plan.{event.name.rpartition('.')[2]}",
        url=reverse("proposal", args=[proposal.pk]),
        event=event,
        at=event.at,
        facts={
            "placed": event.facts.get("placed", 0),
            "requests": event.facts.get("requests", 0),
        },
    )
