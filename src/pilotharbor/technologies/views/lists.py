"""The catalogue of results and of needs, one's own entries, and the review queue."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from pilotharbor.kernel import pages
from pilotharbor.kernel.ids import id_in
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.models import Organisation
from pilotharbor.parties.rights import Kind, Scope, Verb
from pilotharbor.parties.roles import Confidentiality
from pilotharbor.parties.views.pages import frame
from pilotharbor.technologies import forms, industries, queries
from pilotharbor.technologies.models import Status
from pilotharbor.technologies.views.market import MARKETS, actor_of

PAGE = 25
LONGEST_WORDS = 200


@require_GET
def index(request: HttpRequest, noun: str) -> HttpResponse:
    """What is offered, or what is wanted: newest first, filters in the address."""
    market, actor = MARKETS[noun], actor_of(request)
    rows, wanted = market.visible(actor=actor), _wanted(request)
    mine = request.GET.get("mine") == "1" and actor is not None
    if mine and actor:
        rows = queries.owned_by(rows, actor.organisation_id, actor=actor)
    elif not wanted.status:
        rows = rows.filter(status=Status.PUBLISHED)
    page = pages.page(
        queries.filtered(rows, wanted, actor=actor), by="-id",
        cursor=request.GET.get("cursor"), limit=PAGE,
    )  # fmt: skip
    blind = (
        queries.blind_ids(actor, [row.pk for row in page.items])
        if market.kind is Kind.ACHIEVEMENT
        else set()
    )
    writes = Scope.OWN in rights.scopes(actor, Verb.WRITE, market.kind)
    context = {
        "layout": frame(request),
        "noun": noun,
        "page": page,
        "blind": blind,
        "mine": mine,
        "wanted": wanted,
        "owner": _owner(wanted.owner, actor),
        "narrowed": bool(set(request.GET) - {"mine", "cursor"}),
        "statuses": Status.choices,
        "levels": Confidentiality.choices,
        "divisions": forms.divisions(),
        "industry_name": industries.name_of(wanted.industry),
        "trl_from": range(1, 10),
        "insider": actor is not None and queries.counts_as_member(actor, market.kind),
        "writes": writes,
        "waiting": _waiting(actor, market.kind),
        "export": _export(request),
    }
    return render(request, "technologies/index.html", context)


def _wanted(request: HttpRequest) -> queries.Filters:
    said = request.GET
    return queries.Filters(
        q=said.get("q", "")[:LONGEST_WORDS],
        industry=said.get("industry", "")[:5],
        trl_from=id_in(said.get("trl_from", "")),
        confidentiality=said.get("confidentiality", ""),
        owner=id_in(said.get("owner", "")),
        status=said.get("status", ""),
    )


def _owner(owner_id: int | None, actor: Any) -> Organisation | None:
    if owner_id is None:
        return None
    return parties.visible_organisations(actor=actor).filter(pk=owner_id).first()


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
    context = {
        "rows": rows,
        "reviews": bool(queues),
        "crumbs": [(_("Home"), "/"), (_("Reviews"), "")],
    }
    return render(request, "technologies/reviews.html", context)
