"""Sub-command ``bench``: what are the headline figures on this machine?"""

import argparse
import importlib.util
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pilotharbor.launcher import console
from pilotharbor.launcher.paths import ROOT
from pilotharbor.launcher.trouble import Trouble

FOLDER = ROOT / "benchmarks"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe ``bench``."""
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {' '.join(_all())}")
    parser.add_argument("--json", action="store_true", help="one JSON object, for programs")


def _all() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))


def run(args: argparse.Namespace) -> int:
    """Carry ``bench`` out; 1 if a benchmark says that it missed its limit."""
    figures: dict[str, dict[str, Any]] = {}
    for name in args.names or _all():
        path = FOLDER / f"{name}.py"
        if not path.exists():
            raise Trouble("no_benchmark", name=name, names=", ".join(_all()))
        if not args.json:
            console.line(f"{name} …")
        started = time.monotonic()
        figures[name] = _entry(path)()
        if not args.json:
            for key, value in figures[name].items():
                console.line(f"  {key:<44}{value}")
            console.line(f"  ({time.monotonic() - started:.1f} s)")
    if args.json:
        console.line(json.dumps(figures, ensure_ascii=False, indent=1, default=str))
    return 0 if all(found.get("passed", True) for found in figures.values()) else 1


def _entry(path: Path) -> Callable[[], dict[str, Any]]:
    """The ``run`` function of a benchmark, a plain file outside the package."""
    spec = importlib.util.spec_from_file_location(f"benchmark_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise Trouble("no_benchmark", name=path.stem, names=", ".join(_all()))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    entry: Callable[[], dict[str, Any]] = module.run
    return entry
