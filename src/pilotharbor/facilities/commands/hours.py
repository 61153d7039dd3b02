"""When a line is open, week by week."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time

from pilotharbor.facilities.commands.lines import keeper, locked_line
from pilotharbor.facilities.commands.together import refuse
from pilotharbor.facilities.models import Line, OpeningHours
from pilotharbor.facilities.opening import MIDNIGHT, Hours
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import DomainError, Invalid
from pilotharbor.kernel.transactions import command

# Seven weekdays and make-up workdays, a dozen stretches each.
MOST = 96
LAST_WEEKDAY = 7


class WeekdayUnknown(Invalid):
    """A weekday is a number: 0 Monday to 6 Sunday, 7 for make-up workdays."""

    code = "facilities.weekday_unknown"


class HoursReversed(Invalid):
    """A line opens before it closes; for the midnight that ends the day write 00:00 as closing."""

    code = "facilities.hours_reversed"


class HoursOverlap(Invalid):
    """These hours overlap {opens}–{closes} of the same day; join the two, or part them."""

    code = "facilities.hours_overlap"


class MinutesOnly(Invalid):
    """Opening hours are whole minutes."""

    code = "facilities.minutes_only"


class TooManyHours(Invalid):
    """At most {most} stretches make a week."""

    code = "facilities.too_many_hours"


class HoursUnsound(Invalid):
    """These opening hours cannot stand, for {count} reasons."""

    code = "facilities.hours_unsound"


@command
def set_hours(
    *,
    line_id: int,
    hours: Sequence[Hours],
    open_on_holidays: bool,
    multi_day: bool,
    actor_id: int,
    at: datetime,
) -> Line:
    """Say when a line is open, all of the week at once; no hours at all: round the clock.

    What was allotted before stays. Every stretch that is wrong is named (``hours.n``).

    Raises: NotYourRole, WeekdayUnknown, HoursReversed, MinutesOnly, HoursOverlap, TooManyHours,
    HoursUnsound, NotFound, NotYourLine.
    Source: R-FAC-9, R-FAC-10.
    """
    actor = keeper(actor_id=actor_id)
    if len(hours) > MOST:
        raise TooManyHours(most=MOST)
    found = _of_each(hours)
    found |= _of_pairs(hours, set(range(len(hours))) - set(found))
    refuse([(f"hours.{n}", error) for n, error in sorted(found.items())], HoursUnsound)
    line = locked_line(line_id=line_id, actor=actor)
    line.hours.all().delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(line=line, weekday=one.weekday, opens=one.opens, closes=one.closes)
        for one in hours
    )
    line.open_on_holidays, line.multi_day = open_on_holidays, multi_day
    line.save(update_fields=["open_on_holidays", "multi_day"])
    events.record(
        "facilities.hours.set", line, actor=actor, at=at, platform_id=line.platform_id,
        stretches=len(hours), open_on_holidays=open_on_holidays, multi_day=multi_day,
    )  # fmt: skip
    return line


def _of_each(hours: Sequence[Hours]) -> dict[int, DomainError]:
    """What is wrong with single stretches, by their place in the list."""
    found: dict[int, DomainError] = {}
    for n, one in enumerate(hours):
        if not 0 <= one.weekday <= LAST_WEEKDAY:
            found[n] = WeekdayUnknown()
        elif any(clock.second or clock.microsecond for clock in (one.opens, one.closes)):
            found[n] = MinutesOnly()
        elif one.closes != MIDNIGHT and one.closes <= one.opens:
            found[n] = HoursReversed()
    return found


def _of_pairs(hours: Sequence[Hours], sound: Iterable[int]) -> dict[int, DomainError]:
    """Stretches that begin before an earlier one of the same day is over."""
    found: dict[int, DomainError] = {}
    last: Hours | None = None
    for n in sorted(sound, key=lambda n: _place(hours[n])):
        one = hours[n]
        if last is None or last.weekday != one.weekday or _end(last) <= one.opens:
            last = one
            continue
        found[n] = HoursOverlap(opens=f"{last.opens:%H:%M}", closes=f"{last.closes:%H:%M}")
        last = max(last, one, key=_end)
    return found


def _end(one: Hours) -> time:
    return time.max if one.closes == MIDNIGHT else one.closes


def _place(one: Hours) -> tuple[int, time]:
    return one.weekday, one.opens
