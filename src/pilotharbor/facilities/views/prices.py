"""What does a line cost, and what does work on it use up and ask for?"""

from datetime import date
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from pilotharbor.facilities import commands, examples, queries
from pilotharbor.facilities.forms import (
    ConsumableForm,
    RepriceForm,
    SafetyForm,
    TariffEndForm,
    TariffForm,
)
from pilotharbor.facilities.forms.hours import WEEKDAYS
from pilotharbor.facilities.models import Line, Tariff
from pilotharbor.facilities.views.shared import (
    carry_out,
    kept_line,
    of_line,
    price_on,
    visible_line,
)
from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.time import local_date
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.views.pages import act


def priced(tariff: Tariff | None, day: date) -> dict[str, Any]:
    """What a page says of a tariff: its terms, its peak in words, and prices of common wishes."""
    if tariff is None:
        return {"price": None, "examples": []}
    return {
        "price": tariff,
        "peak_days": [WEEKDAYS[n] for n in tariff.peak_weekdays],
        "examples": examples.of(queries.terms_of(tariff), day),
        "grouped": len({tariff.member_bp, tariff.sme_bp, tariff.outside_bp}) > 1,
    }


def _prices_page(request: ActorRequest, line: Line, **forms: Form) -> HttpResponse:
    today = local_date(clock.now(request))
    goods = line.consumables.filter(withdrawn_at=None).order_by("name")
    context: dict[str, Any] = (
        of_line(request, line, "prices")
        | priced(price_on(line, today), today)
        | {"tariffs": list(line.tariffs.all()), "goods": goods, "today": today}
    )
    if context["keeps"]:
        context |= {
            "tariff_form": TariffForm(prefix="tariff"),
            "tariff_end_form": TariffEndForm(prefix="end"),
            "goods_form": ConsumableForm(prefix="goods"),
            "reprice_form": RepriceForm(prefix="reprice"),
        } | forms
    refused = any(form.errors for form in forms.values())
    return render(request, "facilities/line_prices.html", context, status=422 if refused else 200)


@acting
@require_GET
def line_prices(request: ActorRequest, line_id: int) -> HttpResponse:
    """Prices of a line with examples, and what its consumables cost."""
    return _prices_page(request, visible_line(request.actor, line_id))


def _of_prices(request: ActorRequest, line_id: int, name: str, form: Form, do: Any) -> HttpResponse:
    return carry_out(
        request,
        form,
        do,
        to=reverse("line_prices", args=[line_id]),
        again=lambda: _prices_page(request, kept_line(request, line_id), **{name: form}),
    )


@acting
@require_POST
def tariff_new(request: ActorRequest, line_id: int) -> HttpResponse:
    """Say what the line costs."""

    def do(given: dict[str, Any]) -> str:
        commands.set_tariff(
            line_id=line_id, **given, actor_id=request.actor.pk, at=clock.now(request)
        )
        return _("The price is set.")

    form = TariffForm(request.POST, prefix="tariff")
    return _of_prices(request, line_id, "tariff_form", form, do)


@acting
@require_POST
def tariff_end(request: ActorRequest, line_id: int, tariff_id: int) -> HttpResponse:
    """Let a price end."""

    def do(given: dict[str, Any]) -> str:
        commands.end_tariff(
            tariff_id=tariff_id,
            valid_to=given["valid_to"],
            actor_id=request.actor.pk,
            at=clock.now(request),
        )
        return _("The price ends before that day. What was agreed under it stays.")

    form = TariffEndForm(request.POST, prefix="end")
    return _of_prices(request, line_id, "tariff_end_form", form, do)


@acting
@require_POST
def consumable_new(request: ActorRequest, line_id: int) -> HttpResponse:
    """Offer something a booking may use up."""

    def do(given: dict[str, Any]) -> str:
        commands.add_consumable(
            line_id=line_id, **given, actor_id=request.actor.pk, at=clock.now(request)
        )
        return _("The consumable is offered.")

    form = ConsumableForm(request.POST, prefix="goods")
    return _of_prices(request, line_id, "goods_form", form, do)


@acting
@require_POST
def consumable_reprice(request: ActorRequest, line_id: int, consumable_id: int) -> HttpResponse:
    """Give a consumable another price."""

    def do(given: dict[str, Any]) -> str:
        commands.reprice_consumable(
            consumable_id=consumable_id,
            unit_fen=given["unit_fen"],
            actor_id=request.actor.pk,
            at=clock.now(request),
        )
        return _("The new price is set. What was agreed before stays.")

    form = RepriceForm(request.POST, prefix="reprice")
    return _of_prices(request, line_id, "reprice_form", form, do)


@acting
@require_POST
def consumable_withdraw(request: ActorRequest, line_id: int, consumable_id: int) -> HttpResponse:
    """Offer a consumable no more."""
    line = kept_line(request, line_id)
    if not line.consumables.filter(pk=consumable_id, withdrawn_at=None).exists():
        raise NotFound
    return act(
        request,
        lambda: commands.withdraw_consumable(
            consumable_id=consumable_id, actor_id=request.actor.pk, at=clock.now(request)
        ),
        done=_("The consumable is offered no more."),
        to=reverse("line_prices", args=[line_id]),
    )


def _safety_page(request: ActorRequest, line: Line, **forms: Form) -> HttpResponse:
    context: dict[str, Any] = of_line(request, line, "safety") | {
        "items": line.safety_items.filter(withdrawn_at=None).order_by("position", "id"),
        "today": local_date(clock.now(request)),
    }
    if context["keeps"]:
        context |= {"safety_form": SafetyForm(prefix="safety")} | forms
    refused = any(form.errors for form in forms.values())
    return render(request, "facilities/line_safety.html", context, status=422 if refused else 200)


@acting
@require_GET
def line_safety(request: ActorRequest, line_id: int) -> HttpResponse:
    """What is to be acknowledged before work on a line begins."""
    return _safety_page(request, visible_line(request.actor, line_id))


@acting
@require_POST
def safety_new(request: ActorRequest, line_id: int) -> HttpResponse:
    """Put one more thing on the list."""

    def do(given: dict[str, Any]) -> str:
        commands.add_safety_item(
            line_id=line_id,
            fields=given,  # type: ignore[arg-type]  # the form has exactly these fields
            actor_id=request.actor.pk,
            at=clock.now(request),
        )
        return _("The item is on the list.")

    form = SafetyForm(request.POST, prefix="safety")
    return carry_out(
        request,
        form,
        do,
        to=reverse("line_safety", args=[line_id]),
        again=lambda: _safety_page(request, kept_line(request, line_id), safety_form=form),
    )


@acting
@require_POST
def safety_withdraw(request: ActorRequest, line_id: int, item_id: int) -> HttpResponse:
    """Take an item off the list."""
    line = kept_line(request, line_id)
    if not line.safety_items.filter(pk=item_id, withdrawn_at=None).exists():
        raise NotFound
    return act(
        request,
        lambda: commands.withdraw_safety_item(
            item_id=item_id, actor_id=request.actor.pk, at=clock.now(request)
        ),
        done=_("The item is off the list."),
        to=reverse("line_safety", args=[line_id]),
    )
