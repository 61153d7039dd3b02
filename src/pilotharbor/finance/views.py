"""Pages of money: invoices, a project's books, the decision, revenue."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pilotharbor.agreements import wording
from pilotharbor.agreements.models import Agreement, RevenueShareTerm
from pilotharbor.booking.models import Usage
from pilotharbor.finance import commands, queries
from pilotharbor.finance.commands.decisions import Reward, Share
from pilotharbor.finance.forms import DecisionForm, RevenueForm
from pilotharbor.finance.models import Decision, Invoice, RevenueReport
from pilotharbor.kernel import clock, money, pages
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.kernel.fields import tell
from pilotharbor.kernel.time import local_date
from pilotharbor.ledger import queries as ledger
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.models import Organisation
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.projects import queries as projects
from pilotharbor.projects.models import Project


@acting
@require_GET
def invoice_list(request: ActorRequest) -> HttpResponse:
    """Who owes what: invoices one may see, newest first."""
    visible = queries.visible_invoices(actor=request.actor)
    status = request.GET.get("status", "")
    if status in Invoice.Status.values:
        visible = visible.filter(status=status)
    page = pages.page(visible, by="-issued_at", cursor=request.GET.get("cursor"), limit=50)
    owed = sum(i.gross_fen for i in visible.filter(status=Invoice.Status.ISSUED))
    return render(
        request,
        "finance/invoice_list.html",
        {
            "page": page,
            "owed_fen": owed,
            "status": status,
            "statuses": Invoice.Status.choices,
            "crumbs": [(_("Home"), "/"), (_("Invoices"), "")],
            "may_pay": rights.may(request.actor, Verb.WRITE, Kind.FINANCE),
        },
    )


@acting
@require_POST
def invoice_pay(request: ActorRequest, invoice_id: int) -> HttpResponse:
    """Mark an invoice as paid."""
    try:
        invoice = commands.mark_paid(
            invoice_id=invoice_id, actor_id=request.actor.pk, at=clock.now(request)
        )
    except DomainError as exc:
        messages.error(request, str(exc))
        return redirect("invoices")
    messages.success(request, _("Invoice {number} is paid.").format(number=invoice.number))
    return redirect("project_money", invoice.project_id)


def _project(request: ActorRequest, project_id: int) -> Project:
    project = projects.visible_projects(actor=request.actor).filter(pk=project_id).first()
    if project is None:
        raise NotFound
    return project


@acting
@require_GET
def project_money(request: ActorRequest, project_id: int) -> HttpResponse:
    """Where this project's money came from and went: invoices, journal, equity, revenue share."""
    project = _project(request, project_id)
    invoices = list(
        queries.visible_invoices(actor=request.actor).filter(project=project).order_by("id")
    )
    reads_books = queries.may_read_money(actor=request.actor, project_id=project_id)
    used = list(queries.metered_use(project_id=project_id)) if reads_books else []
    decision = queries.visible_decisions(actor=request.actor).filter(project=project).first()
    reports = RevenueReport.objects.filter(term__agreement__project=project).order_by("validity")
    terms = RevenueShareTerm.objects.filter(
        agreement__project=project, agreement__status=Agreement.Status.SIGNED
    ).select_related("payer", "payee")
    return render(
        request,
        "finance/project_money.html",
        {
            "project": project,
            "invoices": invoices,
            "used": used,
            "charges": queries.booking_charges(project_id=project_id) if reads_books else [],
            "entries": ledger.entries(project_id=project_id) if reads_books else None,
            "decision": decision,
            "holders": _holders(decision),
            "reports": reports if invoices or reads_books else [],
            "terms": terms if invoices or reads_books else [],
            "figures": _figures(invoices, used),
            "flows": [_flow(i) for i in invoices],
            "may_write": reads_books and rights.may(request.actor, Verb.WRITE, Kind.FINANCE),
            "crumbs": [
                (_("Projects"), "/projects"), (project.title, f"/projects/{project.pk}"),
                (_("Money"), ""),
            ],
        },
    )  # fmt: skip


def _holders(decision: Decision | None) -> list[tuple[str, int]]:
    rows = sorted(decision.holdings.all(), key=lambda h: h.position) if decision else []
    return [
        (
            h.holder.name if h.holder
            else _("Inventors of {name}").format(name=h.inventors_of and h.inventors_of.name),
            h.share_bp,
        )
        for h in rows
    ]  # fmt: skip


def _figures(invoices: list[Invoice], used: list[Usage]) -> list[dict[str, Any]]:
    from_milestones = [i for i in invoices if i.milestone_id]
    paid = sum(i.gross_fen for i in invoices if i.status == Invoice.Status.PAID)
    return [
        {
            "label": _("Invoiced, VAT included"),
            "value": money.format_cny(sum(i.gross_fen for i in invoices)),
            "note": _("{n} invoices").format(n=len(invoices)),
        },
        {
            "label": _("Of that net of VAT, from milestones"),
            "value": money.format_cny(sum(i.net_fen for i in from_milestones)),
            "note": _("VAT {amount}").format(
                amount=money.format_cny(sum(i.vat_fen for i in from_milestones))
            ),
        },
        {"label": _("Paid"), "value": money.format_cny(paid), "note": ""},
        *_cost(used),
    ]


