"""Sub-commands that let somebody in: what they share."""

import argparse
import os

from pilotharbor.launcher import harbour, managed
from pilotharbor.launcher.paths import DataFolder


def hand_over(args: argparse.Namespace, called: list[str]) -> int:
    """Run a Django command on the database of the data folder; its exit code is ours."""
    with harbour.database_of(DataFolder.at(args.data)) as wanted:
        return managed.hand_over(called, {**os.environ, **wanted})


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
