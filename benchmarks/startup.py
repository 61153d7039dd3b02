"""How long from a clean clone to the first page, and what does an idle harbour weigh?

Limits (two cores): clean clone to first served page 180 s, warm start 6 s, all processes together
800 MB resident when idle, installed environment 900 MB. The clone is a copy of what git tracks,
without environment and data; the package registry is whatever this machine uses.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LIMITS = {
    "clean_clone_to_first_page_s": 180,
    "warm_start_s": 6,
    "idle_rss_mb": 800,
    "environment_mb": 900,
}
SETTLE_S = 5
WARM_STARTS = 3


def run() -> dict[str, Any]:
    """Measure; ``passed`` says whether every limit was kept."""
    folder = Path(tempfile.mkdtemp(prefix="pilotharbor-startup-"))
    folder.chmod(0o755)
    try:
        found = _measure(_clone(folder / "clone"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    found["limits"] = LIMITS
    found["passed"] = all(found[name] <= limit for name, limit in LIMITS.items())
    return found


def _measure(clone: Path) -> dict[str, Any]:
    first, process = _start(clone)
    time.sleep(SETTLE_S)
    rss, pss, count = _weight(process.pid)
    _stop(process)
    warm = []
    for _ in range(WARM_STARTS):
        took, process = _start(clone)
        warm.append(took)
        _stop(process)
    return {
        "clean_clone_to_first_page_s": round(first, 1),
        "warm_start_s": round(sorted(warm)[len(warm) // 2], 2),
        "warm_starts_s": [round(took, 2) for took in warm],
        "idle_rss_mb": rss,
        "idle_pss_mb": pss,
        "processes": count,
        "environment_mb": _size(clone / ".venv"),
        "data_mb": _size(clone / ".harbor"),
        "cores": os.cpu_count(),
    }


def _clone(target: Path) -> Path:
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in filter(None, tracked.stdout.split("\0")):
        source = ROOT / name
        if source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)
    return target


def _start(clone: Path) -> tuple[float, "subprocess.Popen[bytes]"]:
    """Seconds until ``up`` says that it is ready, which it does once the first page was served."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PILOTHARBOR_", "DATABASE_"))}
    kept.pop("PYTHONPATH", None)
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    started = time.monotonic()
    with (clone.parent / "up.log").open("wb") as log:
        process = subprocess.Popen(
            [str(clone / "harbor"), "up", "--port", "0"], env=kept, stdout=log, stderr=log
        )
    while True:
        with contextlib.suppress(FileNotFoundError, ValueError):
            running = json.loads((clone / ".harbor" / "running.json").read_text())
            if running.get("ready") and running["pid"] == process.pid:
                return time.monotonic() - started, process
        if process.poll() is not None:
            raise RuntimeError((clone.parent / "up.log").read_text())
        time.sleep(0.02)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGINT)
    process.wait()


def _weight(supervisor: int) -> tuple[int, int | None, int]:
    """Resident and proportional memory in MB of the supervisor and all below it, and their number."""
    listing = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,rss="], capture_output=True, text=True, check=True
    )
    rows = [tuple(int(part) for part in line.split()) for line in listing.stdout.splitlines()]
    family = {supervisor}
    for _ in range(6):
        family |= {pid for pid, parent, _ in rows if parent in family}
    rss = sum(kilobytes for pid, _, kilobytes in rows if pid in family)
    pss = 0
    for pid in family:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            return rss // 1000, None, len(family)
        pss += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return rss // 1000, pss // 1000, len(family)


def _size(folder: Path) -> int:
    """Megabytes on disk."""
    done = subprocess.run(["du", "-sk", str(folder)], capture_output=True, text=True, check=False)
    return int(done.stdout.split()[0]) // 1000
