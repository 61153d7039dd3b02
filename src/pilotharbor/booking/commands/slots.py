"""The ground a slot stands on: locked, looked at, taken, let go."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from pilotharbor.booking import queries
from pilotharbor.booking.commands import errors, rules
from pilotharbor.booking.commands.rules import Found, Wish
from pilotharbor.booking.models import Allocation, Booking
from pilotharbor.booking.queries import ground
from pilotharbor.booking.queries.ground import Against, Rival
from pilotharbor.crew import queries as crew
from pilotharbor.facilities import queries as facilities
from pilotharbor.facilities.models import Equipment, Line
from pilotharbor.facilities.queries import LinePlan
from pilotharbor.facilities.queries.plans import hold
from pilotharbor.kernel import events
from pilotharbor.kernel.events import Fact
from pilotharbor.kernel.time import SECOND, period
from pilotharbor.kernel.transactions import refusing
from pilotharbor.parties.models import Membership
from pilotharbor.projects.models import Project

HOUR_SECONDS = 3600


def hold_lines(line_ids: Iterable[int]) -> None:
    """Lock lines by id and then all their machines by id: rivals queue here.

    A loser then meets a rule or the constraint, and never a deadlock.
    """
    hold(line_ids=line_ids)


def stand(*, booking_ids: Collection[int], line_ids: Collection[int] = ()) -> None:
    """Lock all that several placements in one command will touch, in the one order.

    Projects by id, then lines by id (those of the bookings and those given), then machines by id.
    """
    rows = Booking.objects.filter(pk__in=booking_ids).values_list("project_id", "line_id")
    found = list(rows)
    projects = Project.objects.select_for_update(no_key=True).order_by("id")
    list(projects.filter(pk__in={project for project, _line in found}))
    hold_lines([*line_ids, *(line for _project, line in found)])


def locked_project(project_id: int) -> Project:
    """A project whose stage an allotment may change, locked before any line."""
    return (
        Project.objects.select_for_update(no_key=True, of=("self",))
        .select_related("owner", "enterprise", "platform")
        .get(pk=project_id)
    )


def locked(booking_id: int) -> Booking:
    """A booking, locked after its line and machines."""
    rows = Booking.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "quote__tariff",
        "tariff",
        "requested_by__person",
        "requested_by__organisation",
        "used_by__person",
    )
    return rows.get(pk=booking_id)


def still(seen: Booking, *, at_its_time: bool = False) -> Booking:
    """The booking that was seen, locked after the lines it was seen on and found there again.

    Between the look and the lock somebody may have put it on another line, or handed it to another
    project: then the locks that are held are those of other ground.

    Raises: MovedMeanwhile. Source: R-BOOK-35.
    """
    booking = locked(seen.pk)
    there = (booking.line_id, booking.project_id) == (seen.line_id, seen.project_id)
    if not there or (at_its_time and booking.period != seen.period):
        raise errors.MovedMeanwhile
    return booking


def plan_for(wish: Wish, line_id: int, *, actor: Membership | None = None) -> LinePlan:
    """The plan of the line for what is wished; of its first moment where that is unsound.

    Raises: NotFound.
    """
    end = max(wish.end, wish.start + SECOND)
    return facilities.plan_of(line_id=line_id, start=wish.start, end=end, actor=actor)


def against(
    wish: Wish,
    plan: LinePlan,
    *,
    project_id: int,
    engineer_id: int | None = None,
    person_id: int | None = None,
    besides: Collection[int] = (),
) -> Against | None:
    """What stands against a wish on its ground, in one statement."""
    return ground.against(
        project_id=project_id,
        line_id=plan.line.pk,
        machines=plan.machines if wish.end > wish.start else (),
        start=wish.start,
        end=max(wish.end, wish.start + SECOND),
        engineer_id=engineer_id,
        person_id=person_id,
        quota=plan.line.quota_hours_week is not None,
        besides=besides,
    )


def of_rivals(rivals: Sequence[Rival], engineer: Membership | None) -> Found:
    """What is taken already: machines, and the engineer. Source: R-BOOK-1."""
    found: Found = []
    machine = next((r for r in rivals if r.equipment_id is not None), None)
    person = next((r for r in rivals if r.engineer_id is not None), None)
    if machine is not None:
        found.append(("start", rules.slot_taken(machine.start, machine.end)))
    if person is not None:
        found.append(("engineer_id", engineer_taken(engineer, person.start, person.end)))
    return found


def engineer_taken(
    engineer: Membership | None, start: datetime, end: datetime
) -> errors.EngineerTaken:
    """The refusal that names the stretch in which the engineer runs another slot."""
    name = engineer.person.name if engineer else "—"
    return errors.EngineerTaken(engineer=name, taken=rules.stretch(start, end))


def of_quota(wish: Wish, plan: LinePlan, project: Project, weeks: dict[date, int]) -> Found:
    """Whether the payer stays within its hours of each week. Source: R-BOOK-19."""
    quota = plan.line.quota_hours_week
    if quota is None or wish.end <= wish.start:
        return []
    mine = ground.by_week([(wish.start, wish.end)], *ground.weeks_touched(wish.start, wish.end))
    for monday, seconds in mine.items():
        wanted = seconds + weeks.get(monday, 0)
        if wanted > quota * HOUR_SECONDS:
            error = errors.OverQuota(
                organisation=queries.payer_of(project).name,
                quota=quota,
                wanted=f"{wanted / HOUR_SECONDS:.1f}".removesuffix(".0"),
                week=monday.isoformat(),
            )
            return [("start", error)]
    return []


def of_user(user: Membership, line_id: int, *, lacks: bool, on: date) -> Found:
    """What whoever comes without an engineer has not passed. Source: R-BOOK-23."""
    if not lacks:
        return []
    missing = crew.unqualified(person_id=user.person_id, line_id=line_id, on=on)
    return [("wants_engineer", one.error(person=user.person.name)) for one in missing]


def of_engineer(
    engineer_id: int | None, line_id: int, wish: Wish
) -> tuple[Found, Membership | None]:
    """Whether the engineer runs the line and is on duty then; the row stays locked.

    Source: R-BOOK-6, R-CREW-1.
    """
    if engineer_id is None:
        return [], None
    engineer = (
        facilities.engineers_of(line_id=line_id)
        .filter(pk=engineer_id)
        .select_for_update(no_key=True, of=("self",))
        .first()
    )
    if engineer is None:
        return [("engineer_id", errors.EngineerElsewhere())], None
    if wish.end <= wish.start:
        return [], engineer
    problems = crew.engineer_problems(
        membership_id=engineer_id, line_id=line_id, start=wish.start, end=wish.end
    )
    return [("engineer_id", problem) for problem in problems], engineer


def put_at(booking: Booking, line: Line, wish: Wish) -> None:
    """Give a booking its line and time; an engineer's help of the whole slot stays one."""
    old = booking.period
    if booking.engineer_s == int((old.upper - old.lower).total_seconds()):
        booking.engineer_s = int((wish.end - wish.start).total_seconds())
    booking.period, booking.line = period(wish.start, wish.end), line


