"""A process of its own for what is large or long: it talks over a socket and is gone when it is done.

The library of constraints takes more than a hundred megabytes and a second to load; nothing else of a
harbour ever holds it.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from types import TracebackType
from typing import Any, Self

HANGS_UP_S = 2.0


class Helper:
    """A module run as a program, and the line to it."""

    def __init__(self, module: str) -> None:
        """Start it; what it is to do is sent."""
        self.line, there = Pipe()
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-m", module, str(there.fileno())],
                pass_fds=(there.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
        finally:
            there.close()

    def send(self, message: object) -> None:
        """Say something; nothing happens if nobody listens any more."""
        with suppress(OSError):
            self.line.send(message)

    def heard(self, wait: float = 0) -> Iterator[Any]:
        """What it has said, as far as it is there; the first word may be waited for, in seconds.

        Raises: EOFError when it has ended and all was heard.
        """
        while self.line.poll(wait):
            try:
                yield self.line.recv()
            except OSError as exc:
                raise EOFError from exc
            wait = 0

    def end(self) -> None:
        """End it, and everything that it has started, now."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.line.close()

    def __enter__(self) -> Self:
        """Use it for a while."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """It never outlives its use."""
        self.end()


def caller() -> Connection:
    """In the process itself: the line to who has started it."""
    return Connection(int(sys.argv[1]))


def is_gone(line: Connection) -> bool:
    """Whether nobody listens any more."""
    return os.getppid() == 1 or line.closed
