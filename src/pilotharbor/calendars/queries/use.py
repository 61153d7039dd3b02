"""How well are lines used, and how are requests for them dealt with, over some days?"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import DateTimeField, F, Min, Q, QuerySet
from django.db.models.functions import Coalesce, Lower, Upper

from pilotharbor.booking.models import Booking, Usage
from pilotharbor.calendars import bases
from pilotharbor.calendars.bases import Base
from pilotharbor.calendars.engine import heat, indicators
from pilotharbor.calendars.engine.heat import Stretch, Week
from pilotharbor.calendars.engine.indicators import Decisions, Ratio, Waits
from pilotharbor.calendars.queries.board import Place, lines_of
from pilotharbor.facilities import queries as facilities
from pilotharbor.kernel.models import Event as Fact
from pilotharbor.kernel.time import period, start_of
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.rights import Kind, Scope, Verb
from pilotharbor.parties.roles import OrganisationKind

USED, BOOKED = "used", "booked"
ALLOTTED = (*Booking.LIVE, Booking.Status.NO_SHOW)


@dataclass(frozen=True, slots=True)
class LineUse:
    """One line: seconds used and open, in all, for others, and day by day."""

    place: Place
    used: int
    outside: int
    open: int
    used_days: Sequence[int]
    open_days: Sequence[int]


@dataclass(frozen=True, slots=True)
class Use:
    """Lines over the days ``[first, after)``, told as far as ``until``.

    ``basis``       ``used``: what was recorded; ``booked``: what is allotted
    ``base``        hours a year that count as full use, and ``base_seconds`` what that is here
    ``unrecorded``  slots that are over and of which nobody has said whether they were used
    """

    first: date
    after: date
    until: datetime
    basis: str
    lines: Sequence[LineUse]
    base: Base
    base_seconds: int
    week_used: Week
    week_open: Week
    decisions: Decisions
    waits: Waits
    missed: Ratio
    unrecorded: int

    @property
    def used(self) -> int:
        """Seconds of use of all lines together."""
        return sum(one.used for one in self.lines)

    @property
    def outside(self) -> int:
        """Seconds of these that were for others than the platform itself."""
        return sum(one.outside for one in self.lines)

    @property
    def open(self) -> int:
        """Seconds in which the lines were open and not shut."""
        return sum(one.open for one in self.lines)


def counts_lines(actor: Membership) -> bool:
    """Whether the page of use has something for the actor: all lines, or those of its platform."""
    scopes = rights.scopes(actor, Verb.READ, Kind.STATISTICS)
    platform = actor.organisation.kind == OrganisationKind.PILOT_PLATFORM
    return Scope.ALL in scopes or (Scope.OWN in scopes and platform)


def counted_lines(*, actor: Membership) -> list[Place]:
    """The lines whose use the actor may read: all there are to see, or those of one's platform.

    Source: R-CAL-16.
    """
    scopes = rights.scopes(actor, Verb.READ, Kind.STATISTICS)
    if Scope.ALL in scopes:
        return lines_of(actor=actor)
    if Scope.OWN not in scopes:
        return []
    return [p for p in lines_of(actor=actor) if p.platform_id == actor.organisation_id]


def use_of(
    *, places: Sequence[Place], first: date, after: date, at: datetime, basis: str = USED
) -> Use:
    """The use of lines and the dealing with their requests, in a number of statements that is fixed.

    What is recorded is told up to ``at``; what is booked, to the end of the days.

    Source: R-CAL-10 to R-CAL-15.
    """
    ids = [p.id for p in places]
    start, end = start_of(first), start_of(after)
    until = end if basis == BOOKED else max(min(end, at), start)
    stretches = _stretches(ids, start, until, basis) if start < until else {}
    open_then = _open(ids, start, until) if start < until else {}
    base = _base(places, first)
    days = (after - first).days
    lines = []
    for place in places:
        mine, opens = stretches.get(place.id, []), open_then.get(place.id, [])
        lines.append(
            LineUse(
                place,
                used=heat.total([(a, b) for a, b, _ in mine]),
                outside=heat.total([(a, b) for a, b, out in mine if out]),
                open=heat.total(opens),
                used_days=heat.by_day([(a, b) for a, b, _ in mine], first, days),
                open_days=heat.by_day(opens, first, days),
            )
        )
    missed, unrecorded = _missed(ids, start, min(end, at))
    return Use(
        first, after, until, basis, lines, base,
        base_seconds=_base_seconds(base, first, until, len(places)),
        week_used=heat.by_week((a, b) for some in stretches.values() for a, b, _ in some),
        week_open=heat.by_week(one for some in open_then.values() for one in some),
        decisions=_decisions(ids, start, end, at),
        waits=_waits(ids, start, end),
        missed=missed,
        unrecorded=unrecorded,
    )  # fmt: skip


def _base(places: Sequence[Place], on: date) -> Base:
    """The base of the jurisdiction of the lines' platform; of several platforms the reference."""
    platforms = {p.platform_id for p in places}
    own = ""
    if len(platforms) == 1:
        own = Organisation.objects.values_list("jurisdiction", flat=True).get(pk__in=platforms)
    return bases.base_for(own, on)


