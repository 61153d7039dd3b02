"""Registers the handlers of the tests in a real worker process."""

from importlib import import_module

from django.apps import AppConfig


class DeedsConfig(AppConfig):
    name = "tests.kernel.deeds"
    label = "deeds"

    def ready(self) -> None:
        import_module("tests.kernel.deeds.handlers")
