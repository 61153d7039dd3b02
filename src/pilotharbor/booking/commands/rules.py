"""What stands against a slot, all of it at once: pure once the ground it stands on is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from pilotharbor.booking import queries
from pilotharbor.booking.commands import errors
from pilotharbor.booking.commands.errors import Reason
from pilotharbor.booking.models import Quote
from pilotharbor.crew import problems as crew
from pilotharbor.facilities.models import Closure
from pilotharbor.facilities.opening import Misfit
from pilotharbor.facilities.queries import LinePlan
from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.time import SHANGHAI, EmptyPeriod, NaiveTime
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.projects import queries as projects
from pilotharbor.projects.models import Project

LONGEST = timedelta(days=31)

type Found = list[tuple[str, DomainError]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked for: ``[start, end)`` of a line, and what goes with it.

    ``past``     may begin in the past, since it is held against a rule of its own
    ``windows``  the stretches it may lie in, where it is flexible
    ``placed``   false where nothing in its windows is free: then its time is not looked at
    """

    start: datetime
    end: datetime
    at: datetime
    retrospective: bool = False
    past: bool = False
    billing: str = "batch"
    hazard: str = ""
    acknowledged: Sequence[int] = ()
    batch_kg: Decimal | None = None
    windows: Sequence[tuple[datetime, datetime]] = ()
    placed: bool = True
    quote: Quote | None = None
    quote_id: int | None = None


def refuse(found: Found) -> None:
    """Refuse for what was found: the one error, or all of them by field.

    Raises: any of the errors of ``errors``.
    """
    if not found:
        return
    problems: dict[str, str] = {}
    for field, error in found:
        problems[field] = f"{problems[field]} {error}" if field in problems else str(error)
    if len(found) == 1:
        error = found[0][1]
        error.problems = problems
        error.facts["reasons"] = told(found)
        raise error
    codes = [error.code for _field, error in found]
    raise errors.NotBookable(problems=problems, count=len(found), codes=codes, reasons=told(found))


def told(found: Found) -> list[dict[str, str | bool]]:
    """Every reason for programs and pages: where, what, how it is mended, may it be set aside."""
    return [
        {
            "code": error.code,
            "field": field,
            "sentence": str(error),
            "remedy": str(_remedy(error)),
            "overridable": overridable(error),
        }
        for field, error in found
    ]


def overridable(error: DomainError) -> bool:
    """Whether an operator may set this aside: duty and skills of engineers are theirs to judge."""
    return isinstance(error, crew.Problem) or (isinstance(error, Reason) and error.overridable)


def _remedy(error: DomainError) -> Promise | str:
    if isinstance(error, Reason):
        return error.remedy
    if isinstance(error, crew.Problem):
        return errors.ANOTHER_ENGINEER
    if isinstance(error, crew.Unqualified):
        return errors.WITH_AN_ENGINEER
    return errors.ANOTHER_TIME


def weigh(found: Found, *, override_reason: str, may_override: bool) -> list[str]:
    """The codes that an operator's reason sets aside; refuse for all the rest.

    Raises: any of the errors of ``errors``. Source: R-BOOK-15.
    """
    if not override_reason.strip():
        refuse(found)
        return []
    if not may_override:
        refuse([*found, ("override_reason", errors.NotYoursToOverride())])
    refuse([(field, error) for field, error in found if not overridable(error)])
    return sorted({error.code for _field, error in found})


def of_time(wish: Wish) -> Found:
    """Whether the stretch itself is sound. Source: R-BOOK-3."""
    if wish.start.tzinfo is None or wish.end.tzinfo is None:
        return [("start", NaiveTime())]
    found: Found = []
    if wish.end <= wish.start:
        found.append(("end", EmptyPeriod()))
    elif wish.end - wish.start > LONGEST:
        found.append(("end", errors.TooLong(days=LONGEST.days)))
    if wish.start < wish.at and not (wish.retrospective or wish.past):
        found.append(("start", errors.StartsInThePast()))
    return found


def of_line(wish: Wish, plan: LinePlan) -> Found:
    """Whether the line can be had at all; one of a suspended platform is not even visible.

    Source: R-BOOK-4, R-BOOK-16, R-BOOK-17.
    """
    found: Found = []
    if not plan.line.is_open:
        found.append(("line_id", errors.LineClosed(reason=plan.line.closed_reason)))
    if not plan.machines:
        found.append(("line_id", errors.NoEquipment()))
    if plan.tariff is None and wish.quote is None:
        found.append(("start", errors.NoTariff()))
    return found + _of_scale(wish, plan) + _of_safety(wish, plan)


