"""Bookings: mine, those to decide on, one with all that can be done about it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from pilotharbor.booking import commands, pictures, queries, tickets
from pilotharbor.booking.forms import (
    ApprovalForm,
    CancelForm,
    HandOverForm,
    MoveForm,
    ReasonForm,
    TakeOverForm,
    UsageForm,
)
from pilotharbor.booking.models import Booking
from pilotharbor.crew import queries as crew
from pilotharbor.facilities import queries as facilities
from pilotharbor.kernel import clock, money, pages
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.kernel.fields import tell
from pilotharbor.kernel.ids import id_in
from pilotharbor.parties import queries as people
from pilotharbor.parties import rights
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.rights import Kind, Verb

type Crumbs = list[tuple[str, str]]


def crumbs_to(*further: tuple[str, str]) -> Crumbs:
    """Where one is, below the list of bookings."""
    return [(_("Home"), "/"), (_("Bookings"), reverse("bookings")), *further]


@acting
@require_GET
def booking_list(request: ActorRequest) -> HttpResponse:
    """Which equipment have we asked for, and what became of it?"""
    actor, status = request.actor, request.GET.get("status", "")
    rows = queries.visible_bookings(actor=actor)
    if status in Booking.Status.values:
        rows = rows.filter(status=status)
    for name in ("line", "project"):
        if (wanted := id_in(request.GET.get(name, ""))) is not None:
            rows = rows.filter(**{f"{name}_id": wanted})
    context = {
        "page": pages.page(rows, by="-id", cursor=request.GET.get("cursor")),
        "status": status,
        "statuses": Booking.Status.choices,
        "waiting": queries.review_queue(actor=actor).count(),
        "reviews": rights.may(actor, Verb.APPROVE, Kind.BOOKING),
        "runs": _runs(request),
        "crumbs": [(_("Home"), "/"), (_("Bookings"), "")],
    }
    return render(request, "booking/booking_list.html", context)


def _runs(request: ActorRequest) -> bool:
    return facilities.keeps_equipment(
        request.actor, platform_id=request.actor.organisation_id
    ) and rights.may(request.actor, Verb.WRITE, Kind.BOOKING)


@acting
@require_GET
def booking_queue(request: ActorRequest) -> HttpResponse:
    """What waits for our decision?"""
    rights.require(request.actor, Verb.APPROVE, Kind.BOOKING)
    rows = list(queries.review_queue(actor=request.actor)[:100])
    context = {"rows": rows, "crumbs": crumbs_to((_("To decide"), ""))}
    return render(request, "booking/booking_queue.html", context)


@acting
@require_GET
def booking_detail(request: ActorRequest, booking_id: int) -> HttpResponse:
    """One booking and what can be done about it now."""
    return _page(request, seen(request, booking_id))


def seen(request: ActorRequest, booking_id: int) -> Booking:
    """A booking as the actor may see it.

    Raises: NotFound.
    """
    found = queries.visible_bookings(actor=request.actor).filter(pk=booking_id).first()
    if found is None:
        raise NotFound
    return found


def approval_form(booking: Booking, data: Any = None) -> ApprovalForm:
    """The form of an approval; an engineer on duty then is proposed."""
    engineers = facilities.engineers_of(line_id=booking.line_id)
    free = crew.free_engineers(
        line_id=booking.line_id, start=booking.period.lower, end=booking.period.upper
    )
    first = free.first() if booking.wants_engineer else None
    return ApprovalForm(data, engineers=engineers, initial={"engineer_id": first})


def _page(request: ActorRequest, booking: Booking, **forms: Form) -> HttpResponse:
    actor, status, now = request.actor, booking.status, clock.now(request)
    reviews = queries.may_review(actor, booking.line)
    review = reviews and status == Booking.Status.SUBMITTED
    run = status in queries.AHEAD and queries.may_run(actor, booking.line)
    give_up = status in {"submitted", "approved"} and queries.may_cancel(actor, booking)
    context: dict[str, Any] = {
        "booking": booking,
        "usage": getattr(booking, "usage", None),
        "charges": booking.charges.order_by("id"),
        "windows": [
            (datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in booking.windows
        ],
        "reviews": reviews,
        "may_review": review,
        "may_run": run,
        "may_cancel": give_up,
        "over": booking.period.upper <= now,
        "crumbs": crumbs_to((booking.line.name, "")),
    }
    if review:
        context |= _for_review(request, booking)
    if give_up:
        fee = queries.cancel_fee_fen(booking, at=now)
        context["cancel_form"] = CancelForm(prefix="cancel", asks_fee=bool(fee and reviews))
        context["cancel_fee_fen"] = fee
    if queries.may_move(actor, booking):
        context["move_form"] = move_form(request, booking)
        if status != Booking.Status.IN_USE:
            context["hand_form"] = hand_form(request, booking)
    if reviews and status in queries.AHEAD:
        context["take_form"] = TakeOverForm(prefix="take", engineers=queries.could_run(booking))
    if run:
        context["usage_form"] = usage_form(booking, now)
        context["missed_form"] = ReasonForm(prefix="missed")
    context |= _arrival(request, booking)
    context |= forms
    refused = any(form.errors for form in forms.values())
    return render(request, "booking/booking_detail.html", context, status=422 if refused else 200)


def _for_review(request: ActorRequest, booking: Booking) -> dict[str, Any]:
    """What a reviewer has to know: what stands against it now, its price, who agreed."""
    agreed = booking.reviews.filter(round=booking.review_round, decision="approve")
    return {
        "approval_form": approval_form(booking),
        "reject_form": ReasonForm(prefix="reject"),
        "expected_fen": queries.expected_fen(booking),
        "reasons": commands.standing_against(booking, at=clock.now(request)),
        "agreed": agreed.count(),
    }


def _arrival(request: ActorRequest, booking: Booking) -> dict[str, Any]:
    """Checking in, and where to go when the line is shut."""
    ahead = booking.status in queries.AHEAD and booking.checked_in_at is None
    found: dict[str, Any] = {
        "may_check_in": ahead and queries.may_check_in(request.actor, booking),
    }
    if booking.status == Booking.Status.APPROVED:
        address = reverse("slot_code", args=[tickets.ticket_of(booking)])
        found["picture"] = pictures.qr(request.build_absolute_uri(address))
    if booking.hit_by is not None:
        start = max(booking.period.lower, clock.now(request))
        found["proposals"] = queries.free_slots(
            line_ids=[booking.line_id], start=start, end=start + timedelta(days=28),
            duration=booking.period.upper - booking.period.lower, actor=request.actor,
            at=clock.now(request), limit=3,
        )  # fmt: skip
    return found


def move_form(request: ActorRequest, booking: Booking, data: Any = None) -> MoveForm:
    """The form of a move, from where it is."""
    initial = {"start": booking.period.lower, "end": booking.period.upper}
    overrides = queries.may_review(request.actor, booking.line)
    return MoveForm(data, prefix="move", initial=initial, overrides=overrides)


def hand_form(request: ActorRequest, booking: Booking, data: Any = None) -> HandOverForm:
    """The form of a hand-over: to people of one's own, or to a project one may book for."""
    own = people.people_of(organisation_id=request.actor.organisation_id).select_related(
        "person", "organisation"
    )
    mine = queries.bookable_projects(actor=request.actor).exclude(pk=booking.project_id)
    return HandOverForm(data, prefix="hand", people=own, projects=mine)


