"""Where does this voyage stand, what is missing, and what came of every step?"""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from pilotharbor.agreements import queries as agreements
from pilotharbor.assessment import queries as assessment
from pilotharbor.booking import queries as booking
from pilotharbor.campaigns import queries as campaigns
from pilotharbor.campaigns.models import Campaign
from pilotharbor.finance import queries as finance
from pilotharbor.finance.models import Decision, Invoice
from pilotharbor.kernel import money
from pilotharbor.kernel.models import Event
from pilotharbor.parties import rights
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.projects import queries as projects
from pilotharbor.projects import timeline
from pilotharbor.projects.models import Project, Task
from pilotharbor.projects.timeline import Told
from pilotharbor.web.voyages import gate, naming, pictures

STEPS = {
    "proposed": "",
    "assessment": "assess",
    "planning": "design",
    "resourcing": "resource",
    "pilot": "pilot",
    "decision": "decide",
    "follow_up": "after",
    "closed": "done",
}
# Where each step of the strip opens on the page.
ANCHORS = {
    "assess": "#assess",
    "design": "#design",
    "resource": "#resource",
    "pilot": "#pilot",
    "decide": "#decide",
    "after": "#after",
}
LATEST = 12
# The whole of a voyage stands on one page; a longer one leaves out its oldest events.
MOST_TOLD = 3000


@acting
@require_GET
def cockpit(request: ActorRequest, project_id: int) -> HttpResponse:
    """The whole voyage on one page; each part only for those who may read it."""
    actor = request.actor
    project = projects.visible_project(actor=actor, project_id=project_id)
    owed = gate.owed(actor, project)
    context = {
        "project": project,
        "step": _step(project),
        "anchors": ANCHORS,
        "stopped": project.status == Project.Status.ENDED,
        "owed": owed,
        "next": next((one for one in owed if one.url), None),
        "runs": projects.runs(actor, project),
        "over": project.status in projects.OVER,
        "writes": projects.may_write(actor=actor, project=project),
        "crumbs": [(_("Home"), "/"), (_("Projects"), reverse("projects")), (project.title, "")],
        **_assessment(actor, project),
        **_design(actor, project),
        **_pilot(actor, project),
        **_after(actor, project),
        **_told(actor, project),
    }
    context["figures"] = _figures(context)
    return render(request, "voyages/cockpit.html", context)


def _step(project: Project) -> str:
    """The step of the strip; for an ended project the one at whose gate it stopped."""
    if project.status != Project.Status.ENDED:
        return STEPS[project.status]
    gates = Event.objects.filter(project_id=project.pk, name="projects.gate.passed")
    last = gates.order_by("-id").first()
    if last is not None:
        return STEPS.get(last.facts.get("to", ""), "")
    return "assess" if project.started_at else ""


def _assessment(actor: Membership, project: Project) -> dict[str, Any]:
    panels = assessment.visible_panels(actor=actor).filter(project=project).order_by("-id")
    decision = assessment.pilot_decision(project)
    return {
        "panels": [(panel, assessment.progress(panel)) for panel in panels],
        "statements": list(assessment.statements(project)),
        "pilot_decision": decision,
        "convenes": assessment.convenes(actor, project),
    }


def _design(actor: Membership, project: Project) -> dict[str, Any]:
    papers = agreements.whole(agreements.visible_agreements(actor=actor)).filter(project=project)
    return {
        "plan": projects.plan_of(project),
        "agreements": [
            (agreement, gate.url_of("agreement_detail", agreement.pk))
            for agreement in papers.order_by("-id")
        ],
        "reads_agreements": rights.may(actor, Verb.READ, Kind.AGREEMENT),
    }


def _pilot(actor: Membership, project: Project) -> dict[str, Any]:
    found = campaigns.whole(campaigns.visible_campaigns(actor=actor)).filter(project=project)
    campaign: Campaign | None = found.first()
    slots = booking.visible_bookings(actor=actor).filter(project=project).order_by("period")
    return {
        "bookings": list(slots),
        "reads_bookings": rights.may(actor, Verb.READ, Kind.BOOKING),
        "campaign": campaign,
        "campaign_url": gate.url_of("campaign_detail", campaign.pk) if campaign else "",
        "progress": campaigns.progress_of(campaign) if campaign else None,
        "charts": pictures.of_batches(campaign) if campaign else [],
    }


def _after(actor: Membership, project: Project) -> dict[str, Any]:
    invoices = list(finance.visible_invoices(actor=actor).filter(project=project).order_by("id"))
    decision = finance.visible_decisions(actor=actor).filter(project=project).first()
    tasks = list(projects.visible_tasks(actor=actor).filter(project=project).order_by("id"))
    return {
        "invoices": invoices,
        "unpaid_fen": sum(i.gross_fen for i in invoices if i.status == Invoice.Status.ISSUED),
        "reads_money": rights.may(actor, Verb.READ, Kind.FINANCE),
        "decision": decision,
        "holders": _holders(decision),
        "tasks": tasks,
        "settles": {t.pk for t in tasks if _may_settle(actor, t)},
    }


