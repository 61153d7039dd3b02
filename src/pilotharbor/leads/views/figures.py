"""How quick the replies were, how many leads were signed, which enterprises have a manager."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.regions import PROVINCES
from pilotharbor.kernel.time import local_date
from pilotharbor.leads import queries
from pilotharbor.leads.field_forms import PeriodForm
from pilotharbor.leads.views.shared import crumbs_to
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.views.pages import speaks_chinese
from pilotharbor.technologies import industries

YEAR = timedelta(days=365)


def period_of(request: ActorRequest) -> PeriodForm:
    """The period in the address, or the last year."""
    today = local_date(clock.now(request))
    given = request.GET if request.GET.get("first") or request.GET.get("last") else None
    usual = {"first": (today - YEAR).isoformat(), "last": today.isoformat()}
    return PeriodForm(given or usual)


@acting
@require_GET
def statistics(request: ActorRequest) -> HttpResponse:
    """Times of first reply and how far leads came, with every denominator."""
    if not queries.sees_figures(request.actor):
        raise NotFound
    today, form = local_date(clock.now(request)), period_of(request)
    context: dict[str, Any] = {
        "form": form,
        "rule": queries.rule_on(today),
        "crumbs": crumbs_to((_("Times and results"), "")),
    }
    if form.is_valid():
        first, last = form.cleaned_data["first"], form.cleaned_data["last"]
        found = list(queries.opened_in(first=first, after=last + timedelta(days=1)))
        context |= {
            "replies": queries.replies(found, today=today),
            "conversion": queries.conversion(found),
            "months": queries.by_month(found, today=today),
        }
    return render(request, "leads/statistics.html", context, status=422 if form.errors else 200)


@acting
@require_GET
def coverage(request: ActorRequest) -> HttpResponse:
    """Which enterprises have a manager, by region and trade."""
    if not queries.sees_figures(request.actor):
        raise NotFound
    found = queries.coverage(at=clock.now(request))
    context = {
        "total": found.total,
        "regions": [(_province(one.key), one) for one in found.regions],
        "trades": [(industries.name_of(one.key) or _("Not said"), one) for one in found.trades],
        "days": queries.COVERED_DAYS,
        "crumbs": [(_("Home"), "/"), (_("Coverage"), "")],
    }
    return render(request, "leads/coverage.html", context)


def _province(code: str) -> str:
    province = PROVINCES.get(code)
    if province is None:
        return code or _("Not said")
    return province.zh if speaks_chinese() else province.en
