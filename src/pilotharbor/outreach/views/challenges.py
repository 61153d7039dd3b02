"""Pages of challenges: which there are, one of them, its needs and the proposals to them."""

import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.kernel.fields import tell
from pilotharbor.outreach import batch, needlist
from pilotharbor.outreach.commands import challenges as commands
from pilotharbor.outreach.commands import needs, proposals
from pilotharbor.outreach.commands.roadshows import NotAnOrganiser, NotYourEvent
from pilotharbor.outreach.forms import challenges as forms
from pilotharbor.outreach.forms.roadshows import ReasonForm
from pilotharbor.outreach.models import Challenge, Need
from pilotharbor.outreach.queries import challenges as queries
from pilotharbor.outreach.queries.roadshows import may_organise, organises
from pilotharbor.outreach.views.roadshows import reader
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.models import Membership
from pilotharbor.parties.views.pages import act
from pilotharbor.technologies import queries as technologies

type Crumbs = list[tuple[str, str]]
SHOWN_BAD = 200


def crumbs(*steps: tuple[str, str]) -> Crumbs:
    """Where a page of the challenges stands."""
    return [(_("Home"), "/"), (_("Innovation challenges"), reverse("challenges")), *steps]


@require_GET
def challenge_list(request: HttpRequest) -> HttpResponse:
    """Which challenges are there?"""
    page = pages.page(queries.challenges(), by="-id", cursor=request.GET.get("cursor"), limit=20)
    context = {
        "page": page,
        "rows": [(one, queries.funnel(one)) for one in page.items],
        "organises": may_organise(reader(request)),
    }
    return render(request, "outreach/challenge_list.html", context)


@require_GET
def challenge_detail(request: HttpRequest, challenge_id: int) -> HttpResponse:
    """One challenge: how far it is, its needs, what to do next."""
    actor, challenge = reader(request), queries.challenge(challenge_id=challenge_id)
    rows = queries.visible_needs(actor=actor).filter(challenge=challenge)
    status = request.GET.get("status", "")
    if status in Need.Status.values:
        rows = rows.filter(status=status)
    page = pages.page(rows, by="number", cursor=request.GET.get("cursor"), limit=50)
    runs = organises(actor, challenge.organiser_id)
    collecting = challenge.status == Challenge.Status.COLLECTING
    mine = queries.can_be_put_in(of=challenge, actor=actor) if actor and collecting else None
    funnel = queries.funnel(challenge)
    context = {
        "challenge": challenge,
        "page": page,
        "rows": [(need, queries.is_theirs(need, actor)) for need in page.items],
        "funnel": funnel,
        "steps": _steps(challenge),
        "next": [s for s in Challenge.Status if s in challenge.MOVES[challenge.status]],
        "runs": runs,
        "collected": challenge.needs.filter(status=Need.Status.COLLECTED).count() if runs else 0,
        "sees_all": queries.sees_all(actor, challenge),
        "sees_amount": queries.sees_all(actor, challenge),
        "collecting": collecting,
        "put_in_form": forms.DemandForm(demands=mine) if mine is not None else None,
        "has_demands": mine is not None and mine.exists(),
        "list_form": forms.ListForm() if runs and collecting else None,
        "matching": queries.visible_runs(actor=actor, of=challenge)[:5],
        "run_form": forms.RunForm(),
        "status": status,
        "statuses": Need.Status.choices,
        "crumbs": crumbs((challenge.title, "")),
    }
    return render(request, "outreach/challenge_detail.html", context)


def _steps(challenge: Challenge) -> list[dict[str, Any]]:
    order = list(Challenge.Status)
    here = order.index(Challenge.Status(challenge.status))
    days = [getattr(challenge, name) for name in commands.DATES]
    return [
        {"label": step.label, "day": day, "state": "done" if i < here else
         "current" if i == here else "todo"}
        for i, (step, day) in enumerate(zip(order, days, strict=True))
    ]  # fmt: skip


