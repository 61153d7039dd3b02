"""Requests, reservations and usage."""

from django.apps import AppConfig


class BookingConfig(AppConfig):
    """Requests, reservations and usage."""

    name = "pilotharbor.booking"
    label = "booking"
    default_auto_field = "django.db.models.BigAutoField"
