"""What of which lines is taken, asked for or free: any number of them at once, for one reader."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    DateTimeField,
    F,
    FloatField,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Lower, Upper

from pilotharbor.booking import queries as booking
from pilotharbor.booking.models import Allocation, Booking
from pilotharbor.booking.queries.bookings import SCOPES
from pilotharbor.facilities import queries as facilities
from pilotharbor.kernel.time import period
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Verb

TAKEN, HELD = "taken", "held"
# What of a bar may be moved: all of it, only its end, nothing.
ALL, END, NOTHING = "all", "end", ""


@dataclass(frozen=True, slots=True)
class Place:
    """One line as a board names it."""

    id: int
    name: str
    platform_id: int
    platform: str
    site: str
    closed: str


@dataclass(frozen=True, slots=True)
class Event:
    """A stretch of a line that is taken or asked for; whose it is only where one may read it.

    ``id``       of the booking, empty where the reader learns no more than that it is ``taken``
    ``movable``  what of it the reader may try to move: ``all``, only its ``end``, or nothing;
                 the command decides
    ``overrules`` whether the reader may set rules aside for a reason: an operator of the platform
    ``linked``   taken there by a booking of another line that takes its machines too
    """

    id: int | None
    line_id: int
    start: datetime
    end: datetime
    status: str
    title: str
    project_id: int | None
    batch_no: int | None
    engineer: str
    movable: str
    overrules: bool
    linked: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines a board shall show: of a platform, a kind of ground, some of them."""

    platform_id: int | None = None
    site: str = ""
    line_ids: frozenset[int] = frozenset()

    @property
    def any(self) -> bool:
        """Whether anything narrows it."""
        return self != Wanted()

    def has(self, place: Place) -> bool:
        """Whether a line is asked for."""
        return (
            self.platform_id in {None, place.platform_id}
            and self.site in {"", place.site}
            and (not self.line_ids or place.id in self.line_ids)
        )


@dataclass(frozen=True, slots=True)
class Board:
    """Lines and what is on them over ``[start, end)``."""

    start: datetime
    end: datetime
    lines: Sequence[Place]
    events: Sequence[Event]


def lines_of(*, actor: Membership) -> list[Place]:
    """Every line the actor may see, by platform and name."""
    rows = (
        facilities.visible_lines(actor=actor)
        .order_by("platform__name", "platform_id", "name", "id")
        .values_list("id", "name", "platform_id", "platform__name", "site", "closed_reason")
    )
    return [Place(*row) for row in rows]


def has_line(actor: Membership, line_id: int) -> bool:
    """Whether the actor may see a line."""
    return facilities.visible_lines(actor=actor).filter(pk=line_id).exists()


def choices(places: Iterable[Place]) -> tuple[list[tuple[int, str]], list[str]]:
    """The platforms and kinds of ground that occur among some lines, to choose from."""
    found = list(places)
    platforms = {p.platform_id: p.platform for p in found}
    return sorted(platforms.items(), key=lambda x: x[1]), sorted({p.site for p in found})


# Id, line, begin and end in seconds since the epoch, status, title, project, batch, engineer,
# what of it may be moved, whether the reader overrules, whether it is another line's booking.
type Told = tuple[
    int | None, int, float, float, str, str, int | None, int | None, str, str, bool, bool
]


def events_of(
    *, line_ids: Iterable[int], start: datetime, end: datetime, actor: Membership, at: datetime
) -> list[Event]:
    """What of ``[start, end)`` is taken or asked for on lines the actor sees, earliest first.

    One statement, however many lines and bookings. Whoever may not read a booking learns that the
    time is taken and nothing else; a request that holds nothing shows only to those who may read it.

    Source: R-BOOK-8, R-CAL-1.
    """
    told = told_of(line_ids=line_ids, start=start, end=end, actor=actor, at=at)
    return [Event(row[0], row[1], _at(row[2]), _at(row[3]), *row[4:]) for row in told]


def told_of(
    *, line_ids: Iterable[int], start: datetime, end: datetime, actor: Membership, at: datetime
) -> list[Told]:
    """The same as ``events_of`` as bare rows, for thousands of them."""
    ids, stretch = list(line_ids), period(start, end)
    shown = rights.reach(actor, Verb.READ, Kind.BOOKING, SCOPES)
    own = Booking.objects.filter(line__in=ids, period__overlap=stretch)
    own = _shown(own, shown, at)
    # A request that holds its slot takes the time; one that does not is only a wish.
    own = own.filter(
        Q(status__in=Booking.LIVE)
        | Q(status__in=booking.WAITING, readable=True)
        | Q(status__in=booking.WAITING, holds=True)
    )
    linked = _linked(ids, stretch, shown, at)
    rows = own.values_list(*_COLUMNS).union(linked.values_list(*_COLUMNS), all=True)
    tell, first = _teller(actor), start.timestamp()
    told = [tell(row) for row in rows if row[3] > first]
    told.sort(key=itemgetter(2, 3, 1))
    return told