def of_opening(wish: Wish, plan: LinePlan) -> Found:
    """Whether the line is open then, and nothing of it is shut. Source: R-BOOK-14."""
    if wish.end <= wish.start or not wish.placed:
        return []
    found: Found = []
    off = plan.misfit(wish.start, wish.end)
    if off is not None:
        found.append(("start", _misfit(off)))
    for shut in plan.shut_during(wish.start, wish.end):
        until = queries.LAST if shut.open_ended else shut.end
        error = errors.ShutMeanwhile(
            closed=stretch(shut.start, until),
            kind=str(Closure.Kind(shut.kind).label),
            reason=shut.reason,
        )
        found.append(("start", error))
    return found


def _misfit(off: Misfit) -> Reason:
    kinds: dict[str, type[Reason]] = {
        "holiday": errors.PublicHoliday,
        "weekday": errors.ClosedThatDay,
        "hours": errors.OutsideHours,
    }
    return kinds[off.why](
        day=off.day.isoformat(),
        name=off.name,
        open_then=", ".join(_clock(*one) for one in off.open_that_day),
        next_open=moment(off.next_open[0]) if off.next_open else "—",
    )


def of_project(project: Project) -> Found:
    """Whether the project may book now. Source: R-BOOK-5."""
    found: Found = []
    if project.status not in projects.BOOKABLE:
        stands_at = str(project.get_status_display())
        found.append(("project_id", errors.ProjectMayNotBook(stands_at=stands_at)))
    parties = (project.owner, project.enterprise, project.platform)
    for party in parties:
        if party is not None and party.status != Organisation.Status.APPROVED:
            found.append(("project_id", errors.PartySuspended(name=party.name)))
    return found


def of_windows(wish: Wish) -> Found:
    """Whether a flexible slot lies in one of its windows. Source: R-BOOK-18."""
    inside = any(first <= wish.start and wish.end <= last for first, last in wish.windows)
    if not wish.windows or inside or not wish.placed:
        return []
    said = ", ".join(stretch(*one) for one in wish.windows)
    return [("start", errors.OutsideWindows(windows=said))]


def of_quote(wish: Wish, *, line_id: int, project_id: int) -> Found:
    """Whether the quote holds, and for this. Source: R-BOOK-21."""
    if wish.quote_id is None:
        return []
    quote = wish.quote
    same = quote is not None and (
        quote.line_id == line_id
        and quote.project_id == project_id
        and quote.ask.get("billing") == wish.billing
    )
    if quote is None or not same:
        return [("quote_id", errors.QuoteElsewhere())]
    if quote.valid_until_at <= wish.at:
        return [("quote_id", errors.QuoteExpired(until=moment(quote.valid_until_at)))]
    return []


def _of_scale(wish: Wish, plan: LinePlan) -> Found:
    least, most = plan.line.batch_kg_min, plan.line.batch_kg_max
    if wish.batch_kg is None:
        return []
    too_small = least is not None and wish.batch_kg < least
    too_large = most is not None and wish.batch_kg > most
    if not (too_small or too_large):
        return []
    scale = f"{plan.line.smallest_kg or '0'} – {plan.line.largest_kg or '∞'}"
    return [("batch_kg", errors.OutOfScale(batch=f"{wish.batch_kg.normalize():f}", scale=scale))]


def _of_safety(wish: Wish, plan: LinePlan) -> Found:
    """Requirements of the line for such work that nobody has acknowledged. Source: R-BOOK-17."""
    open_items = [
        item
        for item in plan.safety_items
        if (wish.hazard or not item.only_with_hazard) and item.pk not in wish.acknowledged
    ]
    if not open_items or wish.retrospective:
        return []
    items = " ".join(f"“{item.text}”" for item in open_items)
    return [("acknowledged", errors.SafetyNotAcknowledged(count=len(open_items), items=items))]


def slot_taken(start: datetime, end: datetime) -> errors.SlotTaken:
    """The refusal that names the stretch which is taken."""
    return errors.SlotTaken(
        taken=stretch(start, end), taken_start=start.isoformat(), taken_end=end.isoformat()
    )


def moment(at: datetime) -> str:
    """An instant as people in Shanghai read it."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def stretch(start: datetime, end: datetime) -> str:
    """A stretch as people in Shanghai read it."""
    return f"{moment(start)} – {moment(end) if end < queries.LAST else _('further notice')}"


def _clock(opens: datetime, closes: datetime) -> str:
    first, last = opens.astimezone(SHANGHAI), closes.astimezone(SHANGHAI)
    until = "24:00" if last.date() > first.date() else f"{last:%H:%M}"
    return f"{first:%H:%M}–{until}"


def require_requester(actor: Membership, project: Project) -> None:
    """Refuse whoever may not ask on behalf of this project.

    Raises: NotYourProject.
    """
    if not queries.may_request(actor, project):
        raise errors.NotYourProject(problems={"project_id": str(errors.NotYourProject())})


def require_reason(reason: str) -> None:
    """Refuse an act that has to say why and does not.

    Raises: ReasonMissing.
    """
    if not reason.strip():
        raise errors.ReasonMissing(problems={"reason": str(errors.ReasonMissing())})
