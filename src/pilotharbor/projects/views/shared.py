"""What the pages of a project share: the way here, one form, one refusal."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.fields import tell
from pilotharbor.parties.auth import ActorRequest
from pilotharbor.projects import queries
from pilotharbor.projects.models import Project

type Crumbs = list[tuple[str, str]]


def crumbs_to(*steps: tuple[str, str]) -> Crumbs:
    """Home, projects, and from there."""
    return [(_("Home"), "/"), (_("Projects"), reverse("projects")), *steps]


def seen(request: ActorRequest, project_id: int) -> Project:
    """The project, if the reader may see it."""
    return queries.visible_project(actor=request.actor, project_id=project_id)


def cockpit(project: Project) -> str:
    """Where the whole voyage is shown."""
    return reverse("project_detail", args=[project.pk])


def ask(
    request: ActorRequest,
    form: Form,
    do: Callable[[Form], Any],
    *,
    said: str,
    to: str,
    page: dict[str, Any],
    template: str = "projects/form.html",
) -> HttpResponse:
    """Show a form; when it is right do it and go on, else come back with every word."""
    if request.method == "POST" and form.is_valid():
        try:
            do(form)
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, said)
            return redirect(to)
    context = {"form": form, "back": to, **page}
    return render(request, template, context, status=422 if form.errors else 200)


def press(request: ActorRequest, do: Callable[[], Any], *, said: str, to: str) -> HttpResponse:
    """Do what a button says and go on, or say why not."""
    try:
        do()
    except DomainError as exc:
        messages.error(request, " ".join([str(exc), *exc.problems.values()]))
    else:
        messages.success(request, said)
    return redirect(to)
