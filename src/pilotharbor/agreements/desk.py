"""The desk where an agreement is drafted, changed and read before it is offered."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from pilotharbor.agreements import commands, paper, queries, statute
from pilotharbor.agreements.commands import PlanMissing
from pilotharbor.agreements.forms import DraftForm, MilestoneFormSet, milestone_forms
from pilotharbor.agreements.models import Agreement
from pilotharbor.agreements.terms import MOST_MILESTONES, MilestoneTerm, RevenueShare, Terms
from pilotharbor.agreements.wording import key_of, term
from pilotharbor.documents import printing
from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.fields import tell
from pilotharbor.kernel.ids import id_in
from pilotharbor.parties import queries as parties
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.models import Organisation
from pilotharbor.parties.roles import OrganisationKind
from pilotharbor.projects import queries as projects
from pilotharbor.projects.models import Plan, Project

MORE_ROWS = 3
# What a new draft proposes: signing, proof, report.
USUAL = (
    {"key": "signing", "share_bp": 3000, "evidence": "agreement_signed", "nth": 1},
    {"key": "second_batch", "share_bp": 4000, "evidence": "batch_released", "nth": 2},
    {"key": "report", "share_bp": 3000, "evidence": "report_issued", "nth": 1},
)
# Those who watch over a project promise nothing in it.
WATCHERS = (OrganisationKind.AUDIT_BODY, OrganisationKind.GOVERNMENT_BUREAU)
SHARE_FIELDS = {f"revenue_share.{name}": name for name in ("rate_bp", "payer_id", "payee_id")}


def crumbs(project: Project, here: str) -> list[tuple[str, str]]:
    """Where a page of this project's agreement stands."""
    return [
        (_("Home"), "/"),
        (_("Projects"), reverse("projects")),
        (project.title, reverse("project_detail", args=[project.pk])),
        (here, ""),
    ]


@acting
@require_http_methods(["GET", "POST"])
def agreement_new(request: ActorRequest, project_id: int) -> HttpResponse:
    """Draft the agreement of a project's parties."""
    project = projects.visible_project(actor=request.actor, project_id=project_id)
    plan = projects.plan_of(project)
    form, rows = _forms(request, project, _proposed(plan), _usual())

    def write(terms: Terms) -> Agreement:
        return commands.draft(
            project_id=project.pk, terms=terms, actor_id=request.actor.pk, at=clock.now(request)
        )

    return _answer(request, project, plan, form, rows, write, None)


@acting
@require_http_methods(["GET", "POST"])
def agreement_edit(request: ActorRequest, agreement_id: int) -> HttpResponse:
    """Change a draft before it is offered."""
    agreement = queries.visible_agreement(actor=request.actor, agreement_id=agreement_id)
    project = agreement.project
    form, rows = _forms(request, project, _written(agreement, project), _milestones(agreement))
    read = id_in(request.POST.get("version", "")) if request.method == "POST" else None

    def write(terms: Terms) -> Agreement:
        return commands.amend(
            agreement_id=agreement.pk,
            terms=terms,
            version=read,
            actor_id=request.actor.pk,
            at=clock.now(request),
        )

    return _answer(request, project, projects.plan_of(project), form, rows, write, agreement)


def _answer(
    request: ActorRequest,
    project: Project,
    plan: Plan | None,
    form: DraftForm,
    rows: MilestoneFormSet,
    write: Any,
    agreement: Agreement | None,
) -> HttpResponse:
    asked = request.method == "POST" and "more" not in request.POST
    if asked and form.is_valid() and rows.is_valid():
        try:
            written = write(_terms(project, form, rows))
        except DomainError as exc:
            _refuse(form, rows, exc)
        else:
            messages.success(
                request, _("The draft is saved. Read its paper, change it, or offer it.")
            )
            return redirect("agreement_detail", written.pk)
    refused = asked and bool(form.errors or any(rows.errors) or rows.non_form_errors())
    here = _("Change the draft") if agreement else _("Draft the agreement")
    context = {
        "project": project,
        "plan": plan,
        "form": form,
        "rows": rows,
        "agreement": agreement,
        "refused": refused,
        "may_draft": queries.may_draft(actor=request.actor, project=project),
        "departures": [
            (value, label, statute.departures(improvement_ip=value))
            for value, label in Agreement.ImprovementIp.choices
        ],
        "crumbs": crumbs(project, here),
    }
    status = 422 if refused else 200
    return render(request, "agreements/agreement_new.html", context, status=status)


def _forms(
    request: ActorRequest, project: Project, said: dict[str, Any], milestones: list[dict[str, Any]]
) -> tuple[DraftForm, MilestoneFormSet]:
    posted = request.POST if request.method == "POST" else None
    form = DraftForm(posted, initial=said, **_choices(request, project))
    rows = milestone_forms(0)(_with_more(request), prefix="milestone", initial=milestones)
    return form, rows


def _proposed(plan: Plan | None) -> dict[str, Any]:
    """What the plan says of a new agreement: its budget is what the pilot is to cost."""
    return {"fee_fen": plan.budget_fen} if plan and plan.budget_fen else {}


