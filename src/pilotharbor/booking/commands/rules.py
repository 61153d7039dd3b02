"""Every reason why a slot cannot be had, and how they are told all at once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pilotharbor.booking import queries
from pilotharbor.facilities import queries as facilities
from pilotharbor.facilities.models import Equipment, Line, Tariff
from pilotharbor.kernel.errors import Conflict, DomainError, Forbidden, Invalid
from pilotharbor.kernel.time import SHANGHAI, EmptyPeriod, NaiveTime, local_date
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.projects import queries as projects
from pilotharbor.projects.models import Project

LONGEST = timedelta(days=31)


class StartsInThePast(Invalid):
    """That time has passed. Choose a later one, or mark the request as entered afterwards."""

    code = "booking.starts_in_the_past"


class TooLong(Invalid):
    """One booking takes at most 31 days; ask for the rest in another one."""

    code = "booking.too_long"


class LineClosed(Conflict):
    """This line takes no bookings now: {reason} Choose another line or ask its platform."""

    code = "booking.line_closed"


class NoTariff(Conflict):
    """This line has no price on that day; ask its platform to set one first."""

    code = "booking.no_tariff"


class NoEquipment(Conflict):
    """No equipment of this line is in service; choose another line or ask its platform."""

    code = "booking.no_equipment"


class ProjectMayNotBook(Conflict):
    """A project books only during resource matching and pilot verification; this one stands at “{stands_at}”."""

    code = "booking.project_may_not_book"


class PartySuspended(Conflict):
    """“{name}”, a party of this project, is suspended; nothing can be booked for it meanwhile."""

    code = "booking.party_suspended"


class NotYourProject(Forbidden):
    """Equipment is asked for by a researcher, enterprise member or operator of the project's own parties."""

    code = "booking.not_your_project"


class EngineerElsewhere(Invalid):
    """This person does not run this line; choose one of its engineers."""

    code = "booking.engineer_elsewhere"


class SlotTaken(Conflict):
    """The line is taken from {taken}; choose another time."""

    code = "booking.slot_taken"


class OverrideMissing(Invalid):
    """The slot has begun already: say why it is accepted afterwards. The reason stays on record."""

    code = "booking.override_missing"


class NotBookable(Conflict):
    """This cannot be booked, for {count} reasons."""

    code = "booking.not_bookable"


type Found = list[tuple[str, DomainError]]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: a line for a project over ``[start, end)``."""

    line: Line
    project: Project
    start: datetime
    end: datetime
    retrospective: bool
    at: datetime


def refuse(found: Found) -> None:
    """Refuse for what was found: the one error, or all of them by field.

    Raises: any of the errors above.
    """
    if not found:
        return
    problems: dict[str, str] = {}
    for field, error in found:
        problems[field] = f"{problems[field]} {error}" if field in problems else str(error)
    if len(found) == 1:
        error = found[0][1]
        error.problems = problems
        raise error
    codes = [error.code for _, error in found]
    raise NotBookable(problems=problems, count=len(found), codes=codes)


def of_time(wish: Wish) -> Found:
    """Whether the stretch itself is sound. Source: R-BOOK-3."""
    if wish.start.tzinfo is None or wish.end.tzinfo is None:
        return [("start", NaiveTime())]
    found: Found = []
    if wish.end <= wish.start:
        found.append(("end", EmptyPeriod()))
    elif wish.end - wish.start > LONGEST:
        found.append(("end", TooLong(days=LONGEST.days)))
    if wish.start < wish.at and not wish.retrospective:
        found.append(("start", StartsInThePast()))
    return found


def of_line(wish: Wish, machines: list[Equipment], tariff: Tariff | None) -> Found:
    """Whether the line can be had at all; one of a suspended platform is not even visible.

    Source: R-BOOK-4.
    """
    found: Found = []
    if not wish.line.is_open:
        found.append(("line_id", LineClosed(reason=wish.line.closed_reason)))
    if not machines:
        found.append(("line_id", NoEquipment()))
    if tariff is None:
        found.append(("start", NoTariff()))
    return found


def of_project(wish: Wish) -> Found:
    """Whether the project may book now. Source: R-BOOK-5."""
    found: Found = []
    if wish.project.status not in projects.BOOKABLE:
        stands_at = str(wish.project.get_status_display())
        found.append(("project_id", ProjectMayNotBook(stands_at=stands_at)))
    parties = (wish.project.owner, wish.project.enterprise, wish.project.platform)
    for party in parties:
        if party is not None and party.status != Organisation.Status.APPROVED:
            found.append(("project_id", PartySuspended(name=party.name)))
    return found


def of_slot(wish: Wish) -> Found:
    """Whether the time is free. Source: R-BOOK-1."""
    if wish.end <= wish.start:
        return []
    rival = queries.taken(line_id=wish.line.pk, start=wish.start, end=wish.end).first()
    if rival is None:
        return []
    return [("start", slot_taken(rival.period.lower, rival.period.upper))]


def of_engineer(line: Line, engineer_id: int | None) -> Found:
    """Whether the engineer runs the line. Source: R-BOOK-6."""
    if engineer_id is None or facilities.runs(membership_id=engineer_id, line_id=line.pk):
        return []
    return [("engineer_id", EngineerElsewhere())]


def slot_taken(start: datetime, end: datetime) -> SlotTaken:
    """The refusal that names the stretch which is taken."""
    first, last = (f"{t.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" for t in (start, end))
    return SlotTaken(
        taken=f"{first} – {last}", taken_start=start.isoformat(), taken_end=end.isoformat()
    )


def tariff_for(wish: Wish) -> Tariff | None:
    """The tariff of the day the slot begins."""
    return facilities.tariff_on(line_id=wish.line.pk, day=local_date(wish.start))


def require_requester(actor: Membership, project: Project) -> None:
    """Refuse whoever may not ask on behalf of this project.

    Raises: NotYourProject.
    """
    if not queries.may_request(actor, project):
        raise NotYourProject(problems={"project_id": str(NotYourProject())})
