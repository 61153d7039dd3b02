"""``./harbor token create`` and ``./harbor found``, for who has the harbour's machine."""

import argparse
import getpass
import json
import os
import sys

from django.utils import timezone

from pilotharbor.kernel.errors import DomainError
from pilotharbor.parties import commands, queries
from pilotharbor.parties.models import Person


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``create`` makes an API token, ``found`` the harbour's operator."""
    doing = parser.add_subparsers(dest="doing", required=True)
    create = doing.add_parser("create", help="make an API token and print it once")
    create.add_argument("--email", required=True, help="whose token")
    create.add_argument("--membership", type=int, help="number of the membership it acts as")
    create.add_argument("--name", default="", help="what it is for")
    create.add_argument("--days", type=int, default=90, help="how long it lives (1 to 365)")
    create.add_argument("--read-only", action="store_true", help="scope read alone")
    create.add_argument("--json", action="store_true", help="for programs")
    founding = doing.add_parser("found", help="make the organisation that runs this harbour")
    _founding_arguments(founding)


def _founding_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name", required=True, help="registered name of the organisation")
    parser.add_argument("--uscc", required=True, help="its unified social credit code")
    parser.add_argument("--administrator", required=True, help="name of the first person")
    parser.add_argument("--email", required=True, help="e-mail of the first person")
    parser.add_argument("--json", action="store_true", help="for programs")


def run(args: argparse.Namespace) -> int:
    """Do it; 1 when it is refused."""
    try:
        told = _found(args) if args.doing == "found" else _create(args)
    except DomainError as exc:
        print("\n".join([str(exc), *exc.problems.values()]), file=sys.stderr)
        return 1
    print(json.dumps(told, ensure_ascii=False) if args.json else "\n".join(map(str, told.values())))
    return 0


def _create(args: argparse.Namespace) -> dict[str, object]:
    person = Person.objects.filter(email__iexact=args.email).first()
    mine = queries.active_memberships(person_id=person.pk if person else 0)
    acting = mine.filter(pk=args.membership) if args.membership else mine
    issued = commands.issue_token(
        name=args.name, days=args.days, scopes=["read"] if args.read_only else None,
        actor_id=getattr(acting.first(), "pk", 0), at=timezone.now(),
    )  # fmt: skip
    return {"token": issued.secret, "expires_at": issued.token.expires_at.isoformat()}


def _found(args: argparse.Namespace) -> dict[str, object]:
    password = os.environ.get("PILOTHARBOR_FOUNDER_PASSWORD") or getpass.getpass()
    organisation = commands.found(
        name=args.name, uscc=args.uscc, administrator_name=args.administrator, email=args.email,
        password=password, at=timezone.now(),
    )  # fmt: skip
    return {"organisation_id": organisation.pk}


class Founding:
    """The same as a command of its own, ``./harbor found``."""

    @staticmethod
    def add_arguments(parser: argparse.ArgumentParser) -> None:
        """Name, code and first person."""
        _founding_arguments(parser)
        parser.set_defaults(doing="found")

    run = staticmethod(run)
