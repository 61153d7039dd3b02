"""``./harbor token create``: a key for a program, for who has the harbour's machine."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.parties import commands, queries


class Command(BaseCommand):
    """Make an API token and print it once."""

    help = "Make an API token and print it once."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose, for what, how long."""
        parser.add_argument("doing", choices=["create"])
        parser.add_argument("--email", required=True)
        parser.add_argument("--membership", type=int)
        parser.add_argument("--name", default="")
        parser.add_argument("--days", type=int, default=90)
        parser.add_argument("--read-only", action="store_true")
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        """Issue it as the person's chosen or first membership."""
        mine = queries.memberships_of_email(email=options["email"])
        acting = mine.filter(pk=options["membership"]) if options["membership"] else mine
        try:
            first = acting.first()
            if first is None:
                raise NotFound
            issued = commands.issue_token(
                name=options["name"], days=options["days"],
                scopes=["read"] if options["read_only"] else None,
                actor_id=first.pk, at=timezone.now(),
            )  # fmt: skip
        except DomainError as exc:
            raise CommandError(str(exc)) from exc
        told = {
            "token": issued.secret,
            "expires_at": issued.token.expires_at.isoformat(),
            "membership_id": issued.token.membership_id,
        }
        self.stdout.write(json.dumps(told) if options["json"] else issued.secret)
