"""Leads and technology managers."""

from django.apps import AppConfig


class LeadsConfig(AppConfig):
    """Leads and technology managers."""

    name = "pilotharbor.leads"
    label = "leads"
    default_auto_field = "django.db.models.BigAutoField"
