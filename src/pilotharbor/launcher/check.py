"""Sub-command ``check``: does the source keep the house style?"""

import argparse
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from pilotharbor.launcher import console
from pilotharbor.launcher.paths import ROOT, SETTINGS
from pilotharbor.launcher.words import say

PYTHON = [sys.executable, "-m"]
OWN_CODE = [name for name in ("src", "tests", "benchmarks") if (ROOT / name).is_dir()]
TOOLS = str(ROOT / ".venv" / "bin")
FAST = {
    "format": [*PYTHON, "ruff", "format", "--check", *OWN_CODE],
    "lint": [*PYTHON, "ruff", "check", *OWN_CODE],
    "imports": ["lint-imports", "--no-cache"],
    "translations": [*PYTHON, "pilotharbor.launcher.check_translations"],
}
SLOW = {
    "types": [*PYTHON, "mypy"],
    "migrations": [*PYTHON, "django", "makemigrations", "--check", "--dry-run"],
    "templates": [*PYTHON, "djlint", "src", "--lint", "--profile=django", "--quiet"],
}


@dataclass(frozen=True)
class Outcome:
    """What one check said."""

    name: str
    passed: bool
    seconds: float
    said: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe ``check``."""
    parser.add_argument("--fast", action="store_true", help="format, lint, imports, translations")
    parser.add_argument("names", nargs="*", help=f"only these: {' '.join([*FAST, *SLOW])}")


def run(args: argparse.Namespace) -> int:
    """Carry ``check`` out; 1 if anything is wrong."""
    wanted = FAST if args.fast else SLOW | FAST
    if args.names:
        wanted = {name: (SLOW | FAST)[name] for name in args.names}
    # Two at a time: the type checker takes one core, the rest share the other.
    with ThreadPoolExecutor(max_workers=2) as pool:
        outcomes = list(pool.map(_check, wanted, wanted.values()))
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def _check(name: str, command: list[str]) -> Outcome:
    started = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    outcome = Outcome(name, done.returncode == 0, time.monotonic() - started, done.stdout)
    verdict = say("passed") if outcome.passed else say("failed")
    said = "" if outcome.passed else "\n" + outcome.said.rstrip()
    console.line(f"{name:<14}{verdict}  {outcome.seconds:5.1f} s{said}")
    return outcome


def _environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PILOTHARBOR_DB")}
    path = TOOLS + os.pathsep + kept.get("PATH", "")
    # No check needs a database, so none may wait for one: port 9 refuses at once.
    nowhere = "postgresql://nobody@127.0.0.1:9/none"
    return kept | {
        "PATH": path,
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "PILOTHARBOR_AS_OWNER": "1",
        "PILOTHARBOR_DB_OWNER_URL": nowhere,
        "PILOTHARBOR_SECRET_KEY": "check",
        "PYTHONWARNINGS": "ignore::RuntimeWarning",
    }
