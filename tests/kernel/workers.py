"""Real worker processes against the test database, and what they did."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.db import connection

from pilotharbor.kernel import feeder

ROOT = Path(__file__).resolve().parents[2]


def database_url() -> str:
    """The address of the test database."""
    d = connection.settings_dict
    who = quote(d["USER"]) + (f":{quote(d['PASSWORD'])}" if d["PASSWORD"] else "")
    host = quote(str(d["HOST"] or ""), safe="")
    port = f":{d['PORT']}" if d["PORT"] else ""
    return f"postgres://{who}@{host}{port}/{quote(d['NAME'])}"


def _die_with_parent() -> None:
    """On Linux, leave no worker behind when the tests themselves are killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def _environment() -> dict[str, str]:
    env = {k: v for k, v in os.environ.items() if k != "PILOTHARBOR_AS_OWNER"}
    return env | {
        "PILOTHARBOR_DB_URL": database_url(),
        "PILOTHARBOR_SECRET_KEY": "for-tests-only",
        "DJANGO_SETTINGS_MODULE": "tests.kernel.worker_settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    }


def start() -> subprocess.Popen[bytes]:
    """Start ``python -m django work`` as the launcher does, with the test-only handlers."""
    return subprocess.Popen(
        [sys.executable, "-m", "django", "work"],
        cwd=ROOT,
        env=_environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=_die_with_parent,  # noqa: PLW1509
    )


class Nursery:
    """Worker processes forked from one that has loaded the product."""

    def __init__(self) -> None:
        self.parent = subprocess.Popen(
            [sys.executable, "-m", "tests.kernel.nursery"],
            cwd=ROOT,
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509
        )
        assert self._answer() == "ready"
        self.alive: list[int] = []

    def _answer(self) -> str:
        assert self.parent.stdout is not None
        return self.parent.stdout.readline().strip()

    def start(self) -> int:
        """One more worker: its process id."""
        assert self.parent.stdin is not None
        self.parent.stdin.write("one\n")
        self.parent.stdin.flush()
        pid = int(self._answer())
        self.alive.append(pid)
        return pid

    def kill(self, pid: int) -> None:
        """Kill a worker wherever it stands."""
        os.kill(pid, signal.SIGKILL)
        self.alive.remove(pid)

    def close(self) -> None:
        """Kill them all."""
        for pid in list(self.alive):
            self.kill(pid)
        self.parent.kill()
        self.parent.communicate()


@contextmanager
def working(count: int = 1) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Some workers, killed for good at the end."""
    workers = [start() for _ in range(count)]
    try:
        yield workers
    finally:
        for one in workers:
            one.send_signal(signal.SIGKILL)
            one.wait(10)


def wait_until(true: Callable[[], bool], *, seconds: float = 60, every: float = 0.05) -> None:
    """Wait until something holds.

    Raises: TimeoutError.
    """
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"still not after {seconds} s")
        time.sleep(every)


def settled() -> bool:
    """Whether every event has been delivered."""
    return feeder.backlog() == 0


def deeds(handler: str) -> list[tuple[int, int, int]]:
    """(subject, n, event) of everything a handler did, in the order it was done."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject_id, n, event_id FROM test_deed WHERE handler = %s ORDER BY id",
            [handler],
        )
        return list(cursor.fetchall())


def pids() -> set[int]:
    """The processes that have done something."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT pid FROM test_deed")
        return {row[0] for row in cursor.fetchall()}
