"""``./harbor schedule``: how short can a job shop in a file be made, and how short can it not be?"""

import argparse
import json
import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from pilotharbor.booking.engine.jobshop import fjs, search
from pilotharbor.launcher import console
from pilotharbor.launcher.words import say

# What passes from the call to this line: the shell, the interpreter, the first imports.
STARTUP_S = 0.3
LONGEST_S = 86_400
WRONG_INPUT = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe ``schedule``."""
    what = parser.add_subparsers(dest="what", required=True)
    solve = what.add_parser("solve", help="the shortest schedule of a flexible job shop (.fjs)")
    solve.add_argument("file", type=Path, metavar="FILE", help="in the standard text format")
    solve.add_argument(
        "--time-limit",
        type=_seconds,
        default=10.0,
        metavar="S",
        help="seconds on the clock, everything included (default: %(default)s)",
    )
    solve.add_argument("--json", action="store_true", help="one JSON object, for programs")


def _seconds(text: str) -> float:
    """A positive number of seconds; argparse says so where it is none."""
    value = float(text)
    if not (math.isfinite(value) and 0 < value <= LONGEST_S):
        raise argparse.ArgumentTypeError(say("schedule_time_limit", longest=LONGEST_S))
    return value


def run(args: argparse.Namespace) -> int:
    """Carry ``schedule`` out; 2 when the file is none to work with."""
    began = time.perf_counter() - STARTUP_S
    try:
        shop = fjs.read(args.file)
    except fjs.Unreadable as exc:
        console.fail(say("schedule_bad_file", file=args.file, line=exc.line, reason=reason(exc)))
        return WRONG_INPUT
    except OSError as exc:
        console.fail(say("schedule_no_file", file=args.file, reason=exc.strerror or exc))
        return WRONG_INPUT
    found = search.solve(shop, args.time_limit, began=began)
    answer = {
        "makespan": found.makespan,
        "bound": found.bound,
        "gap": round(found.gap, 4),
        "seconds": round(found.seconds, 2),
        "status": found.status,
    }
    if args.json:
        console.line(json.dumps(answer))
    else:
        console.table(["", ""], [[name, str(value)] for name, value in answer.items()])
    return 0


def reason(wrong: fjs.Unreadable) -> str:
    """What is wrong in a file and what to do about it, in the reader's language."""
    facts = wrong.facts
    said: Mapping[str, Callable[[], str]] = {
        "no_text": lambda: say("fjs_no_text"),
        "empty": lambda: say("fjs_empty"),
        "head": lambda: say("fjs_head", **facts),
        "head_numbers": lambda: say("fjs_head_numbers", **facts),
        "jobs": lambda: say("fjs_jobs", **facts),
        "number": lambda: say("fjs_number", **facts),
        "no_operation": lambda: say("fjs_no_operation"),
        "short": lambda: say("fjs_short", **facts),
        "long": lambda: say("fjs_long", **facts),
        "no_machine": lambda: say("fjs_no_machine", **facts),
        "pairs": lambda: say("fjs_pairs", **facts),
        "machine": lambda: say("fjs_machine", **facts),
        "time": lambda: say("fjs_time", **facts),
    }
    return said[wrong.what]()
