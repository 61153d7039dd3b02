"""Five minutes for a need: one question a step, and always what it will become beside it."""

from dataclasses import dataclass
from typing import Any, cast

from django import forms as django_forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.kernel.fields import tell
from pilotharbor.parties import rights
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.rights import Kind, Scope, Verb
from pilotharbor.parties.views.pages import act
from pilotharbor.technologies import commands, queries
from pilotharbor.technologies import forms as market_forms
from pilotharbor.technologies.commands import DemandContent, NotYourEntry, needs
from pilotharbor.technologies.commands.rules import require_open, require_writer
from pilotharbor.technologies.models import Demand
from pilotharbor.technologies.needs import forms
from pilotharbor.technologies.needs.answers import Answers


@dataclass(frozen=True, slots=True)
class Step:
    """One question, and why it is asked."""

    key: str
    name: str | Promise
    question: str | Promise
    why: str | Promise
    form: type[django_forms.Form] | None


FIGURES = Step(
    "figures", _("Figures"), _("Which figures must it reach?"),
    _("Figures are what offers are measured by, and what the search for a solution reads first."),
    None,
)  # fmt: skip
READERS = Step(
    "readers", _("Confidentiality"), _("Who may read what?"),
    _("Title and summary can be found; the detail opens only to whom you choose."),
    market_forms.ReadersForm,
)  # fmt: skip
TEXT = Step(
    "text", _("Your text"), _("Is this what you want to say?"),
    _("This is made of your answers. Change whatever you like; nothing is public yet."),
    market_forms.WordsForm,
)  # fmt: skip
STEPS = (
    Step("today", _("The problem"), _("What do you want solved?"),
         _("Whoever reads it should see your workshop before them."), forms.TodayForm),
    Step("tried", _("Tried so far"), _("What have you tried?"),
         _("It spares you offers you know already."), forms.TriedForm),
    FIGURES,
    Step("conditions", _("Conditions"), _("Under which conditions, with which equipment?"),
         _("Many solutions fail not at the figures but at the place."), forms.ConditionsForm),
    Step("time", _("Time"), _("By when do you need it?"),
         _("It decides whether a finished product or a research result is looked for."),
         forms.TimeForm),
    Step("money", _("Money"), _("What may it cost, and how would you work together?"),
         _("Whoever could help sees whether it is worth both sides' while."), forms.MoneyForm),
    READERS,
    TEXT,
)  # fmt: skip
# What is answered in words and becomes text; everything else is a field of the need.
ANSWERED = frozenset(Answers.__annotations__)


@acting
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """The first question; answering it makes the draft."""
    if Scope.OWN not in rights.require(request.actor, Verb.WRITE, Kind.DEMAND):
        raise NotYourEntry
    return _ask(request, None, STEPS[0])


@acting
@require_http_methods(["GET", "POST"])
def edit(request: ActorRequest, pk: int, key: str) -> HttpResponse:
    """Any later question, and the first one again."""
    step = next((step for step in STEPS if step.key == key), None)
    if step is None:
        raise NotFound
    entry = queries.demand(demand_id=pk, actor=request.actor, at=clock.now(request))
    require_writer(entry, request.actor)
    require_open(entry, request.actor)
    if not entry.answers:
        # It was written as a text; its own form knows it better.
        return redirect("demand_edit", pk=pk, key="words")
    return _ask(request, entry, step)


@acting
@require_POST
def rewrite(request: ActorRequest, pk: int) -> HttpResponse:
    """Give the edited text up for the one the answers become."""
    return act(
        request,
        lambda: needs.rewrite_need(demand_id=pk, actor_id=request.actor.pk, at=clock.now(request)),
        done=_("This is the text your answers become."),
        to=_url(pk, TEXT),
    )


def _ask(request: ActorRequest, entry: Demand | None, step: Step) -> HttpResponse:
    at = STEPS.index(step)
    readable = entry is None or _reads_detail(request, entry)
    form = _form(request, entry, step, readable=readable)
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(request, entry, _said(step, form))
        except DomainError as exc:
            _refuse(form, exc)
        else:
            return redirect(_next(request, saved.pk, at))
    bad = form.is_bound and not form.is_valid()
    context = {
        "entry": entry,
        "step": step,
        "form": form,
        "is_figures": step is FIGURES,
        "is_text": step is TEXT,
        "edited": entry is not None and not needs.follows(entry),
        "readable": readable,
        "number": at + 1,
        "count": len(STEPS),
        "names": [s.name for s in STEPS],
        "urls": [_url(entry.pk, s) for s in STEPS] if entry else [],
        "before": _url(entry.pk, STEPS[at - 1]) if entry and at else "",
        "last": at == len(STEPS) - 1,
        "divisions": market_forms.divisions(),
        "crumbs": [
            (translate("Needs"), reverse("demands")),
            *([(entry.title, reverse("demand_detail", args=[entry.pk]))] if entry else []),
            (step.name, ""),
        ],
    }
    return render(request, "technologies/need_wizard.html", context, status=422 if bad else 200)


def _form(request: ActorRequest, entry: Demand | None, step: Step, *, readable: bool) -> Any:
    data = request.POST if request.method == "POST" else None
    initial = forms.initial_of(entry)
    if step.form is None:
        return forms.FigureFormSet(data, initial=initial.get("figures", []), prefix="figure")
    form = step.form(data, initial=initial)
    if not readable:
        # Whoever may not read the detail must not overwrite it either.
        form.fields.pop("detail", None)
        form.initial.pop("detail", None)
    return form


def _reads_detail(request: ActorRequest, entry: Demand) -> bool:
    reading = queries.reading(entry=entry, actor=request.actor, at=clock.now(request))
    return reading.detail and not reading.by_glass


def _said(step: Step, form: Any) -> dict[str, Any]:
    if step is not FIGURES:
        return dict(form.cleaned_data)
    names = ("name", "bound", "value", "upper", "unit")
    return {"figures": [{n: row.cleaned_data[n] for n in names} for row in form.kept()]}


def _save(request: ActorRequest, entry: Demand | None, said: dict[str, Any]) -> Demand:
    who: dict[str, Any] = {"actor_id": request.actor.pk, "at": clock.now(request)}
    answers = cast("Answers", {k: v for k, v in said.items() if k in ANSWERED})
    content = cast("DemandContent", {k: v for k, v in said.items() if k not in ANSWERED})
    if entry is None:
        return needs.begin_need(answers=answers, **who)
    if not answers:
        return commands.revise_demand(demand_id=entry.pk, content=content, **who)
    return needs.answer_need(demand_id=entry.pk, answers=answers, content=content, **who)


def _refuse(form: Any, error: DomainError) -> None:
    if not isinstance(form, django_forms.BaseFormSet):
        tell(form, error)
        return
    rows: Any = form
    others = rows.take(dict(error.problems), prefix="figures")
    if others or not error.problems:
        rows.refuse("\n".join(others.values()) or str(error))


def _next(request: ActorRequest, pk: int, at: int) -> str:
    if "more" in request.POST:
        return _url(pk, STEPS[at])
    if "save" in request.POST or at == len(STEPS) - 1:
        return reverse("demand_detail", args=[pk])
    return _url(pk, STEPS[at + 1])


def _url(pk: int, step: Step) -> str:
    return reverse("need_edit", args=[pk, step.key])
