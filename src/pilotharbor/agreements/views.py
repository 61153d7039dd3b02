"""Agreements: which there are, one with its paper, drafting and signing."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pilotharbor.agreements import commands, queries, statute
from pilotharbor.agreements.forms import DraftForm, SignForm, VoidForm, milestone_forms
from pilotharbor.agreements.models import Agreement
from pilotharbor.agreements.terms import MOST_MILESTONES, MilestoneTerm, RevenueShare, Terms
from pilotharbor.agreements.wording import term
from pilotharbor.documents import printing
from pilotharbor.documents import queries as papers
from pilotharbor.documents.models import Document
from pilotharbor.kernel import clock, money, pages
from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.fields import tell
from pilotharbor.parties import queries as parties
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.models import Organisation
from pilotharbor.projects import queries as projects
from pilotharbor.projects.models import Project

MORE_ROWS = 3
# What a new draft proposes: signing, proof, report.
USUAL = (
    {"key": "signing", "share_bp": 3000, "evidence": "agreement_signed", "nth": 1},
    {"key": "second_batch", "share_bp": 4000, "evidence": "batch_released", "nth": 2},
    {"key": "report", "share_bp": 3000, "evidence": "report_issued", "nth": 1},
)


@acting
@require_GET
def agreement_list(request: ActorRequest) -> HttpResponse:
    """What have we agreed, and what waits for our signature?"""
    rows = queries.whole(queries.visible_agreements(actor=request.actor))
    status = request.GET.get("status", "")
    if status in Agreement.Status.values:
        rows = rows.filter(status=status)
    context = {
        "page": pages.page(rows, by="-id", cursor=request.GET.get("cursor")),
        "status": status,
        "statuses": Agreement.Status.choices,
        "awaiting": list(queries.awaiting(actor=request.actor)[:20]),
        "crumbs": [(_("Home"), "/"), (_("Agreements"), "")],
    }
    return render(request, "agreements/agreement_list.html", context)


def _crumbs(project: Project, here: str) -> list[tuple[str, str]]:
    return [
        (_("Home"), "/"),
        (_("Projects"), reverse("projects")),
        (project.title, reverse("project_detail", args=[project.pk])),
        (here, ""),
    ]


@acting
@require_GET
def agreement_detail(request: ActorRequest, agreement_id: int) -> HttpResponse:
    """What does this agreement say, and who has signed it?"""
    return _page(request, agreement_id)


def _page(request: ActorRequest, agreement_id: int, **forms: Form) -> HttpResponse:
    agreement = queries.visible_agreement(actor=request.actor, agreement_id=agreement_id)
    signatures = list(agreement.parties.all())
    mine = [p for p in signatures if p.organisation_id == request.actor.organisation_id]
    document = agreement.document
    printed = document is not None and document.status == Document.Status.RENDERED
    offered = agreement.status == Agreement.Status.OFFERED
    signs = offered and printed and queries.may_sign(actor=request.actor) and bool(mine)
    drafts = queries.may_draft(actor=request.actor, project=agreement.project)
    sha256 = papers.sha256_of(document_id=document.pk) if document and printed else ""
    open_still = agreement.status in {Agreement.Status.DRAFT, Agreement.Status.OFFERED}
    context = {
        "agreement": agreement,
        "signatures": signatures,
        "signed_count": sum(p.signed_at is not None for p in signatures),
        "milestones": _milestones(agreement),
        "departures": statute.departures(improvement_ip=agreement.improvement_ip),
        "reminders": statute.reminders(
            state_funded=[p.organisation.state_funded for p in signatures]
        ),
        "share": getattr(agreement, "revenue_share", None),
        "document": document,
        "printed": printed,
        "sha256": sha256,
        "sheets": _sheets(request, agreement) if printed else [],
        "further_papers": _further(request, agreement),
        "may_offer": drafts and agreement.status == Agreement.Status.DRAFT,
        "void_form": VoidForm(prefix="void") if drafts and open_still else None,
        "sign_form": SignForm(prefix="sign", initial={"sha256": sha256})
        if signs and mine[0].signed_at is None
        else None,
        "crumbs": _crumbs(agreement.project, _("Agreement")),
    } | forms
    refused = any(form.errors for form in forms.values())
    return render(
        request, "agreements/agreement_detail.html", context, status=422 if refused else 200
    )


def _sheets(request: ActorRequest, agreement: Agreement) -> list[dict[str, Any]]:
    readable = papers.visible_documents(actor=request.actor)
    document = readable.filter(pk=agreement.document_id or 0).first()
    if document is None:
        return []
    return printing.open_sheets(document, actor=request.actor, at=clock.now(request))


def _milestones(agreement: Agreement) -> list[dict[str, Any]]:
    rows = list(agreement.milestones.all())
    amounts = money.cumulative(agreement.fee_fen, [row.share_bp for row in rows])
    return [
        {"row": row, "name": term(row.key), "fen": fen}
        for row, fen in zip(rows, amounts, strict=True)
    ]


def _further(request: ActorRequest, agreement: Agreement) -> list[Document]:
    """Papers beside the one that is signed: the signature sheet, earlier versions."""
    rows = papers.visible_documents(actor=request.actor).filter(
        subject_type="agreements.agreement", subject_id=agreement.pk
    )
    return list(rows.exclude(pk=agreement.document_id or 0).order_by("id"))


@acting
@require_http_methods(["GET", "POST"])
def agreement_new(request: ActorRequest, project_id: int) -> HttpResponse:
    """Draft the agreement of a project's parties."""
    project = projects.visible_project(actor=request.actor, project_id=project_id)
    posted = request.POST or None
    asked = request.method == "POST" and "more" not in request.POST
    form = DraftForm(posted, **_choices(request, project))
    rows = milestone_forms(0)(_with_more(request), prefix="milestone", initial=_usual())
    if asked and form.is_valid() and rows.is_valid():
        try:
            agreement = commands.draft(
                project_id=project.pk,
                terms=_terms(project, form, [row for row in rows.cleaned_data if row]),
                actor_id=request.actor.pk,
                at=clock.now(request),
            )
        except DomainError as exc:
            tell(
                form, exc, **{f"revenue_share.{n}": n for n in ("rate_bp", "payer_id", "payee_id")}
            )
        else:
            messages.success(request, _("The draft is written. Read it, then offer it."))
            return redirect("agreement_detail", agreement.pk)
    context = {
        "project": project,
        "plan": projects.plan_of(project),
        "form": form,
        "rows": rows,
        "may_draft": queries.may_draft(actor=request.actor, project=project),
        "crumbs": _crumbs(project, _("Draft the agreement")),
    }
    return render(
        request,
        "agreements/agreement_new.html",
        context,
        status=422 if asked and form.errors else 200,
    )


