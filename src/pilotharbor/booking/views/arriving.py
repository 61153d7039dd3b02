"""Whoever comes holds up a code: which slot is it, and who may check in?"""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from pilotharbor.booking import commands, queries, tickets
from pilotharbor.booking.models import Booking
from pilotharbor.booking.views.bookings import crumbs_to
from pilotharbor.facilities import queries as facilities
from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.kernel.time import local_date, start_of
from pilotharbor.parties.auth import ActorRequest, acting


@acting
@require_GET
def slot_code(request: ActorRequest, ticket: str) -> HttpResponse:
    """Which slot does this code stand for, and may I check in?"""
    booking_id = tickets.booking_of(ticket)
    booking = _seen(request, booking_id)
    return _page(request, [booking], title=booking.line.name)


@acting
@require_GET
def line_code(request: ActorRequest, ticket: str) -> HttpResponse:
    """Which slots are there today on the line at which this code hangs?"""
    line_id = tickets.line_of(ticket)
    line = facilities.visible_lines(actor=request.actor).filter(pk=line_id or 0).first()
    if line is None:
        raise NotFound
    today = start_of(local_date(clock.now(request)))
    rows = queries.visible_bookings(actor=request.actor).filter(
        line=line,
        status__in=queries.AHEAD,
        period__startswith__lt=today + timedelta(days=1),
        period__endswith__gt=today,
    )
    return _page(request, list(rows.order_by("period", "id")[:20]), title=line.name)


def _seen(request: ActorRequest, booking_id: int | None) -> Booking:
    found = queries.visible_bookings(actor=request.actor).filter(pk=booking_id or 0).first()
    if found is None:
        raise NotFound
    return found


def _page(request: ActorRequest, slots: list[Booking], *, title: str) -> HttpResponse:
    rows = [
        {
            "booking": booking,
            "may": queries.may_check_in(request.actor, booking)
            and booking.status in queries.AHEAD
            and booking.checked_in_at is None,
            "user": booking.used_by or booking.requested_by,
        }
        for booking in slots
    ]
    context = {"title": title, "rows": rows, "crumbs": crumbs_to((_("Check in"), ""))}
    return render(request, "booking/check_in.html", context)


@acting
@require_POST
def booking_check_in(request: ActorRequest, booking_id: int) -> HttpResponse:
    """Say that whoever comes is here."""
    try:
        commands.check_in(booking_id=booking_id, actor_id=request.actor.pk, at=clock.now(request))
    except NotFound:
        raise
    except DomainError as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, _("Checked in."))
    return redirect(reverse("booking_detail", args=[booking_id]))
