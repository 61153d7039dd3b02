"""When is a line free? Its week or month, and the request form beside it."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pilotharbor.booking import agenda, commands, queries
from pilotharbor.booking.forms import SlotForm
from pilotharbor.facilities import queries as facilities
from pilotharbor.facilities.models import Line
from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.kernel.fields import tell
from pilotharbor.kernel.time import SHANGHAI, BadDate, local_date, parse_date, start_of
from pilotharbor.parties import rights
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.rights import Kind, Verb

WEEK, MONTH = "week", "month"
# Working hours proposed to who picks a day.
OPENS, CLOSES = time(8), time(18)


@acting
@require_http_methods(["GET", "POST"])
def line_calendar(request: ActorRequest, line_id: int) -> HttpResponse:
    """When is this line free? And: give it to us then."""
    rights.require(request.actor, Verb.READ, Kind.BOOKING)
    line = facilities.visible_lines(actor=request.actor).filter(pk=line_id).first()
    if line is None:
        raise NotFound
    now = clock.now(request)
    day = _day(request.GET.get("day", ""), local_date(now))
    form = _form(request, day)
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            booking = commands.request(
                line_id=line.pk, **_asked(form), actor_id=request.actor.pk, at=now
            )
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, _("Your request is with the platform. You will be told."))
            return redirect("booking_detail", booking.pk)
    context = _picture(request, line, day, now) | {"line": line, "form": form}
    refused = form is not None and bool(form.errors)
    return render(request, "booking/line_calendar.html", context, status=422 if refused else 200)


def _form(request: ActorRequest, day: date) -> SlotForm | None:
    """The request form, for those who may ask for equipment at all."""
    if not rights.acts_as(request.actor, *queries.REQUESTERS):
        return None
    mine = queries.bookable_projects(actor=request.actor)
    if request.method == "POST":
        return SlotForm(request.POST, projects=mine)
    initial: dict[str, Any] = {}
    if request.GET.get("project"):
        initial["project_id"] = request.GET["project"]
    if request.GET.get("day"):
        initial["start"] = datetime.combine(day, OPENS, SHANGHAI)
        initial["end"] = datetime.combine(day, CLOSES, SHANGHAI)
    return SlotForm(projects=mine, initial=initial)


def _asked(form: SlotForm) -> dict[str, Any]:
    given = dict(form.cleaned_data)
    given["project_id"] = given["project_id"].pk
    return given


def _day(text: str, today: date) -> date:
    try:
        day = parse_date(text) if text else today
    except BadDate:
        return today
    # A calendar of the year 1 or 9999 helps nobody and overflows its neighbours.
    return day if abs((day - today).days) < 36_500 else today


def _picture(request: ActorRequest, line: Line, day: date, now: datetime) -> dict[str, Any]:
    span = MONTH if request.GET.get("span") == MONTH else WEEK
    first, count = (agenda.week_of(day), 7) if span == WEEK else agenda.month_grid(day)
    after = first + timedelta(days=count)
    slots = queries.calendar(
        line=line, start=start_of(first), end=start_of(after), actor=request.actor
    )
    if span == WEEK:
        before, later = first - timedelta(days=7), after
    else:
        before = day.replace(day=1) - timedelta(days=1)
        later = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return {
        "span": span,
        "day": day,
        "days": agenda.days(first, count, slots, now=now),
        "slots": slots,
        "first": first,
        "last": after - timedelta(days=1),
        "before": before.isoformat(),
        "later": later.isoformat(),
        "today": local_date(now),
        "project": request.GET.get("project", ""),
        "tariff": facilities.tariff_on(line_id=line.pk, day=day),
        "crumbs": [
            (_("Home"), "/"),
            (_("Lines and equipment"), reverse("equipment")),
            (line.name, reverse("line_detail", args=[line.pk])),
            (_("Calendar"), ""),
        ],
    }
