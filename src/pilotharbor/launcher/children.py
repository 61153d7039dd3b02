"""How does no child outlive its parent?"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG = 1
LINUX = sys.platform == "linux"


def die_with_parent(sig: signal.Signals) -> Callable[[], None] | None:
    """What a child runs before exec so that the kernel sends it ``sig`` when its parent dies.

    Linux only; elsewhere the guard process does this work.
    """
    if not LINUX:
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(sig))
        if os.getppid() != parent:  # It died between fork and here.
            os._exit(1)

    return ask


def alive(pid: int) -> bool:
    """Whether a process of that number runs (a zombie does not)."""
    if LINUX:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return False
        return state not in "ZX"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def wait_gone(pid: int, seconds: float) -> bool:
    """Wait until the process is gone; False if it is still there after ``seconds``."""
    deadline = time.monotonic() + seconds
    while alive(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def process_name(pid: int) -> str:
    """Name of the program a process runs, empty if there is no such process."""
    if not alive(pid):
        return ""
    if LINUX:
        try:
            return Path(f"/proc/{pid}/comm").read_text().strip()
        except OSError:
            return ""
    command = ["ps", "-ww", "-p", str(pid), "-o", "comm="]
    listing = subprocess.run(command, capture_output=True, text=True, check=False)
    return Path(listing.stdout.strip()).name


def working_folder(pid: int) -> Path | None:
    """The folder a process works in, None where the system does not tell."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink()
    except OSError:
        return None
