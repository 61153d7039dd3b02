"""Templates and renderings."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Templates and renderings."""

    name = "pilotharbor.documents"
    label = "documents"
    default_auto_field = "django.db.models.BigAutoField"
