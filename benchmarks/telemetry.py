"""How fast do samples get in, how near is that to a bare COPY, and how fast is a year drawn?

Limits (two cores): 200,000 samples a second sustained over millions of them, by the one command that
everything comes in through, with its locks, flags, sums, alarms and runs; at least 60 % of the speed
of a bare COPY of the same rows, row by row as psycopg does it, into a table without index or
partition, batch by batch in the same run (beside it stands the share of what the server takes at best,
a COPY of bytes laid out beforehand in its own form); and the chart of a year of one signal at 1 Hz, 31.5 million samples, within 200 ms of the
server's time. That a restart of broker or database loses nothing is shown by
``tests/telemetry/test_nothing_lost.py``.
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
BATCHES = int(os.environ.get("PILOTHARBOR_BENCH_BATCHES", "100"))
DAYS = int(os.environ.get("PILOTHARBOR_BENCH_DAYS", "365"))
AT_LEAST = {"samples_per_s": 200_000, "share_of_bare_copy": 0.6}
AT_MOST = {"year_chart_p50_ms": 200.0}


def run() -> dict[str, Any]:
    """Measure in a fresh harbour in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="pilotharbor-telemetry-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with harbour.database_of(DataFolder.at(folder / "data")) as wanted:
            env = {**os.environ, **wanted, "PILOTHARBOR_EXERCISE": "1"}
            env["PYTHONPATH"] = str(ROOT / "src")
            figures = _child(env)
    figures["limits"] = {**AT_LEAST, **AT_MOST}
    figures["passed"] = all(figures[name] >= limit for name, limit in AT_LEAST.items()) and all(
        figures[name] <= limit for name, limit in AT_MOST.items()
    )
    return figures


def _child(env: dict[str, str]) -> dict[str, Any]:
    command = [sys.executable, str(HERE / "_telemetry_harbour.py"), str(BATCHES), str(DAYS)]
    said = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if said.returncode:
        raise RuntimeError(said.stderr)
    found: dict[str, Any] = json.loads(said.stdout.splitlines()[-1])
    return found
