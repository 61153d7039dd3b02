"""Put a booking elsewhere with a form, where nobody can drag."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pilotharbor.booking import commands
from pilotharbor.booking import queries as booking
from pilotharbor.calendars import queries
from pilotharbor.calendars.forms import MoveForm
from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.kernel.fields import tell
from pilotharbor.parties.auth import ActorRequest, acting


@acting
@require_http_methods(["GET", "POST"])
def move(request: ActorRequest, booking_id: int) -> HttpResponse:
    """Where shall it lie instead? Every reason against it is told at its field."""
    found = booking.visible_bookings(actor=request.actor).filter(pk=booking_id).first()
    if found is None:
        raise NotFound
    lines = [
        (p.id, p.name)
        for p in queries.lines_of(actor=request.actor)
        if p.platform_id == found.line.platform_id
    ]
    overrules = booking.may_review(request.actor, found.line)
    initial = {"start": found.period.lower, "end": found.period.upper, "line_id": found.line_id}
    form = MoveForm(request.POST or None, initial=initial, lines=lines, overrules=overrules)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        other = given["line_id"] if given["line_id"] != found.line_id else None
        try:
            commands.move(
                booking_id=found.pk,
                start=given["start"],
                end=given["end"],
                line_id=other,
                override_reason=given.get("override_reason", ""),
                actor_id=request.actor.pk,
                at=clock.now(request),
            )
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, _("It has been moved."))
            return redirect("booking_detail", found.pk)
    context = {
        "form": form,
        "booking": found,
        "crumbs": [
            (_("Home"), "/"),
            (_("Calendar"), reverse("calendar")),
            (found.line.name, reverse("booking_detail", args=[found.pk])),
            (_("Move"), ""),
        ],
    }
    return render(request, "calendars/move_form.html", context, status=422 if form.errors else 200)
