"""Agreements: which there are, one with its paper, offering and signing."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from pilotharbor.agreements import commands, queries, statute
from pilotharbor.agreements.desk import crumbs
from pilotharbor.agreements.forms import SignForm, VoidForm
from pilotharbor.agreements.models import Agreement
from pilotharbor.agreements.wording import FIELDS, term
from pilotharbor.documents import printing
from pilotharbor.documents import queries as papers
from pilotharbor.documents.models import Document
from pilotharbor.kernel import clock, money, pages
from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.fields import tell
from pilotharbor.parties.auth import ActorRequest, acting


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
        "may_preview": agreement.status == Agreement.Status.DRAFT,
        "earlier": _earlier(agreement),
        "void_form": VoidForm(prefix="void") if drafts and open_still else None,
        "sign_form": _sign_form(request, document, initial={"sha256": sha256})
        if signs and mine[0].signed_at is None
        else None,
        "crumbs": crumbs(agreement.project, _("Agreement")),
    } | forms
    refused = any(form.errors for form in forms.values())
    return render(
        request, "agreements/agreement_detail.html", context, status=422 if refused else 200
    )


def _sign_form(
    request: ActorRequest, document: Document | None, *given: Any, **more: Any
) -> SignForm:
    """The form that names the very paper that is signed, and who signs."""
    said = ""
    if document is not None:
        rendering = getattr(document, "rendering", None)
        said = _("“{title}” ({number}, version {version}, {pages} pages)").format(
            title=document.title,
            number=document.number,
            version=document.version,
            pages=rendering.pages if rendering else "—",
        )
    return SignForm(*given, prefix="sign", signer=request.actor.person.name, paper=said, **more)


def _earlier(agreement: Agreement) -> list[dict[str, Any]]:
    """Every change of the draft, newest first: from which version, what, who and when."""
    rows = agreement.earlier.select_related("replaced_by__person").order_by("-version")
    return [
        {
            "version": row.version + 1,
            "changed": [str(FIELDS.get(name, name)) for name in row.changed],
            "who": row.replaced_by.person.name,
            "at": row.replaced_at,
            "fee_fen": row.terms["fee_fen"] if "fee_fen" in row.changed else None,
        }
        for row in rows
    ]


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
    seen = queries.visible_agreement(actor=request.actor, agreement_id=agreement_id)
    form = _sign_form(request, seen.document, request.POST)
    if form.is_valid():
        try:
            agreement = commands.sign(
                agreement_id=agreement_id,
                sha256=form.cleaned_data["sha256"],
                actor_id=request.actor.pk,
                at=clock.now(request),
            )
        except DomainError as exc:
            tell(form, exc, sha256="read")
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
