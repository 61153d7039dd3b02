"""The model on this machine, in a process that is there only while it is used.

It takes a few hundred megabytes; a harbour that nobody asks anything gives them back.
"""

import json
import select
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

import numpy as np

from pilotharbor.matching.engine.frames import LARGEST, LENGTH
from pilotharbor.matching.engine.provider import Unavailable
from pilotharbor.matching.engine.vectors import Floats

NAME, DIMENSIONS = "multilingual-e5-small", 384
IDLE_S = 60.0
# What a person waits for meaning before being answered by words alone.
QUERY_PATIENCE_S = 3.0
PASSAGES_PATIENCE_S = 60.0
# A query waits for no more than these passages to be done with.
PASSAGES_AT_ONCE = 4


class Apart:
    """A provider whose model lives in a child process, started when needed, ended when idle."""

    name = NAME
    dimensions = DIMENSIONS

    def __init__(self, *, idle_s: float = IDLE_S, command: Sequence[str] = ()) -> None:
        """Nothing runs yet."""
        module = "pilotharbor.matching.engine.e5.serve"
        self._command = list(command) or [sys.executable, "-m", module]
        self._idle_s = idle_s
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._greeted = False
        self._refused = ""
        self._used = 0.0

    def queries(self, texts: Sequence[str]) -> Floats:
        """One row a need. Raises: Unavailable."""
        return self._ask("queries", texts, QUERY_PATIENCE_S)

    def passages(self, texts: Sequence[str]) -> Floats:
        """One row a result. Raises: Unavailable."""
        rows = [
            self._ask("passages", texts[start : start + PASSAGES_AT_ONCE], PASSAGES_PATIENCE_S)
            for start in range(0, len(texts), PASSAGES_AT_ONCE)
        ]
        return np.concatenate(rows) if rows else np.empty((0, self.dimensions), np.float32)

    @property
    def awake(self) -> bool:
        """Whether the model is in memory."""
        return self._process is not None

    @property
    def pid(self) -> int | None:
        """The number of the process, while there is one."""
        return self._process.pid if self._process else None

    def rest(self) -> None:
        """End the process if nobody has asked it for a while."""
        if self._process is None or time.monotonic() - self._used < self._idle_s:
            return
        with self._lock:
            self._end()

    def close(self) -> None:
        """End the process now."""
        with self._lock:
            self._end()

    def _ask(self, kind: str, texts: Sequence[str], patience_s: float) -> Floats:
        deadline = time.monotonic() + patience_s
        if self._refused:
            raise Unavailable(self._refused)
        if not self._lock.acquire(timeout=patience_s):
            raise Unavailable(f"{self.name}: busy")
        try:
            process = self._awake(deadline)
            frame = json.dumps({"kind": kind, "texts": list(texts)}).encode()
            stdin = process.stdin
            if stdin is None or process.poll() is not None:
                raise BrokenPipeError
            stdin.write(LENGTH.pack(len(frame)) + frame)
            stdin.flush()
            content = self._read(process, time.monotonic() + PASSAGES_PATIENCE_S)
            self._used = time.monotonic()
            rows: Floats = np.frombuffer(content, np.float32).reshape(len(texts), self.dimensions)
        except (OSError, ValueError) as exc:
            self._end()
            raise Unavailable(f"{self.name}: {type(exc).__name__}") from exc
        finally:
            self._lock.release()
        return rows

    def _awake(self, deadline: float) -> subprocess.Popen[bytes]:
        """The process, once it has said who it is; whoever waits too long leaves it waking up."""
        if self._process is None:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
            )
            self._greeted = False
            self._used = time.monotonic()
        if not self._greeted:
            if not self._readable(self._process, deadline):
                raise Unavailable(f"{self.name}: waking up")
            hello = json.loads(self._read(self._process, deadline + 1))
            if "refused" in hello or hello["dimensions"] != self.dimensions:
                self._refused = f"{self.name}: {hello.get('refused', 'not as expected')}"
                self._end()
                raise Unavailable(self._refused)
            self._greeted = True
        return self._process

    def _read(self, process: subprocess.Popen[bytes], deadline: float) -> bytes:
        (length,) = LENGTH.unpack(self._exactly(process, LENGTH.size, deadline))
        if length > LARGEST:
            raise ValueError("too long")
        return self._exactly(process, length, deadline)

    def _exactly(self, process: subprocess.Popen[bytes], count: int, deadline: float) -> bytes:
        found = b""
        while len(found) < count:
            if process.stdout is None or not self._readable(process, deadline):
                raise TimeoutError
            part = process.stdout.read(count - len(found))
            if not part:
                raise BrokenPipeError
            found += part
        return found

    @staticmethod
    def _readable(process: subprocess.Popen[bytes], deadline: float) -> bool:
        if process.stdout is None:
            return False
        left = max(0.0, deadline - time.monotonic())
        return bool(select.select([process.stdout], [], [], left)[0])

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        process.kill()
        process.wait()
