"""Pages of the roster: who works when, planned week by week."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pilotharbor.crew import commands, queries
from pilotharbor.crew.forms import FromDayForm, PatternChangeForm, PatternForm, ShiftForm
from pilotharbor.crew.models import Leave, Pattern
from pilotharbor.crew.views.shared import by, day_asked, done, platform_of, roster_crumbs, today
from pilotharbor.facilities import holidays
from pilotharbor.facilities import queries as facilities
from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import NotFound
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.models import Organisation

WEEK = timedelta(days=7)


@acting
@require_GET
def roster(request: ActorRequest) -> HttpResponse:
    """One week of a platform: people × days."""
    if (
        queries.reads_all(request.actor)
        and not queries.platforms_seen(actor=request.actor).exists()
    ):
        return render(request, "crew/no_platform.html")
    return _page(request, platform_of(request))


def _page(request: ActorRequest, platform: Organisation, **forms: Form) -> HttpResponse:
    day = today(request)
    first = queries.monday_of(day_asked(request.GET.get("week", ""), day))
    keeps = queries.keeps_crew(request.actor, platform_id=platform.pk)
    week = queries.roster(platform_id=platform.pk, first=first, asked=keeps)
    engineers = facilities.engineers_to_choose(platform_id=platform.pk)
    context: dict[str, Any] = {
        "platform": platform,
        "platforms": queries.platforms_seen(actor=request.actor)
        if queries.reads_all(request.actor)
        else [],
        "week": week,
        "now": clock.now(request),
        "today": day,
        "keeps": keeps,
        "before": first - WEEK,
        "after": first + WEEK,
        "this_week": queries.monday_of(day),
        "unknown_year": week.last.year not in holidays.known_years(),
    }
    if keeps:
        shown = max(day, first)
        context |= {
            "waiting": queries.visible_leave(actor=request.actor)
            .filter(status=Leave.Status.ASKED)
            .order_by("period"),
            "shift_form": ShiftForm(engineers=engineers, initial={"day": shown}, prefix="shift"),
            "patterns": queries.visible_patterns(actor=request.actor)
            .filter(days__endswith__gt=day)
            .order_by("membership__person__name", "days", "pk"),
        } | forms
    refused = any(form.errors for form in forms.values())
    return render(request, "crew/roster.html", context, status=422 if refused else 200)


def _own(request: ActorRequest) -> Organisation:
    """The platform whose roster the actor plans at all; the commands decide the rest.

    Raises: NotFound.
    """
    platform = request.actor.organisation
    if not queries.keeps_crew(request.actor, platform_id=platform.pk):
        raise NotFound
    return platform


@acting
@require_POST
def shift_new(request: ActorRequest) -> HttpResponse:
    """Put an engineer on duty."""
    platform = _own(request)
    engineers = facilities.engineers_to_choose(platform_id=platform.pk)
    form = ShiftForm(request.POST, engineers=engineers, prefix="shift")

    def do(given: dict[str, Any]) -> str:
        start, end = form.stretch()
        commands.plan_shift(
            membership_id=given["engineer"].pk,
            start=start,
            end=end,
            note=given["note"],
            **by(request),
        )
        return _("The shift is planned; {name} is told.").format(name=given["engineer"].person.name)

    week = queries.monday_of(day_asked(request.POST.get("shift-day", ""), today(request)))
    return done(
        request, form, do, back=f"{reverse('roster')}?week={week.isoformat()}",
        show=lambda form: _page(request, platform, shift_form=form),
        membership_id="engineer", start="starts", end="ends",
    )  # fmt: skip


@acting
@require_POST
def shift_withdraw(request: ActorRequest, shift_id: int) -> HttpResponse:
    """Take an engineer off a shift."""
    shift = commands.withdraw_shift(shift_id=shift_id, **by(request))
    messages.success(request, _("The shift is withdrawn."))
    week = queries.monday_of(shift.period.lower.date())
    return redirect(f"{reverse('roster')}?week={week.isoformat()}")


@acting
@require_http_methods(["GET", "POST"])
def pattern_new(request: ActorRequest) -> HttpResponse:
    """Put an engineer on duty week after week."""
    platform = _own(request)
    engineers = facilities.engineers_to_choose(platform_id=platform.pk)
    asked = request.GET.get("engineer", "")
    chosen = engineers.filter(pk=int(asked) if asked.isdecimal() and len(asked) < 19 else 0).first()
    form = PatternForm(
        request.POST or None,
        engineers=engineers,
        initial={"engineer": chosen, "first": today(request)},
    )

    def show(form: Form) -> HttpResponse:
        context = {"form": form, "crumbs": roster_crumbs((_("Weekly rhythm"), ""))}
        return render(
            request, "crew/pattern_form.html", context, status=422 if form.errors else 200
        )

    def do(given: dict[str, Any]) -> str:
        pattern = commands.plan_pattern(
            membership_id=given["engineer"].pk,
            **_rhythm(given),
            first=given["first"],
            **by(request),
        )
        return _("{count} shifts are planned.").format(
            count=pattern.shifts.filter(rest_of=None).count()
        )

    if request.method == "GET":
        return show(form)
    return done(
        request, form, do, back=reverse("roster"), show=show, membership_id="engineer", start="starts",
        end="ends",
    )  # fmt: skip


@acting
@require_http_methods(["GET", "POST"])
def pattern_change(request: ActorRequest, pattern_id: int) -> HttpResponse:
    """Go on in another rhythm from a day on, or end it."""
    pattern = _pattern(request, pattern_id)
    present = {
        "weekdays": pattern.weekdays, "starts": pattern.starts, "ends": pattern.ends,
        "by_calendar": pattern.by_calendar, "from_day": max(today(request), pattern.days.lower),
        "last": pattern.days.upper - timedelta(days=1),
    }  # fmt: skip
    form = PatternChangeForm(request.POST or None, initial=present)

    def do(given: dict[str, Any]) -> str:
        commands.change_pattern(
            pattern_id=pattern.pk, from_day=given["from_day"], **_rhythm(given), **by(request)
        )
        return _("From that day on the other rhythm holds.")

    if request.method == "GET":
        return _pattern_page(request, pattern, form=form)
    return done(
        request, form, do, back=reverse("roster"), start="starts", end="ends",
        show=lambda form: _pattern_page(request, pattern, form=form),
    )  # fmt: skip


@acting
@require_POST
def pattern_end(request: ActorRequest, pattern_id: int) -> HttpResponse:
    """Let a rhythm end."""
    pattern = _pattern(request, pattern_id)

    def do(given: dict[str, Any]) -> str:
        gone = commands.end_pattern(
            pattern_id=pattern.pk, from_day=given["from_day"], **by(request)
        )
        return _("{count} shifts are withdrawn.").format(count=len(gone))

    return done(
        request, FromDayForm(request.POST, prefix="end"), do, back=reverse("roster"),
        show=lambda form: _pattern_page(request, pattern, end_form=form),
    )  # fmt: skip


def _pattern(request: ActorRequest, pattern_id: int) -> Pattern:
    _own(request)
    found = queries.visible_patterns(actor=request.actor).filter(pk=pattern_id).first()
    if found is None:
        raise NotFound
    return found


def _pattern_page(request: ActorRequest, pattern: Pattern, **forms: Form) -> HttpResponse:
    context: dict[str, Any] = {
        "pattern": pattern,
        "form": PatternChangeForm(initial={"weekdays": pattern.weekdays}),
        "end_form": FromDayForm(prefix="end", initial={"from_day": today(request)}),
        "crumbs": roster_crumbs((pattern.membership.person.name, "")),
    } | forms
    refused = any(form.errors for form in forms.values())
    return render(request, "crew/pattern_change.html", context, status=422 if refused else 200)


def _rhythm(given: dict[str, Any]) -> dict[str, Any]:
    return {name: given[name] for name in ("weekdays", "starts", "ends", "last", "by_calendar")}
