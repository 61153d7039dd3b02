"""The catalogue of results and of needs, one's own entries, and the review queue."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.time import local_date
from pilotharbor.parties import rights
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Scope, Verb
from pilotharbor.parties.views.pages import frame
from pilotharbor.technologies import industries, queries
from pilotharbor.technologies.models import Scenario, Status
from pilotharbor.technologies.scenarios import queries as scenario_queries
from pilotharbor.technologies.views import filters
from pilotharbor.technologies.views.market import MARKETS, actor_of

PAGE = 25
FURTHER = frozenset({
    "discipline", "trl_from", "trl_to", "cooperation", "fen_from", "fen_to", "confidentiality",
    "status", "frontier", "domestic",
})  # fmt: skip


@require_GET
def index(request: HttpRequest, noun: str) -> HttpResponse:
    """What is offered, or what is wanted: newest first, filters in the address."""
    market, actor = MARKETS[noun], actor_of(request)
    mine = request.GET.get("mine") == "1" and actor is not None
    asked = filters.asked(request, actor, dict(Status.choices))
    rows = market.visible(actor=actor)
    if mine and actor:
        rows = queries.owned_by(rows, actor.organisation_id, actor=actor)
    elif not asked.wanted.status:
        rows = rows.filter(status=Status.PUBLISHED)
    shown = narrowed(request, rows, asked, actor, Status.choices)
    blind = (
        queries.blind_ids(actor, [row.pk for row in shown["page"].items])
        if market.kind is Kind.ACHIEVEMENT
        else set()
    )
    writes = Scope.OWN in rights.scopes(actor, Verb.WRITE, market.kind)
    context = {
        **shown,
        "layout": frame(request),
        "noun": noun,
        "blind": blind,
        "mine": mine,
        "insider": actor is not None and queries.counts_as_member(actor, market.kind),
        "writes": writes,
        "waiting": _waiting(actor, market.kind),
    }
    return render(request, "technologies/index.html", context)


@require_GET
def scenarios(request: HttpRequest) -> HttpResponse:
    """Which scenarios look for a product, and which products for a scenario?"""
    actor = actor_of(request)
    mine = request.GET.get("mine") == "1" and actor is not None
    states = Scenario.Status.choices
    asked = filters.asked(request, actor, dict(states))
    rows = scenario_queries.visible_scenarios(actor=actor)
    if mine and actor:
        rows = scenario_queries.concerning(rows, actor)
    elif not asked.wanted.status:
        rows = rows.filter(status__in=scenario_queries.SHOWN)
    context = {
        **narrowed(request, rows, asked, actor, states),
        "layout": frame(request),
        "noun": "scenario",
        "mine": mine,
        "insider": actor is not None and queries.counts_as_member(actor, Kind.DEMAND),
        "writes": scenario_queries.takes_part(actor),
        "waiting": scenario_queries.to_review(actor=actor).count() if actor else 0,
        "today": local_date(clock.now(request)),
    }
    return render(request, "technologies/scenario_list.html", context)


def narrowed(
    request: HttpRequest,
    rows: QuerySet[Any],
    asked: filters.Asked,
    actor: Membership | None,
    statuses: Any,
) -> dict[str, Any]:
    """A page of what fits the filters, how many fit, and of how many there are."""
    fitting = queries.filtered(rows, asked.wanted, actor=actor)
    offered = filters.choices()
    wanted = asked.wanted
    return {
        "page": pages.page(fitting, by="-id", cursor=request.GET.get("cursor"), limit=PAGE),
        "asked": asked,
        "wanted": wanted,
        "found": fitting.count(),
        "total": rows.count() if asked.chips else 0,
        "offered": offered,
        "industry_name": industries.name_of(wanted.industry),
        "industry_apart": wanted.industry not in {"", *dict(offered["divisions"])},
        "region_apart": wanted.region not in {"", *dict(offered["provinces"])},
        "further": any(request.GET.get(name) for name in FURTHER),
        "narrowed": bool(asked.chips),
        "statuses": statuses,
        "export": _export(request),
    }


def _waiting(actor: Any, kind: Kind) -> int:
    if actor is None or not rights.may(actor, Verb.APPROVE, kind):
        return 0
    return queries.to_review(actor=actor, kind=kind).count()


def _export(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("cursor", None)
    return query.urlencode()


@acting
@require_GET
def reviews(request: ActorRequest) -> HttpResponse:
    """What waits for my review, longest waiting first."""
    queues = [
        (market, queries.to_review(actor=request.actor, kind=market.kind)[:100])
        for market in MARKETS.values()
        if rights.may(request.actor, Verb.APPROVE, market.kind)
    ]
    rows = [(market.noun, entry) for market, found in queues for entry in found]
    tried = scenario_queries.to_review(actor=request.actor)[:100]
    rows += [("scenario", entry) for entry in tried]
    context = {
        "rows": rows,
        "reviews": bool(queues),
        "crumbs": [(_("Home"), "/"), (_("Reviews"), "")],
    }
    return render(request, "technologies/reviews.html", context)
