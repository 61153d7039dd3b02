"""Writing down a result or a need: one question a step, saved at every step."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from django import forms as django_forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.parties import rights
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.forms import refused
from pilotharbor.parties.rights import Scope, Verb
from pilotharbor.technologies import commands, forms, queries
from pilotharbor.technologies.commands import Content, DemandContent, NotYourEntry
from pilotharbor.technologies.commands.rules import require_open, require_writer
from pilotharbor.technologies.models import Achievement
from pilotharbor.technologies.queries import Entry
from pilotharbor.technologies.views.market import MARKETS, Market


@dataclass(frozen=True, slots=True)
class Step:
    """One question of the wizard."""

    key: str
    name: str | Promise
    question: str | Promise
    form: type[django_forms.Form] | None


RIGHTS = Step("rights", _("Rights"), _("Which rights belong to it?"), None)
INVENTORS = Step("inventors", _("Inventors"), _("Who made it, in the order of contribution?"), None)
STEPS = {
    "achievement": (
        Step("words", _("What it is"), _("What have you found?"), forms.WordsForm),
        INVENTORS,
        Step("maturity", _("Maturity"), _("How far along is it?"), forms.MaturityForm),
        RIGHTS,
        Step(
            "offer",
            _("How it may be had"),
            _("How may it be had, and at what price?"),
            forms.OfferForm,
        ),
        Step("place", _("Where it belongs"), _("Where does it belong?"), forms.PlaceForm),
        Step("readers", _("Confidentiality"), _("Who may read what?"), forms.ReadersForm),
    ),
    "demand": (
        Step("words", _("What is needed"), _("What do you want solved?"), forms.WordsForm),
        Step("place", _("Budget"), _("What may it cost, and where?"), forms.BudgetForm),
        Step("readers", _("Confidentiality"), _("Who may read what?"), forms.ReadersForm),
    ),
}


@acting
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest, noun: str) -> HttpResponse:
    """The first question; answering it makes the draft."""
    market = MARKETS[noun]
    if Scope.OWN not in rights.require(request.actor, Verb.WRITE, market.kind):
        raise NotYourEntry
    return _ask(request, market, None, STEPS[noun][0])


@acting
@require_http_methods(["GET", "POST"])
def edit(request: ActorRequest, noun: str, pk: int, key: str) -> HttpResponse:
    """Any later question, and the first one again."""
    market = MARKETS[noun]
    step = next((step for step in STEPS[noun] if step.key == key), None)
    if step is None:
        raise NotFound
    entry = market.one(pk, request.actor, clock.now(request))
    require_writer(entry, request.actor)
    require_open(entry, request.actor)
    return _ask(request, market, entry, step)


def _ask(request: ActorRequest, market: Market, entry: Entry | None, step: Step) -> HttpResponse:
    steps = STEPS[market.noun]
    at = steps.index(step)
    form = _form(request, entry, step)
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(request, market, entry, _answers(step, form))
        except DomainError as exc:
            _refuse(step, form, exc)
        else:
            return redirect(_next(request, market, saved, at))
    readable = entry is None or _reads_detail(request, entry)
    context = {
        "noun": market.noun,
        "entry": entry,
        "step": step,
        "form": form,
        "is_rights": step is RIGHTS,
        "is_inventors": step is INVENTORS,
        "readable": readable,
        "number": at + 1,
        "names": [s.name for s in steps],
        "urls": [_url(market, entry.pk, s) for s in steps] if entry else [],
        "before": _url(market, entry.pk, steps[at - 1]) if entry and at else "",
        "last": at == len(steps) - 1,
        "divisions": forms.divisions(),
        "crumbs": [
            (market.name, f"/{market.noun}s"),
            *([(entry.title, market.url(entry.pk))] if entry else []),
            (step.name, ""),
        ],
    }
    bad = form.is_bound and not form.is_valid()
    return render(request, "technologies/wizard.html", context, status=422 if bad else 200)


def _form(request: ActorRequest, entry: Entry | None, step: Step) -> Any:
    data = request.POST if request.method == "POST" else None
    if step is INVENTORS:
        named = forms.inventors_of(entry) if isinstance(entry, Achievement) else []
        members = queries.possible_inventors(entry)
        return forms.InventorFormSet(
            data, initial=named, prefix="inventor", form_kwargs={"members": members}
        )
    if step.form is None:
        rows = forms.rights_of(entry) if isinstance(entry, Achievement) else []
        return forms.RightFormSet(data, initial=rows, prefix="ip")
    initial = forms.initial_of(entry)
    if entry is not None and not _reads_detail(request, entry):
        initial.pop("detail")
    form = step.form(data, initial=initial)
    if "detail" not in initial and entry is not None:
        # Whoever may not read the detail must not overwrite it either.
        form.fields.pop("detail", None)
    return form


def _reads_detail(request: ActorRequest, entry: Entry) -> bool:
    reading = queries.reading(entry=entry, actor=request.actor, at=clock.now(request))
    return reading.detail and not reading.by_glass


def _answers(step: Step, form: Any) -> Mapping[str, Any]:
    if step is RIGHTS:
        return {"ip": forms.given_rights(form)}
    if step is INVENTORS:
        return {"inventor_ids": forms.given_inventors(form)}
    return dict(form.cleaned_data)


def _save(
    request: ActorRequest, market: Market, entry: Entry | None, said: Mapping[str, Any]
) -> Entry:
    who: dict[str, Any] = {"actor_id": request.actor.pk, "at": clock.now(request)}
    if market.noun == "demand":
        need = cast("DemandContent", said)
        if entry is None:
            return commands.post(content=need, **who)
        return commands.revise_demand(demand_id=entry.pk, content=need, **who)
    rows = {k: v for k, v in said.items() if k in {"ip", "inventor_ids"}}
    content = cast("Content", {k: v for k, v in said.items() if k not in rows})
    if entry is None:
        return commands.disclose(content=content, **who)
    return commands.revise(achievement_id=entry.pk, content=content, **rows, **who)


def _refuse(step: Step, form: Any, error: DomainError) -> None:
    if step.form is not None:
        refused(form, error)
        return
    texts = list(error.problems.values()) or [str(error)]
    form._non_form_errors = form.error_class(texts)  # noqa: SLF001 - Django offers no other way


def _next(request: ActorRequest, market: Market, saved: Entry, at: int) -> str:
    steps = STEPS[market.noun]
    if "save" in request.POST or at == len(steps) - 1:
        return market.url(saved.pk)
    return _url(market, saved.pk, steps[at + 1])


def _url(market: Market, pk: int, step: Step) -> str:
    return reverse(f"{market.noun}_edit", args=[pk, step.key])
