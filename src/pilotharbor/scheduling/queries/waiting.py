"""Which bookings would a schedule be made of: requests that wait, slots that a closure has hit?"""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from pilotharbor.booking.models import Booking
from pilotharbor.kernel.time import period
from pilotharbor.scheduling.facts import Span

NAMES = (
    "line",
    "project__owner",
    "project__enterprise",
    "used_by",
    "requested_by",
    "quote__tariff",
)


def waiting_of(*, platform_id: int) -> QuerySet[Booking]:
    """Requests that can be decided on one by one: no slots of a series, no offers, nothing past."""
    return (
        Booking.objects.filter(
            line__platform=platform_id, status=Booking.Status.SUBMITTED,
            series__isnull=True, retrospective=False,
        )
        .exclude(waiting__status="offered")
        .select_related(*NAMES)
        .order_by("id")
    )  # fmt: skip


def requests_in(*, platform_id: int, start: datetime, end: datetime, at: datetime) -> list[Booking]:
    """The waiting requests that could be put into ``[start, end)``, by id. Source: R-SCHED-10."""
    first = max(start, at)
    found = []
    for one in waiting_of(platform_id=platform_id):
        if one.flexible:
            if windows_within(one, first, end, one.duration_s or 0):
                found.append(one)
        elif first <= one.period.lower and one.period.upper <= end:
            found.append(one)
    return found


def windows_within(one: Booking, start: datetime, end: datetime, seconds: int) -> tuple[Span, ...]:
    """The windows of a flexible booking cut to ``[start, end)``, as far as it still fits into them."""
    inside = [
        (max(datetime.fromisoformat(a), start), min(datetime.fromisoformat(b), end))
        for a, b in one.windows
    ]
    return tuple(sorted((a, b) for a, b in inside if b - a >= timedelta(seconds=max(seconds, 1))))


def collided(*, platform_id: int, start: datetime, end: datetime) -> QuerySet[Booking]:
    """Allotted slots, not begun, whose time a closure has taken away, by id."""
    return (
        Booking.objects.filter(
            line__platform=platform_id, status=Booking.Status.APPROVED, hit_by__isnull=False,
            period__overlap=period(start, end), period__startswith__gte=start,
        )
        .select_related(*NAMES)
        .order_by("id")
    )  # fmt: skip


def movable(*, platform_id: int, start: datetime, end: datetime) -> QuerySet[Booking]:
    """What a repair may move: what collides, and flexible slots inside their windows.

    Source: R-SCHED-15, R-BOOK-18.
    """
    return (
        Booking.objects.filter(
            Q(hit_by__isnull=False) | Q(flexible=True),
            line__platform=platform_id, status=Booking.Status.APPROVED,
            period__startswith__gte=start, period__endswith__lte=end,
        )
        .select_related(*NAMES)
        .order_by("id")
    )  # fmt: skip
