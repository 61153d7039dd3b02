"""Sub-command ``compile-messages``: are the compiled translations as new as their sources?"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import polib

from pilotharbor.launcher.paths import SOURCE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe ``compile-messages``."""
    parser.add_argument("--force", action="store_true", help="compile also what is up to date")


def run(args: argparse.Namespace) -> int:
    """Carry ``compile-messages`` out."""
    compile_stale(force=args.force)
    return 0


def sources() -> Iterator[Path]:
    """Every translation file of ours."""
    yield from sorted((SOURCE / "pilotharbor").glob("*/locale/*/LC_MESSAGES/*.po"))


def compile_stale(*, force: bool = False) -> None:
    """Compile each translation file that is newer than its compiled form.

    The compiled file appears in one step: a process that starts meanwhile reads the old or the new.
    """
    for source in sources():
        target = source.with_suffix(".mo")
        if not force and target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        scratch = target.with_name(target.name + ".new")
        polib.pofile(str(source)).save_as_mofile(str(scratch))
        scratch.replace(target)
