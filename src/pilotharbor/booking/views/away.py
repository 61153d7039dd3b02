"""An engineer is away: which slots lie in that time, and who runs them instead?"""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from pilotharbor.booking import commands, queries
from pilotharbor.booking.forms import TakeOverForm
from pilotharbor.booking.views.bookings import act, seen
from pilotharbor.crew import queries as crew
from pilotharbor.facilities import queries as facilities
from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.parties.auth import ActorRequest, acting

MOST = 50


@acting
@require_GET
def leave_bookings(request: ActorRequest, leave_id: int) -> HttpResponse:
    """Which slots does this engineer run in this leave? A part of the page of the leave."""
    leave = crew.visible_leave(actor=request.actor).filter(pk=leave_id).first()
    if leave is None:
        raise NotFound
    slots = queries.run_in(leave, actor=request.actor)[:MOST] if leave.status in leave.OPEN else ()
    rows = [
        {
            "booking": slot,
            "choices": queries.could_run(slot)
            if queries.may_review(request.actor, slot.line)
            else None,
        }
        for slot in slots
    ]
    return render(request, "booking/_leave_bookings.html", {"leave": leave, "rows": rows})


@acting
@require_POST
def booking_take_over(request: ActorRequest, booking_id: int) -> HttpResponse:
    """Let another engineer run a slot, from its own page or from that of a leave."""
    booking = seen(request, booking_id)
    form = TakeOverForm(
        request.POST, prefix="take", engineers=facilities.engineers_of(line_id=booking.line_id)
    )

    def do(given: dict[str, object]) -> str:
        commands.take_over(
            booking_id=booking_id,
            engineer_id=given["engineer_id"].pk,  # type: ignore[attr-defined]
            override_reason=str(given.get("override_reason", "")),
            actor_id=request.actor.pk,
            at=clock.now(request),
        )
        return _("Taken over; both engineers are told.")

    leave = request.POST.get("leave", "")
    if not leave.isdecimal():
        return act(request, booking_id, "take_form", form, do)
    try:
        if form.is_valid():
            messages.success(request, do(form.cleaned_data))
        else:
            messages.error(request, _("Choose an engineer"))
    except NotFound:
        raise
    except DomainError as exc:
        messages.error(request, str(exc))
    return redirect("leave_detail", int(leave))
