"""Agreements, parties, clauses and milestones."""

from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    """Agreements, parties, clauses and milestones."""

    name = "pilotharbor.agreements"
    label = "agreements"
    default_auto_field = "django.db.models.BigAutoField"