def _usual() -> list[dict[str, Any]]:
    """The usual milestones, named in the language of the page."""
    return [{**row, "key": term(str(row["key"]))} for row in USUAL]


def _bodies(project: Project) -> list[int]:
    ids = (project.owner_id, project.enterprise_id, project.platform_id)
    return list(dict.fromkeys(pk for pk in ids if pk is not None))


def _choices(request: ActorRequest, project: Project) -> dict[str, Any]:
    everyone = parties.visible_organisations(actor=request.actor).filter(
        status=Organisation.Status.APPROVED
    )
    everyone = everyone.order_by("name")
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
    total = sent.get("milestone-TOTAL_FORMS", "0")
    if "more" in sent and total.isdigit():
        sent["milestone-TOTAL_FORMS"] = str(min(int(total) + MORE_ROWS, MOST_MILESTONES))
    return sent


def _terms(project: Project, form: DraftForm, rows: list[dict[str, Any]]) -> Terms:
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
        milestones=[
            MilestoneTerm(row["key"], row["share_bp"], row["evidence"], _nth(row)) for row in rows
        ],
        improvement_ip=given["improvement_ip"],
        governing_statute_note=given["governing_statute_note"],
        revenue_share=share,
    )


def _nth(row: dict[str, Any]) -> int:
    """Only batches are counted; a number left beside other evidence means nothing."""
    return int(row["nth"] or 1) if row["evidence"] == "batch_released" else 1


@acting
@require_POST
def agreement_offer(request: ActorRequest, agreement_id: int) -> HttpResponse:
    """Offer the draft for signature."""
    try:
        commands.offer(agreement_id=agreement_id, actor_id=request.actor.pk, at=clock.now(request))
    except DomainError as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, _("Offered. The paper is being printed; then everyone can sign."))
    return redirect("agreement_detail", agreement_id)


@acting
@require_POST
def agreement_sign(request: ActorRequest, agreement_id: int) -> HttpResponse:
    """Sign for one's own organisation."""
    form = SignForm(request.POST, prefix="sign")
    if form.is_valid():
        try:
            agreement = commands.sign(
                agreement_id=agreement_id,
                sha256=form.cleaned_data["sha256"],
                actor_id=request.actor.pk,
                at=clock.now(request),
            )
        except DomainError as exc:
            tell(form, exc, sha256="typed")
        else:
            whole = agreement.status == Agreement.Status.SIGNED
            messages.success(
                request,
                _("Signed. With this, everybody has.") if whole else _("Signed for your side."),
            )
            return redirect("agreement_detail", agreement_id)
    return _page(request, agreement_id, sign_form=form)


@acting
@require_POST
def agreement_void(request: ActorRequest, agreement_id: int) -> HttpResponse:
    """Give up a draft or an offer."""
    form = VoidForm(request.POST, prefix="void")
    if form.is_valid():
        try:
            commands.void(
                agreement_id=agreement_id,
                reason=form.cleaned_data["reason"],
                actor_id=request.actor.pk,
                at=clock.now(request),
            )
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, _("The agreement is void; the plan may change again."))
            return redirect("agreement_detail", agreement_id)
    return _page(request, agreement_id, void_form=form)
