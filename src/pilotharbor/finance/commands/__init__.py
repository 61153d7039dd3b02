"""Everything that can happen to money and shares."""

from pilotharbor.finance.commands.decisions import decide
from pilotharbor.finance.commands.invoices import (
    book_charge,
    book_usage,
    invoice_milestone,
    mark_paid,
)
from pilotharbor.finance.commands.revenue import report_revenue

__all__ = [
    "book_charge",
    "book_usage",
    "decide",
    "invoice_milestone",
    "mark_paid",
    "report_revenue",
]