@acting
@require_http_methods(["GET", "POST"])
def challenge_new(request: ActorRequest) -> HttpResponse:
    """Call for needs."""
    if not may_organise(request.actor):
        raise NotAnOrganiser
    return _call(request, None)


@acting
@require_http_methods(["GET", "POST"])
def challenge_edit(request: ActorRequest, challenge_id: int) -> HttpResponse:
    """Change what is said about a challenge."""
    challenge = queries.challenge(challenge_id=challenge_id)
    if not organises(request.actor, challenge.organiser_id):
        raise NotYourEvent
    return _call(request, challenge)


def _call(request: ActorRequest, challenge: Challenge | None) -> HttpResponse:
    names = ("title", "field", "region", "rules", *commands.DATES)
    initial = {name: getattr(challenge, name) for name in names} if challenge else {}
    form = forms.CallForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        content: commands.Call = form.cleaned_data  # type: ignore[assignment]  # same fields
        try:
            done = _saved(request, challenge, content)
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, _("Saved."))
            return redirect("challenge_detail", done.pk)
    here = reverse("challenge_detail", args=[challenge.pk]) if challenge else reverse("challenges")
    title = _("Change the challenge") if challenge else _("Open a challenge")
    context = {
        "title": title,
        "question": _("What is looked for, and by when?"),
        "button": _("Save"),
        "form": form,
        "back": here,
        "aside": _("The days come one after another; each step begins when you say so."),
        "crumbs": crumbs((title, "")),
    }
    return render(request, "outreach/form.html", context, status=422 if form.errors else 200)


def _saved(request: ActorRequest, challenge: Challenge | None, content: commands.Call) -> Challenge:
    actor_id, at = request.actor.pk, clock.now(request)
    if challenge is None:
        return commands.open_challenge(content=content, actor_id=actor_id, at=at)
    return commands.revise_challenge(
        challenge_id=challenge.pk, content=content, actor_id=actor_id, at=at
    )


@acting
@require_POST
def challenge_step(request: ActorRequest, challenge_id: int) -> HttpResponse:
    """Take a challenge to its next step."""
    return act(
        request,
        lambda: commands.go_on(
            challenge_id=challenge_id, to=request.POST.get("to", ""), actor_id=request.actor.pk,
            at=clock.now(request),
        ),
        done=_("The challenge has gone on."),
        to=reverse("challenge_detail", args=[challenge_id]),
    )  # fmt: skip


@acting
@require_POST
def need_put_in(request: ActorRequest, challenge_id: int) -> HttpResponse:
    """Put a need of one's own in."""
    challenge = queries.challenge(challenge_id=challenge_id)
    mine = queries.can_be_put_in(of=challenge, actor=request.actor)
    form = forms.DemandForm(request.POST, demands=mine)
    back = reverse("challenge_detail", args=[challenge_id])
    if not form.is_valid():
        messages.error(request, str(needs.CannotBePutIn()))
        return redirect(back)
    return act(
        request,
        lambda: needs.put_in(
            challenge_id=challenge_id, demand_id=form.cleaned_data["demand_id"].pk,
            actor_id=request.actor.pk, at=clock.now(request),
        ),
        done=_("Your need is in the challenge."),
        to=back,
    )  # fmt: skip


