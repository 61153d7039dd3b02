"""``./harbor import KIND FILE``: bring a list in from a file on this machine."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from pilotharbor.launcher import harbour
from pilotharbor.launcher.paths import ROOT, SETTINGS, DataFolder

KINDS = (
    "achievements",
    "bookings",
    "demands",
    "equipment",
    "examinations",
    "organisations",
    "roster",
    "scenarios",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the sub-command's arguments."""
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("file", type=Path, help=".csv, .xlsx or .jsonl")
    parser.add_argument("--as", dest="email", metavar="EMAIL", help="who imports; decides whose")
    parser.add_argument("--partial", action="store_true", help="load the good rows of a bad file")
    parser.add_argument("--submit", action="store_true", help="put new rows up for review")
    parser.add_argument("--approve-as", metavar="EMAIL", help="who reviews and publishes them then")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--data", help="data folder (default: .harbor in the project)")


def run(args: argparse.Namespace) -> int:
    """Hand over to Django on the database of the data folder."""
    flags = [f"--{name}" for name in ("partial", "submit", "json") if getattr(args, name)]
    flags += ["--approve-as", args.approve_as] if args.approve_as else []
    return hand_over("import_list", args, flags)


def hand_over(command: str, args: argparse.Namespace, flags: list[str]) -> int:
    """Run a Django command about a list; its exit code is ours."""
    called = [sys.executable, "-m", "django", command, args.kind, str(args.file.absolute()), *flags]
    called += ["--as", args.email] if args.email else []
    with harbour.database_of(DataFolder.at(args.data)) as wanted:
        done = subprocess.run(
            [*called, "--settings", SETTINGS], env={**os.environ, **wanted}, cwd=ROOT, check=False
        )
    return done.returncode