def usage_form(booking: Booking, now: datetime, data: Any = None) -> UsageForm:
    """The form of a usage, proposing the slot itself, as far as it is over, and what was agreed."""
    began, ended = booking.started_at or booking.period.lower, booking.period.upper
    if began < now:
        ended = min(ended, now)
    # What the machines themselves told goes before what was planned.
    if (run := queries.proposed_usage(booking)) is not None:
        began, ended = run.start, run.end
    agreed = {f"consumable_{row['id']}": row["quantity"] for row in booking.consumables}
    initial = {
        "start": began, "end": ended, "batches": booking.batches, "samples": booking.samples,
    }  # fmt: skip
    return UsageForm(data, booking=booking, initial=initial | agreed)


def act(
    request: ActorRequest, booking_id: int, name: str, form: Form, do: Callable[[Any], str]
) -> HttpResponse:
    """Carry out one form of a booking's page, or show the page again with its errors."""
    if carried_out(request, form, do):
        at_bench = request.POST.get("back") == "workbench"
        return redirect("workbench" if at_bench else _to(booking_id))
    return _page(request, seen(request, booking_id), **{name: form})


def carried_out(request: ActorRequest, form: Form, do: Callable[[Any], str]) -> bool:
    """Do what a form asks for and say so; what refuses it is told on the form.

    Raises: NotFound.
    """
    if not form.is_valid():
        return False
    try:
        done = do(form.cleaned_data)
    except NotFound:
        raise
    except DomainError as exc:
        tell(form, exc)
        return False
    messages.success(request, done)
    return True


