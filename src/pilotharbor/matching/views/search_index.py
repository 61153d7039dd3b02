"""Is the search in step with what is published, and does meaning take part? For who runs the harbour."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import NotFound
from pilotharbor.matching import commands, queries
from pilotharbor.matching.finder import client
from pilotharbor.matching.finder.client import Away
from pilotharbor.parties import queries as parties
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.views.pages import act


def _require_overseer(request: ActorRequest) -> None:
    if not parties.oversees(request.actor):
        raise NotFound


def _state() -> dict[str, Any] | None:
    finder = client.configured()
    if finder is None:
        return None
    try:
        return finder.state()
    except Away as exc:
        return {"away": str(exc)}


@acting
@require_GET
def search_index(request: ActorRequest) -> HttpResponse:
    """How the index stands; refreshes itself while something is under way."""
    _require_overseer(request)
    context = {
        "state": _state(),
        "published": queries.published_entries(),
        "ranking": queries.newest_ranking(),
        "outcomes": queries.outcomes_so_far(),
        "crumbs": [(_("Home"), "/"), (_("Search index"), "")],
    }
    part = request.headers.get("HX-Request") == "true"
    page = "matching/_search_index.html" if part else "matching/search_index.html"
    return render(request, page, context)


@acting
@require_POST
def rebuild(request: ActorRequest) -> HttpResponse:
    """Make the index anew while the old one goes on answering."""
    _require_overseer(request)
    finder = client.configured()
    try:
        if finder is not None:
            finder.rebuild()
            messages.success(request, _("The index is being made anew; search goes on meanwhile."))
    except Away:
        messages.error(request, _("The search engine does not answer; nothing was begun."))
    return redirect("search_index")


@acting
@require_POST
def switch(request: ActorRequest) -> HttpResponse:
    """Let what was learnt move the ranking, or go back to the base."""
    _require_overseer(request)
    on = request.POST.get("on") == "1"
    return act(
        request,
        lambda: commands.switch_learning(on=on, actor_id=request.actor.pk, at=clock.now(request)),
        done=_("Outcomes move the ranking now.") if on else _("The ranking is the base again."),
        to=reverse("search_index"),
    )
