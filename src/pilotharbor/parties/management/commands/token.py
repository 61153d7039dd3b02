"""``./harbor token``: keys for programs, for who has the harbour's machine."""

import json
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.parties import commands, queries
from pilotharbor.parties.models import ApiToken, Membership


class Command(BaseCommand):
    """Make an API token and print it once, list a person's tokens, or revoke one."""

    help = "Make an API token and print it once, list a person's tokens, or revoke one."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose, for what, how long; or which one is revoked."""
        parser.add_argument("doing", choices=["create", "list", "revoke"])
        parser.add_argument("--email", required=True)
        parser.add_argument("--membership", type=int)
        parser.add_argument("--id", type=int)
        parser.add_argument("--name", default="")
        parser.add_argument("--days", type=int, default=90)
        parser.add_argument("--read-only", action="store_true")
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        """Act as the person's chosen or first membership."""
        mine = queries.memberships_of_email(email=options["email"])
        acting = mine.filter(pk=options["membership"]) if options["membership"] else mine
        doing = {"create": self._create, "list": self._list, "revoke": self._revoke}
        try:
            first = acting.first()
            if first is None:
                raise NotFound
            doing[options["doing"]](first, options, timezone.now())
        except DomainError as exc:
            raise CommandError(str(exc)) from exc

    def _create(self, actor: Membership, options: dict[str, Any], at: datetime) -> None:
        issued = commands.issue_token(
            name=options["name"], days=options["days"],
            scopes=["read"] if options["read_only"] else None,
            actor_id=actor.pk, at=at,
        )  # fmt: skip
        told = {
            "id": issued.token.pk,
            "token": issued.secret,
            "expires_at": issued.token.expires_at.isoformat(),
            "membership_id": issued.token.membership_id,
        }
        self.stdout.write(json.dumps(told) if options["json"] else issued.secret)

    def _list(self, actor: Membership, options: dict[str, Any], at: datetime) -> None:
        tokens = queries.visible_tokens(actor=actor).order_by("id")
        told = [_shown(token, at) for token in tokens]
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            for one in told:
                self.stdout.write("  ".join(str(value) for value in one.values()))

    def _revoke(self, actor: Membership, options: dict[str, Any], at: datetime) -> None:
        if options["id"] is None:
            raise CommandError("--id")
        token = commands.revoke_token(token_id=options["id"], actor_id=actor.pk, at=at)
        told = _shown(token, at)
        line = "  ".join(str(value) for value in told.values())
        self.stdout.write(json.dumps(told, ensure_ascii=False) if options["json"] else line)


def _shown(token: ApiToken, at: datetime) -> dict[str, Any]:
    """What may be known of a token after it was made: everything but its secret."""
    state = "revoked" if token.revoked_at else "expired" if token.expires_at <= at else "valid"
    return {
        "id": token.pk,
        "prefix": token.prefix,
        "state": state,
        "expires_at": token.expires_at.isoformat(),
        "scopes": ",".join(token.scopes),
        "membership_id": token.membership_id,
        "name": token.name,
    }
