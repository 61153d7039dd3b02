"""Scenarios: the list, one of them, and what is done with it step by step."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.fields import tell
from pilotharbor.kernel.time import local_date
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.models import Membership
from pilotharbor.parties.views.pages import act, frame
from pilotharbor.technologies import industries
from pilotharbor.technologies.commands import scenario_answers, scenarios
from pilotharbor.technologies.forms import NoteForm
from pilotharbor.technologies.models import Scenario, ScenarioAnswer
from pilotharbor.technologies.scenarios import forms, queries
from pilotharbor.technologies.views import entry_words as words
from pilotharbor.technologies.views.findable import found_as
from pilotharbor.technologies.views.market import actor_of
from pilotharbor.technologies.views.papers import files_of

S, A = Scenario.Status, ScenarioAnswer.Status


def page_of(pk: int) -> str:
    """The page of a scenario."""
    return reverse("scenario_detail", args=[pk])


def _who(request: ActorRequest) -> dict[str, Any]:
    return {"actor_id": request.actor.pk, "at": clock.now(request)}


@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Facts, answers and what comes next; the confidential detail only when asked for."""
    actor, at = actor_of(request), clock.now(request)
    entry = queries.scenario(scenario_id=pk, actor=actor)
    reading = queries.reading(entry=entry, actor=actor)
    opened = reading.detail and bool(entry.detail)
    if opened and reading.recorded:
        opened = request.GET.get("detail") == "open" and actor is not None
        if opened and actor:
            scenarios.view_scenario_detail(scenario_id=pk, actor_id=actor.pk, at=at)
    writes = queries.may_write(entry=entry, actor=actor)
    approves = queries.may_approve(actor=actor)
    answers = list(queries.visible_answers(entry=entry, actor=actor))
    own = actor is not None and entry.owner_id == actor.organisation_id
    mine = next((a for a in answers if not own and a.status != A.WITHDRAWN), None)
    party = writes or approves or (mine is not None and mine.pk == entry.chosen_id)
    context = {
        "layout": frame(request),
        "noun": "scenario",
        "entry": entry,
        **files_of("scenario", entry, actor, at),
        **found_as(request, entry),
        "reading": reading,
        "opened": opened,
        "has_detail": bool(entry.detail),
        "mark": words.mark(actor, at) if reading.watermarked and opened and actor else "",
        "place": words.place(entry.region),
        "ways": words.ways(entry.cooperation),
        "industry_name": industries.name_of(entry.industry),
        "stages": words.stages(entry),
        "writes": writes,
        "approves": approves,
        "own_submission": approves and _submitted_by(entry, actor),
        "editable": writes and entry.status in {S.DRAFT, S.RETURNED},
        "withdrawable": (writes or approves) and _withdrawable(entry),
        "closable": (writes or approves) and S.CLOSED in entry.MOVES[entry.status],
        "answers": answers,
        "sees_answers": own and queries.takes_part(actor),
        "mine": mine,
        "party": party,
        "may_answer": queries.may_answer(entry=entry, actor=actor, at=at),
        "over": queries.is_over(entry, at),
        "choosing": writes
        and (entry.status == S.PUBLISHED or (entry.status == S.TRIED and not entry.trial_passed)),
        "timeline": words.timeline(entry) if writes or approves else None,
        "crumbs": [(_("Home"), "/"), (_("Scenarios"), reverse("scenarios")), (entry.title, "")],
    }
    return render(request, "technologies/scenario_detail.html", context)


def _withdrawable(entry: Scenario) -> bool:
    if S.WITHDRAWN not in entry.MOVES[entry.status]:
        return False
    return entry.status != S.PUBLISHED or not queries.takers(entry, A.OFFERED)


def _submitted_by(entry: Scenario, actor: Membership | None) -> bool:
    submitter = entry.submitted_by or entry.posted_by
    return actor is not None and submitter.person_id == actor.person_id


@acting
@require_POST
def submit(request: ActorRequest, pk: int) -> HttpResponse:
    """Put it up for review."""
    return act(
        request,
        lambda: scenarios.submit_scenario(scenario_id=pk, **_who(request)),
        done=_("It is under review now; you will hear what became of it."),
        to=page_of(pk),
    )


@acting
@require_POST
def publish(request: ActorRequest, pk: int) -> HttpResponse:
    """Let it be answered."""
    return act(
        request,
        lambda: scenarios.publish_scenario(scenario_id=pk, **_who(request)),
        done=_("Published. It can be answered from now on."),
        to=page_of(pk),
    )


@acting
@require_POST
def withdraw(request: ActorRequest, pk: int) -> HttpResponse:
    """Take it back."""
    return act(
        request,
        lambda: scenarios.withdraw_scenario(scenario_id=pk, **_who(request)),
        done=_("Withdrawn."),
        to=page_of(pk),
    )


