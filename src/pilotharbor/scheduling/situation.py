"""What is asked for on a platform's lines, and what is there for it? Read once, as plain values."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from pilotharbor.booking import commands as booking
from pilotharbor.booking.models import Allocation, Booking
from pilotharbor.booking.queries import payer_of
from pilotharbor.crew import queries as crew
from pilotharbor.crew import spans
from pilotharbor.facilities import queries as facilities
from pilotharbor.facilities.models import Line
from pilotharbor.facilities.queries import LinePlan
from pilotharbor.kernel.time import period
from pilotharbor.scheduling import queries
from pilotharbor.scheduling.facts import Fixed, Ground, LeftOut, Person, Situation, Span, Wanted
from pilotharbor.scheduling.models import Apart, Changeover, Proposal

WEEK = timedelta(days=7)
# Whoever has waited for weeks goes before, up to so much (R-SCHED-11).
HEAVIEST = 4
# A reason at one of these fields stands against a request wherever it lay (R-SCHED-13).
WHEREVER = frozenset({
    "line_id", "project_id", "wants_engineer", "acknowledged", "batch_kg", "quote_id", "used_by_id",
})  # fmt: skip


def situation_of(proposal: Proposal) -> Situation:
    """Everything the schedule of a proposal is computed from, as it is now.

    Source: R-SCHED-10 to R-SCHED-14.
    """
    start, end, at = proposal.horizon.lower, proposal.horizon.upper, proposal.asked_at
    lines = list(Line.objects.filter(platform=proposal.platform_id).order_by("id"))
    plans = facilities.plans_of(line_ids=[x.pk for x in lines], start=start, end=end)
    if proposal.kind == Proposal.Kind.REPAIR:
        asked = list(queries.movable(platform_id=proposal.platform_id, start=start, end=end))
        left_out: list[LeftOut] = []
    else:
        found = queries.requests_in(platform_id=proposal.platform_id, start=start, end=end, at=at)
        asked, left_out = _sifted(found, at)
    planned = [one.pk for one in asked]
    reader = _Reader(plans, planned, start=start, end=end, at=at, swap=proposal.swap_lines)
    wanted = tuple(reader.wanted(one) for one in asked)
    return Situation(
        start=start,
        end=end,
        grounds=tuple(reader.ground(plan) for plan in plans.values()),
        people=reader.people({p for one in wanted for p in one.people or ()}),
        wanted=wanted,
        apart=tuple(
            Apart.objects.filter(platform=proposal.platform_id)
            .order_by("one", "other")
            .values_list("one", "other")
        ),
        left_out=tuple(left_out),
    )


def _sifted(found: Iterable[Booking], at: datetime) -> tuple[list[Booking], list[LeftOut]]:
    """Requests that a schedule can help, and those against which something stands wherever they lay."""
    asked, left_out = [], []
    for one in found:
        against = [
            str(reason["code"])
            for reason in booking.standing_against(one, at=at)
            if reason["field"] in WHEREVER
        ]
        if against:
            left_out.append(LeftOut(one.pk, tuple(sorted(set(against)))))
        else:
            asked.append(one)
    return asked, left_out


class _Reader:
    """What lies on the lines besides the planned bookings, and how the planned ones read."""

    def __init__(
        self,
        plans: dict[int, LinePlan],
        planned: Collection[int],
        *,
        start: datetime,
        end: datetime,
        at: datetime,
        swap: Sequence[int],
    ) -> None:
        """Read the allocations and the changeovers of all lines, one statement each."""
        self.plans, self.start, self.end, self.swap = plans, start, end, frozenset(swap)
        self.planned = frozenset(planned)
        machines = {m.pk for plan in plans.values() for m in plan.machines}
        self.busy: defaultdict[int, list[Any]] = defaultdict(list)
        taken = _taken(start, end, planned, at).filter(equipment__in=machines)
        for row in taken.order_by("period", "booking_id").values_list(
            "equipment_id", "period", "booking_id", "booking__line_id",
            "booking__material", "booking__hazard",
        ):  # fmt: skip
            self.busy[row[0]].append(row[1:])
        self.changeovers = dict(
            Changeover.objects.filter(line__in=list(plans)).values_list("line_id", "minutes")
        )
        self.at = at

    def ground(self, plan: LinePlan) -> Ground:
        """A line with all that stays on it."""
        own: dict[tuple[int, Any], Fixed] = {}
        shut = [(one.start, one.end) for one in plan.closures]
        for machine in plan.machines:
            for stretch, booking_id, line_id, material, hazard in self.busy[machine.pk]:
                if line_id == plan.line.pk:
                    key = (booking_id, stretch.lower)
                    own[key] = Fixed(stretch.lower, stretch.upper, family(material), hazard)
                else:
                    shut.append((stretch.lower, stretch.upper))
        return Ground(
            line_id=plan.line.pk,
            open=tuple(plan.open_stretches(self.start, self.end)),
            overnight=plan.line.multi_day,
            shut=tuple(spans.clipped(shut, self.start, self.end)),
            fixed=tuple(sorted(own.values(), key=lambda one: (one.start, one.end))),
            machines=tuple(m.pk for m in plan.machines),
            ran=self._ran(plan.line.pk),
            changeover_s=60 * self.changeovers.get(plan.line.pk, 0),
        )

    def _ran(self, line_id: int) -> str:
        """What ran last on a line that is cleaned between materials."""
        if line_id not in self.changeovers:
            return ""
        last = Booking.objects.filter(
            line=line_id, status__in=Booking.LIVE, period__endswith__lte=self.start
        ).order_by("-period__endswith", "-id")
        return family(last.values_list("material", flat=True).first() or "")

    def wanted(self, one: Booking) -> Wanted:
        """A booking as something that wants a place."""
        hit = one.status == Booking.Status.APPROVED
        seconds = int((one.period.upper - one.period.lower).total_seconds())
        if one.flexible and not hit:
            seconds = one.duration_s or seconds
        windows = self._windows(one, seconds)
        release = max(self.start, windows[0][0] if windows else one.period.lower)
        due = one.period.upper if hit or not one.flexible else release + timedelta(seconds=seconds)
        lines = self._lines(one)
        return Wanted(
            booking_id=one.pk,
            organisation_id=payer_of(one.project).pk,
            line_ids=lines,
            seconds=seconds,
            windows=windows,
            release=release,
            due=due,
            weight=min(1 + (self.at - one.requested_at) // WEEK, HEAVIEST),
            material=family(one.material),
            hazard=one.hazard,
            people=self._runners(one, lines, release),
            was=(one.line_id, one.period.lower) if hit else None,
        )

    def _windows(self, one: Booking, seconds: int) -> tuple[Span, ...]:
        if one.flexible:
            return queries.windows_within(one, self.start, self.end, seconds)
        # An exact wish has one place; an allotted slot that was hit has none of its own any more.
        if one.status == Booking.Status.APPROVED:
            return ()
        return ((one.period.lower, one.period.upper),)

    def _lines(self, one: Booking) -> tuple[int, ...]:
        """Its line, and what may take its work: open, of its scale, and not under a quote."""
        wished = {one.line_id}
        if one.line_id in self.swap and one.quote_id is None:
            wished |= self.swap & self.plans.keys()
        return tuple(
            pk
            for pk in sorted(wished)
            if pk in self.plans and self.plans[pk].machines and self._takes(self.plans[pk], one)
        )

    @staticmethod
    def _takes(plan: LinePlan, one: Booking) -> bool:
        line = plan.line
        if line.pk == one.line_id:
            return line.is_open
        batch = one.batch_kg
        least, most = line.batch_kg_min, line.batch_kg_max
        fits = batch is None or (
            (least is None or batch >= least) and (most is None or batch <= most)
        )
        asked = [item.pk for item in plan.safety_items if one.hazard or not item.only_with_hazard]
        return line.is_open and plan.tariff is not None and fits and not asked

    def _runners(
        self, one: Booking, lines: tuple[int, ...], release: datetime
    ) -> tuple[int, ...] | None:
        """Who may run it on every one of its lines; the engineer it has stays."""
        if one.engineer_id is not None:
            return (one.engineer_id,)
        if not one.wants_engineer or one.status == Booking.Status.APPROVED:
            return None
        windows = self._windows(one, one.duration_s or 1)
        until = max((b for _a, b in windows), default=self.end)
        able = crew.able_engineers(line_ids=lines, start=release, end=until)
        staff = [set(members) for members in able.values()]
        return tuple(sorted(set.intersection(*staff))) if staff else ()

    def people(self, members: Collection[int]) -> tuple[Person, ...]:
        """When the engineers can be had: on duty, and not booked by what stays."""
        duty = crew.availability(membership_ids=members, start=self.start, end=self.end)
        booked: defaultdict[int, list[Span]] = defaultdict(list)
        taken = _taken(self.start, self.end, self.planned, self.at).filter(engineer__in=members)
        for member, stretch in taken.order_by("period").values_list("engineer_id", "period"):
            booked[member].append((stretch.lower, stretch.upper))
        return tuple(
            Person(member, tuple(spans.without(duty[member], booked[member])))
            for member in sorted(members)
        )


def _taken(
    start: datetime, end: datetime, planned: Collection[int], at: datetime
) -> QuerySet[Allocation]:
    """What is taken in the horizon by bookings that are not planned, lapsed holds left out."""
    lapsed = Q(booking__status=Booking.Status.SUBMITTED, booking__hold_ends_at__lte=at)
    return (
        Allocation.objects.filter(live=True, period__overlap=period(start, end))
        .exclude(booking__in=list(planned))
        .exclude(lapsed)
    )


def family(material: str) -> str:
    """A material for cleaning: what is written the same way is the same."""
    return " ".join(material.casefold().split())
