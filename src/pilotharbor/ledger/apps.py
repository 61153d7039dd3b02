"""Accounts, entries and postings."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Accounts, entries and postings."""

    name = "pilotharbor.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"
