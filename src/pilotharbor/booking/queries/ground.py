"""What stands in the way of a slot: who has its machines and people, and what is used up already?"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import JSONField, Q, QuerySet
from django.db.models.expressions import RawSQL

from pilotharbor.booking.models import Booking
from pilotharbor.crew.models import CourseTarget
from pilotharbor.crew.queries.qualified import asked_on
from pilotharbor.facilities.models import Equipment
from pilotharbor.kernel.time import local_date, start_of
from pilotharbor.projects.models import Project

WEEK = timedelta(days=7)

# Written out, because the mapper takes longer to compose such a statement than the database to
# answer it, and every request and every allotment asks it.
_RIVALS = """(
    SELECT jsonb_agg(jsonb_build_object(
        'booking', a.booking_id, 'equipment', a.equipment_id, 'engineer', a.engineer_id,
        'start', lower(a.period), 'end', upper(a.period),
        'status', b.status, 'until', b.hold_ends_at
    ) ORDER BY a.period, a.id)
    FROM booking_allocation AS a JOIN booking_booking AS b ON b.id = a.booking_id
    WHERE a.live AND (a.equipment_id = ANY (%s) OR a.engineer_id = %s)
    AND a.period && tstzrange(%s, %s) AND NOT a.booking_id = ANY (%s::bigint[])
)"""
_LACKS = """(
    SELECT jsonb_agg(target.id) FROM crew_coursetarget AS target
    JOIN crew_course AS course ON course.id = target.course_id
    WHERE course.status = 'open' AND course.required_date <= %s
    AND (target.line_id = %s OR target.equipment_id = ANY (%s)) AND NOT EXISTS (
        SELECT 1 FROM crew_userqualification AS held
        WHERE held.course_id = target.course_id AND held.person_id = %s
        AND held.status = 'granted' AND held.validity @> %s
    )
)"""
_USED = """(
    SELECT jsonb_agg(jsonb_build_object('start', lower(a.period), 'end', upper(a.period)))
    FROM booking_allocation AS a JOIN booking_booking AS b ON b.id = a.booking_id
    JOIN projects_project AS other ON other.id = b.project_id
    WHERE a.live AND a.equipment_id = %s AND a.period && tstzrange(%s, %s)
    AND NOT a.booking_id = ANY (%s::bigint[]) AND b.line_id = %s
    AND COALESCE(other.enterprise_id, other.owner_id)
        = COALESCE(projects_project.enterprise_id, projects_project.owner_id)
)"""


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
    first, after = weeks_touched(start, end)
    ids = sorted(machine.pk for machine in machines)
    ignored = list(besides)
    rows = Project.objects.select_related("owner", "enterprise", "platform").annotate(
        rivals=_rows(_RIVALS, [ids, engineer_id, start, end, ignored])
    )
    if person_id is not None:
        on = local_date(start)
        rows = rows.annotate(lacks=_rows(_LACKS, [on, line_id, ids, person_id, on]))
    if quota and ids:
        rows = rows.annotate(used=_rows(_USED, [ids[0], first, after, ignored, line_id]))
    found: Any = rows.filter(pk=project_id).first()
    if found is None:
        return None
    spans = [_span(row) for row in getattr(found, "used", None) or ()]
    return Against(
        project=found,
        rivals=tuple(_rival(row) for row in found.rivals or ()),
        weeks=by_week(spans, first, after),
        lacks=bool(getattr(found, "lacks", None)),
    )


def _rows(sql: str, parameters: list[Any]) -> RawSQL:
    return RawSQL(sql, parameters, output_field=JSONField())  # noqa: S611 - fixed texts


def courses_asked(
    line_id: int, machines: Collection[Equipment], on: date
) -> QuerySet[CourseTarget]:
    """What a line and the machines it takes ask of whoever runs it alone on that day."""
    return asked_on(on).filter(Q(line_id=line_id) | Q(equipment_id__in=[m.pk for m in machines]))


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
