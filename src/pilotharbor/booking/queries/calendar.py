"""What of a line is taken or asked for, drawn for somebody?"""

from dataclasses import dataclass
from datetime import datetime

from pilotharbor.booking.models import Booking
from pilotharbor.booking.queries.bookings import WAITING, taken, visible_bookings
from pilotharbor.facilities.models import Line
from pilotharbor.kernel.time import period
from pilotharbor.parties.models import Membership


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch of a line that is asked for or taken; ``booking`` only where one may read it."""

    start: datetime
    end: datetime
    status: str
    booking: Booking | None


def calendar(*, line: Line, start: datetime, end: datetime, actor: Membership | None) -> list[Slot]:
    """What of ``[start, end)`` is taken or asked for, earliest first.

    Whoever may not read a booking learns that the time is taken, not by whom; requests still
    under review show only to those who may read them.
    """
    readable = {
        b.pk: b
        for b in visible_bookings(actor=actor).filter(
            line=line,
            period__overlap=period(start, end),
            status__in=[*WAITING, *Booking.LIVE],
        )
    }
    slots = [
        Slot(b.period.lower, b.period.upper, b.status, b)
        for b in readable.values()
        if b.status in WAITING
    ]
    busy = taken(line_id=line.pk, start=start, end=end).values_list(
        "period", "booking_id", "booking__status"
    )
    for stretch, booking_id, status in busy.order_by("booking_id", "period").distinct():
        seen = readable.get(booking_id)
        slots.append(Slot(stretch.lower, stretch.upper, status if seen else "taken", seen))
    return sorted(slots, key=lambda s: (s.start, s.end))
