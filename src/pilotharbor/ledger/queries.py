"""What stands on which account, and which lines made it so."""

from datetime import datetime

from django.db.models import QuerySet, Sum

from pilotharbor.ledger.models import Account, JournalEntry, Posting


def balance(*, account_id: int, at: datetime | None = None) -> int:
    """The balance in fen, debit positive; with ``at``, of entries up to that instant."""
    postings = Posting.objects.filter(account_id=account_id)
    if at is not None:
        postings = postings.filter(entry__at__lte=at)
    return int(postings.aggregate(total=Sum("amount_fen", default=0))["total"])


def entries(*, project_id: int) -> QuerySet[JournalEntry]:
    """A project's entries with their lines, oldest first."""
    return (
        JournalEntry.objects.filter(project_id=project_id)
        .prefetch_related("postings__account__organisation", "postings__account__counterparty")
        .order_by("at", "id")
    )


def totals(*, project_id: int) -> dict[str, int]:
    """Balance in fen per purpose over a project's entries, debit positive; together zero.

    An internal charge stands with both its sides, though the recovery is no account of the project.
    """
    rows = (
        Posting.objects.filter(entry__project_id=project_id)
        .values("account__purpose")
        .annotate(total=Sum("amount_fen"))
        .order_by("account__purpose")
    )
    return {row["account__purpose"]: row["total"] for row in rows}


def trial_balance() -> dict[str, int]:
    """Sum of all postings per currency: zero each, or the database was broken into."""
    rows = Posting.objects.values("account__currency").annotate(total=Sum("amount_fen"))
    return {row["account__currency"]: row["total"] for row in rows}


def accounts(*, organisation_id: int) -> QuerySet[Account]:
    """An organisation's accounts with their balances, by purpose."""
    return (
        Account.objects.filter(organisation_id=organisation_id)
        .annotate(balance_fen=Sum("posting__amount_fen", default=0))
        .order_by("purpose", "id")
    )