def _base_seconds(base: Base, first: date, until: datetime, lines: int) -> int:
    """Whole days in full, the one that is not over by its share."""
    day_of_until = (until - start_of(first)).days
    whole = date.fromordinal(first.toordinal() + day_of_until)
    told = indicators.base_seconds(first, whole, hours_a_year=base.hours_a_year, lines=lines)
    rest = heat.seconds(until) - heat.seconds(start_of(whole))
    if rest <= 0:
        return told
    next_day = date.fromordinal(whole.toordinal() + 1)
    one = indicators.base_seconds(whole, next_day, hours_a_year=base.hours_a_year, lines=lines)
    return told + (2 * one * rest + heat.DAY) // (2 * heat.DAY)


type Told = tuple[datetime, datetime, bool]


def _stretches(
    ids: list[int], start: datetime, until: datetime, basis: str
) -> Mapping[int, list[Told]]:
    """Use or bookings of each line within ``[start, until)``, and whether for others."""
    if basis == BOOKED:
        rows = _with_user(
            Booking.objects.filter(
                line__in=ids, status__in=Booking.LIVE, period__overlap=period(start, until)
            ),
            "",
        )
    else:
        rows = _with_user(
            Usage.objects.filter(booking__line__in=ids, period__overlap=period(start, until)),
            "booking__",
        )
    found: defaultdict[int, list[Told]] = defaultdict(list)
    for line_id, begins, ends, user, platform in rows:
        found[line_id].append((max(begins, start), min(ends, until), user != platform))
    return found


def _with_user(
    rows: "QuerySet[Booking] | QuerySet[Usage]", to: str
) -> Iterable[tuple[int, datetime, datetime, int, int]]:
    """Line, stretch, whose work it was, and whose line it is.

    The work is that of the enterprise of the project, or of its owner where there is none yet.
    """
    return rows.annotate(
        begins=Lower("period", output_field=DateTimeField()),
        ends=Upper("period", output_field=DateTimeField()),
        user=Coalesce(F(f"{to}project__enterprise_id"), F(f"{to}project__owner_id")),
    ).values_list(f"{to}line_id", "begins", "ends", "user", f"{to}line__platform_id")


def _open(ids: list[int], start: datetime, until: datetime) -> Mapping[int, list[Stretch]]:
    plans = facilities.plans_of(line_ids=ids, start=start, end=until)
    return {
        line_id: heat.minus(
            plan.open_stretches(start, until),
            [(s.start, s.end) for s in plan.shut_during(start, until)],
        )
        for line_id, plan in plans.items()
    }


def _decisions(ids: list[int], start: datetime, end: datetime, at: datetime) -> Decisions:
    """What became of the requests made within ``[start, end)``; what was entered afterwards is none.

    Source: R-CAL-13.
    """
    asked = Booking.objects.filter(
        line__in=ids, requested_at__gte=start, requested_at__lt=end, retrospective=False
    ).annotate(begins=Lower("period", output_field=DateTimeField()))
    granted = set(
        Fact.objects.filter(
            subject_type="booking.booking",
            subject_id__in=asked.values("pk"),
            name="booking.booking.approved",
        ).values_list("subject_id", flat=True)
    )
    return indicators.decisions(
        _outcome(status, pk in granted or status in ALLOTTED, begins, at)
        for pk, status, begins in asked.values_list("pk", "status", "begins")
    )


def _outcome(status: str, granted: bool, begins: datetime, at: datetime) -> str:
    if granted:
        return indicators.GRANTED
    if status == Booking.Status.REJECTED:
        return indicators.REFUSED
    if status == Booking.Status.CANCELLED:
        return indicators.WITHDRAWN
    return indicators.OVERTAKEN if begins <= at else indicators.OPEN


def _waits(ids: list[int], start: datetime, end: datetime) -> Waits:
    """How long the first decisions that fell within ``[start, end)`` took. Source: R-CAL-14."""
    first = (
        Fact.objects.filter(
            Q(name="booking.booking.approved") | Q(name="booking.booking.rejected"),
            subject_type="booking.booking",
            subject_id__in=Booking.objects.filter(line__in=ids, retrospective=False).values("pk"),
        )
        .values("subject_id")
        .annotate(decided_at=Min("at"))
        .filter(decided_at__gte=start, decided_at__lt=end)
        .values_list("subject_id", "decided_at")
    )
    decided = dict(first)
    asked = dict(Booking.objects.filter(pk__in=list(decided)).values_list("pk", "requested_at"))
    return indicators.waits([(asked[pk], decided_at) for pk, decided_at in decided.items()])


def _missed(ids: list[int], start: datetime, until: datetime) -> tuple[Ratio, int]:
    """Slots nobody came to, of those that ended within ``[start, until)`` and were accounted for.

    Source: R-CAL-15.
    """
    if start >= until:
        return Ratio(0, 0), 0
    due = Booking.objects.filter(
        line__in=ids,
        status__in=ALLOTTED,
        retrospective=False,
        period__endswith__gt=start,
        period__endswith__lte=until,
    ).values_list("status", flat=True)
    statuses = list(due)
    missed = statuses.count(Booking.Status.NO_SHOW)
    came = statuses.count(Booking.Status.COMPLETED) + statuses.count(Booking.Status.IN_USE)
    return Ratio(missed, missed + came), statuses.count(Booking.Status.APPROVED)
