"""How do web, worker and database stay up together and go down together?"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from pilotharbor.launcher.children import die_with_parent
from pilotharbor.launcher.guard import Guard
from pilotharbor.launcher.paths import ROOT
from pilotharbor.launcher.postgres import LOG_LIMIT_BYTES, Cluster
from pilotharbor.launcher.trouble import Trouble

ROUND_S = 0.2
STOP_PATIENCE_S = 15.0
HEALTHY_AFTER_S = 30.0
LONGEST_PAUSE_S = 20.0


@dataclass
class Child:
    """One process to keep running, and its record of failures.

    ``listener``  a listening socket it inherits; kept here, so that a restart finds it open.
    ``wanted``    a file; the process is started only while it is there, and ends by itself.
    """

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    listener: socket.socket | None = None
    wanted: Path | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    failures: int = field(default=0, init=False)
    started: float = field(default=0.0, init=False)
    due: float = field(default=0.0, init=False)

    def is_wanted(self) -> bool:
        """Whether there is anything to do for it."""
        return self.wanted is None or self.wanted.exists()

    def start(self) -> int:
        """Start the process in a group of its own; returns its number."""
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[self.listener.fileno()] if self.listener else [],
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509  (we have no threads)
            )
        self.started = time.monotonic()
        return self.process.pid

    def died(self) -> bool:
        """Whether it ended; what it left of its group is ended too."""
        if self.process is None or self.process.poll() is None:
            return False
        self._sweep()
        if time.monotonic() - self.started > HEALTHY_AFTER_S:
            self.failures = 0
        pause = min(LONGEST_PAUSE_S, 0.2 * 2**self.failures)
        self.failures += 1
        self.due = time.monotonic() + pause
        self.process = None
        return True

    def _sweep(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def stop(self) -> None:
        """End it gently, then for certain."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_PATIENCE_S)
        self._sweep()
        self.process.wait()
        self.process = None


class Supervisor:
    """Keeps a database and its children running until told to stop."""

    def __init__(self, *, cluster: Cluster | None, guard: Guard, parent: int | None = None) -> None:
        self.cluster = cluster
        self.guard = guard
        self.children: list[Child] = []
        self._parent = parent
        self._stopping = False
        self._may_interrupt = False

    def listen(self) -> None:
        """Stop on Ctrl-C, on SIGTERM, and when the terminal goes away."""
        for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sig, self._on_signal)

    def _on_signal(self, _sig: int, _frame: FrameType | None) -> None:
        self._stopping = True
        if self._may_interrupt:
            self._may_interrupt = False
            raise Stopped

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Let a stop break into what happens inside.

        Elsewhere it waits for the next round: breaking into the start of a process would lose it.
        """
        if self._stopping:
            raise Stopped
        self._may_interrupt = True
        try:
            yield
        finally:
            self._may_interrupt = False

    def add(self, child: Child) -> None:
        """Start a child and keep it running, or have it started once it is wanted."""
        self.children.append(child)
        if child.is_wanted():
            child.start()
            self.tell_guard()

    def tell_guard(self) -> None:
        """Report to the guard what to end, in the order in which to end it."""
        for child in self.children:
            if child.process is not None:
                self.guard.forget(child.process.pid)
                self.guard.watch(child.process.pid, signal.SIGTERM)
        if self.cluster is not None and self.cluster.process is not None:
            self.guard.forget(self.cluster.process.pid)
            self.guard.watch(self.cluster.process.pid, signal.SIGINT)

    def stay(self, until: Callable[[], bool]) -> None:
        """Keep everything running until ``until`` says so, or somebody says stop."""
        while not until():
            self.look_after()
            time.sleep(ROUND_S)

    def look_after(self) -> None:
        """One round: whoever has died is started again, with a growing pause.

        Raises: Stopped when the process this one was to live no longer than is gone.
        """
        if self._stopping or (self._parent is not None and os.getppid() != self._parent):
            raise Stopped
        if self.guard.lost():
            self.guard.start()
            self.tell_guard()
        if self.cluster is not None:
            process = self.cluster.process
            if process is not None and process.poll() is not None:
                self._restart_database(process.pid)
        for child in self.children:
            pid = child.process.pid if child.process else 0
            if child.died():
                self.guard.forget(pid)
            if child.process is None and time.monotonic() >= child.due and child.is_wanted():
                child.start()
                self.tell_guard()

    def _restart_database(self, pid: int) -> None:
        if self.cluster is None:
            return
        self.guard.forget(pid)
        try:
            self.cluster.start()
        except Trouble as trouble:
            print(trouble, file=sys.stderr, flush=True)
            time.sleep(1)
        else:
            self.tell_guard()

    def stop(self) -> None:
        """Stop in the order web, worker, database; then the guard may go."""
        for child in self.children:
            child.stop()
        if self.cluster is not None:
            self.cluster.stop()
        self.guard.dismiss()


class Stopped(BaseException):
    """Somebody asked the harbour to stop."""
