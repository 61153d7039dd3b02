"""What waits for me, what changed, how my voyages stand."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from pilotharbor.kernel import clock
from pilotharbor.parties import notices
from pilotharbor.parties.models import Membership, Notification
from pilotharbor.projects import queries as projects
from pilotharbor.projects.models import Project
from pilotharbor.web import charts
from pilotharbor.web.home.waiting import waiting_for

STEPS = {
    "assessment": "assess", "planning": "design", "resourcing": "resource", "pilot": "pilot",
    "decision": "decide", "follow_up": "after", "closed": "done",
}  # fmt: skip


def home(request: HttpRequest) -> HttpResponse:
    """The home page of the acting membership."""
    actor: Membership | None = getattr(request, "actor", None)
    if actor is None:
        return render(request, "errors/no_membership.html", status=403)
    voyages = projects.visible_projects(actor=actor).order_by("-id")
    context: dict[str, Any] = {
        "waiting": waiting_for(actor, clock.now(request)),
        "news": [(n, notices.sentence(n)) for n in _news(actor)],
        "voyages": [(p, STEPS.get(p.status, ""), p.status == "ended") for p in voyages[:3]],
        "chart": _by_step(voyages),
    }
    return render(request, "home/home.html", context)


def _news(actor: Membership) -> list[Notification]:
    return list(Notification.objects.filter(person_id=actor.person_id).order_by("-id")[:6])


def _by_step(voyages: Any) -> charts.Chart | None:
    """How many of one's projects stand on which step."""
    counted = [
        (str(label), voyages.filter(status=value).count())
        for value, label in Project.Status.choices
    ]
    if not any(count for _name, count in counted):
        return None
    return charts.bar(
        _("My projects by step"),
        [name for name, _count in counted],
        [charts.Series(_("Projects"), [count for _name, count in counted])],
        unit="",
        size="small",
    )
