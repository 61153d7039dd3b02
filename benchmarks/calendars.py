"""How dear is the calendar of all lines: the feed of six weeks, and the page?

Limits (two cores), at 100,000 reservations: the feed of six weeks of all lines, about 7,000 events,
at most 5 statements, half of the answers within 120 ms of the server's time; the page at most 15
statements in each view. Statements are counted over the whole request, signing in included.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from pilotharbor.launcher import harbour
from pilotharbor.launcher.paths import ROOT, DataFolder

HERE = ROOT / "benchmarks"
ROWS = int(os.environ.get("PILOTHARBOR_BENCH_ROWS", "100000"))
LIMITS = {
    "feed_queries": 5,
    "feed_session_queries": 5,
    "feed_p50_ms": 120.0,
    "page_most_queries": 15,
}


def run() -> dict[str, Any]:
    """Measure in a fresh harbour in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="pilotharbor-calendars-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with harbour.database_of(DataFolder.at(folder / "data")) as wanted:
            env = {**os.environ, **wanted, "PILOTHARBOR_EXERCISE": "1"}
            env["PYTHONPATH"] = str(ROOT / "src")
            figures = _child(env, ROWS)
    figures["limits"] = LIMITS
    figures["passed"] = all(figures[name] <= limit for name, limit in LIMITS.items())
    return figures


def _child(env: dict[str, str], rows: int) -> dict[str, Any]:
    command = [sys.executable, str(HERE / "_calendars_harbour.py"), str(rows)]
    said = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if said.returncode:
        raise RuntimeError(said.stderr)
    found: dict[str, Any] = json.loads(said.stdout.splitlines()[-1])
    return found
