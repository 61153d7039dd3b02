"""The site as a Django app: the one place that knows every domain's edges."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig
from django.conf import settings


class WebConfig(AppConfig):
    """Connects every domain's event handlers when the site starts."""

    name = "pilotharbor.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import all handlers, so that the feeder knows who wants which event."""
        for domain in settings.DOMAINS:
            module = f"pilotharbor.{domain}.handlers"
            if find_spec(module):
                import_module(module)