@acting
@require_http_methods(["GET", "POST"])
def need_list(request: ActorRequest, challenge_id: int) -> HttpResponse:
    """Bring a list of needs in; a bad one brings nothing in and says what is wrong."""
    challenge = queries.challenge(challenge_id=challenge_id)
    if not organises(request.actor, challenge.organiser_id):
        raise NotYourEvent
    form = forms.ListForm(request.POST or None, request.FILES or None)
    bad: list[Any] = []
    if request.method == "POST" and form.is_valid():
        rows, bad = _read(form.cleaned_data["file"], challenge)
        if bad:
            form.add_error("file", _("Nothing was loaded; mend the rows below first."))
        else:
            try:
                made = needs.load(
                    challenge_id=challenge_id, rows=rows, actor_id=request.actor.pk,
                    at=clock.now(request),
                )  # fmt: skip
            except DomainError as exc:
                tell(form, exc)
            else:
                messages.success(request, _("{n} needs are loaded.").format(n=len(made)))
                return redirect("challenge_detail", challenge_id)
    context = {
        "challenge": challenge,
        "form": form,
        "cells": bad[:SHOWN_BAD],
        "bad_count": len(bad),
        "columns": needlist.COLUMNS,
        "crumbs": crumbs(
            (challenge.title, reverse("challenge_detail", args=[challenge_id])),
            (_("Load a list"), ""),
        ),
    }
    status = 422 if form.errors else 200
    return render(request, "outreach/need_list.html", context, status=status)


def _read(upload: Any, challenge: Challenge) -> tuple[list[needlist.ListedNeed], list[Any]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        with path.open("wb") as file:
            file.writelines(upload.chunks())
        known = challenge.needs.values_list("title", flat=True)
        return needlist.read(path, name=upload.name, known=known)


@acting
@require_POST
def need_choose(request: ActorRequest, challenge_id: int) -> HttpResponse:
    """Choose needs to be published."""
    chosen = [int(pk) for pk in request.POST.getlist("need") if pk.isascii() and pk.isdecimal()]
    who: dict[str, Any] = {"actor_id": request.actor.pk, "at": clock.now(request)}
    return act(
        request,
        lambda: (
            needs.choose_all(challenge_id=challenge_id, **who)
            if "all" in request.POST
            else needs.choose(challenge_id=challenge_id, need_ids=chosen[:2000], **who)
        ),
        done=_("Chosen; they come out with the challenge."),
        to=reverse("challenge_detail", args=[challenge_id]),
    )  # fmt: skip


def _need(request: HttpRequest, need_id: int) -> Need:
    found = queries.visible_needs(actor=reader(request)).filter(pk=need_id).first()
    if found is None:
        raise NotFound
    return found


@require_GET
def need_detail(request: HttpRequest, need_id: int) -> HttpResponse:
    """One need, what is proposed to it as far as one may see, and what one can do."""
    return _need_page(request, _need(request, need_id), None)


def _need_page(
    request: HttpRequest, need: Need, offer_form: forms.OfferForm | None
) -> HttpResponse:
    actor = reader(request)
    rows = list(queries.visible_proposals(actor=actor).filter(need=need).order_by("id"))
    seen = technologies.visible_achievements(actor=actor)
    opens = seen.filter(pk__in=[p.achievement_id for p in rows]).values_list("pk", flat=True)
    takes = need.challenge.status in proposals.TAKING and need.status == Need.Status.PUBLISHED
    results = queries.offerable(need=need, actor=actor) if actor and takes else None
    theirs = queries.is_theirs(need, actor)
    offers = results is not None and not theirs and results.exists()
    context = {
        "need": need,
        "proposals": [(p, queries.carries(p, actor) and bool(p.MOVES[p.status])) for p in rows],
        "openable": set(opens),
        "theirs": theirs,
        "runs": organises(actor, need.challenge.organiser_id),
        "takes": takes,
        "offer_form": (offer_form or _offer_form(need, actor, results)) if offers else None,
        "confirm_form": forms.DemandForm(
            demands=queries.can_be_put_in(of=need.challenge, actor=actor), optional=True
        )
        if theirs and actor and need.demand_id is None
        else None,
        "opens_demand": need.demand_id is not None
        and technologies.visible_demands(actor=actor).filter(pk=need.demand_id).exists(),
        "crumbs": crumbs(
            (need.challenge.title, reverse("challenge_detail", args=[need.challenge_id])),
            (need.title, ""),
        ),
    }
    status = 422 if offer_form is not None else 200
    return render(request, "outreach/need_detail.html", context, status=status)


def _offer_form(need: Need, actor: Membership | None, results: Any) -> forms.OfferForm | None:
    """What one may offer, what one was asked for first, then what comes nearest to the need."""
    if actor is None:
        return None
    asked_for = queries.invited(need=need, actor=actor)
    near = batch.nearest(f"{need.title}\n{need.words}", actor=actor)
    return forms.OfferForm(results=results, invited=asked_for, nearest=near)


@acting
@require_POST
def need_confirm(request: ActorRequest, need_id: int) -> HttpResponse:
    """Confirm a row of a list as one's own."""
    need = _need(request, need_id)
    mine = queries.can_be_put_in(of=need.challenge, actor=request.actor)
    form = forms.DemandForm(request.POST, demands=mine, optional=True)
    if not form.is_valid():
        raise NotFound
    demand = form.cleaned_data["demand_id"]
    return act(
        request,
        lambda: needs.confirm(
            need_id=need_id, demand_id=demand.pk if demand else None, actor_id=request.actor.pk,
            at=clock.now(request),
        ),
        done=_("Confirmed."),
        to=reverse("need_detail", args=[need_id]),
    )  # fmt: skip


@acting
@require_http_methods(["GET", "POST"])
def need_leave_out(request: ActorRequest, need_id: int) -> HttpResponse:
    """Leave a need out, with the reason."""
    need = _need(request, need_id)
    form = ReasonForm(request.POST or None)
    back = reverse("need_detail", args=[need_id])
    if request.method == "POST" and form.is_valid():
        try:
            needs.leave_out(
                need_id=need_id, reason=form.cleaned_data["reason"], actor_id=request.actor.pk,
                at=clock.now(request),
            )  # fmt: skip
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, _("Left out."))
            return redirect("challenge_detail", need.challenge_id)
    context = {
        "title": _("Leave the need out"),
        "question": _("Why does this need not take part?"),
        "lead": need.title,
        "button": _("Leave the need out"),
        "danger": True,
        "form": form,
        "back": back,
        "crumbs": crumbs((need.title, back), (_("Leave the need out"), "")),
    }
    return render(request, "outreach/form.html", context, status=422 if form.errors else 200)