def _may_settle(actor: Membership, task: Task) -> bool:
    return task.status == Task.Status.OPEN and projects.may_settle(actor=actor, task=task)


def _holders(decision: Decision | None) -> list[tuple[str, int]]:
    if decision is None:
        return []
    rows = []
    for holding in sorted(decision.holdings.all(), key=lambda h: h.position):
        of = holding.inventors_of
        name = holding.holder.name if holding.holder else _("Inventors of {name}").format(name=of)
        rows.append((name, holding.share_bp))
    return rows


def _told(actor: Membership, project: Project) -> dict[str, Any]:
    rows = timeline.loud(timeline.events_of(project, actor=actor))
    latest = naming.told(rows.order_by("-id")[:LATEST], actor=actor, project=project)
    return {"entries": [entry(one) for one in latest]}


TONES = {
    "projects.project.ended": "stop",
    "projects.gate.passed": "good",
    "campaigns.campaign.accepted": "good",
    "campaigns.campaign.failed": "stop",
    "campaigns.batch.rejected": "watch",
    "documents.document.failed": "stop",
}


def entry(one: Told) -> dict[str, Any]:
    """An event as the timeline component shows it."""
    return {"at": one.at, "parts": one.parts, "tone": TONES.get(one.name, "")}


def _figures(shown: dict[str, Any]) -> list[dict[str, Any]]:
    """The numbers that tell the voyage in one line, as far as the reader may know them."""
    found: list[dict[str, Any]] = []
    if shown["panels"] and shown["panels"][0][0].score is not None:
        panel = shown["panels"][0][0]
        note = _("pass mark {mark}").format(mark=f"{panel.pass_mark.normalize():f}")
        url = gate.url_of("panel_detail", panel.pk)
        found.append({"label": _("Panel score"), "value": panel.score, "note": note, "url": url})
    signed = [a for a, _url in shown["agreements"] if a.status == "signed"]
    if signed:
        fee = signed[0].fee_fen
        found.append(
            {"label": _("Fee agreed"), "value": money.format_cny(fee), "note": money.reading(fee)}
        )
    if shown["progress"]:
        run = len(shown["progress"].met or shown["progress"].run)
        value = f"{min(run, shown['progress'].needed)} / {shown['progress'].needed}"
        found.append(
            {"label": _("Good batches in a row"), "value": value, "url": shown["campaign_url"]}
        )
    if shown["invoices"]:
        total = sum(i.gross_fen for i in shown["invoices"])
        paid = sum(i.gross_fen for i in shown["invoices"] if i.status == Invoice.Status.PAID)
        note = _("of it paid {amount}").format(amount=money.format_cny(paid))
        found.append({"label": _("Invoiced"), "value": money.format_cny(total), "note": note})
    if shown["tasks"]:
        done = sum(task.status == Task.Status.DONE for task in shown["tasks"])
        found.append({"label": _("Tasks done"), "value": f"{done} / {len(shown['tasks'])}"})
    return found


@acting
@require_GET
def whole_timeline(request: ActorRequest, project_id: int) -> HttpResponse:
    """Everything that happened on this voyage and that the reader may know, step by step."""
    actor = request.actor
    project = projects.visible_project(actor=actor, project_id=project_id)
    newest = timeline.events_of(project, actor=actor).order_by("-id")[: MOST_TOLD + 1]
    rows = list(newest)[:MOST_TOLD][::-1]
    context = {
        "project": project,
        "step": _step(project),
        "stopped": project.status == Project.Status.ENDED,
        "chapters": _chapters(project, rows, actor),
        "cut": len(newest) > MOST_TOLD,
        "anchors": ANCHORS,
        "crumbs": [
            (_("Home"), "/"),
            (_("Projects"), reverse("projects")),
            (project.title, reverse("project_detail", args=[project.pk])),
            (_("Timeline"), ""),
        ],
    }
    return render(request, "voyages/timeline.html", context)


def _chapters(project: Project, rows: list[Event], actor: Membership) -> list[dict[str, Any]]:
    """The events by the step they happened on, oldest first, housekeeping apart."""
    steps = timeline.steps_of(project, rows)
    chapters: dict[str, dict[str, Any]] = {}
    for one in naming.told(rows, actor=actor, project=project):
        status = steps[one.id]
        chapter = chapters.setdefault(
            status,
            {"name": Project.Status(status).label, "key": STEPS[status], "told": [], "quiet": []},
        )
        chapter["quiet" if one.quiet else "told"].append(entry(one))
    numbers = {key: n for n, key in enumerate(ANCHORS, 1)}
    return [{**chapter, "number": numbers.get(chapter["key"])} for chapter in chapters.values()]
