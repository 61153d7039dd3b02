"""Open services: where one can try something, for everybody, with when and for how much."""

import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from pilotharbor.calendars import commands, described, queries
from pilotharbor.calendars.forms import IndustriesForm
from pilotharbor.calendars.queries import Rates, Sought
from pilotharbor.facilities import examples
from pilotharbor.facilities import queries as facilities
from pilotharbor.facilities.models import Equipment, EquipmentPaper, Line
from pilotharbor.facilities.views.hours import week_of
from pilotharbor.facilities.views.machines import machines_with
from pilotharbor.facilities.views.shared import price_on, shown, visible_line
from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.kernel.fields import tell
from pilotharbor.kernel.regions import PROVINCES
from pilotharbor.kernel.time import local_date
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.models import Membership
from pilotharbor.parties.views.pages import speaks_chinese
from pilotharbor.technologies import industries

LONGEST_WORDS = 120
MOST_PHOTOS, A_PAGE, MOST_MACHINES, MOST_CLOSURES = 8, 24, 4, 5
SCALES = {
    "gram": gettext_lazy("grams: below 1 kg"),
    "kilogram": gettext_lazy("kilograms: 1 to 100 kg"),
    "hundred": gettext_lazy("hundreds of kilograms: 100 to 1,000 kg"),
    "tonne": gettext_lazy("tonnes: 1,000 kg and more"),
}


@dataclass(frozen=True, slots=True)
class Card:
    """One line as the list shows it."""

    line: Line
    machines: Sequence[Equipment]
    rates: Rates | None
    free_at: datetime | None
    region: str
    industries: Sequence[str]


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter in force, and the address of the list without it."""

    text: str
    without: str


# --- when is there room -------------------------------------------------------------------------
FRESH_S, MOST_KEPT = 60.0, 256
_kept: OrderedDict[tuple[Any, ...], tuple[float, dict[int, datetime | None]]] = OrderedDict()


def next_free(line_ids: Sequence[int], at: datetime) -> dict[int, datetime | None]:
    """When each line is next free, worked out at most once a minute for the same lines.

    ``at`` counts to the minute: an exercise harbour tells the time of each request.
    """
    key = (tuple(line_ids), at.replace(second=0, microsecond=0))
    now = time.monotonic()
    kept = _kept.get(key)
    if kept is not None and now - kept[0] < FRESH_S:
        return kept[1]
    found = queries.next_free(line_ids=line_ids, at=at)
    _kept[key] = (now, found)
    while len(_kept) > MOST_KEPT:
        _kept.popitem(last=False)
    return found


def forget() -> None:
    """Work everything out anew."""
    _kept.clear()


# --- the list ----------------------------------------------------------------------------------
def _sought(request: HttpRequest) -> Sought:
    said = request.GET
    region, industry = said.get("region", ""), said.get("industry", "")
    scale = said.get("scale", "")
    return Sought(
        q=said.get("q", "").strip()[:LONGEST_WORDS].replace("\0", ""),
        region=region if region in PROVINCES else "",
        industry=industry if industry in industries.TRADES else "",
        scale=scale if scale in SCALES else "",
    )


def region_name(code: str) -> str:
    """The province a six-digit code lies in, in the reader's language; empty when unknown."""
    province = PROVINCES.get(code[:2])
    if province is None:
        return ""
    return province.zh if speaks_chinese() else province.en


def _chips(request: HttpRequest, sought: Sought) -> list[Chip]:
    texts = {
        "q": f"“{sought.q}”" if sought.q else "",
        "region": region_name(sought.region),
        "industry": industries.name_of(sought.industry) if sought.industry else "",
        "scale": str(SCALES[sought.scale]) if sought.scale else "",
    }
    found = []
    for name, text in texts.items():
        if text:
            left = request.GET.copy()
            left.pop(name, None)
            left.pop("cursor", None)
            found.append(Chip(text, f"?{left.urlencode()}"))
    return found


def _layout(actor: Membership | None) -> str:
    return "base.html" if actor else "public.html"


