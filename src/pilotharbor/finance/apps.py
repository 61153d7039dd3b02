"""Invoices, equity, rewards and revenue shares."""

from django.apps import AppConfig


class FinanceConfig(AppConfig):
    """Invoices, equity, rewards and revenue shares."""

    name = "pilotharbor.finance"
    label = "finance"
    default_auto_field = "django.db.models.BigAutoField"