def _cost(used: list[Usage]) -> list[dict[str, Any]]:
    """What the equipment cost, where there was use and the reader may know it."""
    if not used:
        return []
    return [
        {
            "label": _("Equipment used, internal cost"),
            "value": money.format_cny(sum(u.amount_fen for u in used)),
            "note": _("not invoiced"),
        }
    ]


def _flow(invoice: Invoice) -> dict[str, Any]:
    what = wording.term(invoice.milestone.key) if invoice.milestone else ""
    if invoice.revenue_report:
        what = _("Revenue share {period}").format(period=invoice.revenue_report.period)
    return {
        "payer": invoice.payer.name,
        "payee": invoice.payee.name,
        "fen": invoice.gross_fen,
        "what": f"{invoice.number} · {what}",
    }


# Which field of the form a problem of the command belongs to.
FIELDS = {
    "company_id": "company",
    "inventor_reward.share_bp": "reward_share",
    "inventor_reward.organisation_id": "reward_of",
}


@acting
@require_http_methods(["GET", "POST"])
def decision_new(request: ActorRequest, project_id: int) -> HttpResponse:
    """Decide a project: found a company, license or stop."""
    project = _project(request, project_id)
    rights.require(request.actor, Verb.WRITE, Kind.FINANCE)
    organisations = parties.visible_organisations(actor=request.actor).order_by("name")
    form = DecisionForm(
        request.POST or None,
        organisations=organisations.filter(status=Organisation.Status.APPROVED),
        companies=queries.companies_to_found(organisations, project=project),
    )
    if request.method == "POST" and form.is_valid():
        try:
            _decide(request, project, form)
        except DomainError as exc:
            tell(form, exc, **FIELDS)
        else:
            messages.success(request, _("The decision is on record."))
            return redirect("project_money", project.pk)
    rule = queries.reward_rule(
        jurisdiction=project.owner.jurisdiction,
        applies_to="equity",
        on=local_date(clock.now(request)),
    )
    context = {
        "project": project, "form": form, "rule": rule, "inventors": _inventors(project),
        "crumbs": [
            (_("Projects"), "/projects"), (project.title, f"/projects/{project.pk}"),
            (_("Decision"), ""),
        ],
    }  # fmt: skip
    return render(request, "finance/decision_new.html", context, status=422 if form.errors else 200)


def _inventors(project: Project) -> str:
    rows = project.achievement.inventors.order_by("position")
    return " · ".join(rows.values_list("membership__person__name", flat=True))


def _decide(request: ActorRequest, project: Project, form: DecisionForm) -> None:
    given = form.cleaned_data
    reward = None
    if given["reward_of"] is not None and given["reward_share"]:
        reward = Reward(given["reward_of"].pk, given["reward_share"])
    commands.decide(
        project_id=project.pk,
        outcome=given["outcome"],
        company_id=given["company"].pk if given["company"] else None,
        investment_fen=given["investment"],
        holdings=[Share(holder, share) for holder, share in form.holdings()],
        reward=reward,
        reason=given["reason"],
        actor_id=request.actor.pk,
        at=clock.now(request),
    )


@acting
@require_http_methods(["GET", "POST"])
def revenue_new(request: ActorRequest, agreement_id: int) -> HttpResponse:
    """Report a period's net sales under an agreement's revenue share."""
    term = (
        RevenueShareTerm.objects.filter(agreement_id=agreement_id)
        .select_related("agreement", "payer", "payee")
        .first()
    )
    if term is None or request.actor.organisation_id not in {term.payer_id, term.payee_id}:
        raise NotFound
    form = RevenueForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            report = commands.report_revenue(
                agreement_id=agreement_id,
                period=form.cleaned_data["period"],
                net_sales_fen=form.cleaned_data["net_sales"],
                actor_id=request.actor.pk,
                at=clock.now(request),
            )
        except DomainError as exc:
            form.add_error(None, str(exc))
        else:
            messages.success(
                request, _("Share due: {amount}").format(amount=money.format_cny(report.share_fen))
            )
            return redirect("project_money", term.agreement.project_id)
    context = {
        "term": term, "form": form, "reports": term.reports.order_by("validity"),
        "crumbs": [(_("Revenue share"), ""), (_("Report revenue"), "")],
    }  # fmt: skip
    return render(request, "finance/revenue_new.html", context, status=422 if form.errors else 200)


@acting
@require_GET
def shares(request: ActorRequest) -> HttpResponse:
    """Who holds and earns what: companies founded and revenue shares running."""
    decisions = queries.visible_decisions(actor=request.actor).filter(
        outcome=Decision.Outcome.SPIN_OFF
    )
    mine = request.actor.organisation_id
    terms = RevenueShareTerm.objects.filter(agreement__status=Agreement.Status.SIGNED)
    terms = terms.filter(payer_id=mine) | terms.filter(payee_id=mine)
    return render(
        request,
        "finance/shares.html",
        {
            "founded": [(d, _holders(d)) for d in decisions.order_by("-id")[:50]],
            "terms": terms.select_related("agreement__project", "payer", "payee").order_by("id"),
            "crumbs": [(_("Home"), "/"), (_("Shares and rewards"), "")],
        },
    )
