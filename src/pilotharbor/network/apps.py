"""Other harbours."""

from django.apps import AppConfig


class NetworkConfig(AppConfig):
    """Other harbours."""

    name = "pilotharbor.network"
    label = "network"
    default_auto_field = "django.db.models.BigAutoField"
