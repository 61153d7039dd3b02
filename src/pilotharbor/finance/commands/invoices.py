"""Invoices per milestone that add up to the fee, and the journal entries behind them."""

from datetime import datetime

from pilotharbor.agreements.models import Agreement, Milestone
from pilotharbor.booking.models import Charge, Usage
from pilotharbor.finance.models import Invoice
from pilotharbor.finance.queries import visible_invoices
from pilotharbor.kernel import events, money
from pilotharbor.kernel.errors import Conflict, NotFound
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.transactions import command
from pilotharbor.ledger import commands as ledger
from pilotharbor.ledger.commands import Line
from pilotharbor.ledger.models import Account
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.projects.models import Project

P = Account.Purpose


class MilestoneNotReached(Conflict):
    """The milestone “{key}” has no evidence yet; nothing can be invoiced for it."""

    code = "finance.milestone_not_reached"


class NoPayer(Conflict):
    """The project has no enterprise that could pay; name one first."""

    code = "finance.no_payer"


def due_so_far(agreement: Agreement, share_bp: int) -> tuple[int, int]:
    """Gross and net in fen due once milestones of ``share_bp`` together are reached.

    Source: R-FIN-1. The fee includes VAT or VAT comes on top; either way one rounding of the
    whole so far, so that instalments add up to the contract.
    """
    if agreement.fee_includes_vat:
        gross = money.bp_of(agreement.fee_fen, share_bp)
        return gross, money.net_of_vat(gross, agreement.vat_bp)
    net = money.bp_of(agreement.fee_fen, share_bp)
    return net + money.bp_of(net, agreement.vat_bp), net


@command
def invoice_milestone(*, milestone_id: int, actor_id: int | None, at: datetime) -> Invoice:
    """Invoice a reached milestone: what is due so far less what was invoiced so far.

    Called again for the same milestone, it returns the invoice there is.
    Raises: MilestoneNotReached, NoPayer. Source: R-FIN-1.
    """
    milestone = Milestone.objects.select_related("agreement").get(pk=milestone_id)
    project = Project.objects.select_for_update(no_key=True).get(pk=milestone.agreement.project_id)
    agreement = Agreement.objects.select_for_update(no_key=True).get(pk=milestone.agreement_id)
    milestone.refresh_from_db()
    earlier = Invoice.objects.filter(milestone=milestone).first()
    if earlier is not None:
        return earlier
    if milestone.status != Milestone.Status.REACHED:
        raise MilestoneNotReached(key=milestone.key)
    if project.enterprise_id is None:
        raise NoPayer
    booked = Invoice.objects.filter(milestone__agreement=agreement)
    share_bp = milestone.share_bp + sum(booked.values_list("milestone__share_bp", flat=True))
    gross, net = due_so_far(agreement, share_bp)
    gross -= sum(booked.values_list("gross_fen", flat=True))
    net -= sum(booked.values_list("net_fen", flat=True))
    invoice = Invoice.objects.create(
        number=next_number(project),
        project=project,
        milestone=milestone,
        payer_id=project.enterprise_id,
        payee_id=project.platform_id,
        gross_fen=gross,
        net_fen=net,
        vat_fen=gross - net,
        vat_bp=agreement.vat_bp,
        issued_at=at,
    )
    book_invoice(invoice, revenue=P.SERVICE_REVENUE, actor_id=actor_id, at=at)
    return invoice


def next_number(project: Project) -> str:
    """The next invoice number of a project whose row is locked."""
    return f"PH-{project.pk:06d}-{Invoice.objects.filter(project=project).count() + 1:02d}"