def _usual() -> list[dict[str, Any]]:
    """The usual milestones, named in the language of the page."""
    return [{**row, "key": term(str(row["key"]))} for row in USUAL]


def _written(agreement: Agreement, project: Project) -> dict[str, Any]:
    """What a draft says, as the form shows it."""
    share = getattr(agreement, "revenue_share", None)
    bodies = _bodies(project)
    ids = [party.organisation_id for party in agreement.parties.all()]
    said = {
        "parties": [pk for pk in ids if pk not in bodies],
        "fee_fen": agreement.fee_fen,
        "vat_bp": agreement.vat_bp,
        "fee_includes_vat": agreement.fee_includes_vat,
        "improvement_ip": agreement.improvement_ip,
        "governing_statute_note": agreement.governing_statute_note,
    }
    if share is None:
        return said
    names = ("rate_bp", "payer_id", "payee_id", "base")
    return said | {name: getattr(share, name) for name in names}


def _milestones(agreement: Agreement) -> list[dict[str, Any]]:
    return [
        {"key": term(row.key), "share_bp": row.share_bp, "evidence": row.evidence, "nth": row.nth}
        for row in agreement.milestones.all()
    ]


def _bodies(project: Project) -> list[int]:
    ids = (project.owner_id, project.enterprise_id, project.platform_id)
    return list(dict.fromkeys(pk for pk in ids if pk is not None))


def _choices(request: ActorRequest, project: Project) -> dict[str, Any]:
    """Whom a party, a payer or a payee is chosen from: who watches over projects is none."""
    everyone = (
        parties.visible_organisations(actor=request.actor)
        .filter(status=Organisation.Status.APPROVED)
        .exclude(kind__in=WATCHERS)
        .order_by("name")
    )
    return {
        "organisations": everyone,
        "further": everyone.exclude(pk__in=_bodies(project)),
        "parties": everyone,
    }


def _with_more(request: ActorRequest) -> Any:
    """What was sent; asked for more rows, with three more of them."""
    if request.method != "POST":
        return None
    sent = request.POST.copy()
    total = id_in(sent.get("milestone-TOTAL_FORMS", "0"))
    if "more" in sent and total is not None:
        sent["milestone-TOTAL_FORMS"] = str(min(total + MORE_ROWS, MOST_MILESTONES))
    return sent


def _terms(project: Project, form: DraftForm, rows: MilestoneFormSet) -> Terms:
    given = form.cleaned_data
    share = None
    if given["rate_bp"]:
        share = RevenueShare(
            payer_id=given["payer_id"].pk,
            payee_id=given["payee_id"].pk,
            rate_bp=given["rate_bp"],
            base=given["base"] or "net_sales",
        )
    return Terms(
        kind=Agreement.Kind.TRIPARTITE_PILOT_FIRST,
        party_ids=[*_bodies(project), *(body.pk for body in given["parties"])],
        fee_fen=given["fee_fen"],
        vat_bp=given["vat_bp"],
        fee_includes_vat=given["fee_includes_vat"],
        milestones=[_milestone(row.cleaned_data) for row in rows.kept()],
        improvement_ip=given["improvement_ip"],
        governing_statute_note=given["governing_statute_note"],
        revenue_share=share,
    )


def _milestone(row: dict[str, Any]) -> MilestoneTerm:
    """Only batches are counted; a number left beside other evidence means nothing."""
    counted = row["evidence"] == "batch_released"
    nth = int(row["nth"] or 1) if counted else 1
    return MilestoneTerm(key_of(row["key"]), row["share_bp"], row["evidence"], nth)


def _refuse(form: DraftForm, rows: MilestoneFormSet, error: DomainError) -> None:
    """Put what is wrong with a milestone at its row, the rest at its field or on top."""
    elsewhere = rows.take(error.problems, prefix="milestones")
    if "milestones" in elsewhere:
        rows.refuse(elsewhere["milestones"])
    if elsewhere or not error.problems:
        error.problems = elsewhere
        tell(form, error, **SHARE_FIELDS)


@acting
@require_GET
def agreement_preview(request: ActorRequest, agreement_id: int) -> HttpResponse:
    """The paper of a draft as it would be offered now, marked as a draft."""
    agreement = queries.visible_agreement(actor=request.actor, agreement_id=agreement_id)
    if agreement.status != Agreement.Status.DRAFT:
        return redirect("agreement_detail", agreement_id)
    plan = projects.plan_of(agreement.project)
    if plan is None:
        raise PlanMissing
    at = clock.now(request)
    content = paper.preview(
        agreement,
        project=agreement.project,
        plan=plan,
        reader=printing.stamp(actor=request.actor, at=at),
        at=at,
    )
    answer = HttpResponse(content, content_type="application/pdf")
    name = f"{_('Draft')} {agreement.pk}-{agreement.version}.pdf"
    answer["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    answer["Cache-Control"] = "private, no-store"
    return answer
