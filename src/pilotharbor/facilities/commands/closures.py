"""When a line or a machine is shut, and when it is called off."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Literal
from uuid import uuid4

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q

from pilotharbor.facilities import queries
from pilotharbor.facilities.commands.equipment import equipment_keeper, locked_machine
from pilotharbor.facilities.commands.lines import NotYourLine, ReasonMissing
from pilotharbor.facilities.commands.together import Found, refuse
from pilotharbor.facilities.models import Closure, Equipment, Line
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Invalid, NotFound
from pilotharbor.kernel.time import SHANGHAI, EmptyPeriod, NaiveTime, local_date
from pilotharbor.kernel.transactions import command
from pilotharbor.parties.models import Membership

# A recurring closure is laid down for at most so long.
LONGEST_SERIES = timedelta(days=3 * 366)
LONGEST = timedelta(days=2 * 366)
# Every day of three years is more than anybody means.
MOST_IN_SERIES = 400


class ClosureOver(Invalid):
    """This stretch is already over; a closure ends in the future."""

    code = "facilities.closure_over"


class ClosureTooLong(Invalid):
    """A closure lasts at most two years; retire the equipment or close the line instead."""

    code = "facilities.closure_too_long"


class OnlyOutagesStayOpen(Invalid):
    """Only an outage may have no end; say until when this lasts."""

    code = "facilities.only_outages_stay_open"


class ClosureKindUnknown(Invalid):
    """Say whether this is maintenance, calibration, an outage or something else."""

    code = "facilities.closure_kind_unknown"


class SeriesUnsound(Invalid):
    """A recurring closure comes back every 1 to 366 days, weeks or months, up to a day after it begins and at most three years on; it cannot recur without an end."""

    code = "facilities.series_unsound"


class SeriesTooLong(Invalid):
    """That would be {count} closures; at most {most} are laid down at once. Choose an earlier last day, or a longer interval."""

    code = "facilities.series_too_long"


class SeriesOverlaps(Invalid):
    """Each closure would still last when the next begins; make it shorter, or the interval longer."""

    code = "facilities.series_overlaps"


class OneThingShut(Invalid):
    """A closure shuts either a line or one piece of equipment."""

    code = "facilities.one_thing_shut"


class ClosureUnsound(Invalid):
    """This closure cannot be declared, for {count} reasons."""

    code = "facilities.closure_unsound"


class ClosureLifted(Conflict):
    """This closure has been called off, or is over."""

    code = "facilities.closure_lifted"


@dataclass(frozen=True, slots=True)
class Recurs:
    """A closure comes back ``every`` so many ``unit``, last on ``until`` (a day in Shanghai)."""

    unit: Literal["days", "weeks", "months"]
    every: int
    until: date


@command
def declare_closure(
    *,
    kind: str,
    start: datetime,
    end: datetime | None,
    reason: str,
    actor_id: int,
    at: datetime,
    line_id: int | None = None,
    equipment_id: int | None = None,
    planned: bool = True,
    recurs: Recurs | None = None,
) -> list[Closure]:
    """Shut a line or a machine over ``[start, end)``, once or again and again; bookings stay as they are.

    All reasons why it cannot be are told at once, each at its field.

    Raises: NotYourRole, ClosureUnsound or the one refusal above, NotFound, NotYourLine,
    NotYourEquipment.
    Source: R-FAC-11, R-FAC-12.
    """
    actor = equipment_keeper(actor_id)
    found = _of_stretch(kind, start, end, at) + _of_series(start, end, recurs)
    if not reason.strip():
        found.append(("reason", ReasonMissing()))
    if (line_id is None) == (equipment_id is None):
        found.append(("line_id", OneThingShut()))
    refuse(found, ClosureUnsound)
    line, machine = _locked(line_id, equipment_id, actor)
    series = uuid4() if recurs else None
    made = Closure.objects.bulk_create(
        Closure(
            line=line, equipment=machine, kind=kind, period=DateTimeTZRange(begins, ends, "[)"),
            reason=reason.strip(), planned=planned, series_id=series, declared_by=actor, declared_at=at,
        )
        for begins, ends in occurrences(start, end, recurs)
    )  # fmt: skip
    _record("declared", made, actor, at)
    return made


@command
def lift_closure(
    *, closure_id: int, actor_id: int, at: datetime, following: bool = False
) -> list[Closure]:
    """Call a closure off, alone or with all later ones of its series; what it shut so far stays.

    Raises: NotYourRole, NotFound, NotYourLine, NotYourEquipment, ClosureLifted.
    Source: R-FAC-12.
    """
    actor = equipment_keeper(actor_id)
    seen = Closure.objects.filter(pk=closure_id).first()
    if seen is None:
        raise NotFound
    _locked(seen.line_id, seen.equipment_id, actor)
    of_series = Q(pk=closure_id)
    if following and seen.series_id:
        of_series |= Q(series_id=seen.series_id, period__startswith__gt=seen.period.lower)
    in_force = Q(lifted_at__isnull=True) & (Q(period__endswith__gt=at) | Q(period__upper_inf=True))
    rows = list(
        Closure.objects.select_for_update(no_key=True)
        .filter(of_series & in_force)
        .order_by("period", "id")
    )
    if not any(row.pk == closure_id for row in rows):
        raise ClosureLifted
    Closure.objects.filter(pk__in=[row.pk for row in rows]).update(lifted_at=at, lifted_by=actor)
    for row in rows:
        row.lifted_at, row.lifted_by = at, actor
    _record("lifted", rows, actor, at)
    return rows


def occurrences(
    start: datetime, end: datetime | None, recurs: Recurs | None
) -> list[tuple[datetime, datetime | None]]:
    """The stretches of a closure, the first one included; the clock time stays that of Shanghai."""
    if recurs is None or end is None:
        return [(start, end)]
    return [(begins, begins + (end - start)) for begins in _starts(start, recurs)]


def _starts(start: datetime, recurs: Recurs) -> Iterator[datetime]:
    first = start.astimezone(SHANGHAI)
    n = 0
    while (day := _moved(first.date(), n * recurs.every, recurs.unit)) <= recurs.until:
        yield datetime.combine(day, first.timetz())
        n += 1


def _moved(day: date, by: int, unit: str) -> date:
    if unit != "months":
        return day + timedelta(days=by * (7 if unit == "weeks" else 1))
    year, month = divmod(day.year * 12 + day.month - 1 + by, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _of_stretch(kind: str, start: datetime, end: datetime | None, at: datetime) -> Found:
    found: Found = []
    if kind not in Closure.Kind.values:
        found.append(("kind", ClosureKindUnknown()))
    if start.tzinfo is None or (end is not None and end.tzinfo is None):
        return [*found, ("start", NaiveTime())]
    if end is None:
        if kind != Closure.Kind.OUTAGE:
            found.append(("end", OnlyOutagesStayOpen()))
    elif end <= start:
        found.append(("end", EmptyPeriod()))
    elif end <= at:
        found.append(("end", ClosureOver()))
    elif end - start > LONGEST:
        found.append(("end", ClosureTooLong()))
    return found


def _of_series(start: datetime, end: datetime | None, recurs: Recurs | None) -> Found:
    if recurs is None or start.tzinfo is None:
        return []
    first = local_date(start)
    sound = 1 <= recurs.every <= 366 and first < recurs.until <= first + LONGEST_SERIES
    if end is None or recurs.unit not in {"days", "weeks", "months"} or not sound:
        return [("until", SeriesUnsound())]
    starts = list(_starts(start, recurs))
    if len(starts) > MOST_IN_SERIES:
        return [("until", SeriesTooLong(count=len(starts), most=MOST_IN_SERIES))]
    if any(later - before < end - start for before, later in pairwise(starts)):
        return [("every", SeriesOverlaps())]
    return []


def _locked(
    line_id: int | None, equipment_id: int | None, actor: Membership
) -> tuple[Line | None, Equipment | None]:
    """The line, or the machine after its line, locked in the order in which a booking takes them."""
    if equipment_id is not None:
        return None, locked_machine(equipment_id=equipment_id, actor=actor)
    if line_id is None or not queries.visible_lines(actor=actor).filter(pk=line_id).exists():
        raise NotFound
    line = Line.objects.select_for_update(no_key=True).get(pk=line_id)
    if not queries.keeps_equipment(actor, platform_id=line.platform_id):
        raise NotYourLine
    return line, None


def _record(done: str, closures: list[Closure], actor: Membership, at: datetime) -> None:
    events.record_many(
        f"facilities.closure.{done}",
        (
            (
                one,
                {
                    "closure_id": one.pk,
                    "platform_id": actor.organisation_id,
                    "line_id": one.line_id,
                    "equipment_id": one.equipment_id,
                    "start": one.period.lower.isoformat(),
                    "end": one.period.upper.isoformat() if one.period.upper else None,
                },
            )
            for one in closures
        ),
        actor=actor,
        at=at,
    )
