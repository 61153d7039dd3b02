"""How well are the lines used? Indicators, heat maps, and both to take along."""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from pilotharbor.calendars import bases, figures, queries
from pilotharbor.calendars.queries import BOOKED, USED, Use, Wanted
from pilotharbor.kernel import clock, sheets
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.ids import id_in
from pilotharbor.kernel.time import BadReportingPeriod, ReportingPeriod, local_date
from pilotharbor.kernel.time import reporting_period as read_period
from pilotharbor.parties import rights
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.rights import Kind, Verb

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABLES = {
    "indicators": figures.indicator_table,
    "week": figures.week_table,
    "days": figures.day_table,
}


@acting
@require_GET
def use_page(request: ActorRequest) -> HttpResponse:
    """How well are the lines used, and what is each figure made of?"""
    use, context = _asked(request)
    context |= {
        "use": use,
        "indicators": figures.indicators_of(use),
        "week": figures.week_map(use),
        "weekdays": [
            _("Mo"), _("Tu"), _("We"), _("Th"), _("Fr"), _("Sa"), _("Su"),
        ],
        "days": figures.days_of(use),
        "lines": figures.day_map(use),
        "published": bases.PUBLISHED_2019,
        "query": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "calendars/use.html", context)


@acting
@require_GET
def use_table(request: ActorRequest, table: str, suffix: str) -> HttpResponse:
    """One table of the page as a file."""
    if table not in TABLES or suffix not in {"csv", "xlsx"}:
        raise NotFound
    use, context = _asked(request)
    headings, rows = TABLES[table](use)
    name = f"{_('utilisation')}-{table}-{context['period'].label}.{suffix}"
    header = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    headers = {"Content-Disposition": header, "Cache-Control": "no-store"}
    if suffix == "csv":
        content = b"".join(sheets.csv_chunks(headings, rows))
        return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.xlsx"
        sheets.write_xlsx(path, headings, rows)
        return HttpResponse(path.read_bytes(), content_type=XLSX, headers=headers)


def _asked(request: ActorRequest) -> tuple[Use, dict[str, Any]]:
    """What the address asks for, counted.

    Raises: NotYourRole.
    """
    rights.require(request.actor, Verb.READ, Kind.STATISTICS)
    now = clock.now(request)
    period = _period(request.GET.get("period", ""), local_date(now))
    basis = BOOKED if request.GET.get("basis") == BOOKED else USED
    places = queries.counted_lines(actor=request.actor)
    platforms, _sites = queries.choices(places)
    mine = {request.actor.organisation_id} & {pk for pk, _name in platforms}
    asked = id_in(request.GET.get("platform", ""))
    usual = next(iter(mine), None) if "platform" not in request.GET else None
    platform_id = asked if asked is not None else usual
    line_id = id_in(request.GET.get("line", ""))
    wanted = Wanted(platform_id, "", frozenset() if line_id is None else frozenset({line_id}))
    chosen = [p for p in places if wanted.has(p)]
    use = queries.use_of(places=chosen, first=period.first, after=period.after, at=now, basis=basis)
    return use, {
        "period": period,
        "basis": basis,
        "platforms": platforms,
        "platform_id": platform_id,
        "line_id": line_id,
        "places": [p for p in places if platform_id in {None, p.platform_id}],
    }


def _period(text: str, today: date) -> ReportingPeriod:
    try:
        return read_period(text)
    except BadReportingPeriod:
        return read_period(f"{today:%Y-%m}")
