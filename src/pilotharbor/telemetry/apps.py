"""What the equipment did, by its own signals."""

from django.apps import AppConfig


class TelemetryConfig(AppConfig):
    """What the equipment did, by its own signals."""

    name = "pilotharbor.telemetry"
    label = "telemetry"
    default_auto_field = "django.db.models.BigAutoField"