def _to(booking_id: int) -> str:
    return reverse("booking_detail", args=[booking_id])


@acting
@require_POST
def booking_approve(request: ActorRequest, booking_id: int) -> HttpResponse:
    """Allot the slot."""
    form = approval_form(seen(request, booking_id), request.POST)

    def do(given: dict[str, Any]) -> str:
        engineer = given["engineer_id"]
        booking = commands.approve(
            booking_id=booking_id,
            engineer_id=engineer.pk if engineer else None,
            override_reason=given.get("override_reason", ""),
            actor_id=request.actor.pk,
            at=clock.now(request),
        )
        price = money.format_cny(booking.price_fen or 0)
        if booking.status == Booking.Status.SUBMITTED:
            return _("You have agreed; another reviewer has to.")
        return _("The slot is allotted for {price}.").format(price=price)

    return act(request, booking_id, "approval_form", form, do)


@acting
@require_POST
def booking_reject(request: ActorRequest, booking_id: int) -> HttpResponse:
    """Refuse a request."""

    def do(given: dict[str, Any]) -> str:
        commands.reject(
            booking_id=booking_id,
            reason=given["reason"],
            actor_id=request.actor.pk,
            at=clock.now(request),
        )
        return _("The request is refused; who asked is told why.")

    return act(request, booking_id, "reject_form", ReasonForm(request.POST, prefix="reject"), do)


@acting
@require_POST
def booking_cancel(request: ActorRequest, booking_id: int) -> HttpResponse:
    """Give a request or a slot up."""

    def do(given: dict[str, Any]) -> str:
        commands.cancel(
            booking_id=booking_id,
            reason=given["reason"],
            with_fee=given.get("with_fee", False),
            actor_id=request.actor.pk,
            at=clock.now(request),
        )
        return _("Cancelled. The time is free again.")

    form = CancelForm(request.POST, prefix="cancel", asks_fee=True)
    return act(request, booking_id, "cancel_form", form, do)


@acting
@require_POST
def booking_move(request: ActorRequest, booking_id: int) -> HttpResponse:
    """Put a booking at another time."""
    form = move_form(request, seen(request, booking_id), request.POST)

    def do(given: dict[str, Any]) -> str:
        moved = commands.move(
            booking_id=booking_id,
            start=given["start"],
            end=given["end"],
            override_reason=given.get("override_reason", ""),
            actor_id=request.actor.pk,
            at=clock.now(request),
        )
        if moved.status == Booking.Status.SUBMITTED:
            return _("Moved. The platform decides on the new time.")
        return _("Moved.")

    return act(request, booking_id, "move_form", form, do)


@acting
@require_POST
def booking_hand_over(request: ActorRequest, booking_id: int) -> HttpResponse:
    """Hand a booking over."""
    form = hand_form(request, seen(request, booking_id), request.POST)

    def do(given: dict[str, Any]) -> str:
        user, project = given["used_by_id"], given["project_id"]
        commands.hand_over(
            booking_id=booking_id,
            used_by_id=user.pk if user else None,
            project_id=project.pk if project else None,
            actor_id=request.actor.pk,
            at=clock.now(request),
        )
        return _("Handed over.")

    return act(request, booking_id, "hand_form", form, do)
