"""The engineer's day: what runs, what comes, what must still be recorded."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from pilotharbor.booking import commands, queries
from pilotharbor.booking.forms import ReasonForm
from pilotharbor.booking.models import Booking
from pilotharbor.booking.views.bookings import act, crumbs_to, seen, usage_form
from pilotharbor.kernel import clock, money
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.kernel.time import DAY, local_date, start_of
from pilotharbor.parties import rights
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.rights import Kind, Verb


@acting
@require_GET
def workbench(request: ActorRequest) -> HttpResponse:
    """What do I run today?"""
    rights.require(request.actor, Verb.WRITE, Kind.BOOKING)
    now = clock.now(request)
    today = start_of(local_date(now))
    due = list(queries.to_run(actor=request.actor, start=today, end=today + DAY)[:100])
    late = list(queries.overdue(actor=request.actor, start=today)[:100])
    ahead = queries.to_run(actor=request.actor, start=today + DAY, end=today + timedelta(days=8))
    context = {
        "now": now,
        "cards": [_card(b, now) for b in due],
        "late": [_card(b, now) | {"late": True} for b in late],
        "ahead": [b for b in ahead[:50] if b.status == Booking.Status.APPROVED],
        "crumbs": crumbs_to((_("Today at the line"), "")),
    }
    return render(request, "booking/workbench.html", context)


def _card(booking: Booking, now: datetime) -> dict[str, object]:
    form = usage_form(booking, now) if booking.status in queries.AHEAD else None
    if form is not None:
        form.auto_id = f"id_{booking.pk}_%s"
    return {"booking": booking, "form": form, "usage": getattr(booking, "usage", None)}


@acting
@require_POST
def booking_start(request: ActorRequest, booking_id: int) -> HttpResponse:
    """Begin an allotted slot."""
    try:
        commands.start(booking_id=booking_id, actor_id=request.actor.pk, at=clock.now(request))
    except NotFound:
        raise
    except DomainError as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, _("Started."))
    if request.POST.get("back") == "workbench":
        return redirect("workbench")
    return redirect("booking_detail", booking_id)


@acting
@require_POST
def booking_usage(request: ActorRequest, booking_id: int) -> HttpResponse:
    """Record what was used."""
    form = usage_form(seen(request, booking_id), clock.now(request), request.POST)

    def do(given: dict[str, Any]) -> str:
        del given
        usage = commands.record_usage(
            booking_id=booking_id, **form.used(), actor_id=request.actor.pk, at=clock.now(request)
        )
        return _("{hours} hours recorded, {amount} charged.").format(
            hours=usage.hours, amount=money.format_cny(usage.amount_fen)
        )

    return act(request, booking_id, "usage_form", form, do)


@acting
@require_POST
def booking_missed(request: ActorRequest, booking_id: int) -> HttpResponse:
    """Note that nobody came."""

    def do(given: dict[str, Any]) -> str:
        commands.note_no_show(
            booking_id=booking_id,
            reason=str(given["reason"]),
            actor_id=request.actor.pk,
            at=clock.now(request),
        )
        return _("Noted as a no-show; nothing is charged.")

    return act(request, booking_id, "missed_form", ReasonForm(request.POST, prefix="missed"), do)
