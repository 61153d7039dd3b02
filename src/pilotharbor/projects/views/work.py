"""The plan, the tasks, and the buttons at the gates."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.kernel.fields import tell
from pilotharbor.kernel.ids import id_in
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.models import Organisation
from pilotharbor.projects import commands, queries
from pilotharbor.projects.forms import OutcomeForm, PlanForm, ReasonForm, TaskForm, limit_forms
from pilotharbor.projects.models import Plan, Project, Task
from pilotharbor.projects.views.shared import ask, cockpit, crumbs_to, press, seen

EMPTY_ROWS, MORE_ROWS = 2, 3


@acting
@require_http_methods(["GET", "POST"])
def plan(request: ActorRequest, project_id: int) -> HttpResponse:
    """Write the pilot plan: what shall be shown, for how much, and what counts as success."""
    project = seen(request, project_id)
    written = queries.plan_of(project)
    form = PlanForm(request.POST or None, initial=_present(written))
    rows = limit_forms(MORE_ROWS if "more" in request.POST else EMPTY_ROWS)(
        _with_more(request), prefix="limit", initial=written.acceptance if written else None
    )
    asked = request.method == "POST" and "more" not in request.POST
    if asked and form.is_valid() and rows.is_valid():
        try:
            commands.set_plan(
                project_id=project.pk,
                **form.cleaned_data,
                acceptance=[row for row in rows.cleaned_data if row],
                actor_id=request.actor.pk,
                at=clock.now(request),
            )
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, _("The plan is written."))
            return redirect(cockpit(project))
    context = {
        "project": project,
        "form": form,
        "rows": rows,
        "written": written,
        "crumbs": crumbs_to((project.title, cockpit(project)), (_("Pilot plan"), "")),
    }
    return render(
        request, "projects/plan.html", context, status=422 if asked and form.errors else 200
    )


def _present(written: Plan | None) -> dict[str, Any]:
    names = ("goal", "budget_fen", "consecutive_batches", "planned_batches")
    return {name: getattr(written, name) for name in names} if written else {}


def _with_more(request: ActorRequest) -> Any:
    """What was sent; asked for more rows, with three more of them."""
    if request.method != "POST":
        return None
    sent = request.POST.copy()
    total = id_in(sent.get("limit-TOTAL_FORMS", "0"))
    if "more" in sent and total is not None:
        sent["limit-TOTAL_FORMS"] = str(min(total + MORE_ROWS, 60))
    return sent


@acting
@require_http_methods(["GET", "POST"])
def task_new(request: ActorRequest, project_id: int) -> HttpResponse:
    """Note what an organisation owes the project."""
    project = seen(request, project_id)
    owners = Organisation.objects.filter(status=Organisation.Status.APPROVED).order_by("name")
    form = TaskForm(request.POST or None, owners=owners, initial={"owner_id": project.platform_id})
    page = {
        "title": _("New task"),
        "question": _("What is owed, by whom, and until when?"),
        "lead": project.title,
        "button": _("Add the task"),
        "crumbs": crumbs_to((project.title, cockpit(project)), (_("New task"), "")),
    }
    return ask(
        request,
        form,
        lambda filled: commands.add_task(
            project_id=project.pk,
            kind=filled.cleaned_data["kind"],
            title=filled.cleaned_data["title"],
            owner_id=filled.cleaned_data["owner_id"].pk,
            due_date=filled.cleaned_data["due_date"],
            actor_id=request.actor.pk,
            at=clock.now(request),
        ),
        said=_("The task is noted."),
        to=cockpit(project),
        page=page,
    )


def _task(request: ActorRequest, task_id: int) -> Task:
    found = queries.visible_tasks(actor=request.actor).filter(pk=task_id).first()
    if found is None:
        raise NotFound
    return found


def _after(request: ActorRequest, project: Project) -> str:
    """Back to the voyage; who only owes a task goes back to their tasks."""
    seen_by = queries.visible_projects(actor=request.actor).filter(pk=project.pk).exists()
    return cockpit(project) if seen_by else "/tasks"


@acting
@require_http_methods(["GET", "POST"])
def task_done(request: ActorRequest, task_id: int) -> HttpResponse:
    """Say that a task is done."""
    task = _task(request, task_id)
    page = {
        "title": _("Task done"),
        "question": _("What came of it?"),
        "lead": str(task),
        "button": _("Settle the task"),
    }
    return ask(
        request,
        OutcomeForm(request.POST if request.method == "POST" else None),
        lambda filled: commands.settle_task(
            task_id=task.pk,
            outcome=filled.cleaned_data["outcome"],
            actor_id=request.actor.pk,
            at=clock.now(request),
        ),
        said=_("The task is settled."),
        to=_after(request, task.project),
        page=page,
    )


@acting
@require_http_methods(["GET", "POST"])
def task_drop(request: ActorRequest, task_id: int) -> HttpResponse:
    """Give a task up."""
    task = _task(request, task_id)
    page = {
        "title": _("Drop the task"),
        "question": _("Why is it given up?"),
        "lead": str(task),
        "button": _("Drop the task"),
        "danger": True,
    }
    return ask(
        request,
        ReasonForm(request.POST or None),
        lambda filled: commands.drop_task(
            task_id=task.pk,
            reason=filled.cleaned_data["reason"],
            actor_id=request.actor.pk,
            at=clock.now(request),
        ),
        said=_("The task is dropped."),
        to=_after(request, task.project),
        page=page,
    )


@acting
@require_POST
def start(request: ActorRequest, project_id: int) -> HttpResponse:
    """Begin the assessment."""
    project = seen(request, project_id)
    return press(
        request,
        lambda: commands.start(
            project_id=project.pk, actor_id=request.actor.pk, at=clock.now(request)
        ),
        said=_("The project has started; its assessment comes next."),
        to=cockpit(project),
    )


@acting
@require_POST
def close(request: ActorRequest, project_id: int) -> HttpResponse:
    """Close after the follow-up."""
    project = seen(request, project_id)
    return press(
        request,
        lambda: commands.close(
            project_id=project.pk, actor_id=request.actor.pk, at=clock.now(request)
        ),
        said=_("The project is closed."),
        to=cockpit(project),
    )


@acting
@require_http_methods(["GET", "POST"])
def end(request: ActorRequest, project_id: int) -> HttpResponse:
    """End the project at its gate."""
    project = seen(request, project_id)
    page = {
        "title": _("End the project"),
        "question": _("Why does this project end here?"),
        "lead": project.title,
        "button": _("End the project"),
        "danger": True,
        "aside": _("Everybody on board reads the reason. An ended project never goes on."),
        "crumbs": crumbs_to((project.title, cockpit(project)), (_("End the project"), "")),
    }
    return ask(
        request,
        ReasonForm(request.POST or None),
        lambda filled: commands.stop(
            project_id=project.pk,
            reason=filled.cleaned_data["reason"],
            actor_id=request.actor.pk,
            at=clock.now(request),
        ),
        said=_("The project has ended."),
        to=cockpit(project),
        page=page,
    )
