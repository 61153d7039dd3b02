"""When is a line open, and when is it shut?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from pilotharbor.facilities import commands, holidays, queries
from pilotharbor.facilities.forms import ClosureForm, HoursForm
from pilotharbor.facilities.forms.hours import WEEKDAYS
from pilotharbor.facilities.models import Closure, Equipment, Line
from pilotharbor.facilities.opening import Hours
from pilotharbor.facilities.queries import LinePlan, Shut
from pilotharbor.facilities.views.shared import carry_out, kept_line, of_line, visible_line
from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.kernel.time import DAY, SHANGHAI, local_date, start_of
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.views.pages import act

AHEAD = 14


@dataclass(frozen=True, slots=True)
class DayAhead:
    """One coming day: when the line is open by its hours, and what shuts it.

    ``feast``  the public holiday it is closed for; ``made_up`` a weekend that is worked
    """

    date: date
    open: list[str]
    feast: str
    made_up: bool
    closures: list[Shut]


def week_of(line: Line) -> list[tuple[str, list[str]]]:
    """The hours of a line day by day, days without any too; empty: open round the clock."""
    hours = list(line.hours.order_by("weekday", "opens"))
    if not hours:
        return []
    days: list[tuple[str, list[str]]] = [(str(name), []) for name in WEEKDAYS]
    for one in hours:
        days[one.weekday][1].append(_said(f"{one.opens:%H:%M}", f"{one.closes:%H:%M}"))
    # Make-up workdays follow Monday unless they have hours of their own.
    return days if days[-1][1] else days[:-1]


def days_ahead(plan: LinePlan, first: date, count: int = AHEAD) -> list[DayAhead]:
    """The coming days of a line."""
    found = []
    for day in (first + timedelta(days=n) for n in range(count)):
        begins = start_of(day)
        closed_for = plan.hours and not plan.line.open_on_holidays
        found.append(
            DayAhead(
                day,
                [
                    _said(f"{a.astimezone(SHANGHAI):%H:%M}", f"{b.astimezone(SHANGHAI):%H:%M}")
                    for a, b in plan.open_stretches(begins, begins + DAY)
                ],
                holidays.name_of(day) if closed_for else "",
                holidays.is_made_up(day),
                plan.shut_during(begins, begins + DAY),
            )
        )
    return found


def _said(opens: str, closes: str) -> str:
    return f"{opens}–{'24:00' if closes == '00:00' else closes}"


def _kept_hours(line: Line) -> list[Hours]:
    rows = line.hours.order_by("weekday", "opens")
    return [Hours(one.weekday, one.opens, one.closes) for one in rows]


def _machines(line: Line) -> Any:
    """What may be shut from this page: the machines of the line that are not retired."""
    return line.equipment.exclude(status=Equipment.Status.RETIRED).order_by("position", "id")


def _hours_page(request: ActorRequest, line: Line, **forms: Form) -> HttpResponse:
    at = clock.now(request)
    today = local_date(at)
    begins, ends = start_of(today), start_of(today + timedelta(days=AHEAD))
    plan = queries.plan_of(line_id=line.pk, start=begins, end=ends)
    context: dict[str, Any] = of_line(request, line, "hours") | {
        "week": week_of(line),
        "ahead": days_ahead(plan, today),
        "closures": _grouped(queries.closures_ahead(line=line, machines=plan.machines, at=at), at),
        "unknown_year": _unknown_year(plan, today),
        "sources": [holidays.of_year(y) for y in holidays.known_years() if y >= today.year],
    }
    if context["keeps"]:
        initial: dict[str, Any] = dict(HoursForm.initial_of(_kept_hours(line)))
        initial |= {"open_on_holidays": line.open_on_holidays, "multi_day": line.multi_day}
        context["hours_form"] = HoursForm(initial=initial, prefix="hours")
    if context["keeps_equipment"]:
        context["closure_form"] = ClosureForm(prefix="shut", machines=_machines(line))
    context |= forms
    refused = any(form.errors for form in forms.values())
    return render(request, "facilities/line_hours.html", context, status=422 if refused else 200)


def _unknown_year(plan: LinePlan, today: date) -> int | None:
    """A year on whose feasts the coming days depend and of which nothing is known."""
    years = {today.year, (today + timedelta(days=AHEAD)).year} - set(holidays.known_years())
    return min(years) if years and plan.hours else None


@dataclass(frozen=True, slots=True)
class Shown:
    """A closure, and how many later ones of its series follow it."""

    closure: Closure
    later: int
    running: bool


def _grouped(closures: Sequence[Closure] | Any, at: datetime) -> list[Shown]:
    """The next closure of each series with the count of those behind it, and all single ones."""
    rows = list(closures)
    behind: dict[Any, int] = {}
    for row in rows:
        if row.series_id:
            behind[row.series_id] = behind.get(row.series_id, -1) + 1
    seen: set[Any] = set()
    found = []
    for row in rows:
        if row.series_id in seen:
            continue
        if row.series_id:
            seen.add(row.series_id)
        found.append(Shown(row, behind.get(row.series_id, 0), row.period.lower <= at))
    return found


@acting
@require_http_methods(["GET", "POST"])
def line_hours(request: ActorRequest, line_id: int) -> HttpResponse:
    """Opening hours of a line, the coming days and closures; its keeper sets the hours here."""
    if request.method == "GET":
        return _hours_page(request, visible_line(request.actor, line_id))
    line = kept_line(request, line_id)
    form = HoursForm(request.POST, prefix="hours")

    def do(given: dict[str, Any]) -> str:
        week = form.week()
        try:
            commands.set_hours(
                line_id=line_id,
                hours=week,
                open_on_holidays=given["open_on_holidays"],
                multi_day=given["multi_day"],
                actor_id=request.actor.pk,
                at=clock.now(request),
            )
        except DomainError as exc:
            # Stretches are counted by the command, days stand in the form.
            exc.problems = _by_day(exc.problems, week)
            raise
        return _("The opening hours are set. What was allotted before stays.")

    return carry_out(
        request,
        form,
        do,
        to=reverse("line_hours", args=[line_id]),
        again=lambda: _hours_page(request, line, hours_form=form),
    )


def _by_day(problems: dict[str, str], week: Sequence[Hours]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, text in problems.items():
        n = name.removeprefix("hours.")
        known = n.isdecimal() and int(n) < len(week)
        field = f"day{week[int(n)].weekday}" if known else name
        found[field] = f"{found[field]} {text}" if field in found else text
    return found


@acting
@require_POST
def closure_new(request: ActorRequest, line_id: int) -> HttpResponse:
    """Shut the line or one of its machines."""
    line = visible_line(request.actor, line_id)
    if not queries.keeps_equipment(request.actor, platform_id=line.platform_id):
        raise commands.NotYourLine
    form = ClosureForm(request.POST, prefix="shut", machines=_machines(line))

    def do(given: dict[str, Any]) -> str:
        machine = given["equipment_id"]
        made = commands.declare_closure(
            line_id=None if machine else line_id,
            equipment_id=machine.pk if machine else None,
            kind=given["kind"],
            start=given["start"],
            end=given["end"],
            reason=given["reason"],
            planned=not given["sudden"],
            recurs=form.recurs(),
            actor_id=request.actor.pk,
            at=clock.now(request),
        )
        return ngettext(
            "{n} closure is declared. Whoever has a slot in it is told.",
            "{n} closures are declared. Whoever has a slot in one is told.",
            len(made),
        ).format(n=len(made))

    return carry_out(
        request,
        form,
        do,
        to=reverse("line_hours", args=[line_id]),
        again=lambda: _hours_page(request, line, closure_form=form),
        line_id="equipment_id",
    )


@acting
@require_POST
def closure_lift(request: ActorRequest, line_id: int, closure_id: int) -> HttpResponse:
    """Call a closure off, alone or with what follows in its series."""
    visible_line(request.actor, line_id)
    if not Closure.objects.filter(pk=closure_id).exists():
        raise NotFound
    return act(
        request,
        lambda: commands.lift_closure(
            closure_id=closure_id,
            following="following" in request.POST,
            actor_id=request.actor.pk,
            at=clock.now(request),
        ),
        done=_("The closure is called off."),
        to=reverse("line_hours", args=[line_id]),
    )
