"""``./harbor found``: the organisation that runs a harbour which was started empty."""

import getpass
import json
import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as translate

from pilotharbor.kernel.errors import DomainError
from pilotharbor.parties import commands


class Command(BaseCommand):
    """Make the host organisation and its first person."""

    help = "Make the organisation that runs this harbour, and its first person."

    def add_arguments(self, parser: CommandParser) -> None:
        """Name, code and first person; the password comes from the terminal or the environment."""
        parser.add_argument("--name", required=True)
        parser.add_argument("--uscc", required=True)
        parser.add_argument("--administrator", required=True)
        parser.add_argument("--email", required=True)
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        """Found it, once."""
        password = os.environ.get("PILOTHARBOR_FOUNDER_PASSWORD") or _asked()
        try:
            host = commands.found(
                name=options["name"], uscc=options["uscc"], email=options["email"],
                administrator_name=options["administrator"], password=password, at=timezone.now(),
            )  # fmt: skip
        except DomainError as exc:
            raise CommandError("\n".join([str(exc), *exc.problems.values()])) from exc
        told = {"organisation_id": host.pk, "name": host.name}
        self.stdout.write(json.dumps(told, ensure_ascii=False) if options["json"] else host.name)


def _asked() -> str:
    """The password as it is typed, or as another program pipes it in.

    Raises: CommandError when there is neither a person nor a program to ask.
    """
    password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().strip("\r\n")
    if not password:
        said = translate("Nobody can be asked for the password here; set {variable}.")
        raise CommandError(said.format(variable="PILOTHARBOR_FOUNDER_PASSWORD"))
    return password
