"""Invoices, decisions, equity and revenue over HTTP."""

from typing import Annotated, Any, Literal

from ninja import Field, Router, Schema, Status

from pilotharbor.finance import commands, queries
from pilotharbor.finance.commands.decisions import Reward, Share
from pilotharbor.finance.models import Decision, Invoice, RevenueReport
from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.http import IdempotencyKey
from pilotharbor.ledger import queries as ledger
from pilotharbor.parties.auth import ActorRequest

router = Router()
Fen = Annotated[int, Field(ge=0, le=2**53)]
Bp = Annotated[int, Field(ge=0, le=10_000)]


class ShareIn(Schema):
    """A holder and its basis points."""

    organisation_id: int
    share_bp: Annotated[int, Field(ge=1, le=10_000)]


class RewardIn(Schema):
    """Which part of whose stake goes to the inventors; a jurisdiction named is no laxer than theirs."""

    organisation_id: int
    share_bp: Bp
    jurisdiction: Annotated[str, Field(max_length=6)] = ""


class DecisionIn(Schema):
    """The industrialisation decision."""

    outcome: Literal["spin_off", "licence", "retry", "stop"]
    company_id: int | None = None
    investment_fen: Fen = 0
    holdings: list[ShareIn] = []
    inventor_reward: RewardIn | None = None
    reason: Annotated[str, Field(max_length=1000)] = ""


class RevenueIn(Schema):
    """Net sales of one period in fen."""

    period: Annotated[str, Field(max_length=8)]
    net_sales_fen: Fen


def invoice_out(invoice: Invoice) -> dict[str, Any]:
    """An invoice as JSON; amounts in fen."""
    return {
        "id": invoice.pk,
        "number": invoice.number,
        "status": invoice.status,
        "project_id": invoice.project_id,
        "milestone": invoice.milestone.key if invoice.milestone else None,
        "period": invoice.revenue_report.period if invoice.revenue_report else None,
        "payer": {"id": invoice.payer_id, "name": invoice.payer.name},
        "payee": {"id": invoice.payee_id, "name": invoice.payee.name},
        "gross_fen": invoice.gross_fen,
        "net_fen": invoice.net_fen,
        "vat_fen": invoice.vat_fen,
        "vat_bp": invoice.vat_bp,
        "issued_at": invoice.issued_at,
        "paid_at": invoice.paid_at,
    }


def decision_out(decision: Decision) -> dict[str, Any]:
    """A decision with its holdings; shares in basis points."""
    reward = getattr(decision, "inventor_reward", None)
    return {
        "id": decision.pk,
        "project_id": decision.project_id,
        "outcome": decision.outcome,
        "company_id": decision.company_id,
        "investment_fen": decision.investment_fen,
        "reason": decision.reason,
        "decided_at": decision.decided_at,
        "holdings": [
            {
                "organisation_id": h.holder_id,
                "inventors_of_id": h.inventors_of_id,
                "name": (h.holder or h.inventors_of).name,  # type: ignore[union-attr]
                "agreed_bp": h.agreed_bp,
                "share_bp": h.share_bp,
            }
            for h in sorted(decision.holdings.all(), key=lambda h: h.position)
        ],
        "inventor_reward": reward
        and {
            "of_bp": reward.of_bp,
            "share_bp": reward.share_bp,
            "result_bp": reward.result_bp,
            "floor_bp": reward.rule.floor_bp,
            "jurisdiction": reward.rule.jurisdiction,
            "source": reward.rule.source,
        },
    }


def report_out(report: RevenueReport) -> dict[str, Any]:
    """A revenue report; amounts in fen."""
    return {
        "id": report.pk,
        "period": report.period,
        "net_sales_fen": report.net_sales_fen,
        "cumulative_fen": report.cumulative_fen,
        "share_fen": report.share_fen,
    }


@router.get("/projects/{int:project_id}/invoices")
def invoices(request: ActorRequest, project_id: int) -> dict[str, Any]:
    """A project's invoices the caller may see, in the order they were issued."""
    visible = queries.visible_invoices(actor=request.auth).filter(project_id=project_id)
    return {"items": [invoice_out(i) for i in visible.order_by("id")], "next_cursor": None}


@router.post("/invoices/{int:invoice_id}/pay")
def pay(request: ActorRequest, invoice_id: int, idempotency_key: IdempotencyKey) -> dict[str, Any]:
    """Record that an invoice was paid in full."""
    del idempotency_key
    commands.mark_paid(invoice_id=invoice_id, actor_id=request.auth.pk, at=clock.now(request))
    return invoice_out(queries.visible_invoices(actor=request.auth).get(pk=invoice_id))


@router.post("/projects/{int:project_id}/decision", response={201: dict[str, Any]})
def decide(
    request: ActorRequest, project_id: int, body: DecisionIn, idempotency_key: IdempotencyKey
) -> Status[dict[str, Any]]:
    """Decide a project. 422 ``finance.equity_not_whole`` when shares are not 100 %."""
    del idempotency_key
    reward = body.inventor_reward
    decision = commands.decide(
        project_id=project_id,
        outcome=body.outcome,
        company_id=body.company_id,
        investment_fen=body.investment_fen,
        holdings=[Share(**share.dict()) for share in body.holdings],
        reward=Reward(**reward.dict()) if reward else None,
        reason=body.reason,
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return Status(
        201, decision_out(queries.visible_decisions(actor=request.auth).get(pk=decision.pk))
    )


@router.get("/projects/{int:project_id}/equity")
def equity(request: ActorRequest, project_id: int) -> dict[str, Any]:
    """The decision and the cap table it founded."""
    decision = queries.visible_decisions(actor=request.auth).filter(project_id=project_id).first()
    if decision is None:
        raise NotFound
    return decision_out(decision)


@router.post("/agreements/{int:agreement_id}/revenue-reports", response={201: dict[str, Any]})
def report_revenue(
    request: ActorRequest, agreement_id: int, body: RevenueIn, idempotency_key: IdempotencyKey
) -> Status[dict[str, Any]]:
    """Report a period's net sales; the answer says what share falls due."""
    del idempotency_key
    report = commands.report_revenue(
        agreement_id=agreement_id,
        period=body.period,
        net_sales_fen=body.net_sales_fen,
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return Status(201, report_out(report))


@router.get("/projects/{int:project_id}/money")
def project_money(request: ActorRequest, project_id: int) -> dict[str, Any]:
    """A project's journal: entries with their lines, and the balance per purpose, in fen."""
    if not queries.may_read_money(actor=request.auth, project_id=project_id):
        raise NotFound
    return {
        "entries": [
            {
                "id": e.pk,
                "key": e.key,
                "text": e.text,
                "at": e.at,
                "reverses": e.reverses_id,
                "postings": [
                    {
                        "purpose": p.account.purpose,
                        "organisation": p.account.organisation.name,
                        "counterparty": p.account.counterparty and p.account.counterparty.name,
                        "amount_fen": p.amount_fen,
                    }
                    for p in e.postings.all()
                ],
            }
            for e in ledger.entries(project_id=project_id)
        ],
        "totals": ledger.totals(project_id=project_id),
    }
