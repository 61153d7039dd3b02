"""Where is room, and who waits for it?"""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from pilotharbor.booking import commands, queries
from pilotharbor.booking.forms import FreeForm
from pilotharbor.booking.models import Waiting
from pilotharbor.booking.views.bookings import crumbs_to
from pilotharbor.facilities import queries as facilities
from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.kernel.time import local_date, start_of
from pilotharbor.parties import rights
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.rights import Kind, Verb

MOST = 50


@acting
@require_GET
def free_search(request: ActorRequest) -> HttpResponse:
    """Where is room for us?"""
    rights.require(request.actor, Verb.READ, Kind.BOOKING)
    now = clock.now(request)
    lines = (
        facilities.visible_lines(actor=request.actor).filter(is_open=True).order_by("name", "id")
    )
    asked = "hours" in request.GET
    form = FreeForm(request.GET if asked else None, lines=lines, initial={"day": local_date(now)})
    context: dict[str, Any] = {
        "form": form,
        "asked": asked,
        "may_ask": rights.acts_as(request.actor, *queries.REQUESTERS),
        "crumbs": crumbs_to((_("What is free?"), "")),
    }
    if asked and form.is_valid():
        given = form.cleaned_data
        start = start_of(given["day"])
        chosen = [line.pk for line in given["lines"]]
        wanted: dict[str, Any] = {
            "line_ids": chosen or queries.lines_wanted(actor=request.actor),
            "start": start,
            "end": start + timedelta(days=given["days"]),
            "duration": timedelta(hours=float(given["hours"])),
            "actor": request.actor,
            "at": now,
            "limit": MOST,
        }
        if given["together"] and len(chosen) > 1:
            context["together"] = queries.free_together(**wanted)
        else:
            context["slots"] = queries.free_slots(**wanted)
    return render(request, "booking/free_search.html", context)


@acting
@require_GET
def waiting_list(request: ActorRequest) -> HttpResponse:
    """Who waits for which line, and what is offered to us?"""
    rights.require(request.actor, Verb.READ, Kind.BOOKING)
    rows = queries.visible_waiting(actor=request.actor).order_by("-id")[:MOST]
    context = {
        "rows": [_row(request, waiting) for waiting in rows],
        "crumbs": crumbs_to((_("Waiting list"), "")),
    }
    return render(request, "booking/waiting_list.html", context)


def _row(request: ActorRequest, waiting: Waiting) -> dict[str, Any]:
    waits = waiting.status == Waiting.Status.WAITING
    return {
        "waiting": waiting,
        "windows": [
            (datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in waiting.windows
        ],
        "hours": f"{waiting.duration_s / 3600:.1f}".removesuffix(".0"),
        "before": queries.before_in_line(waiting) if waits else None,
        "offer": waiting.offers.order_by("-id").first(),
        "answers": queries.may_answer(request.actor, waiting),
    }


@acting
@require_POST
def waiting_answer(request: ActorRequest, waiting_id: int, answer: str) -> HttpResponse:
    """Take an offer, leave it to the next, or leave the queue."""
    act, done = {
        "accept": (commands.accept_offer, _("It is yours to be decided on; the time is kept.")),
        "decline": (commands.decline_offer, _("The offer goes to the next.")),
        "withdraw": (commands.withdraw, _("You wait no longer.")),
    }.get(answer, (None, ""))
    if act is None:
        raise NotFound
    try:
        act(waiting_id=waiting_id, actor_id=request.actor.pk, at=clock.now(request))
    except NotFound:
        raise
    except DomainError as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, str(done))
    return redirect(reverse("waiting_list"))
