"""Who cleans up when the supervisor itself is killed?

A forked process that holds the reading end of a pipe. When the supervisor is gone, however it
went, the pipe ends, and the guard stops what was reported to it: web, then worker, then database.
It also holds the data folder's lock until then, so that a new start waits for a clean end.
"""

import os
import signal
from contextlib import suppress
from dataclasses import dataclass

from pilotharbor.launcher.children import alive, wait_gone

PATIENCE_S = 20.0
DISMISSED = "dismissed"
HIGHEST_DESCRIPTOR = 1024


@dataclass
class Guard:
    """A running guard process. ``keep``: descriptors it must hold on to, such as the lock."""

    keep: tuple[int, ...] = ()
    pid: int = 0
    pipe: int = -1

    def start(self) -> None:
        """Fork the guard process."""
        reading, self.pipe = os.pipe()
        os.set_inheritable(self.pipe, False)
        self.pid = os.fork()
        if self.pid == 0:
            try:
                _close_all_but(reading, *self.keep)
                _watch(reading)
            finally:
                os._exit(0)
        os.close(reading)

    def watch(self, pid: int, sig: signal.Signals, *, first: bool = False) -> None:
        """End ``pid`` with ``sig`` if the supervisor dies; first reported, first ended.

        ``first``  before all that was reported so far, as it uses them.
        """
        self._write(f"{'^' if first else '+'}{pid} {int(sig)}\n")

    def forget(self, pid: int) -> None:
        """The process has ended by itself."""
        self._write(f"-{pid}\n")

    def lost(self) -> bool:
        """Whether someone killed the guard."""
        if not self.pid:
            return False
        gone, _ = os.waitpid(self.pid, os.WNOHANG)
        if gone:
            os.close(self.pipe)
            self.pid = 0
        return bool(gone)

    def dismiss(self) -> None:
        """All is stopped; the guard has nothing left to do."""
        if not self.pid:
            return
        self._write(DISMISSED + "\n")
        os.close(self.pipe)
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        self.pid = 0

    def _write(self, line: str) -> None:
        if not self.pid:
            return
        # A guard that was just killed is replaced by the supervisor's next round.
        with suppress(BrokenPipeError):
            os.write(self.pipe, line.encode())


def _close_all_but(*kept: int) -> None:
    for descriptor in range(3, HIGHEST_DESCRIPTOR):
        if descriptor not in kept:
            with suppress(OSError):
                os.close(descriptor)


def _watch(reading: int) -> None:
    os.setsid()
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    watched: dict[int, signal.Signals] = {}
    with os.fdopen(reading, encoding="ascii") as lines:
        for line in lines:
            if line.startswith(("+", "^")):
                number, wish = line[1:].split()
                news = {int(number): signal.Signals(int(wish))}
                watched = news | watched if line.startswith("^") else watched | news
            elif line.startswith("-"):
                watched.pop(int(line[1:]), None)
            else:
                return
    for pid, wanted in watched.items():
        _end(pid, wanted)


def _end(pid: int, sig: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, sig)
    if alive(pid) and not wait_gone(pid, PATIENCE_S):
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
    # What the process left behind in its own group goes with it, except a database's children,
    # which end by themselves when their parent does.
    if sig != signal.SIGINT:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
