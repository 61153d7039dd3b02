"""Where is there room on these lines, and when first?"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import islice
from math import ceil

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q

from pilotharbor.booking.engine import free
from pilotharbor.booking.engine.free import Stretch
from pilotharbor.facilities import queries as facilities
from pilotharbor.facilities.models import Line
from pilotharbor.facilities.queries import LinePlan
from pilotharbor.kernel.time import period
from pilotharbor.parties.models import Membership

# Proposals begin on the quarter hour.
STEP_S = 900

# One row a machine, merged in the database: numbers travel faster than ranges. An allocation that
# was only held and is no longer rightly so counts as free.
_BUSY = """
SELECT a.equipment_id, array_agg(floor(EXTRACT(EPOCH FROM lower(a.period)))::bigint),
    array_agg(ceil(EXTRACT(EPOCH FROM upper(a.period)))::bigint)
FROM booking_allocation AS a
JOIN booking_booking AS b ON b.id = a.booking_id
WHERE a.live AND a.period && tstzrange(%s, %s) AND a.equipment_id = ANY(%s)
AND NOT (b.status = 'submitted' AND b.hold_ends_at <= %s) AND NOT a.booking_id = ANY(%s)
GROUP BY a.equipment_id
"""


@dataclass(frozen=True, slots=True)
class FreeSlot:
    """A place for what is looked for; the line stays free until ``free_until``."""

    line: Line
    start: datetime
    end: datetime
    free_until: datetime

    @property
    def period(self) -> DateTimeTZRange:
        """``[start, end)``."""
        return period(self.start, self.end)


def busy(
    *,
    equipment_ids: Collection[int],
    start: datetime,
    end: datetime,
    at: datetime,
    besides: Collection[int] = (),
) -> dict[int, list[Stretch]]:
    """Machine → the stretches it is taken in that touch ``[start, end)``, in seconds; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_BUSY, [start, end, list(equipment_ids), at, list(besides)])
        return {
            pk: list(zip(firsts, lasts, strict=True)) for pk, firsts, lasts in cursor.fetchall()
        }


def free_slots(
    *,
    line_ids: Iterable[int],
    start: datetime,
    end: datetime,
    duration: timedelta,
    actor: Membership | None,
    at: datetime,
    limit: int = 20,
    step_s: int = STEP_S,
) -> list[FreeSlot]:
    """The earliest places for ``duration`` within ``[start, end)`` on any of the lines, earliest first.

    One for every stretch of free time; three statements however many lines. Only lines that the
    actor sees and that take bookings. Source: R-BOOK-26.
    """
    begin = max(start, at)
    if end - begin < duration:
        return []
    plans = {
        pk: plan
        for pk, plan in facilities.plans_of(
            line_ids=line_ids, start=begin, end=end, actor=actor
        ).items()
        if plan.line.is_open and plan.machines
    }
    machines = {m.pk for plan in plans.values() for m in plan.machines}
    taken = busy(equipment_ids=machines, start=begin, end=end, at=at)
    length = int(duration.total_seconds())
    found = (_of_line(plan, taken, begin, end, length, step_s, limit) for plan in plans.values())
    return list(islice(merge(*found, key=lambda slot: (slot.start, slot.line.pk)), limit))


def lines_wanted(
    *, actor: Membership | None, line_ids: Collection[int] = (), equipment_ids: Collection[int] = ()
) -> list[int]:
    """The lines that are meant: those named, those of the machines named, or all that one sees."""
    seen = facilities.visible_lines(actor=actor).filter(is_open=True)
    if line_ids or equipment_ids:
        of_machines = Q(equipment__in=equipment_ids, equipment__status="in_service")
        seen = seen.filter(Q(pk__in=line_ids) | of_machines)
    return sorted(set(seen.values_list("pk", flat=True)))


def free_together(
    *,
    line_ids: Collection[int],
    start: datetime,
    end: datetime,
    duration: timedelta,
    actor: Membership | None,
    at: datetime,
    limit: int = 20,
) -> list[tuple[datetime, datetime]]:
    """When all of the lines are free at once for ``duration``, earliest first; three statements."""
    begin = max(start, at)
    plans = facilities.plans_of(line_ids=line_ids, start=begin, end=end, actor=actor)
    usable = [p for p in plans.values() if p.line.is_open and p.machines]
    if end - begin < duration or len(usable) < len(set(line_ids)):
        return []
    machines = {m.pk for plan in usable for m in plan.machines}
    taken = busy(equipment_ids=machines, start=begin, end=end, at=at)
    free_at = opens = [(seconds(begin), seconds(end))]
    for plan in usable:
        free_at = free.common(free_at, gaps_of(plan, taken, begin, end))
        opens = free.common(opens, opens_of(plan, begin, end))
    overnight = all(plan.line.multi_day for plan in usable)
    length = int(duration.total_seconds())
    places = free.fits(free_at, opens, length, overnight=overnight, step=STEP_S)
    return [(_instant(a), _instant(b)) for a, b in islice(places, limit)]


def earliest(
    plan: LinePlan,
    taken: dict[int, list[Stretch]],
    windows: Sequence[tuple[datetime, datetime]],
    length: timedelta,
) -> datetime | None:
    """Where ``length`` first fits into the windows of a line; plan and taken cover all of them."""
    start, end = windows[0][0], windows[-1][1]
    inside = [(seconds(a), seconds(b)) for a, b in windows]
    rooms = free.common(gaps_of(plan, taken, start, end), inside)
    places = free.fits(
        rooms,
        opens_of(plan, start, end),
        int(length.total_seconds()),
        overnight=plan.line.multi_day,
    )
    first = next(iter(places), None)
    return _instant(first[0]) if first else None


def gaps_of(
    plan: LinePlan, taken: dict[int, list[Stretch]], start: datetime, end: datetime
) -> list[Stretch]:
    """When no machine of the line is taken and nothing of it is shut."""
    stretches = [one for machine in plan.machines for one in taken.get(machine.pk, ())]
    stretches += [(seconds(shut.start), ceil(shut.end.timestamp())) for shut in plan.closures]
    return free.gaps(stretches, seconds(start), seconds(end))


def opens_of(plan: LinePlan, start: datetime, end: datetime) -> list[Stretch]:
    """When the line is open by its hours."""
    return [(seconds(a), seconds(b)) for a, b in plan.open_stretches(start, end)]


def _of_line(
    plan: LinePlan,
    taken: dict[int, list[Stretch]],
    start: datetime,
    end: datetime,
    length: int,
    step_s: int,
    limit: int,
) -> list[FreeSlot]:
    rooms = gaps_of(plan, taken, start, end)
    places = free.fits(
        rooms, opens_of(plan, start, end), length, overnight=plan.line.multi_day, step=step_s
    )
    found, i = [], 0
    for first, last in islice(places, limit):
        while rooms[i][1] < last:
            i += 1
        found.append(FreeSlot(plan.line, _instant(first), _instant(last), _instant(rooms[i][1])))
    return found


def seconds(at: datetime) -> int:
    """An instant in whole seconds."""
    return int(at.timestamp())


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
