"""Bookings: mine, those to decide on, one with all that can be done about it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from pilotharbor.booking import commands, queries
from pilotharbor.booking.forms import ApprovalForm, ReasonForm, UsageForm
from pilotharbor.booking.models import Booking
from pilotharbor.facilities import queries as facilities
from pilotharbor.kernel import clock, money, pages
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.kernel.fields import tell
from pilotharbor.kernel.ids import id_in
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
    return _page(request, _seen(request, booking_id))


def _seen(request: ActorRequest, booking_id: int) -> Booking:
    found = queries.visible_bookings(actor=request.actor).filter(pk=booking_id).first()
    if found is None:
        raise NotFound
    return found


def approval_form(request: ActorRequest, booking: Booking, data: Any = None) -> ApprovalForm:
    """The form of an approval, asking for a reason only where one is needed."""
    late = booking.retrospective or booking.period.lower < clock.now(request)
    engineers = facilities.engineers_of(line_id=booking.line_id)
    first = engineers.first() if booking.wants_engineer else None
    return ApprovalForm(data, engineers=engineers, late=late, initial={"engineer_id": first})


def _page(request: ActorRequest, booking: Booking, **forms: Form) -> HttpResponse:
    actor, status = request.actor, booking.status
    review = queries.may_review(actor, booking.line) and status == Booking.Status.SUBMITTED
    run = status in queries.AHEAD and queries.may_run(actor, booking.line)
    give_up = status in {"submitted", "approved"} and queries.may_cancel(actor, booking)
    context: dict[str, Any] = {
        "booking": booking,
        "usage": getattr(booking, "usage", None),
        "may_review": review,
        "may_run": run,
        "may_cancel": give_up,
        "over": booking.period.upper <= clock.now(request),
        "crumbs": crumbs_to((booking.line.name, "")),
    }
    if review:
        context["approval_form"] = approval_form(request, booking)
        context["reject_form"] = ReasonForm(prefix="reject")
        context["expected_fen"] = queries.expected_fen(booking)
    if give_up:
        context["cancel_form"] = ReasonForm(prefix="cancel")
    if run:
        context["usage_form"] = usage_form(booking)
        context["missed_form"] = ReasonForm(prefix="missed")
    context |= forms
    refused = any(form.errors for form in forms.values())
    return render(request, "booking/booking_detail.html", context, status=422 if refused else 200)


def usage_form(booking: Booking) -> UsageForm:
    """The form of a usage, proposing the slot itself."""
    began = booking.started_at or booking.period.lower
    return UsageForm(initial={"start": began, "end": booking.period.upper})


def act(
    request: ActorRequest, booking_id: int, name: str, form: Form, do: Callable[[Any], str]
) -> HttpResponse:
    """Carry out one form of a booking's page, or show the page again with its errors."""
    if form.is_valid():
        try:
            done = do(form.cleaned_data)
        except NotFound:
            raise
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, done)
            at_bench = request.POST.get("back") == "workbench"
            return redirect("workbench" if at_bench else _to(booking_id))
    return _page(request, _seen(request, booking_id), **{name: form})


def _to(booking_id: int) -> str:
    return reverse("booking_detail", args=[booking_id])


@acting
@require_POST
def booking_approve(request: ActorRequest, booking_id: int) -> HttpResponse:
    """Allot the slot."""
    form = approval_form(request, _seen(request, booking_id), request.POST)

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
            actor_id=request.actor.pk,
            at=clock.now(request),
        )
        return _("Cancelled. The time is free again.")

    return act(request, booking_id, "cancel_form", ReasonForm(request.POST, prefix="cancel"), do)
