"""Prices that were given and are kept: all of them, and one to book by."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from pilotharbor.booking import queries
from pilotharbor.booking.models import Booking, Quote
from pilotharbor.booking.views.bookings import crumbs_to
from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import NotFound
from pilotharbor.parties import rights
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.rights import Kind, Verb


@acting
@require_GET
def quote_list(request: ActorRequest) -> HttpResponse:
    """Which prices are kept for us?"""
    rights.require(request.actor, Verb.READ, Kind.BOOKING)
    context = {
        "page": pages.page(
            queries.visible_quotes(actor=request.actor), by="-id", cursor=request.GET.get("cursor")
        ),
        "now": clock.now(request),
        "crumbs": crumbs_to((_("Quotes"), "")),
    }
    return render(request, "booking/quote_list.html", context)


@acting
@require_GET
def quote_detail(request: ActorRequest, quote_id: int) -> HttpResponse:
    """What would it cost, and until when does that price hold?"""
    quote = queries.visible_quotes(actor=request.actor).filter(pk=quote_id).first()
    if quote is None:
        raise NotFound
    asks = queries.bookable_projects(actor=request.actor).filter(pk=quote.project_id).exists()
    context: dict[str, Any] = {
        "quote": quote,
        "billing": Booking.Billing(quote.ask["billing"]).label,
        "holds": quote.valid_until_at > clock.now(request),
        "may_ask": asks and quote.line.is_open,
        "made": queries.visible_bookings(actor=request.actor).filter(quote=quote).order_by("id"),
        "crumbs": crumbs_to((_("Quotes"), reverse("quotes")), (quote.line.name, "")),
    }
    return render(request, "booking/quote_detail.html", context)


def proposed_from(quote: Quote) -> dict[str, Any]:
    """What a request by this quote starts from: its project, time, and what was priced."""
    ask = quote.ask
    return {
        "quote_id": quote.pk,
        "project_id": quote.project_id,
        "start": quote.period.lower,
        "end": quote.period.upper,
        "billing": ask["billing"],
        "batches": ask.get("batches"),
        "samples": ask.get("samples"),
        **{f"consumable_{row['id']}": row["quantity"] for row in ask.get("consumables", ())},
    }
