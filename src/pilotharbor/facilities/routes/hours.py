"""When a line is open and when it is shut, for programs."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal

from ninja import Field, Query, Router, Schema, Status

from pilotharbor.facilities import commands, holidays, queries
from pilotharbor.facilities.opening import Hours
from pilotharbor.facilities.routes import shared
from pilotharbor.facilities.routes.shared import Reason
from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import Invalid
from pilotharbor.kernel.time import local_date, period
from pilotharbor.parties.auth import ANYONE, ActorRequest, actor_of

router = Router()
LONGEST_LOOK = timedelta(days=366)


class LooksTooFar(Invalid):
    """One look shows at most a year."""

    code = "facilities.looks_too_far"


class HoursIn(Schema):
    """One stretch of a week: 0 Monday to 6 Sunday, 7 make-up workdays; 00:00 closes at midnight."""

    weekday: int
    opens: time
    closes: time


class WeekIn(Schema):
    """All the week at once; without hours the line is open round the clock."""

    hours: Annotated[list[HoursIn], Field(max_length=200)]
    open_on_holidays: bool = False
    multi_day: bool = False


class RecursIn(Schema):
    """Every so many days, weeks or months, last on ``until``."""

    unit: Literal["days", "weeks", "months"]
    every: int = 1
    until: date


class ClosureIn(Schema):
    """A stretch in which a line or a machine is shut; only an outage has no end."""

    kind: Literal["maintenance", "calibration", "outage", "other"]
    start: datetime
    end: datetime | None = None
    reason: Reason
    planned: bool = True
    recurs: RecursIn | None = None


class LiftIn(Schema):
    """Whether all later closures of the series are called off too."""

    following: bool = False


def _week(request: Any, line_id: int) -> dict[str, Any]:
    line = shared.seen_line(actor_of(request), line_id)
    rows = line.hours.order_by("weekday", "opens")
    return {
        "line_id": line.pk,
        "hours": [shared.hours(one) for one in rows],
        "open_on_holidays": line.open_on_holidays,
        "multi_day": line.multi_day,
    }


@router.get("/lines/{int:line_id}/hours", auth=ANYONE)
def hours(request: ActorRequest, line_id: int) -> dict[str, Any]:
    """The opening hours of a line; none: open round the clock."""
    return _week(request, line_id)


@router.put("/lines/{int:line_id}/hours")
def set_hours(request: ActorRequest, line_id: int, body: WeekIn) -> dict[str, Any]:
    """Say when a line is open. 422 names every stretch that is wrong (``hours.n``)."""
    commands.set_hours(
        line_id=line_id,
        hours=[Hours(one.weekday, one.opens, one.closes) for one in body.hours],
        open_on_holidays=body.open_on_holidays,
        multi_day=body.multi_day,
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return _week(request, line_id)


@router.get("/lines/{int:line_id}/open", auth=ANYONE)
def open_stretches(
    request: ActorRequest,
    line_id: int,
    start: Annotated[datetime, Query(alias="from")],
    end: Annotated[datetime, Query(alias="to")],
) -> dict[str, Any]:
    """When a line is open by its hours, and the closures that cut into that.

    ``unknown_years``: of these years no notice of public holidays is known yet.
    """
    period(start, end)
    if end - start > LONGEST_LOOK:
        raise LooksTooFar(problems={"to": str(LooksTooFar())})
    actor = actor_of(request)
    shared.seen_line(actor, line_id)
    plan = queries.plan_of(line_id=line_id, start=start, end=end)
    years = range(local_date(start).year, local_date(end).year + 1)
    return {
        "line_id": line_id,
        "open": [{"start": a, "end": b} for a, b in plan.open_stretches(start, end)],
        "closures": [
            {
                "start": one.start,
                "end": None if one.open_ended else one.end,
                "kind": one.kind,
                "reason": one.reason,
                "equipment_id": one.equipment_id,
            }
            for one in plan.closures
        ],
        "unknown_years": [y for y in years if plan.hours and y not in holidays.known_years()],
    }


@router.get("/lines/{int:line_id}/closures", auth=ANYONE)
def closures(request: ActorRequest, line_id: int) -> dict[str, Any]:
    """Closures of a line and of what it takes that are not over yet, earliest first."""
    line = shared.seen_line(actor_of(request), line_id)
    rows = queries.closures_ahead(
        line=line, machines=queries.taken_by(line_id=line.pk), at=clock.now(request)
    )
    return {"items": [shared.closure(one) for one in rows]}


def _declare(request: ActorRequest, body: ClosureIn, **of: int) -> Status[Any]:
    recurs = body.recurs
    made = commands.declare_closure(
        **of,
        kind=body.kind,
        start=body.start,
        end=body.end,
        reason=body.reason,
        planned=body.planned,
        recurs=commands.Recurs(recurs.unit, recurs.every, recurs.until) if recurs else None,
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    items = [shared.closure(one) for one in made]
    return Status(201, items[0] | {"items": items})


@router.post("/lines/{int:line_id}/closures", response={201: Any})
def shut_line(request: ActorRequest, line_id: int, body: ClosureIn) -> Status[Any]:
    """Shut a line, once or again and again; bookings in it are told, not cancelled."""
    return _declare(request, body, line_id=line_id)


@router.post("/equipment/{int:equipment_id}/closures", response={201: Any})
def shut_machine(request: ActorRequest, equipment_id: int, body: ClosureIn) -> Status[Any]:
    """Shut a machine and with it every line that takes it."""
    return _declare(request, body, equipment_id=equipment_id)


@router.post("/closures/{int:closure_id}/lift")
def lift_closure(request: ActorRequest, closure_id: int, body: LiftIn) -> dict[str, Any]:
    """Call a closure off, alone or with all later ones of its series."""
    rows = commands.lift_closure(
        closure_id=closure_id,
        following=body.following,
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return {"items": [shared.closure(one) for one in rows]}
