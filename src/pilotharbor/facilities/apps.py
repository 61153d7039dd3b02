"""Platforms, lines, equipment and tariffs."""

from django.apps import AppConfig


class FacilitiesConfig(AppConfig):
    """Platforms, lines, equipment and tariffs."""

    name = "pilotharbor.facilities"
    label = "facilities"
    default_auto_field = "django.db.models.BigAutoField"
