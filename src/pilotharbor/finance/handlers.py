"""Money follows what happened below: milestones become invoices, usage becomes a charge."""

from pilotharbor.finance import commands
from pilotharbor.kernel.handling import handles
from pilotharbor.kernel.models import Event


@handles("agreements.milestone.reached")
def invoice_reached_milestone(event: Event) -> None:
    """A milestone with evidence is invoiced."""
    commands.invoice_milestone(
        milestone_id=event.facts["milestone_id"], actor_id=event.actor_id, at=event.at
    )


@handles("booking.usage.recorded")
def charge_usage(event: Event) -> None:
    """Recorded use is charged to its project."""
    commands.book_usage(booking_id=event.facts["booking_id"], actor_id=event.actor_id, at=event.at)


@handles("booking.charge.made")
def book_charge(event: Event) -> None:
    """A fee or a deposit of a booking goes into the books."""
    commands.book_charge(charge_id=event.facts["charge_id"], actor_id=event.actor_id, at=event.at)
