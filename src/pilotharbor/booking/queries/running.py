"""Who runs which slot, and who could run it instead?"""

from django.db.models import Exists, OuterRef, QuerySet

from pilotharbor.booking.models import Allocation, Booking
from pilotharbor.booking.queries.bookings import AHEAD, visible_bookings
from pilotharbor.crew import queries as crew
from pilotharbor.crew.models import Leave
from pilotharbor.parties.models import Membership


def run_in(leave: Leave, *, actor: Membership) -> QuerySet[Booking]:
    """The slots ahead that an engineer runs in a leave, as far as the actor may read them."""
    rows = visible_bookings(actor=actor).filter(
        engineer_id=leave.membership_id, status__in=AHEAD, period__overlap=leave.period
    )
    return rows.order_by("period", "id")


def could_run(booking: Booking) -> QuerySet[Membership]:
    """Engineers of its line, on duty then with every skill, who run nothing else, by name."""
    busy = Allocation.objects.filter(
        engineer=OuterRef("pk"), live=True, period__overlap=booking.period
    )
    free = crew.free_engineers(
        line_id=booking.line_id, start=booking.period.lower, end=booking.period.upper
    )
    # Whoever runs this slot already is busy with it.
    return free.filter(~Exists(busy)).select_related("person").order_by("person__name", "pk")
