"""Campaigns, batches, acceptance and reports."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Campaigns, batches, acceptance and reports."""

    name = "pilotharbor.campaigns"
    label = "campaigns"
    default_auto_field = "django.db.models.BigAutoField"
