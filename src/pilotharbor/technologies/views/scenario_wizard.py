"""Writing down a scenario: one question a step, saved at every step."""

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
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.forms import refused
from pilotharbor.technologies import forms as market_forms
from pilotharbor.technologies.commands import NotYourEntry, scenarios
from pilotharbor.technologies.models import Scenario
from pilotharbor.technologies.scenarios import forms, queries
from pilotharbor.technologies.scenarios.content import ScenarioContent
from pilotharbor.technologies.views.scenarios import page_of


@dataclass(frozen=True, slots=True)
class Step:
    """One question of the wizard."""

    key: str
    name: str | Promise
    question: str | Promise
    form: type[django_forms.Form]


STEPS = (
    Step("words", _("What it is"), _("What is to be tried, and why?"), forms.ScenarioWordsForm),
    Step("conditions", _("Conditions"), _("Where, and under which conditions?"), forms.ConditionsForm),
    Step("terms", _("Terms"), _("Until when, for how much and how?"), forms.TermsForm),
    Step("readers", _("Confidentiality"), _("Who may read what?"), market_forms.ReadersForm),
)  # fmt: skip


@acting
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """The first question; answering it makes the draft."""
    if not queries.takes_part(request.actor):
        raise NotYourEntry
    return _ask(request, None, STEPS[0])


@acting
@require_http_methods(["GET", "POST"])
def edit(request: ActorRequest, pk: int, key: str) -> HttpResponse:
    """Any later question, and the first one again."""
    step = next((step for step in STEPS if step.key == key), None)
    if step is None:
        raise NotFound
    entry = queries.scenario(scenario_id=pk, actor=request.actor)
    if not queries.may_write(entry=entry, actor=request.actor):
        raise NotYourEntry
    scenarios.require_open(entry)
    return _ask(request, entry, step)


def _ask(request: ActorRequest, entry: Scenario | None, step: Step) -> HttpResponse:
    at = STEPS.index(step)
    readable = entry is None or queries.reading(entry=entry, actor=request.actor).detail
    initial = forms.initial_of(entry)
    form = step.form(request.POST if request.method == "POST" else None, initial=initial)
    if not readable:
        # Whoever may not read the detail must not overwrite it either.
        form.fields.pop("detail", None)
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(request, entry, form.cleaned_data)
        except DomainError as exc:
            refused(form, exc)
        else:
            done = "save" in request.POST or at == len(STEPS) - 1
            return redirect(page_of(saved.pk) if done else _url(saved.pk, STEPS[at + 1]))
    context = {
        "entry": entry,
        "step": step,
        "form": form,
        "readable": readable,
        "number": at + 1,
        "names": [s.name for s in STEPS],
        "urls": [_url(entry.pk, s) for s in STEPS] if entry else [],
        "before": _url(entry.pk, STEPS[at - 1]) if entry and at else "",
        "last": at == len(STEPS) - 1,
        "divisions": market_forms.divisions(),
        "crumbs": [
            (_("Scenarios"), reverse("scenarios")),
            *([(entry.title, page_of(entry.pk))] if entry else []),
            (step.name, ""),
        ],
    }
    bad = form.is_bound and not form.is_valid()
    return render(request, "technologies/scenario_wizard.html", context, status=422 if bad else 200)


def _save(request: ActorRequest, entry: Scenario | None, said: dict[str, Any]) -> Scenario:
    who: dict[str, Any] = {"actor_id": request.actor.pk, "at": clock.now(request)}
    content = cast("ScenarioContent", said)
    if entry is None:
        return scenarios.post_scenario(content=content, **who)
    return scenarios.revise_scenario(scenario_id=entry.pk, content=content, **who)


def _url(pk: int, step: Step) -> str:
    return reverse("scenario_edit", args=[pk, step.key])
