"""Open services: where one can try something, for everybody."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from pilotharbor.facilities import queries
from pilotharbor.facilities.models import EquipmentPaper
from pilotharbor.facilities.views.hours import week_of
from pilotharbor.facilities.views.machines import machines_with
from pilotharbor.facilities.views.prices import priced
from pilotharbor.facilities.views.shared import price_on, shown, visible_line
from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.time import local_date
from pilotharbor.parties.auth import ActorRequest
from pilotharbor.parties.models import Membership

MOST_PHOTOS = 8


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
    at = clock.now(request)
    today = local_date(at)
    machines = shown(line, inventory=False)
    proofs = queries.qualifications(machines=machines)
    photos = queries.papers(actor=None).filter(
        equipment__in=machines, kind=EquipmentPaper.Kind.PHOTO
    )
    context = priced(price_on(line, today), today) | {
        "line": line,
        "layout": _layout(request.actor),
        "machines": machines_with(machines, proofs, today),
        "photos": photos.order_by("equipment__position", "id")[:MOST_PHOTOS],
        "week": week_of(line),
        "closures": queries.closures_ahead(
            line=line, machines=queries.taken_by(line_id=line.pk), at=at
        )[:5],
        "goods": line.consumables.filter(withdrawn_at=None).order_by("name"),
        "items": line.safety_items.filter(withdrawn_at=None).order_by("position", "id"),
        "crumbs": [(_("Open services"), reverse("service_list")), (line.name, "")],
    }
    return render(request, "facilities/service_detail.html", context)
