"""Sub-command ``test``: do all checks and all tests pass, real browser included?"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from pilotharbor.launcher import (
    catalogues,
    check,
    chromium,
    console,
    database,
    harbour,
    vault,
)
from pilotharbor.launcher.guard import Guard
from pilotharbor.launcher.paths import ROOT, DataFolder
from pilotharbor.launcher.words import say

ALONE = ("tests/launcher", "tests/telemetry/test_nothing_lost.py", "tests/booking/engine")
# Each has a database and a browser of its own.
MOST_WORKERS = 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe ``test``."""
    parser.add_argument("--no-check", action="store_true", help="only the tests")
    parser.add_argument("--no-browser", action="store_true", help="do not look for Chromium")
    parser.add_argument("pytest", nargs=argparse.REMAINDER, help="arguments for pytest")


def run(args: argparse.Namespace) -> int:
    """Carry ``test`` out; the exit code is that of the checks, then that of pytest."""
    console.line(say("checking"))
    checked = 0 if args.no_check else check.run(argparse.Namespace(fast=False, names=[]))
    browser = {} if args.no_browser else {"PILOTHARBOR_CHROMIUM": chromium.obtain()}
    catalogues.compile_stale()
    with developer_database() as wanted:
        console.line(say("testing"))
        environment = {**os.environ, **wanted, **browser}
        codes = [_pytest(given, environment) for given in _parts(args.pytest)]
    return checked or next((code for code in codes if code), 0)


def _parts(given: Sequence[str]) -> list[list[str]]:
    """What each run of pytest is given: everything side by side, but for what wants the machine.

    Some start harbours and kill processes, some search for so many seconds on both cores.
    """
    if given:
        return [list(given)]
    workers = str(min(os.cpu_count() or 1, MOST_WORKERS))
    together = ["-n", workers, "--dist", "loadfile", *(f"--ignore={place}" for place in ALONE)]
    return [together, list(ALONE)]


def _pytest(given: Sequence[str], environment: Mapping[str, str]) -> int:
    command = [sys.executable, "-m", "pytest", *given]
    return subprocess.run(command, cwd=ROOT, env=dict(environment), check=False).returncode


@contextmanager
def developer_database() -> Iterator[dict[str, str]]:
    """The environment of a throw-away database whose owner may create test databases."""
    folder = Path(tempfile.mkdtemp(prefix="pilotharbor-test-"))
    folder.chmod(0o755)
    data = DataFolder(folder)
    guard = Guard()
    cluster = None
    try:
        vault.open_folder(data)
        with console.step("preparing_database"):
            cluster = database.embedded(data, durable=False)
            guard.start()
            harbour.start_cluster(data, cluster, guard)
        found = database.furnish(cluster, data, owner_may_create=True)
        wanted = harbour.environment(data, found, port=0, as_owner=True)
        # The tests make tables, so they begin as the owner and change to the app role themselves.
        yield wanted | {"PILOTHARBOR_AS_OWNER": "1", "PILOTHARBOR_DATA": str(folder)}
    finally:
        if cluster is not None:
            cluster.stop()
        guard.dismiss()
        shutil.rmtree(folder, ignore_errors=True)
