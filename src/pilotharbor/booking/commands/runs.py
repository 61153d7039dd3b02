"""A machine tells by its own signal that it ran."""

from datetime import datetime

from pilotharbor.booking.models import Allocation, Booking, Run
from pilotharbor.kernel.time import period
from pilotharbor.kernel.transactions import command

RUNNING = (Booking.Status.APPROVED, Booking.Status.IN_USE)


@command
def note_run(
    *,
    equipment_id: int,
    start: datetime,
    end: datetime,
    event_id: int,
    actor_id: int | None,
    at: datetime,
) -> list[Run]:
    """Keep a run of a machine with the booking whose slot it fell into, to propose its usage.

    Told again, nothing changes. A run outside every slot belongs to none. Source: R-BOOK-33.
    """
    del actor_id, at  # The machine did it; the run has its own times.
    ran = period(start, end)
    taken = Allocation.objects.filter(
        equipment_id=equipment_id, live=True, period__overlap=ran, booking__status__in=RUNNING
    )
    kept = []
    for booking_id in taken.order_by("period").values_list("booking_id", flat=True):
        run, _made = Run.objects.get_or_create(
            booking_id=booking_id,
            event_id=event_id,
            defaults={"equipment_id": equipment_id, "period": ran},
        )
        kept.append(run)
    return kept
