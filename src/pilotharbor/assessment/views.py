"""Pages of the assessment: panels to run, points to give, statements to make."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pilotharbor.assessment import commands, queries
from pilotharbor.assessment.desk import crumbs
from pilotharbor.assessment.forms import (
    DissolveForm,
    PilotForm,
    ScoreForm,
    TrlForm,
    criterion_name,
)
from pilotharbor.assessment.models import Panel
from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.kernel.fields import tell
from pilotharbor.parties import rights
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.models import Membership
from pilotharbor.parties.roles import Role
from pilotharbor.projects import queries as projects
from pilotharbor.projects.models import Project
from pilotharbor.technologies.models import IpAsset


@acting
@require_GET
def panel_list(request: ActorRequest) -> HttpResponse:
    """The panels one sits on, runs, or may read the outcome of."""
    rows = queries.visible_panels(actor=request.actor).prefetch_related("seats")
    page = pages.page(rows, by="-id", cursor=request.GET.get("cursor"), limit=30)
    context = {
        "page": page,
        "rows": [_line(panel, request.actor) for panel in page.items],
        "expert": rights.acts_as(request.actor, Role.EXPERT),
        "crumbs": [(_("Home"), "/"), (_("Assessments"), "")],
    }
    return render(request, "assessment/panel_list.html", context)


def _line(panel: Panel, actor: Membership) -> dict[str, Any]:
    seats = list(panel.seats.all())
    mine = next((seat for seat in seats if seat.expert_id == actor.pk), None)
    return {
        "panel": panel,
        # Experts know the entry, not the project and its sides.
        "title": panel.project.achievement.title if mine else panel.project.title,
        "handed_in": sum(seat.submitted_at is not None for seat in seats),
        "seats": len(seats),
        "mine": mine,
    }


@acting
@require_http_methods(["GET", "POST"])
def panel_detail(request: ActorRequest, panel_id: int) -> HttpResponse:
    """A workbench for its experts, progress for its conveners, the outcome for everybody else."""
    panel = queries.visible_panel(actor=request.actor, panel_id=panel_id)
    seat = queries.seat_of(panel=panel, actor=request.actor)
    if seat is not None:
        return _workbench(request, panel)
    if request.method == "POST":
        raise NotFound
    return _detail(request, panel, None)


def _detail(request: ActorRequest, panel: Panel, refused: DissolveForm | None) -> HttpResponse:
    record = queries.sees_record(request.actor, panel)
    convenes = queries.convenes(request.actor, panel.project)
    context = {
        "panel": panel,
        "far": queries.progress(panel),
        "weights": _weights(panel),
        "convenes": convenes,
        "record": record,
        "seats": _seats(panel, record=record) if record or convenes else [],
        "changeable": convenes and queries.changeable(panel),
        "dissolve_form": refused or DissolveForm(prefix="dissolve"),
        "crumbs": crumbs((panel.project.title, "")),
    }
    status = 422 if refused else 200
    return render(request, "assessment/panel_detail.html", context, status=status)


def _weights(panel: Panel) -> list[tuple[str, int]]:
    return [(criterion_name(key), weight) for key, weight in queries.weights(panel).items()]


def _seats(panel: Panel, *, record: bool) -> list[dict[str, Any]]:
    keys = list(queries.weights(panel))
    rows = queries.seats(panel, with_scores=record)
    return [
        {
            "seat": seat,
            "points": [queries.points_of(seat).get(key) for key in keys] if record else [],
        }
        for seat in rows
    ]


def _workbench(request: ActorRequest, panel: Panel) -> HttpResponse:
    form = ScoreForm(request.POST or None, weights=queries.weights(panel))
    if request.method == "POST" and form.is_valid():
        try:
            commands.score(
                panel_id=panel.pk,
                scores=form.points,
                opinion=form.cleaned_data["opinion"],
                actor_id=request.actor.pk,
                at=clock.now(request),
            )
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, _("Your scores are handed in. Thank you."))
            return redirect("panel_detail", panel.pk)
    entry, seat = queries.blind_entry(panel), queries.seat_of(panel=panel, actor=request.actor)
    words = dict(IpAsset.Kind.choices)
    context = {
        "panel": panel,
        "seat": seat,
        "mine": [(criterion_name(s.criterion.key), s.points) for s in seat.scores.all()]
        if seat
        else [],
        "entry": entry,
        "entry_rights": [words.get(kind, kind) for kind in entry.rights],
        "form": form,
        "crumbs": crumbs((entry.title, "")),
    }
    return render(request, "assessment/workbench.html", context, status=422 if form.errors else 200)


def _convened(request: ActorRequest, project_id: int) -> Project:
    """The project, for those who organise its assessment or sit on its panels."""
    project = projects.visible_projects(actor=request.actor).filter(pk=project_id).first()
    if project is None:
        project = Project.objects.filter(pk=project_id).first()
        if project is None or not queries.reviews(request.actor, project):
            raise NotFound
    return project


@acting
@require_POST
def panel_dissolve(request: ActorRequest, panel_id: int) -> HttpResponse:
    """Send a panel home that nobody has scored yet."""
    panel = queries.visible_panel(actor=request.actor, panel_id=panel_id)
    form = DissolveForm(request.POST, prefix="dissolve")
    if form.is_valid():
        try:
            commands.dissolve(
                panel_id=panel.pk,
                reason=form.cleaned_data["reason"],
                actor_id=request.actor.pk,
                at=clock.now(request),
            )
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, _("The panel is dissolved; another can be called."))
            return redirect("panel_detail", panel.pk)
    return _detail(request, panel, form)


@acting
@require_POST
def panel_close(request: ActorRequest, panel_id: int) -> HttpResponse:
    """Add the scores up."""
    panel = queries.visible_panel(actor=request.actor, panel_id=panel_id)
    try:
        closed = commands.close(panel_id=panel.pk, actor_id=request.actor.pk, at=clock.now(request))
    except DomainError as exc:
        messages.error(request, str(exc))
    else:
        said = (
            _("Passed with {score} points.")
            if closed.status == Panel.Status.PASSED
            else _("Not passed with {score} points; the project has ended.")
        )
        messages.success(request, said.format(score=f"{closed.score or Decimal(0):.2f}"))
    return redirect("panel_detail", panel.pk)


@acting
@require_http_methods(["GET", "POST"])
def trl_new(request: ActorRequest, project_id: int) -> HttpResponse:
    """State the readiness with its evidence."""
    project = _convened(request, project_id)
    form = TrlForm(
        request.POST or None,
        initial={
            "scale": project.achievement.trl_scale,
            "level": project.achievement.trl_level,
            "evidence": project.achievement.trl_evidence,
        },
    )

    def do(filled: Form) -> None:
        commands.state_trl(
            project_id=project.pk,
            **filled.cleaned_data,
            actor_id=request.actor.pk,
            at=clock.now(request),
        )

    page = {
        "title": _("Readiness statement"),
        "question": _("On which rung does the result stand, and what proves it?"),
        "button": _("State the readiness"),
        "aside": _("Levels of different scales never mix: name the scale, then the level on it."),
    }
    return _ask(request, form, do, _("The readiness is stated."), project, page)


@acting
@require_http_methods(["GET", "POST"])
def pilot_decision(request: ActorRequest, project_id: int) -> HttpResponse:
    """Decide whether a pilot is needed."""
    project = projects.visible_project(actor=request.actor, project_id=project_id)

    def do(filled: Form) -> None:
        commands.decide_pilot(
            project_id=project.pk,
            needed=filled.cleaned_data["needed"] == "yes",
            reasons=filled.cleaned_data["reasons"],
            actor_id=request.actor.pk,
            at=clock.now(request),
        )

    page = {
        "title": _("Is a pilot needed?"),
        "question": _("Must this be tried at pilot scale?"),
        "button": _("Decide"),
        "aside": _(
            "A pilot is not a must: work with much that is new needs one, a proven process may "
            "go straight to its industrialisation decision. The reasons stay on record."
        ),
    }
    return _ask(request, PilotForm(request.POST or None), do, _("Decided."), project, page)


def _ask(
    request: ActorRequest, form: Form, do: Any, said: str, project: Project, page: dict[str, Any]
) -> HttpResponse:
    whole = projects.visible_projects(actor=request.actor).filter(pk=project.pk).exists()
    back = reverse("project_detail", args=[project.pk]) if whole else reverse("assessments")
    if request.method == "POST" and form.is_valid():
        try:
            do(form)
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, said)
            return redirect(back)
    context = {
        "form": form,
        "back": back,
        "lead": project.title if whole else project.achievement.title,
        "crumbs": crumbs((page["title"], "")),
        **page,
    }
    return render(request, "projects/form.html", context, status=422 if form.errors else 200)
