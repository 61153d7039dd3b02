"""Accounts, entries and postings: append-only, every entry sums to zero per currency."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel.models import CurrentXactId, Xid8Field


class Account(models.Model):
    """Where fen lie, from the platform's point of view.

    ``organisation``  whose account; ``project_id`` the project it belongs to, or empty
    ``purpose``       what it is for; ``side`` whether it usually stands in debit or credit
    """

    class Purpose(models.TextChoices):
        RECEIVABLE = "receivable", _("Receivable")
        BANK = "bank", _("Bank")
        SERVICE_REVENUE = "service_revenue", _("Service revenue")
        OUTPUT_VAT = "output_vat", _("Output VAT")
        SHARE_REVENUE = "share_revenue", _("Revenue share income")
        USAGE_COST = "usage_cost", _("Equipment usage (project cost)")
        USAGE_RECOVERY = "usage_recovery", _("Equipment usage (recovered)")
        DEPOSITS_HELD = "deposits_held", _("Deposits held")

    organisation = models.ForeignKey("parties.Organisation", models.PROTECT)
    counterparty = models.ForeignKey(
        "parties.Organisation", models.PROTECT, null=True, related_name="+"
    )
    project_id = models.BigIntegerField(null=True)
    purpose = models.CharField(max_length=24, choices=Purpose)
    currency = models.CharField(max_length=3, default="CNY")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "counterparty", "project_id", "purpose", "currency"],
                nulls_distinct=False,
                name="ledger_account_once",
            )
        ]


class JournalEntry(models.Model):
    """One balanced entry; never changed, only reversed by another.

    ``key``          what caused it (``finance.invoice:12``): the same cause books once
    ``body_sha256``  of what was booked: the same key with other lines is refused
    ``xid``          the transaction that wrote it; lines are only accepted in that same one
    """

    key = models.CharField(max_length=96)
    body_sha256 = models.CharField(max_length=64)
    text = models.CharField(max_length=200)
    project_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    reverses = models.ForeignKey("self", models.PROTECT, null=True, related_name="reversals")
    xid = Xid8Field(db_default=CurrentXactId(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="ledger_entry_key_once"),
            models.UniqueConstraint(
                fields=["reverses"],
                condition=Q(reverses__isnull=False),
                name="ledger_entry_reversed_once",
            ),
        ]
        indexes = [models.Index(fields=["project_id", "at"], name="ledger_entry_project")]


class Posting(models.Model):
    """One line: ``amount_fen`` is positive in debit, negative in credit, never zero."""

    entry = models.ForeignKey(JournalEntry, models.PROTECT, related_name="postings")
    account = models.ForeignKey(Account, models.PROTECT)
    amount_fen = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="ledger_posting_not_zero", condition=~Q(amount_fen=0))
        ]

    @property
    def credit_fen(self) -> int:
        """The amount as a credit column shows it."""
        return -self.amount_fen
