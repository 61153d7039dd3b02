"""Which requests together make a schedule worth having."""

from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    """Which requests together make a schedule worth having."""

    name = "pilotharbor.scheduling"
    label = "scheduling"
    default_auto_field = "django.db.models.BigAutoField"
