"""Load the demonstration harbour into an empty one."""

from typing import Any

from django.core.management.base import BaseCommand

from pilotharbor.web.demonstration.load import load


class Command(BaseCommand):
    """Does nothing where a harbour was founded before."""

    help = "Load the demonstration harbour."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        """Print a line per part."""
        load(say=self.stdout.write)
