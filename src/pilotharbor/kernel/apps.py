"""The kernel as a Django app."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    """Tables of events, deliveries and idempotent requests."""

    name = "pilotharbor.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"
