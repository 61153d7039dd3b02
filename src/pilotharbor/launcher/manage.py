"""Sub-command ``manage``: a Django command on the data of the running or embedded database."""

import argparse

from pilotharbor.launcher import harbour, managed
from pilotharbor.launcher.paths import DataFolder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe ``manage``."""
    parser.add_argument("--data", help="data folder (default: .harbor in the project)")
    parser.add_argument("--owner", action="store_true", help="connect as the owner of the tables")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="Django command and arguments")


def run(args: argparse.Namespace) -> int:
    """Carry ``manage`` out; the exit code is the command's."""
    with harbour.database_of(DataFolder.at(args.data)) as wanted:
        as_owner = {"PILOTHARBOR_AS_OWNER": "1"} if args.owner else {}
        return managed.hand_over(args.command, {**managed.inherited(), **wanted, **as_owner})
