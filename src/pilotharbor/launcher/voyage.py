"""Sub-command ``voyage``: play a whole case through the public API and compare what came out."""

import argparse
import os
import secrets
import subprocess
import sys
from pathlib import Path

from pilotharbor.launcher.paths import ROOT, SETTINGS, SOURCE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe ``voyage``."""
    parser.add_argument("case", type=Path, help="a case file, schema pilotharbor.voyage/1")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--url", help="play in this running harbour instead of a temporary one")
    parser.add_argument("--email", help="a platform operator of that harbour's host organisation")
    parser.add_argument("--password", help="that operator's password (or PILOTHARBOR_PASSWORD)")


def run(args: argparse.Namespace) -> int:
    """Hand over to Django; 0 as expected, 1 different or refused, 2 not a playable case."""
    called = [sys.executable, "-m", "django", "play_voyage", str(args.case.absolute())]
    called += ["--json"] if args.json else []
    for name in ("url", "email"):
        if getattr(args, name):
            called += [f"--{name}", getattr(args, name)]
    wanted = {
        "PILOTHARBOR_SECRET_KEY": secrets.token_urlsafe(32),
        "PYTHONPATH": str(SOURCE),
        "DJANGO_SETTINGS_MODULE": SETTINGS,
    }
    if args.password:
        wanted["PILOTHARBOR_PASSWORD"] = args.password
    return subprocess.run(called, env={**os.environ, **wanted}, cwd=ROOT, check=False).returncode
