"""When is what free, who is where, and how well is it all used."""

from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    """When is what free, who is where, and how well is it all used."""

    name = "pilotharbor.calendars"
    label = "calendars"
    default_auto_field = "django.db.models.BigAutoField"
