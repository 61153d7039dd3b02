"""How is a management command run, so that it never outlives who asked for it?"""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import IO

from pilotharbor.launcher import vault
from pilotharbor.launcher.children import die_with_parent
from pilotharbor.launcher.guard import Guard
from pilotharbor.launcher.paths import ROOT, SETTINGS, DataFolder
from pilotharbor.launcher.trouble import Trouble

EXCEPTION = re.compile(
    r"[\w.]*(Error|Exception|Trouble|Refused|Denied|Missing)\b.*:|[\w]+\.[\w.]+: "
)
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
END_PATIENCE_S = 10.0


def inherited() -> dict[str, str]:
    """This process's environment without what belongs to another harbour or role."""
    foreign = ("PILOTHARBOR_DB_", "PILOTHARBOR_AS_", "PILOTHARBOR_FINDER_", "DATABASE_")
    return {k: v for k, v in os.environ.items() if not k.startswith(foreign)}


def run_django(
    command: list[str],
    environment: Mapping[str, str],
    *,
    guard: Guard | None = None,
    say: Callable[[str], None] | None = None,
) -> None:
    """Run one management command to its end; ``say`` is told each line that it prints.

    It ends with us: at once when we are interrupted, by the kernel and the ``guard`` when we are
    killed.

    Raises: Trouble with the last thing it said.
    """
    said: list[str] = []
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors,
        _tied(_django(command), {**inherited(), **environment}, errors, guard) as process,
    ):
        for line in process.stdout or ():
            said.append(line)
            if say is not None and line.strip():
                say(line.strip())
        code = process.wait()
        errors.seek(0)
        complaint = errors.read()
    if code == 0:
        return
    folder = DataFolder.at(environment.get("PILOTHARBOR_DATA"))
    if "No space left" in complaint or vault.nearly_full(folder.root):
        raise Trouble("disk_full", folder=folder.root)
    log = folder.logs / f"{command[0]}.log"
    with suppress(OSError):
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("".join(said) + complaint, encoding="utf-8")
    raise Trouble("django_failed", command=command[0], reason=_reason(complaint, code), log=log)


def hand_over(command: list[str], environment: Mapping[str, str]) -> int:
    """Give a management command our terminal; its exit code. Killed with us, too."""
    done = subprocess.run(
        _django(command),
        env={**environment},
        cwd=ROOT,
        check=False,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )
    return done.returncode


def _django(command: list[str]) -> list[str]:
    return [sys.executable, "-m", "django", *command, "--settings", SETTINGS]


@contextmanager
def _tied(
    command: list[str], environment: Mapping[str, str], errors: IO[str], guard: Guard | None
) -> Iterator[subprocess.Popen[str]]:
    """A process that has ended when the block has, however that ends."""
    # Between the fork and the line that remembers the process an interruption would lose it.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    ask = die_with_parent(signal.SIGTERM)

    def begin() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if ask is not None:
            ask()

    try:
        process = subprocess.Popen(
            command,
            env={**environment},
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            encoding="utf-8",
            errors="replace",
            # Ctrl-C is for us alone: we end it, and it needs no traceback for that.
            start_new_session=True,
            preexec_fn=begin,  # noqa: PLW1509  (we have no threads)
        )
        try:
            if guard is not None:
                guard.watch(process.pid, signal.SIGTERM, first=True)
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            yield process
        finally:
            _end(process)
            if guard is not None:
                guard.forget(process.pid)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(END_PATIENCE_S)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _reason(complaint: str, code: int) -> str:
    """The line that names the exception; its text may go on for pages."""
    lines = [line.strip() for line in complaint.splitlines() if line.strip()]
    named = [line for line in lines if EXCEPTION.match(line)]
    return (named or lines or [f"exit {code}"])[-1][:300]
