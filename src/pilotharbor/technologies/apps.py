"""Achievements, demands and intellectual property."""

from django.apps import AppConfig


class TechnologiesConfig(AppConfig):
    """Achievements, demands and intellectual property."""

    name = "pilotharbor.technologies"
    label = "technologies"
    default_auto_field = "django.db.models.BigAutoField"
