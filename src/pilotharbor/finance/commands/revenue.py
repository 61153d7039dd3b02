"""The platform's share of later revenue, on the cumulative base."""

from datetime import datetime

from psycopg.types.range import DateRange

from pilotharbor.agreements.models import Agreement, RevenueShareTerm
from pilotharbor.finance.commands.invoices import book_invoice, next_number
from pilotharbor.finance.models import Invoice, RevenueReport
from pilotharbor.kernel import events, money
from pilotharbor.kernel.errors import Conflict, Invalid, NotFound
from pilotharbor.kernel.time import local_date, reporting_period
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.ledger.models import Account
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.projects.models import Project


class NoRevenueShare(NotFound):
    """This agreement knows no revenue share."""

    code = "finance.no_revenue_share"


class PeriodTaken(Conflict):
    """Revenue for part of {period} was reported before; a correction is a new report of a later period."""

    code = "finance.period_taken"


class PeriodOutOfOrder(Conflict):
    """Revenue up to {reported_to} is reported already; {period} lies before that."""

    code = "finance.period_out_of_order"


class PeriodNotOver(Conflict):
    """{period} is not over yet; report it from {first_day} on."""

    code = "finance.period_not_over"


class BeforeAgreement(Conflict):
    """{period} was over before the agreement was signed on {signed_on}; nothing is shared of it."""

    code = "finance.before_agreement"


class NegativeSales(Invalid):
    """Net sales of a period cannot be negative; report a correction in the next period."""

    code = "finance.negative_sales"


@command
def report_revenue(
    *, agreement_id: int, period: str, net_sales_fen: int, actor_id: int, at: datetime
) -> RevenueReport:
    """Report a period's net sales; the share due is rate × cumulative base, less booked so far.

    The payer's people report; the payee's operator may enter an audited statement for them.
    Raises: NoRevenueShare, PeriodNotOver, BeforeAgreement, PeriodTaken, PeriodOutOfOrder,
    NegativeSales.
    Source: R-FIN-6.
    """
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.WRITE, Kind.FINANCE)
    if net_sales_fen < 0:
        raise NegativeSales
    covered = reporting_period(period)
    if local_date(at) < covered.after:
        raise PeriodNotOver(period=covered.label, first_day=covered.after.isoformat())
    term = _locked_term(actor, agreement_id)
    signed_on = local_date(term.agreement.signed_at or at)
    if covered.after <= signed_on:
        raise BeforeAgreement(period=covered.label, signed_on=signed_on.isoformat())
    last = term.reports.order_by("-validity").first()
    validity = DateRange(covered.first, covered.after)
    if last is not None and last.validity.upper > covered.first:
        if last.validity.lower < covered.after:
            raise PeriodTaken(period=covered.label)
        raise PeriodOutOfOrder(period=covered.label, reported_to=last.validity.upper.isoformat())
    base = (last.cumulative_fen if last else 0) + net_sales_fen
    booked = sum(term.reports.values_list("share_fen", flat=True))
    with refusing(finance_revenue_period_once=PeriodTaken(period=covered.label)):
        report = RevenueReport.objects.create(
            term=term,
            period=covered.label,
            validity=validity,
            net_sales_fen=net_sales_fen,
            cumulative_fen=base,
            share_fen=money.bp_of(base, term.rate_bp) - booked,
            reported_by=actor,
            reported_at=at,
        )
    _invoice(report, term, actor_id, at)
    events.record(
        "finance.revenue.reported",
        report,
        actor=actor,
        at=at,
        project_id=term.agreement.project_id,
        net_sales_fen=net_sales_fen,
        share_fen=report.share_fen,
        period=covered.label,
    )
    return report


def _locked_term(actor: Membership, agreement_id: int) -> RevenueShareTerm:
    term = RevenueShareTerm.objects.filter(
        agreement_id=agreement_id, agreement__status=Agreement.Status.SIGNED
    ).first()
    if term is None or actor.organisation_id not in {term.payer_id, term.payee_id}:
        raise NoRevenueShare
    project_id = Agreement.objects.get(pk=agreement_id).project_id
    Project.objects.select_for_update(no_key=True).get(pk=project_id)
    locked = RevenueShareTerm.objects.select_for_update(no_key=True, of=("self",))
    return locked.select_related("agreement").get(pk=term.pk)


def _invoice(report: RevenueReport, term: RevenueShareTerm, actor_id: int, at: datetime) -> None:
    """Invoice the share, VAT included at the agreement's rate; a share of nothing is not invoiced."""
    if not report.share_fen:
        return
    earlier = Invoice.objects.filter(revenue_report__term=term)
    gross_so_far = report.share_fen + sum(earlier.values_list("gross_fen", flat=True))
    net = money.net_of_vat(gross_so_far, term.agreement.vat_bp)
    net -= sum(earlier.values_list("net_fen", flat=True))
    project = Project.objects.get(pk=term.agreement.project_id)
    invoice = Invoice.objects.create(
        number=next_number(project),
        project=project,
        revenue_report=report,
        payer_id=term.payer_id,
        payee_id=term.payee_id,
        gross_fen=report.share_fen,
        net_fen=net,
        vat_fen=report.share_fen - net,
        vat_bp=term.agreement.vat_bp,
        issued_at=at,
    )
    book_invoice(invoice, revenue=Account.Purpose.SHARE_REVENUE, actor_id=actor_id, at=at)
