"""Open services: where one can try something, for everybody."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from pilotharbor.facilities import queries
from pilotharbor.facilities.views.shared import price_on, shown, visible_line
from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.time import local_date
from pilotharbor.parties.auth import ActorRequest
from pilotharbor.parties.models import Membership


def _layout(actor: Membership | None) -> str:
    return "base.html" if actor else "public.html"


@require_GET
def service_list(request: ActorRequest) -> HttpResponse:
    """Where can one try something? Every open line, for everybody."""
    q = request.GET.get("q", "").strip()[:120]
    rows = queries.visible_lines(actor=None).filter(name__icontains=q)
    page = pages.page(queries.with_parts(rows), by="id", cursor=request.GET.get("cursor"))
    today = local_date(clock.now(request))
    cards = [
        {"line": x, "price": price_on(x, today), "machines": shown(x, inventory=False)}
        for x in page.items
    ]
    context = {"page": page, "cards": cards, "q": q, "layout": _layout(request.actor)}
    return render(request, "facilities/service_list.html", context)


@require_GET
def service_detail(request: ActorRequest, line_id: int) -> HttpResponse:
    """One open line: what it can do, with what, at which price."""
    line = visible_line(None, line_id)
    context = {
        "line": line,
        "layout": _layout(request.actor),
        "machines": shown(line, inventory=False),
        "price": price_on(line, local_date(clock.now(request))),
        "crumbs": [(_("Open services"), reverse("service_list")), (line.name, "")],
    }
    return render(request, "facilities/service_detail.html", context)
