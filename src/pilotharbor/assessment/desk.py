"""The desk where a panel is put together, and put together anew before it scores."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pilotharbor.assessment import commands, queries
from pilotharbor.assessment.forms import (
    USUAL,
    PanelForm,
    criterion_forms,
    criterion_name,
    key_of,
    seat_forms,
)
from pilotharbor.assessment.models import Panel
from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.fields import tell
from pilotharbor.kernel.time import local_date
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.projects import queries as projects
from pilotharbor.projects.models import Project

type Crumbs = list[tuple[str, str]]


def crumbs(*steps: tuple[str, str]) -> Crumbs:
    """Where a page of the assessments stands."""
    return [(_("Home"), "/"), (_("Assessments"), reverse("assessments")), *steps]


@acting
@require_http_methods(["GET", "POST"])
def panel_new(request: ActorRequest, project_id: int) -> HttpResponse:
    """Call experts of several fields together; where a panel is there already, show that one."""
    project = projects.visible_project(actor=request.actor, project_id=project_id)
    if not queries.convenes(request.actor, project):
        raise commands.NotTheConvener
    there = queries.open_panel(project) or queries.passed_panel(project)
    if there is not None:
        messages.info(request, _("This project has its panel; here it is."))
        return redirect("panel_detail", there.pk)
    if project.status != Project.Status.ASSESSMENT:
        raise commands.NotAssessing
    usual = [{"key": criterion_name(key), "weight": weight} for key, weight in USUAL]
    sheet = _Sheet.of(request, criteria=usual)

    def call(said: dict[str, Any]) -> Panel:
        return commands.convene(
            project_id=project.pk, **said, actor_id=request.actor.pk, at=clock.now(request)
        )

    said = _("The panel is called together; its experts are told.")
    return _panel_page(request, project, sheet, call, said, None)


@acting
@require_http_methods(["GET", "POST"])
def panel_edit(request: ActorRequest, panel_id: int) -> HttpResponse:
    """Change a panel that nobody has scored yet."""
    panel = queries.visible_panel(actor=request.actor, panel_id=panel_id)
    if not queries.convenes(request.actor, panel.project):
        raise commands.NotTheConvener
    if not queries.changeable(panel):
        messages.error(request, str(commands.PanelScored()))
        return redirect("panel_detail", panel.pk)
    weights = queries.weights(panel).items()
    sheet = _Sheet.of(
        request,
        criteria=[{"key": criterion_name(key), "weight": f"{bp / 100:g}"} for key, bp in weights],
        seats=[{"expert_id": s.expert_id, "field": s.field} for s in queries.seats(panel)],
        form={"pass_mark": panel.pass_mark.normalize(), "override_reason": panel.override_reason},
    )

    def change(said: dict[str, Any]) -> Panel:
        return commands.change(
            panel_id=panel.pk, **said, actor_id=request.actor.pk, at=clock.now(request)
        )

    said = _("The panel is changed; whoever is new is told.")
    return _panel_page(request, panel.project, sheet, change, said, panel)


@dataclass(slots=True)
class _Sheet:
    """The three parts of the page on which a panel is put together."""

    form: PanelForm
    criteria: Any
    seats: Any

    @classmethod
    def of(
        cls, request: ActorRequest, *, criteria: Any, seats: Any = (), form: Any = None
    ) -> "_Sheet":
        """What was sent, or what the page proposes."""
        data = request.POST if request.method == "POST" else None
        return cls(
            PanelForm(data, initial=form),
            criterion_forms()(data, prefix="criterion", initial=criteria),
            seat_forms(2 if seats else 5)(data, prefix="seat", initial=list(seats)),
        )

    def is_valid(self) -> bool:
        """Whether all three are, each asked, so that each shows its own mistakes."""
        return all([self.form.is_valid(), self.criteria.is_valid(), self.seats.is_valid()])

    def said(self) -> dict[str, Any]:
        """The panel as the commands take it."""
        criteria = [row.cleaned_data for row in self.criteria.kept()]
        return {
            "seats": [
                {"expert_id": row.cleaned_data["expert_id"].pk, "field": row.cleaned_data["field"]}
                for row in self.seats.kept()
            ],
            "weights_bp": {key_of(row["key"]): int(row["weight"] * 100) for row in criteria},
            "pass_mark": self.form.cleaned_data["pass_mark"],
            "override_reason": self.form.cleaned_data["override_reason"],
        }

    def refuse(self, error: DomainError) -> None:
        """What is wrong with a seat stands in its row, the rest at its field or on top."""
        elsewhere = self.seats.take(error.problems, prefix="seats")
        for name, rows in (("seats", self.seats), ("weights_bp", self.criteria)):
            if name in elsewhere:
                rows.refuse(elsewhere[name])
        if elsewhere or not error.problems:
            error.problems = elsewhere
            tell(self.form, error)

    @property
    def wrong(self) -> bool:
        """Whether anything stands in the way."""
        rows = (self.criteria, self.seats)
        return bool(self.form.errors) or any(any(r.errors) or r.non_form_errors() for r in rows)


def _panel_page(
    request: ActorRequest,
    project: Project,
    sheet: _Sheet,
    do: Callable[[dict[str, Any]], Panel],
    done: str,
    panel: Panel | None,
) -> HttpResponse:
    asked = request.method == "POST"
    if asked and sheet.is_valid():
        try:
            made = do(sheet.said())
        except DomainError as exc:
            sheet.refuse(exc)
        else:
            messages.success(request, done)
            return redirect("panel_detail", made.pk)
    refused = asked and sheet.wrong
    context = {
        "project": project,
        "panel": panel,
        "form": sheet.form,
        "criteria": sheet.criteria,
        "seats": sheet.seats,
        "refused": refused,
        "rule": queries.panel_rule(on=local_date(clock.now(request))),
        "crumbs": crumbs((_("Change the panel") if panel else _("New panel"), "")),
    }
    status = 422 if refused else 200
    return render(request, "assessment/panel_new.html", context, status=status)
