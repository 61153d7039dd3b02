"""A line is asked for, with its price and every reason against it while one writes."""

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pilotharbor.booking import commands, queries
from pilotharbor.booking.commands.errors import TimeMissing
from pilotharbor.booking.forms import RequestForm
from pilotharbor.booking.views.bookings import crumbs_to
from pilotharbor.booking.views.quotes import proposed_from
from pilotharbor.facilities import queries as facilities
from pilotharbor.facilities.models import Line
from pilotharbor.facilities.queries import LinePlan
from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.kernel.fields import tell
from pilotharbor.kernel.ids import id_in
from pilotharbor.kernel.time import DAY, SHANGHAI, BadDate, parse_date
from pilotharbor.parties import rights
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.rights import Kind, Verb

# Working hours proposed to who picks a day.
OPENS, CLOSES = time(8), time(18)
# How far room is looked for when what was asked for cannot be had.
AHEAD = timedelta(days=28)
PROPOSALS = 3


@acting
@require_http_methods(["GET", "POST"])
def line_request(request: ActorRequest, line_id: int) -> HttpResponse:
    """May we have this line, and when?"""
    plan = _plan(request, line_id)
    form = _form(request, plan)
    if request.method == "POST" and form.is_valid():
        try:
            return _send(request, plan.line, form)
        except NotFound:
            raise
        except DomainError as exc:
            tell(form, exc)
    context = {
        "line": plan.line,
        "plan": plan,
        "form": form,
        "tariff": plan.tariff,
        "crumbs": crumbs_to(
            (plan.line.name, reverse("line_detail", args=[line_id])), (_("Request"), "")
        ),
    }
    refused = request.method == "POST"
    return render(request, "booking/line_request.html", context, status=422 if refused else 200)


def _send(request: ActorRequest, line: Line, form: RequestForm) -> HttpResponse:
    given, now = form.cleaned_data, clock.now(request)
    common: dict[str, Any] = {
        "line_id": line.pk, "project_id": given["project_id"].pk,
        "actor_id": request.actor.pk, "at": now,
    }  # fmt: skip
    when = form.when()
    if request.POST.get("act") == "wait":
        commands.wait(**common, **_waits(when), ask=form.ask())
        messages.success(request, _("You are on the waiting list. You will be told of an offer."))
        return redirect("waiting_list")
    if request.POST.get("act") == "quote":
        quote = commands.quote(**common | _exact(when), ask=form.ask())
        messages.success(request, _("This price is kept for you."))
        return redirect("quote_detail", quote.pk)
    reason = given.get("override_reason", "")
    if form.repeats() and when.get("start") and when.get("end"):
        made = commands.request_series(
            **common, **when, rhythm=form.rhythm(), ask=form.ask(), override_reason=reason
        )
        messages.success(request, _("Your request is with the platform. You will be told."))
        return redirect("booking_series_detail", made.pk)
    ask = form.ask()
    booking = commands.request(
        **common, **when, retrospective=given["retrospective"], override_reason=reason,
        billing=ask.billing, batch_no=ask.batch_no, material=ask.material, hazard=ask.hazard,
        wants_engineer=ask.wants_engineer, batches=ask.batches, samples=ask.samples,
        consumables=ask.consumables, batch_kg=ask.batch_kg, acknowledged=ask.acknowledged,
        quote_id=ask.quote_id,
    )  # fmt: skip
    messages.success(request, _("Your request is with the platform. You will be told."))
    return redirect("booking_detail", booking.pk)


def _exact(when: dict[str, Any]) -> dict[str, datetime]:
    """The exact time a price is asked for.

    Raises: TimeMissing.
    """
    start, end = when.get("start"), when.get("end")
    if start is None or end is None:
        raise TimeMissing(problems={"start": str(TimeMissing())})
    return {"start": start, "end": end}


