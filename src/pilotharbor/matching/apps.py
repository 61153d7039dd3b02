"""The index of what can be found, and matches."""

from django.apps import AppConfig


class MatchingConfig(AppConfig):
    """The index of what can be found, and matches."""

    name = "pilotharbor.matching"
    label = "matching"
    default_auto_field = "django.db.models.BigAutoField"