@require_GET
def service_list(request: ActorRequest) -> HttpResponse:
    """Where can one try something, when and for how much? Every open line, for everybody."""
    at, sought = clock.now(request), _sought(request)
    rows = queries.open_lines(sought)
    page = pages.page(
        facilities.with_parts(rows), by="id", cursor=request.GET.get("cursor"), limit=A_PAGE
    )
    ids = [line.pk for line in page.items]
    free, trades = next_free(ids, at), queries.industries_of(ids)
    today = local_date(at)
    cards = [
        Card(
            line, shown(line, inventory=False), queries.rates(line, today), free.get(line.pk),
            region_name(line.platform.region),
            [industries.name_of(code) for code in trades.get(line.pk, [])],
        )
        for line in page.items
    ]  # fmt: skip
    regions, codes = queries.offered()
    context = {
        "page": page,
        "cards": cards,
        "sought": sought,
        "chips": _chips(request, sought),
        "fit": rows.count(),
        "all": queries.open_lines().count() if sought.narrowed else 0,
        "regions": [(code, region_name(code)) for code in sorted(regions) if code in PROVINCES],
        "trades": [(code, industries.name_of(code)) for code in sorted(codes)],
        "scales": SCALES.items(),
        "now": at,
        "layout": _layout(request.actor),
        "found": None if request.actor or request.GET else described.services(),
        "by_language": set(request.GET) <= {"lang"},
    }
    return render(request, "calendars/service_list.html", context)


# --- one line ----------------------------------------------------------------------------------
@require_GET
def service_detail(request: ActorRequest, line_id: int) -> HttpResponse:
    """What can be tried on this line, with what, when first, and at which price?"""
    return _detail_page(request, visible_line(None, line_id))


def _detail_page(
    request: ActorRequest, line: Line, form: IndustriesForm | None = None
) -> HttpResponse:
    at = clock.now(request)
    today = local_date(at)
    machines = shown(line, inventory=False)
    photos = facilities.papers(actor=None).filter(
        equipment__in=machines, kind=EquipmentPaper.Kind.PHOTO
    )
    codes = queries.industries_of([line.pk]).get(line.pk, [])
    free_at = next_free([line.pk], at).get(line.pk)
    priced = queries.rates(line, today)
    context = _prices(line, today) | {
        "line": line,
        "layout": _layout(request.actor),
        "machines": machines_with(machines, facilities.qualifications(machines=machines), today),
        "photos": photos.order_by("equipment__position", "id")[:MOST_PHOTOS],
        "week": week_of(line),
        "closures": facilities.closures_ahead(
            line=line, machines=facilities.taken_by(line_id=line.pk), at=at
        )[:MOST_CLOSURES],
        "goods": line.consumables.filter(withdrawn_at=None).order_by("name"),
        "items": line.safety_items.filter(withdrawn_at=None).order_by("position", "id"),
        "crumbs": [(_("Open services"), reverse("service_list")), (line.name, "")],
        "rates": priced,
        "free_at": free_at,
        "now": at,
        "region": region_name(line.platform.region),
        "industries": [industries.name_of(code) for code in codes],
        "found": None
        if request.actor
        else described.service(
            line, rates=priced, free_at=free_at, codes=codes,
            language=request.GET.get("lang", ""),
        ),
    }  # fmt: skip
    if facilities.keeps_lines(request.actor, platform_id=line.platform_id):
        context["industries_form"] = form or IndustriesForm(initial={"industries": codes})
    refused = form is not None and bool(form.errors)
    return render(request, "calendars/service_detail.html", context, status=422 if refused else 200)


def _prices(line: Line, today: date) -> dict[str, Any]:
    """What a visitor is told of prices: those for everybody, and whether others pay less."""
    tariff = price_on(line, today)
    if tariff is None:
        return {"terms": None, "examples": [], "others_pay_less": False}
    least = min(tariff.member_bp, tariff.sme_bp)
    return {
        "terms": tariff,
        "examples": [
            (one.wish, one.day, one.fen[0])
            for one in examples.of(facilities.terms_of(tariff), today)
        ],
        "others_pay_less": least < tariff.outside_bp,
    }


@acting
@require_POST
def service_industries(request: ActorRequest, line_id: int) -> HttpResponse:
    """Say for which industries a line is meant."""
    form = IndustriesForm(request.POST)
    if form.is_valid():
        try:
            commands.tell_industries(
                line_id=line_id,
                industries=form.cleaned_data["industries"],
                actor_id=request.actor.pk,
                at=clock.now(request),
            )
        except NotFound:
            raise
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, _("Visitors find the line by these industries now."))
            return redirect("service_detail", line_id)
    line = visible_line(None, line_id)
    if not facilities.keeps_lines(request.actor, platform_id=line.platform_id):
        raise NotFound
    return _detail_page(request, line, form)
