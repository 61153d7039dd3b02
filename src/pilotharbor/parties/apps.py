"""Organisations, people and memberships."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """Organisations, people and memberships."""

    name = "pilotharbor.parties"
    label = "parties"
    default_auto_field = "django.db.models.BigAutoField"
