"""A line or machine is shut: whoever has it then is told, and learns when it is open again."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from pilotharbor.booking import queries
from pilotharbor.booking.commands import slots, waiting
from pilotharbor.booking.models import Allocation, Booking
from pilotharbor.facilities import queries as facilities
from pilotharbor.facilities.models import Closure
from pilotharbor.kernel.time import period
from pilotharbor.kernel.transactions import command

CONCERNED = (Booking.Status.SUBMITTED, Booking.Status.APPROVED, Booking.Status.IN_USE)


@command
def mark_hit(*, closure_id: int, actor_id: int | None, at: datetime) -> list[Booking]:
    """Mark the bookings whose time a closure takes away; none is deleted. Source: R-BOOK-32."""
    del actor_id  # The closure has its actor; this is what follows from it.
    closure = Closure.objects.filter(pk=closure_id, lifted_at=None).first()
    if closure is None:
        return []
    hit = [
        booking
        for booking in _concerned(closure, at).select_for_update(no_key=True, of=("self",))
        if booking.hit_by is None
    ]
    for booking in hit:
        booking.hit_by = closure.pk
        booking.save(update_fields=["hit_by"])
        slots.record(
            "hit", booking, None, at,
            line_id=booking.line_id, closure_id=closure.pk, kind=closure.kind,
        )  # fmt: skip
    return hit


@command
def clear_hit(*, closure_id: int, actor_id: int | None, at: datetime) -> list[Booking]:
    """Take the mark off again when a closure is lifted, and offer the time to who waits."""
    del actor_id  # As above.
    closure = Closure.objects.select_related("equipment").get(pk=closure_id)
    machine = closure.equipment
    line_id = closure.line_id or (machine.line_id if machine else None)
    if line_id is not None:
        slots.hold_lines([line_id])
    rows = Booking.objects.select_for_update(no_key=True).filter(
        hit_by=closure_id, status__in=CONCERNED
    )
    spared = list(rows.order_by("id"))
    for booking in spared:
        booking.hit_by = None
        booking.save(update_fields=["hit_by"])
        slots.record("spared", booking, None, at, line_id=booking.line_id, closure_id=closure_id)
    if line_id is not None:
        waiting.offer_freed(line_id=line_id, at=at)
    return spared


def _concerned(closure: Closure, at: datetime) -> QuerySet[Booking]:
    """Bookings not over that overlap a closure and take what it shuts, by id."""
    until = closure.period.upper or queries.LAST
    rows = Booking.objects.filter(
        status__in=CONCERNED, period__overlap=period(closure.period.lower, until)
    ).filter(period__endswith__gt=at)
    if closure.equipment_id is None:
        return rows.filter(line=closure.line).order_by("id")
    takes = Allocation.objects.filter(
        booking=OuterRef("pk"), live=True, equipment_id=closure.equipment_id
    )
    asked = rows.filter(status=Booking.Status.SUBMITTED).order_by()
    lines = [
        line_id
        for line_id in asked.values_list("line_id", flat=True).distinct()
        if facilities.taken_by(line_id=line_id).filter(pk=closure.equipment_id).exists()
    ]
    waits = Q(status=Booking.Status.SUBMITTED, line_id__in=lines)
    return rows.filter(Exists(takes) | waits).order_by("id")
