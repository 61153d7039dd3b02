"""All voyages as a list or a board, and what waits to be done."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.time import local_date
from pilotharbor.leads import queries as leads
from pilotharbor.parties import rights
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.projects import queries
from pilotharbor.projects.models import Project, Task
from pilotharbor.projects.views.shared import cockpit

Status = Project.Status
STEPS = tuple(status for status in Status if status not in queries.OVER)
CARDS_A_COLUMN = 30


@acting
@require_GET
def project_list(request: ActorRequest) -> HttpResponse:
    """The voyages one may see: a list to search, or a board by the step they stand on."""
    q, status = request.GET.get("q", "").strip()[:100], request.GET.get("status", "")
    rows = queries.visible_projects(actor=request.actor)
    context: dict[str, Any] = {
        "q": q,
        "status": status,
        "statuses": Status.choices,
        "proposes": rights.acts_as(request.actor, *queries.PLATFORM_ROLES),
        "crumbs": [(_("Home"), "/"), (_("Projects"), "")],
    }
    if q:
        rows = rows.filter(title__icontains=q)
    if request.GET.get("view") == "board":
        context["columns"] = [_column(step, rows.filter(status=step)) for step in STEPS]
        return render(request, "projects/board.html", context)
    if status in Status.values:
        rows = rows.filter(status=status)
    context["page"] = pages.page(rows, by="-id", cursor=request.GET.get("cursor"), limit=30)
    return render(request, "projects/project_list.html", context)


def _column(step: Any, rows: Any) -> dict[str, Any]:
    return {
        "state": step.value,
        "label": step.label,
        "cards": [
            {"title": p.title, "url": cockpit(p), "text": p.enterprise.name if p.enterprise else ""}
            for p in rows.order_by("-id")[:CARDS_A_COLUMN]
        ],
    }


@acting
@require_GET
def of_lead(request: ActorRequest, lead_id: int) -> HttpResponse:
    """The line on a lead's page: its project and where that stands, if the reader may see it."""
    lead = leads.visible_lead(actor=request.actor, lead_id=lead_id)
    known = queries.of_lead(lead=lead, actor=request.actor)
    return render(request, "projects/_of_lead.html", {"known": known})


@acting
@require_GET
def task_list(request: ActorRequest) -> HttpResponse:
    """Tasks that wait for the reader first, then all others they may see."""
    today = local_date(clock.now(request))
    mine = list(queries.my_tasks(actor=request.actor)[:100])
    others = queries.visible_tasks(actor=request.actor).exclude(pk__in=[t.pk for t in mine])
    status = request.GET.get("status", "")
    if status in Task.Status.values:
        others = others.filter(status=status)
    context = {
        "mine": mine,
        "page": pages.page(others, by="-id", cursor=request.GET.get("cursor"), limit=50),
        "late": sum(queries.is_overdue(task, today=today) for task in mine),
        "settles": {t.pk for t in mine if queries.may_settle(actor=request.actor, task=t)},
        "status": status,
        "statuses": Task.Status.choices,
        "crumbs": [(_("Home"), "/"), (_("Tasks"), "")],
    }
    return render(request, "projects/task_list.html", context)
