"""The demonstration harbour, for ``./harbor up``, which sees to it that it is loaded whole."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pilotharbor.web.demonstration import load

PASSWORD = "PILOTHARBOR_DEMONSTRATION_PASSWORD"  # noqa: S105  (the variable's name)


class Command(BaseCommand):
    """Refuses where anybody else was here before."""

    # The launcher has checked this harbour; checking again costs seconds.
    requires_system_checks = []
    help = "Load the demonstration harbour into a new one; ./harbor up does this."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Load, or only one part of what belongs to it."""
        only = parser.add_mutually_exclusive_group()
        only.add_argument("--examine", action="store_true", help="is it the only thing here?")
        only.add_argument(
            "--accounts", action="store_true", help="write the list of accounts again"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line per part."""
        del args
        password = os.environ.get(PASSWORD, "")
        if not password:
            raise CommandError("./harbor up loads the demonstration, into a new data folder.")
        try:
            if options["examine"]:
                load.examine()
            elif options["accounts"]:
                load.write_accounts(password)
            else:
                load.load(password=password, say=self.stdout.write)
        except load.NotOurs as exc:
            raise CommandError(str(exc)) from exc
