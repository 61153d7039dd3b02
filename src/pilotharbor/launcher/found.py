"""Sub-command ``found``: the organisation that runs a harbour which was started empty."""

import argparse

from pilotharbor.launcher import access


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe ``found``; the password is asked for, or PILOTHARBOR_FOUNDER_PASSWORD."""
    parser.add_argument("--name", required=True, help="registered name of the organisation")
    parser.add_argument("--uscc", required=True, help="its unified social credit code")
    parser.add_argument("--administrator", required=True, help="name of the first person")
    parser.add_argument("--email", required=True, help="e-mail of the first person")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--data", help="data folder (default: .harbor in the project)")


def run(args: argparse.Namespace) -> int:
    """Carry ``found`` out."""
    options = access.given(args, "name", "uscc", "administrator", "email", "json")
    return access.hand_over(args, ["found", *options])
