"""What is on at a line now and next, as everybody who passes may see it?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from pilotharbor.booking.models import Booking
from pilotharbor.kernel.time import period

SHOWN_AHEAD = timedelta(days=2)
MOST_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Turn:
    """One slot of the line: its number, times and state; never whose it is.

    ``verbs``  what may be done with it at the line now
    """

    id: int
    start: datetime
    end: datetime
    status: str
    checked_in: bool
    overran: bool
    verbs: tuple[str, ...]


def turns(*, line_id: int, at: datetime) -> Sequence[Turn]:
    """What runs, what is due, and what comes next, in order. Source: R-CAL-30."""
    rows = Booking.objects.filter(
        Q(status=Booking.Status.IN_USE)
        | Q(
            status=Booking.Status.APPROVED,
            period__overlap=period(at, at + SHOWN_AHEAD),
        ),
        line=line_id,
    ).order_by("period", "id")[:MOST_SHOWN]
    return [_turn(b, at) for b in rows]


def _turn(found: Booking, at: datetime) -> Turn:
    running = found.status == Booking.Status.IN_USE
    verbs: tuple[str, ...] = ("stop",) if running else ("start",)
    if found.checked_in_at is None and at < found.period.upper:
        verbs = ("check_in", *verbs)
    return Turn(
        id=found.pk,
        start=found.period.lower,
        end=found.period.upper,
        status=found.status,
        checked_in=found.checked_in_at is not None,
        overran=running and found.period.upper <= at,
        verbs=verbs,
    )


def started_at(*, booking_id: int) -> datetime | None:
    """When a running slot was started."""
    rows = Booking.objects.filter(pk=booking_id, status=Booking.Status.IN_USE)
    return rows.values_list("started_at", flat=True).first()
