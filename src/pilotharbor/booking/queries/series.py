"""Which slots come again and again?"""

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet

from pilotharbor.booking.models import Booking, Series
from pilotharbor.booking.queries.bookings import visible_bookings
from pilotharbor.parties.models import Membership

OPEN = (Booking.Status.SUBMITTED, Booking.Status.APPROVED)


def visible_series(*, actor: Membership | None) -> QuerySet[Series]:
    """Series of which the actor may read a slot: how many slots, how many are ahead, from when to when.

    ``slots``, ``ahead``, ``first`` and ``last`` (tstzrange) count every slot of a series.
    """
    seen = visible_bookings(actor=actor).filter(series=OuterRef("pk"))
    return (
        Series.objects.filter(Exists(seen))
        .select_related("line__platform", "project", "requested_by__person")
        .annotate(
            slots=Count("bookings"),
            ahead=Count("bookings", filter=Q(bookings__status__in=OPEN)),
            first=Min("bookings__period__startswith"),
            last=Max("bookings__period__endswith"),
        )
    )
