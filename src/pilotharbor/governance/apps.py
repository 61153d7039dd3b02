"""Accreditation and statistics."""

from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    """Accreditation and statistics."""

    name = "pilotharbor.governance"
    label = "governance"
    default_auto_field = "django.db.models.BigAutoField"