@lru_cache(maxsize=8192)
def _at(seconds: float) -> datetime:
    """Bookings begin and end at much the same instants; each is made once."""
    return datetime.fromtimestamp(seconds, UTC)


_COLUMNS = (
    "pk", "on_line", "begins", "ends", "status", "readable", "title", "project_id", "batch_no",
    "run_by", "asked_by", "platform_id", "holds", "elsewhere",
)  # fmt: skip


class _Epoch(Func):
    """Seconds since the epoch, exact to the microsecond: a float is read far quicker than a time."""

    template = "date_part('epoch', %(expressions)s)"
    output_field = FloatField()


# A slot that was done earlier than agreed has let go of the rest of its time.
_LET_GO = Allocation.objects.filter(booking=OuterRef("pk"), live=True)
_UPPER = Upper("period", output_field=DateTimeField())
_ENDS = Case(
    When(
        status=Booking.Status.COMPLETED,
        then=Coalesce(Subquery(_LET_GO.values(until=_UPPER)[:1]), _UPPER),
    ),
    default=_UPPER,
)


def _whether(condition: Q) -> Case:
    return Case(When(condition, then=True), default=False, output_field=BooleanField())


def _shown(rows: QuerySet[Booking], shown: Q, at: datetime, on_line: Any = None) -> QuerySet[Any]:
    """Bookings with all that a bar says, under names that no column has."""
    return rows.annotate(
        readable=_whether(shown),
        holds=_whether(Q(status__in=booking.WAITING, hold_ends_at__gt=at)),
        on_line=on_line if on_line is not None else F("line_id"),
        begins=_Epoch(Lower("period", output_field=DateTimeField())),
        ends=_Epoch(_ENDS),
        title=F("project__title"),
        run_by=F("engineer__person__name"),
        asked_by=F("requested_by__organisation_id"),
        platform_id=F("line__platform_id"),
        elsewhere=Value(on_line is not None),
    )


def _linked(ids: list[int], stretch: Any, shown: Q, at: datetime) -> QuerySet[Any]:
    """Bookings of other lines that take a machine of these."""
    # The booking's own period says nothing new, and lets the database find them all at once.
    taking = Booking.objects.filter(
        allocations__live=True,
        allocations__equipment__line__in=ids,
        allocations__period__overlap=stretch,
        period__overlap=stretch,
    )
    told = _shown(taking, shown, at, on_line=F("allocations__equipment__line_id"))
    return told.filter(
        Q(status__in=Booking.LIVE) | Q(holds=True), ~Q(line_id=F("on_line"))
    ).distinct()


def _teller(actor: Membership) -> Callable[[tuple[Any, ...]], Told]:
    """How this reader is told of a row; what the reader is, is asked once and not for every row."""
    mine = actor.organisation_id
    asks = rights.acts_as(actor, *booking.REQUESTERS)
    decides = rights.may(actor, Verb.APPROVE, Kind.BOOKING)

    def tell(row: tuple[Any, ...]) -> Told:
        (pk, line_id, start, end, status, readable, title, project_id, batch_no,
         run_by, asked_by, platform_id, holds, elsewhere) = row  # fmt: skip
        if not readable:
            return (
                None, line_id, start, end, TAKEN, "", None, None, "", NOTHING, False, elsewhere
            )  # fmt: skip
        overrules = decides and mine == platform_id
        ours = asks and mine == asked_by
        movable = NOTHING if elsewhere else _movable(status, ours=ours, overrules=overrules)
        return (
            pk, line_id, start, end, HELD if holds else status, title, project_id, batch_no,
            run_by or "", movable, overrules, elsewhere,
        )  # fmt: skip

    return tell


def _movable(status: str, *, ours: bool, overrules: bool) -> str:
    """What ``booking.queries.may_move`` says, from columns. Source: R-BOOK-24."""
    if status == Booking.Status.IN_USE:
        return END if overrules else NOTHING
    return ALL if status in _OPEN and (ours or overrules) else NOTHING


_OPEN = frozenset({Booking.Status.SUBMITTED, Booking.Status.APPROVED})
