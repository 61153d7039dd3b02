"""What stands in a calendar feed: as its holder may read it now, and not as it was made."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet

from pilotharbor.booking import queries as booking
from pilotharbor.booking.models import Booking
from pilotharbor.calendars.models import FeedAddress
from pilotharbor.calendars.queries.board import Event, events_of, has_line
from pilotharbor.crew import queries as crew
from pilotharbor.crew.models import Shift
from pilotharbor.kernel.models import Event as Fact
from pilotharbor.kernel.time import period
from pilotharbor.parties.models import Membership

# What is over stays for a while, and nobody plans further ahead than this.
KEPT, AHEAD = timedelta(days=90), timedelta(days=400)
MOST_ENTRIES = 1000
GIVEN_UP = frozenset({Booking.Status.CANCELLED, Booking.Status.REJECTED})


@dataclass(frozen=True, slots=True)
class Known:
    """A booking the holder may read, with how often and when it last changed."""

    booking: Booking
    changes: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed holds: bookings one may read, on a line what others have taken, one's own shifts."""

    known: Sequence[Known]
    taken: Sequence[Event]
    shifts: Sequence[Shift] = ()


def feed(*, address: FeedAddress, at: datetime) -> Feed:
    """What stands at an address now, in a number of statements that is fixed.

    A line or project that its holder no longer sees has nothing.

    Source: R-CAL-21.
    """
    start, end = at - KEPT, at + AHEAD
    actor = address.membership
    rows = booking.visible_bookings(actor=actor).filter(period__overlap=period(start, end))
    taken: list[Event] = []
    shifts: list[Shift] = []
    if address.kind == FeedAddress.Kind.PERSON:
        mine = actor.person_id
        shifts = list(shifts_of(actor=actor, start=start, end=end))
        rows = rows.filter(
            Q(engineer__person=mine) | Q(requested_by__person=mine) | Q(used_by__person=mine)
        )
    elif address.kind == FeedAddress.Kind.PROJECT:
        rows = rows.filter(project=address.project_id)
    else:
        assert address.line_id is not None, "held by calendars_feed_of_one_thing"
        if not has_line(actor, address.line_id):
            return Feed([], [])
        rows = rows.filter(line=address.line_id)
        told = events_of(line_ids=[address.line_id], start=start, end=end, actor=actor, at=at)
        taken = [e for e in told if e.id is None]
    return Feed(_known(rows), taken[:MOST_ENTRIES], shifts)


def shifts_of(*, actor: Membership, start: datetime, end: datetime) -> QuerySet[Shift]:
    """The actor's own shifts that touch ``[start, end)``, earliest first; of this membership only.

    Source: R-CAL-22.
    """
    rows = crew.shifts().filter(membership=actor, period__overlap=period(start, end))
    return rows.select_related("membership__organisation").order_by("period", "id")[:MOST_ENTRIES]


def _known(rows: QuerySet[Booking]) -> list[Known]:
    found = list(rows.order_by("-period", "-id")[:MOST_ENTRIES])
    changes = changes_of(b.pk for b in found)
    return [Known(b, *changes.get(b.pk, (1, b.requested_at))) for b in found]


def changes_of(booking_ids: Iterable[int]) -> dict[int, tuple[int, datetime]]:
    """How many facts there are of each booking, and when the last one happened."""
    rows = (
        Fact.objects.filter(subject_type="booking.booking", subject_id__in=list(booking_ids))
        .values_list("subject_id")
        .annotate(count=Count("id"), last_at=Max("at"))
    )
    return {pk: (count, last_at) for pk, count, last_at in rows}
