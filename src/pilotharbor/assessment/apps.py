"""Panels, reviews and maturity statements."""

from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    """Panels, reviews and maturity statements."""

    name = "pilotharbor.assessment"
    label = "assessment"
    default_auto_field = "django.db.models.BigAutoField"
