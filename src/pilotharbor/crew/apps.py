"""Who is on site and may run what."""

from django.apps import AppConfig


class CrewConfig(AppConfig):
    """Who is on site and may run what."""

    name = "pilotharbor.crew"
    label = "crew"
    default_auto_field = "django.db.models.BigAutoField"
