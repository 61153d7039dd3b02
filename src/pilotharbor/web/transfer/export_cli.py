"""``./harbor export KIND FILE``: write a list to a file on this machine."""

import argparse
from pathlib import Path

from pilotharbor.web.transfer.cli import KINDS, hand_over

LISTS = sorted([
    *KINDS, "agreements", "campaigns", "invoices", "lines", "matches", "people",
    "projects", "tasks",
])  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the sub-command's arguments."""
    parser.add_argument("kind", choices=LISTS)
    parser.add_argument("file", type=Path, help=".csv or .xlsx")
    parser.add_argument("--as", dest="email", metavar="EMAIL", help="whose eyes to see with")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--data", help="data folder (default: .harbor in the project)")


def run(args: argparse.Namespace) -> int:
    """Hand over to Django on the database of the data folder."""
    return hand_over("export_list", args, ["--json"] if args.json else [])