@acting
@require_POST
def withdraw_answer(request: ActorRequest, pk: int) -> HttpResponse:
    """Take the own answer back."""
    answer = queries.answer(answer_id=pk, actor=request.actor)
    return act(
        request,
        lambda: scenario_answers.withdraw_answer(answer_id=pk, **_who(request)),
        done=_("Your answer has been taken back."),
        to=page_of(answer.scenario_id),
    )


def _asked(
    request: ActorRequest,
    entry: Scenario,
    form: Any,
    do: Callable[[dict[str, Any]], object],
    **said: Any,
) -> HttpResponse:
    """One question about a scenario; a refusal comes back with every word kept."""
    if request.method == "POST" and form.is_valid():
        try:
            do(form.cleaned_data)
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, str(said["done"]))
            return redirect(page_of(entry.pk))
    context = {
        "entry": entry, "form": form, "back": page_of(entry.pk), **said,
        "crumbs": [
            (_("Scenarios"), reverse("scenarios")), (entry.title, page_of(entry.pk)),
            (said["button"], ""),
        ],
    }  # fmt: skip
    bad = form.is_bound and bool(form.errors)
    return render(request, "technologies/scenario_ask.html", context, status=422 if bad else 200)


@acting
@require_http_methods(["GET", "POST"])
def return_(request: ActorRequest, pk: int) -> HttpResponse:
    """Send it back with what should be changed."""
    entry = queries.scenario(scenario_id=pk, actor=request.actor)
    return _asked(
        request, entry, NoteForm(request.POST or None),
        lambda said: scenarios.return_scenario(scenario_id=pk, note=said["note"], **_who(request)),
        question=_("What should its authors change?"), button=_("Return it"), done=_("Returned."),
    )  # fmt: skip


@acting
@require_http_methods(["GET", "POST"])
def answer(request: ActorRequest, pk: int) -> HttpResponse:
    """Answer it for one's organisation."""
    entry = queries.scenario(scenario_id=pk, actor=request.actor)
    form = forms.AnswerForm(request.POST or None, actor=request.actor)
    return _asked(
        request, entry, form,
        lambda _said: scenario_answers.answer_scenario(
            scenario_id=pk, **form.answers(), **_who(request)
        ),
        question=_("What do you offer for it?"), button=_("Send the answer"),
        done=_("Your answer has been sent; you will hear what becomes of it."), about=True,
    )  # fmt: skip


@acting
@require_http_methods(["GET", "POST"])
def choose(request: ActorRequest, pk: int) -> HttpResponse:
    """Choose this answer and say why."""
    chosen = queries.answer(answer_id=pk, actor=request.actor)
    entry = queries.scenario(scenario_id=chosen.scenario_id, actor=request.actor)
    return _asked(
        request, entry, forms.ChooseForm(request.POST or None),
        lambda said: scenario_answers.choose(
            answer_id=pk, reason=said["reason"], **_who(request)
        ),
        question=_("Choose the answer of {organisation}?").format(
            organisation=chosen.organisation.name
        ),
        button=_("Choose this answer"), done=_("Chosen. The others have been told why."),
        offer=chosen.offer,
    )  # fmt: skip


@acting
@require_http_methods(["GET", "POST"])
def trial(request: ActorRequest, pk: int) -> HttpResponse:
    """Say how the trial went."""
    entry = queries.scenario(scenario_id=pk, actor=request.actor)
    form = forms.TrialForm(request.POST or None)
    forms.today(form, "trial_date", local_date(clock.now(request)))
    return _asked(
        request, entry, form,
        lambda said: scenario_answers.record_trial(scenario_id=pk, **said, **_who(request)),
        question=_("How did the trial go?"), button=_("Record the trial"),
        done=_("The trial has been recorded."),
    )  # fmt: skip


@acting
@require_http_methods(["GET", "POST"])
def order(request: ActorRequest, pk: int) -> HttpResponse:
    """Record the first order."""
    entry = queries.scenario(scenario_id=pk, actor=request.actor)
    form = forms.OrderForm(request.POST or None)
    forms.today(form, "order_date", local_date(clock.now(request)))
    return _asked(
        request, entry, form,
        lambda said: scenarios.order_first(scenario_id=pk, **said, **_who(request)),
        question=_("What has been ordered first?"), button=_("Record the first order"),
        done=_("The first order has been recorded."),
    )  # fmt: skip


@acting
@require_http_methods(["GET", "POST"])
def close(request: ActorRequest, pk: int) -> HttpResponse:
    """End it without an order."""
    entry = queries.scenario(scenario_id=pk, actor=request.actor)
    return _asked(
        request, entry, forms.CloseForm(request.POST or None),
        lambda said: scenarios.close_scenario(
            scenario_id=pk, reason=said["reason"], **_who(request)
        ),
        question=_("Close it without an order?"), button=_("Close it"),
        done=_("Closed. Whoever answered has been told why."),
    )  # fmt: skip
