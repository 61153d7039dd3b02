"""Sub-commands that let somebody in: what they share."""

import argparse
import os
import subprocess
import sys

from pilotharbor.launcher import harbour
from pilotharbor.launcher.paths import ROOT, SETTINGS, DataFolder


def hand_over(args: argparse.Namespace, called: list[str]) -> int:
    """Run a Django command on the database of the data folder; its exit code is ours."""
    with harbour.database_of(DataFolder.at(args.data)) as wanted:
        done = subprocess.run(
            [sys.executable, "-m", "django", *called, "--settings", SETTINGS],
            env={**os.environ, **wanted},
            cwd=ROOT,
            check=False,
        )
    return done.returncode


def given(args: argparse.Namespace, *names: str) -> list[str]:
    """The named options as they were given, for handing over."""
    told: list[str] = []
    for name in names:
        value = getattr(args, name)
        flag = "--" + name.replace("_", "-")
        if value is True:
            told.append(flag)
        elif value not in {None, False, ""}:
            told.append(f"{flag}={value}")
    return told
