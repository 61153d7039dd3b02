"""Real harbours, run as real processes, for the launcher's tests."""

import contextlib
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from pilotharbor.launcher import postgres
from pilotharbor.launcher.children import LINUX, alive
from pilotharbor.launcher.paths import ROOT, SOURCE

START_S = 120.0
OURS = ("PILOTHARBOR_", "DATABASE_", "DJANGO_", "LC_", "LANG")


def plain_environment(**extra: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(OURS)}
    return kept | {"PYTHONPATH": str(SOURCE), "LANG": "C.UTF-8"} | extra


def harbor(*arguments: str, timeout: float = START_S, **extra: str) -> subprocess.CompletedProcess:
    """Run one launcher command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "pilotharbor.launcher", *arguments],
        cwd=ROOT,
        env=plain_environment(**extra),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


class Up:
    """One ``harbor up`` as a process, and everything it started."""

    def __init__(
        self,
        data: Path,
        *arguments: str,
        prefix: tuple[str, ...] = (),
        empty: bool = True,
        **extra: str,
    ):
        self.data = data
        command = [sys.executable, "-m", "pilotharbor.launcher", "up", "--data", str(data)]
        command += ["--empty"] if empty else []
        self.process = subprocess.Popen(
            [*prefix, *command, "--port", "0", *arguments],
            cwd=ROOT,
            env=plain_environment(**extra),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def wait_ready(self, seconds: float = START_S) -> "Up":
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(FileNotFoundError, ValueError, PermissionError):
                running = json.loads((self.data / "running.json").read_text())
                if running.get("ready") and running["pid"] == self.process.pid:
                    self.running = running
                    return self
            if self.process.poll() is not None:
                raise AssertionError(self.process.stdout.read())
            time.sleep(0.05)
        raise AssertionError("harbor up was not ready in time")

    def wait_line(self, words: str) -> str:
        """Read what it prints up to a line with ``words``; returns all of it."""
        said = ""
        for line in self.process.stdout:
            said += line
            if words in line:
                return said
        raise AssertionError(f"it never said {words}: {said}")

    def serves(self) -> bool:
        try:
            with urllib.request.urlopen(self.running["url"] + "/healthz", timeout=10) as answer:  # noqa: S310
                return answer.status == 200
        except OSError:
            return False

    def serves_again(self, seconds: float = 40) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.serves():
                return True
            time.sleep(0.2)
        return False

    def connect(self) -> psycopg.Connection:
        url = self.running["environment"]["PILOTHARBOR_DB_OWNER_URL"]
        return psycopg.connect(url, autocommit=True)

    def family(self) -> dict[int, str]:
        """Every process that works for this harbour, by its number."""
        found: dict[int, str] = {}
        listing = subprocess.run(
            # Twice wide: where COLUMNS is set, ps cuts a command line even into a pipe.
            ["ps", "-A", "-ww", "-o", "pid=,ppid=,command="],
            capture_output=True,
            text=True,
            check=True,
        )
        rows = [line.split(None, 2) for line in listing.stdout.splitlines()]
        wanted = {self.process.pid}
        for _ in range(6):
            for pid, parent, *command in rows:
                if int(pid) in wanted or int(parent) in wanted:
                    wanted.add(int(pid))
                    found[int(pid)] = " ".join(command)
        return found

    def one(self, words: str) -> int:
        """The eldest process whose command line holds ``words``; one being restarted is waited for."""
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            found = [pid for pid, command in self.family().items() if words in command]
            if found:
                return min(found)
            time.sleep(0.2)
        raise AssertionError(f"no process of {words} came back")

    def stop(self, sig: signal.Signals = signal.SIGINT) -> str:
        """Stop it and return what it printed."""
        if self.process.poll() is None:
            self.process.send_signal(sig)
        said, _ = self.process.communicate(timeout=60)
        return said


def gone(pids: dict[int, str], seconds: float = 25) -> list[str]:
    """The processes that are still there after a while."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(alive(pid) for pid in pids):
            return []
        time.sleep(0.1)
    return [command for pid, command in pids.items() if alive(pid)]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory) -> Path:
    """A data folder that was up once, to be copied and not used."""
    folder = open_to_all(tmp_path_factory.mktemp("migrated")) / "data"
    up = Up(folder).wait_ready()
    up.stop()
    return folder


@pytest.fixture
def data(migrated, tmp_path) -> Path:
    """A migrated data folder of its own for one test."""
    open_to_all(tmp_path)
    target = tmp_path / "数据 folder"
    subprocess.run(["cp", "-a", str(migrated), str(target)], check=True)
    return target


@pytest.fixture
def ups() -> Iterator[list[Up]]:
    """Harbours to take down whatever happens."""
    started: list[Up] = []
    yield started
    for up in started:
        family = up.family()
        with contextlib.suppress(subprocess.TimeoutExpired):
            up.stop()
        for pid in family:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)


@pytest.fixture
def server(tmp_path):
    """A PostgreSQL of somebody else's."""
    folder = open_to_all(tmp_path) / "server"
    cluster = postgres.Cluster(folder / "data", folder / "log", "secret", durable=False)
    folder.mkdir()
    cluster.prepare()
    cluster.start()
    yield cluster
    cluster.stop()


def sentence(done: subprocess.CompletedProcess) -> str:
    """The one line of trouble; exit 1, no traceback."""
    assert done.returncode == 1
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1
    return lines[0]


def open_to_all(folder: Path) -> Path:
    """Let an unprivileged database server walk to a folder of pytest's."""
    for step in (folder, *folder.parents):
        if step.stat().st_uid == os.geteuid() and step.is_relative_to("/tmp"):  # noqa: S108
            step.chmod(step.stat().st_mode | 0o011)
    return folder


def ordinary_user() -> tuple[str, ...]:
    """A command prefix that runs the rest as ``nobody``.

    It may read what root may, as the Python under test often lies in root's home; it may not write.
    """
    user = pwd.getpwnam("nobody")
    reading = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
    prefix = ("setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")
    for candidate in (prefix, (*prefix, *reading)):
        tried = subprocess.run(
            [*candidate, sys.executable, "-c", "import pilotharbor"],
            check=False,
            capture_output=True,
            env=plain_environment(),
        )
        if tried.returncode == 0:
            return candidate
    pytest.skip("nobody cannot run this Python")


as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
on_linux = pytest.mark.skipif(not LINUX, reason="needs Linux")
needs_setpriv = pytest.mark.skipif(not shutil.which("setpriv"), reason="needs setpriv")
