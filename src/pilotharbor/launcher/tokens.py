"""Sub-command ``token``: keys for programs, for who has the harbour's machine."""

import argparse

from pilotharbor.launcher import access
from pilotharbor.launcher.trouble import Trouble


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe ``token``."""
    parser.add_argument("doing", choices=["create", "list", "revoke"])
    parser.add_argument("--email", required=True, help="whose token")
    parser.add_argument("--id", type=int, help="revoke: the number that list shows")
    parser.add_argument("--membership", type=int, help="number of the membership it acts as")
    parser.add_argument("--name", default="", help="what it is for")
    parser.add_argument("--days", type=int, default=90, help="how long it lives (1 to 365)")
    parser.add_argument("--read-only", action="store_true", help="scope read alone")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--data", help="data folder (default: .harbor in the project)")


def run(args: argparse.Namespace) -> int:
    """Carry ``token`` out.

    Raises: Trouble.
    """
    if args.doing == "revoke" and args.id is None:
        raise Trouble("token_which")
    options = access.given(args, "email", "membership", "id", "name", "days", "read_only", "json")
    return access.hand_over(args, ["token", args.doing, *options])
