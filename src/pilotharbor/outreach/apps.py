"""Contests, roadshows and coaching."""

from django.apps import AppConfig


class OutreachConfig(AppConfig):
    """Contests, roadshows and coaching."""

    name = "pilotharbor.outreach"
    label = "outreach"
    default_auto_field = "django.db.models.BigAutoField"