def take(booking: Booking, machines: Iterable[Equipment], engineer: Membership | None) -> None:
    """Take the machines and the engineer for the booking's period, letting go of what it had.

    What it has already, it keeps. Raises: SlotTaken, EngineerTaken.
    """
    kept: set[tuple[int | None, int | None]] = set()
    wanted: dict[tuple[int | None, int | None], Allocation] = {
        (m.pk, None): Allocation(booking=booking, equipment=m, period=booking.period)
        for m in machines
    }
    if engineer is not None:
        wanted[None, engineer.pk] = Allocation(
            booking=booking, engineer=engineer, period=booking.period
        )
    given_up = []
    for held in booking.allocations.filter(live=True):
        what = (held.equipment_id, held.engineer_id)
        if what in wanted and held.period == booking.period:
            kept.add(what)
        else:
            given_up.append(held.pk)
    if given_up:
        Allocation.objects.filter(pk__in=given_up).update(live=False)
    insert([row for what, row in wanted.items() if what not in kept], engineer)


def insert(rows: Iterable[Allocation], engineer: Membership | None = None) -> None:
    """Write allocations; the constraints have the last word.

    Raises: SlotTaken, EngineerTaken.
    """
    ordered = sorted(rows, key=lambda a: (a.equipment_id or 0, a.period.lower))
    if not ordered:
        return
    first, last = ordered[0].period.lower, ordered[0].period.upper
    taken, busy = rules.slot_taken(first, last), engineer_taken(engineer, first, last)
    taken.problems["start"] = str(taken)
    busy.problems["engineer_id"] = str(busy)
    with refusing(booking_no_double_booking=taken, booking_engineer_once=busy):
        Allocation.objects.bulk_create(ordered)


def free(booking: Booking) -> int:
    """Let go of everything a booking took; how much that was."""
    return booking.allocations.filter(live=True).update(live=False)


def shorten(booking: Booking, end: datetime) -> bool:
    """Let go of what is left of a slot from ``end`` on; whether that was anything."""
    slot = booking.period
    if end >= slot.upper:
        return False
    if end <= slot.lower:
        return bool(free(booking))
    rest = period(slot.lower, end)
    return bool(booking.allocations.filter(live=True).update(period=rest))


def record(
    done: str, booking: Booking, actor: Membership | None, at: datetime, **facts: Fact
) -> None:
    """Put down what happened to a booking."""
    events.record(
        f"booking.booking.{done}",
        booking,
        actor=actor,
        actor_id=None,
        at=at,
        project_id=booking.project_id,
        **facts,
    )
