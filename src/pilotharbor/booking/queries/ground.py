"""What stands in the way of a slot: who has its machines and people, and what is used up already?"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, DateTimeField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce, JSONObject, Lower, Upper

from pilotharbor.booking.models import Allocation, Booking
from pilotharbor.crew.models import CourseTarget, UserQualification
from pilotharbor.crew.queries.qualified import asked_on
from pilotharbor.facilities.models import Equipment
from pilotharbor.kernel.time import local_date, period, start_of
from pilotharbor.projects.models import Project

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Rival:
    """One machine or engineer that somebody else has for part of the time."""

    booking_id: int
    equipment_id: int | None
    engineer_id: int | None
    start: datetime
    end: datetime
    status: str
    hold_ends_at: datetime | None

    def lapsed(self, at: datetime) -> bool:
        """Whether it is only held, and no longer rightly so."""
        held = self.status == Booking.Status.SUBMITTED and self.hold_ends_at is not None
        return held and self.hold_ends_at is not None and self.hold_ends_at <= at


@dataclass(frozen=True, slots=True)
class Against:
    """What one statement says about a wish on its ground.

    ``weeks``  Monday → seconds of the payer on this line in that week, where the line has a quota
    ``lacks``  whether a course is missing to whoever comes
    """

    project: Project
    rivals: tuple[Rival, ...]
    weeks: dict[date, int]
    lacks: bool


def of_machines_and(
    machines: Iterable[Equipment], engineer_id: int | None, start: datetime, end: datetime
) -> QuerySet[Allocation]:
    """What is live of these machines and this engineer in ``[start, end)``, earliest first."""
    taken = Q(equipment_id__in=[m.pk for m in machines])
    if engineer_id is not None:
        taken |= Q(engineer_id=engineer_id)
    return Allocation.objects.filter(taken, live=True, period__overlap=period(start, end)).order_by(
        "period", "id"
    )


def against(
    *,
    project_id: int,
    line_id: int,
    machines: Collection[Equipment],
    start: datetime,
    end: datetime,
    engineer_id: int | None = None,
    person_id: int | None = None,
    quota: bool = False,
    besides: Collection[int] = (),
) -> Against | None:
    """The project and everything that stands against its wish, in one statement.

    ``person_id`` comes without an engineer: is a course missing to them? ``besides`` are bookings
    that do not count, such as the one that is moved.
    """
    rivals = of_machines_and(machines, engineer_id, start, end).exclude(booking_id__in=besides)
    shown = rivals.values(
        row=JSONObject(
            booking="booking_id",
            equipment="equipment_id",
            engineer="engineer_id",
            start=Lower("period", output_field=DateTimeField()),
            end=Upper("period", output_field=DateTimeField()),
            status="booking__status",
            until="booking__hold_ends_at",
        )
    )
    nobody = Value(False, output_field=BooleanField())
    lacks: Any = nobody
    if person_id is not None:
        lacks = Exists(_courses_lacking(person_id, line_id, machines, local_date(start)))
    rows = Project.objects.select_related("owner", "enterprise", "platform").annotate(
        rivals=ArraySubquery(shown), lacks=lacks
    )
    first, after = weeks_touched(start, end)
    if quota and machines:
        own = (
            Allocation.objects.filter(
                equipment_id=min(m.pk for m in machines),
                live=True,
                period__overlap=period(first, after),
            )
            .exclude(booking_id__in=besides)
            .annotate(
                payer=Coalesce("booking__project__enterprise_id", "booking__project__owner_id")
            )
            .filter(
                booking__line_id=line_id,
                payer=Coalesce(OuterRef("enterprise_id"), OuterRef("owner_id")),
            )
        )
        rows = rows.annotate(
            used=ArraySubquery(
                own.values(
                    row=JSONObject(
                        start=Lower("period", output_field=DateTimeField()),
                        end=Upper("period", output_field=DateTimeField()),
                    )
                )
            )
        )
    found: Any = rows.filter(pk=project_id).first()
    if found is None:
        return None
    spans = [_span(row) for row in getattr(found, "used", None) or ()]
    return Against(
        project=found,
        rivals=tuple(_rival(row) for row in found.rivals or ()),
        weeks=by_week(spans, first, after),
        lacks=found.lacks,
    )


def courses_asked(
    line_id: int, machines: Collection[Equipment], on: date
) -> QuerySet[CourseTarget]:
    """What a line and the machines it takes ask of whoever runs it alone on that day."""
    return asked_on(on).filter(Q(line_id=line_id) | Q(equipment_id__in=[m.pk for m in machines]))


def _courses_lacking(
    person_id: int, line_id: int, machines: Collection[Equipment], on: date
) -> QuerySet[CourseTarget]:
    holds = UserQualification.objects.filter(
        person_id=person_id,
        course_id=OuterRef("course_id"),
        status=UserQualification.Status.GRANTED,
        validity__contains=on,
    )
    return courses_asked(line_id, machines, on).filter(~Exists(holds))


def by_week(
    spans: Iterable[tuple[datetime, datetime]], first: datetime, after: datetime
) -> dict[date, int]:
    """Seconds of the spans in each week from ``first`` (a Monday's beginning) to ``after``."""
    weeks: dict[date, int] = {}
    monday, kept = first, list(spans)
    while monday < after:
        ends = start_of(local_date(monday) + WEEK)
        inside = [min(end, ends) - max(start, monday) for start, end in kept]
        seconds = sum(max(int(one.total_seconds()), 0) for one in inside)
        weeks[local_date(monday)] = seconds
        monday = ends
    return weeks


def weeks_touched(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """The beginning of the first week touched and the end of the last."""
    first, last = local_date(start), local_date(end - timedelta(microseconds=1))
    monday = first - timedelta(days=first.weekday())
    return start_of(monday), start_of(last - timedelta(days=last.weekday()) + WEEK)


def _span(row: dict[str, str]) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(row["start"]), datetime.fromisoformat(row["end"])


def _rival(row: dict[str, Any]) -> Rival:
    start, end = _span(row)
    until = row["until"]
    return Rival(
        row["booking"],
        row["equipment"],
        row["engineer"],
        start,
        end,
        row["status"],
        datetime.fromisoformat(until) if until else None,
    )
