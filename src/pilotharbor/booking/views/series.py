"""Slots that come again and again: all of them, one series, and what is done with it at once."""

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_POST

from pilotharbor.booking import commands, queries
from pilotharbor.booking.forms import ApprovalForm, EndSeriesForm, ReasonForm
from pilotharbor.booking.models import Booking, Series
from pilotharbor.booking.views.bookings import carried_out, crumbs_to
from pilotharbor.facilities import queries as facilities
from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.time import local_date
from pilotharbor.parties import rights
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.rights import Kind, Verb


@acting
@require_GET
def series_list(request: ActorRequest) -> HttpResponse:
    """Which slots come again and again?"""
    rights.require(request.actor, Verb.READ, Kind.BOOKING)
    rows = queries.visible_series(actor=request.actor)
    page = pages.page(rows, by="-id", cursor=request.GET.get("cursor"))
    context = {
        "page": page,
        "rows": [(series, rhythm_said(series)) for series in page.items],
        "crumbs": crumbs_to((pgettext("booking", "Series"), "")),
    }
    return render(request, "booking/series_list.html", context)


@acting
@require_GET
def series_detail(request: ActorRequest, series_id: int) -> HttpResponse:
    """One series, its slots, and what can be done with all of them."""
    return _page(request, series_id)


def rhythm_said(series: Series) -> str:
    """How a series comes again, in words."""
    if series.every == 1 and series.rule != Series.Rule.EVERY_N_DAYS:
        return str(series.get_rule_display())
    if series.rule == Series.Rule.WEEKLY:
        said = ngettext("Every {n} week", "Every {n} weeks", series.every)
    else:
        said = ngettext("Every {n} day", "Every {n} days", series.every)
    return said.format(n=series.every)


def _page(request: ActorRequest, series_id: int, **forms: Form) -> HttpResponse:
    actor, now = request.actor, clock.now(request)
    series = queries.visible_series(actor=actor).filter(pk=series_id).first()
    if series is None:
        raise NotFound
    slots = list(
        queries.visible_bookings(actor=actor).filter(series=series).order_by("period", "id")
    )
    reviews = queries.may_review(actor, series.line)
    waiting = [one for one in slots if one.status == Booking.Status.SUBMITTED]
    open_ones = [one for one in slots if one.status in {"submitted", "approved"}]
    fee = sum(queries.cancel_fee_fen(one, at=now) for one in open_ones)
    context: dict[str, Any] = {
        "series": series,
        "rhythm": rhythm_said(series),
        "slots": slots,
        "waiting": len(waiting),
        "agreed_fen": sum(one.price_fen or 0 for one in slots),
        "fee_fen": fee,
        "reviews": reviews,
        "crumbs": crumbs_to(
            (pgettext("booking", "Series"), reverse("series")), (series.line.name, "")
        ),
    }
    if reviews and waiting:
        context["approval_form"] = _approval(series)
        context["reject_form"] = ReasonForm(prefix="reject")
    if open_ones and all(queries.may_cancel(actor, one) for one in open_ones):
        context["end_form"] = EndSeriesForm(
            prefix="end", asks_fee=bool(fee and reviews), initial={"from_day": local_date(now)}
        )
    context |= forms
    refused = any(form.errors for form in forms.values())
    return render(request, "booking/series_detail.html", context, status=422 if refused else 200)


def _approval(series: Series, data: Any = None) -> ApprovalForm:
    return ApprovalForm(data, engineers=facilities.engineers_of(line_id=series.line_id))


def _act(
    request: ActorRequest, series_id: int, name: str, form: Form, do: Callable[[Any], str]
) -> HttpResponse:
    """Carry out one form of the page, or show the page again with its errors."""
    if carried_out(request, form, do):
        return redirect("booking_series_detail", series_id)
    return _page(request, series_id, **{name: form})


@acting
@require_POST
def series_approve(request: ActorRequest, series_id: int) -> HttpResponse:
    """Allot every slot of a series that waits, or none."""
    series = queries.visible_series(actor=request.actor).filter(pk=series_id).first()
    if series is None:
        raise NotFound

    def do(given: dict[str, Any]) -> str:
        engineer = given["engineer_id"]
        agreed = commands.approve_series(
            series_id=series_id, engineer_id=engineer.pk if engineer else None,
            override_reason=given["override_reason"], actor_id=request.actor.pk,
            at=clock.now(request),
        )  # fmt: skip
        if any(one.status == Booking.Status.SUBMITTED for one in agreed):
            return _("You have agreed; another reviewer has to.")
        said = ngettext("{n} slot is allotted.", "{n} slots are allotted.", len(agreed))
        return said.format(n=len(agreed))

    return _act(request, series_id, "approval_form", _approval(series, request.POST), do)


@acting
@require_POST
def series_reject(request: ActorRequest, series_id: int) -> HttpResponse:
    """Refuse every slot of a series that waits."""

    def do(given: dict[str, Any]) -> str:
        commands.reject_series(
            series_id=series_id, reason=given["reason"], actor_id=request.actor.pk,
            at=clock.now(request),
        )  # fmt: skip
        return _("The request is refused; who asked is told why.")

    form = ReasonForm(request.POST, prefix="reject")
    return _act(request, series_id, "reject_form", form, do)


@acting
@require_POST
def series_end(request: ActorRequest, series_id: int) -> HttpResponse:
    """Give a series up from a day on."""

    def do(given: dict[str, Any]) -> str:
        gone = commands.cancel_series(
            series_id=series_id, from_day=given["from_day"], reason=given["reason"],
            with_fee=given.get("with_fee", False), actor_id=request.actor.pk,
            at=clock.now(request),
        )  # fmt: skip
        said = ngettext(
            "{n} slot is given up; its time is free again.",
            "{n} slots are given up; their time is free again.",
            len(gone),
        )
        return said.format(n=len(gone))

    form = EndSeriesForm(request.POST, prefix="end", asks_fee=True)
    return _act(request, series_id, "end_form", form, do)