@acting
@require_POST
def proposal_offer(request: ActorRequest, need_id: int) -> HttpResponse:
    """Offer a result of one's own to a need."""
    need = _need(request, need_id)
    results = queries.offerable(need=need, actor=request.actor)
    form = forms.OfferForm(request.POST, results=results)
    if form.is_valid():
        try:
            proposals.offer(
                need_id=need_id, achievement_id=form.cleaned_data["achievement_id"].pk,
                words=form.cleaned_data["words"], actor_id=request.actor.pk, at=clock.now(request),
            )  # fmt: skip
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, _("Offered. Whoever has the need is told."))
            return redirect("need_detail", need_id)
    return _need_page(request, need, form)


@acting
@require_http_methods(["GET", "POST"])
def proposal_take_on(request: ActorRequest, proposal_id: int) -> HttpResponse:
    """Take a proposal one step further."""
    found = queries.visible_proposals(actor=request.actor).filter(pk=proposal_id).first()
    if found is None:
        raise NotFound
    form = forms.TakeOnForm(request.POST or None, proposal=found)
    back = reverse("need_detail", args=[found.need_id])
    if request.method == "POST" and form.is_valid():
        try:
            proposals.take_on(
                proposal_id=proposal_id, **form.cleaned_data, actor_id=request.actor.pk,
                at=clock.now(request),
            )  # fmt: skip
        except DomainError as exc:
            tell(form, exc, reason="words")
        else:
            messages.success(request, _("Written down."))
            return redirect(back)
    context = {
        "title": _("Take it further"),
        "question": _("How does this proposal go on?"),
        "lead": f"{found.need.title} · {found.achievement.title}",
        "aside": found.words,
        "button": _("Write it down"),
        "form": form,
        "back": back,
        "crumbs": crumbs((found.need.title, back), (_("Take it further"), "")),
    }
    return render(request, "outreach/form.html", context, status=422 if form.errors else 200)