def book_invoice(invoice: Invoice, *, revenue: str, actor_id: int | None, at: datetime) -> None:
    """Receivable against revenue and VAT, and the event."""
    project_id = invoice.project_id
    if invoice.gross_fen:
        ledger.post(
            key=f"finance.invoice:{invoice.pk}",
            text=invoice.number,
            lines=[
                Line(
                    invoice.payee_id, P.RECEIVABLE, invoice.gross_fen, invoice.payer_id, project_id
                ),
                Line(invoice.payee_id, revenue, -invoice.net_fen, None, project_id),
                Line(invoice.payee_id, P.OUTPUT_VAT, -invoice.vat_fen, None, project_id),
            ],
            actor_id=actor_id,
            at=at,
            project_id=project_id,
        )
    events.record(
        "finance.invoice.issued",
        invoice,
        actor_id=actor_id,
        at=at,
        project_id=project_id,
        gross_fen=invoice.gross_fen,
        net_fen=invoice.net_fen,
        payer_id=invoice.payer_id,
        number=invoice.number,
    )


@command
def mark_paid(*, invoice_id: int, actor_id: int, at: datetime) -> Invoice:
    """Record that an invoice was paid in full, as the payee's operator sees it at the bank.

    Raises: NotFound, MoveNotAllowed when it was paid before.
    """
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.WRITE, Kind.FINANCE)
    visible = visible_invoices(actor=actor).filter(payee_id=actor.organisation_id)
    if not visible.filter(pk=invoice_id).exists():
        raise NotFound
    invoice = Invoice.objects.select_for_update(no_key=True).get(pk=invoice_id)
    advance(invoice, Invoice.Status.PAID, paid_at=at)
    if invoice.gross_fen:
        ledger.post(
            key=f"finance.payment:{invoice.pk}",
            text=invoice.number,
            lines=[
                Line(invoice.payee_id, P.BANK, invoice.gross_fen),
                Line(
                    invoice.payee_id,
                    P.RECEIVABLE,
                    -invoice.gross_fen,
                    invoice.payer_id,
                    invoice.project_id,
                ),
            ],
            actor_id=actor_id,
            at=at,
            project_id=invoice.project_id,
        )
    events.record(
        "finance.invoice.paid",
        invoice,
        actor=actor,
        at=at,
        project_id=invoice.project_id,
        gross_fen=invoice.gross_fen,
        number=invoice.number,
    )
    return invoice


@command
def book_usage(*, booking_id: int, actor_id: int | None, at: datetime) -> int:
    """Charge a booking's metered use to its project, inside the platform; the fen charged.

    Only milestones are invoiced: usage stands in the project's books against the fee (R-FIN-3).
    """
    usage = Usage.objects.select_related("booking__line").get(booking_id=booking_id)
    platform_id, project_id = usage.booking.line.platform_id, usage.booking.project_id
    if usage.amount_fen:
        ledger.post(
            key=f"booking.usage:{usage.pk}",
            text=usage.booking.line.name,
            lines=[
                Line(platform_id, P.USAGE_COST, usage.amount_fen, None, project_id),
                Line(platform_id, P.USAGE_RECOVERY, -usage.amount_fen),
            ],
            actor_id=actor_id,
            at=at,
            project_id=project_id,
        )
    return usage.amount_fen


@command
def book_charge(*, charge_id: int, actor_id: int | None, at: datetime) -> int:
    """Book a fee or deposit of a booking, once; the fen charged.

    A fee is a cost of the project inside the platform, like use; a deposit is owed by whoever pays
    for the project and held for them until it is returned. Source: R-FIN-8.
    """
    charge = Charge.objects.select_related("booking__line", "project").get(pk=charge_id)
    line, amount = charge.booking.line, charge.amount_fen
    platform_id, project_id = line.platform_id, charge.project_id
    if charge.kind in (Charge.Kind.DEPOSIT, Charge.Kind.DEPOSIT_BACK):
        payer_id = charge.project.enterprise_id or charge.project.owner_id
        lines = [
            Line(platform_id, P.RECEIVABLE, amount, payer_id, project_id),
            Line(platform_id, P.DEPOSITS_HELD, -amount, payer_id, project_id),
        ]
    else:
        lines = [
            Line(platform_id, P.USAGE_COST, amount, None, project_id),
            Line(platform_id, P.USAGE_RECOVERY, -amount),
        ]
    ledger.post(
        key=f"booking.charge:{charge.pk}",
        text=f"{line.name} · {charge.get_kind_display()}",
        lines=lines,
        actor_id=actor_id,
        at=at,
        project_id=project_id,
    )
    return amount