def _waits(when: dict[str, Any]) -> dict[str, Any]:
    """What one waits for: the windows, or the very time that is taken."""
    if "windows" in when:
        return when
    start, end = when["start"], when["end"]
    if start is None or end is None:
        return {"windows": [], "duration_s": 0}
    return {"windows": [(start, end)], "duration_s": int((end - start).total_seconds())}


@acting
@require_POST
def line_request_check(request: ActorRequest, line_id: int) -> HttpResponse:
    """What would it cost, and what stands against it? Asked while one writes."""
    plan = _plan(request, line_id)
    form = _form(request, plan)
    context: dict[str, Any] = {"line": plan.line}
    sound = form.is_valid()
    if not form.has_time():
        # Nobody is told off before they have begun.
        return render(request, "booking/_assessment.html", context)
    if not sound:
        context["wrong"] = [(form[name].label, said) for name, said in form.errors.items()]
        return render(request, "booking/_assessment.html", context)
    when, now = form.when(), clock.now(request)
    found = commands.assess(
        line_id=line_id, project_id=form.cleaned_data["project_id"].pk, ask=form.ask(),
        retrospective=form.cleaned_data["retrospective"], actor_id=request.actor.pk, at=now, **when,
    )  # fmt: skip
    context |= {"found": found, "proposals": _proposals(request, plan, when, found, now)}
    context["lines"] = queries.kept(found.priced.lines) if found.priced else []
    context["may_wait"] = any(
        reason["code"] in {"booking.slot_taken", "booking.nothing_free"} for reason in found.reasons
    )
    return render(request, "booking/_assessment.html", context)


def _proposals(
    request: ActorRequest,
    plan: LinePlan,
    when: dict[str, Any],
    found: commands.Assessment,
    now: datetime,
) -> list[queries.FreeSlot]:
    """The next free times, where the one asked for cannot be had."""
    start, end = when.get("start"), when.get("end")
    if not found.reasons or start is None or end is None or end <= start:
        return []
    return queries.free_slots(
        line_ids=[plan.line.pk], start=max(start, now), end=max(start, now) + AHEAD,
        duration=end - start, actor=request.actor, at=now, limit=PROPOSALS,
    )  # fmt: skip


def _plan(request: ActorRequest, line_id: int) -> LinePlan:
    rights.require(request.actor, Verb.WRITE, Kind.BOOKING)
    if not rights.acts_as(request.actor, *queries.REQUESTERS):
        raise NotFound
    now = clock.now(request)
    return facilities.plan_of(line_id=line_id, start=now, end=now + DAY, actor=request.actor)


def _form(request: ActorRequest, plan: LinePlan) -> RequestForm:
    mine = queries.bookable_projects(actor=request.actor)
    kept: dict[str, Any] = {
        "projects": mine,
        "plan": plan,
        "overrides": queries.may_review(request.actor, plan.line),
        "quotes": queries.visible_quotes(actor=request.actor).filter(
            line=plan.line, project__in=mine, valid_until_at__gt=clock.now(request)
        ),
    }
    if request.method == "POST":
        return RequestForm(request.POST, **kept)
    initial: dict[str, Any] = {}
    if (wanted := id_in(request.GET.get("quote", ""))) is not None:
        quote = kept["quotes"].filter(pk=wanted).first()
        initial |= proposed_from(quote) if quote else {}
    initial |= {
        name: at for name in ("start", "end") if (at := _instant(request.GET.get(name, "")))
    }
    if request.GET.get("project"):
        initial["project_id"] = request.GET["project"]
    if (day := _day(request.GET.get("day", ""))) is not None:
        initial |= {
            "start": datetime.combine(day, OPENS, SHANGHAI),
            "end": datetime.combine(day, CLOSES, SHANGHAI),
        }
    return RequestForm(**kept, initial=initial)


def _instant(text: str) -> datetime | None:
    # A plus sign that was not quoted arrives as a blank.
    try:
        at = datetime.fromisoformat(text.replace(" ", "+")) if text else None
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None else None


def _day(text: str) -> Any:
    try:
        return parse_date(text) if text else None
    except BadDate:
        return None
