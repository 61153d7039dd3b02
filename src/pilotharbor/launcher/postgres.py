"""How is the embedded PostgreSQL made, started and stopped?"""

import locale
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

from pilotharbor.launcher import binaries
from pilotharbor.launcher.children import (
    die_with_parent,
    process_name,
    wait_gone,
    working_folder,
)
from pilotharbor.launcher.trouble import Trouble

SUPERUSER = "postgres"
STAND_INS = ("pilotharbor", "nobody", "postgres")
UTF8_LOCALES = ("C.UTF-8", "en_US.UTF-8", "zh_CN.UTF-8", "UTF-8")
LOG_LIMIT_BYTES = 10_000_000
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 60.0
BUILTIN_LOCALE_SINCE = 17
# Until 15 the programs find themselves by walking out of their folder and back, by name.
BY_LINK_SINCE = 16
# Before it every backend reads for itself; a small harbour spares the helpers that came with it.
READS_BY_WORKERS_SINCE = 18

# Durable, and small enough for the whole harbour to sit in 800 MB; fsync stays at its default, on.
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "512MB",
    "random_page_cost": "1.1",
    "max_logical_replication_workers": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
}


class _Identity(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


def stand_in() -> pwd.struct_passwd | None:
    """Whom the server runs as when root starts it; nobody else may, so None for other users.

    Raises: Trouble when root finds no unprivileged user.
    """
    if os.geteuid() != 0:
        return None
    for name in STAND_INS:
        with suppress(KeyError):
            user = pwd.getpwnam(name)
            if user.pw_uid != 0:
                return user
    raise Trouble("no_unprivileged_user", names=", ".join(STAND_INS))


def free_port() -> int:
    """A loopback port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def major_of(folder: Path) -> int | None:
    """Major version of the cluster on disk, None if there is none yet.

    Raises: Trouble.
    """
    try:
        return int((folder / "PG_VERSION").read_text().strip())
    except FileNotFoundError:
        return None
    except ValueError as exc:
        raise Trouble("data_folder_broken", folder=folder) from exc


@dataclass
class Cluster:
    """One PostgreSQL cluster in ``folder``, reached by password on the loopback address.

    ``durable``  False only for throw-away test clusters.
    """

    folder: Path
    log: Path
    password: str
    port: int = 0
    durable: bool = True
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def url(self, role: str, password: str, database: str) -> str:
        """Connection address for one role."""
        return f"postgresql://{role}:{password}@127.0.0.1:{self.port}/{database}"

    def prepare(self) -> None:
        """Make the cluster if it is not there, refuse it if other binaries wrote it.

        Raises: Trouble.
        """
        user = stand_in()
        self._found = binaries.find(uid=user.pw_uid if user else None, major=major_of(self.folder))
        if user and self._found.major < BY_LINK_SINCE:
            _refuse_unreachable(self.folder, user)
        if major_of(self.folder) is None:
            self._initialise(user)

    def _initialise(self, user: pwd.struct_passwd | None) -> None:
        scratch = self.folder.with_name(self.folder.name + ".making")
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(mode=0o700, parents=True)
        if user:
            os.chown(scratch, user.pw_uid, user.pw_gid)
        with tempfile.NamedTemporaryFile("w", prefix="pilotharbor-") as secret:
            secret.write(self.password)
            secret.flush()
            if user:
                os.chown(secret.name, user.pw_uid, user.pw_gid)
            done = subprocess.run(
                self._initdb_command(scratch, secret.name),
                cwd=scratch,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
                env=self._found.environment(),
                **_identity(user),
            )
        if done.returncode != 0:
            shutil.rmtree(scratch, ignore_errors=True)
            raise _initdb_trouble(self.folder, done.stderr)
        # Only a finished cluster gets the real name, so a kill in between leaves nothing half made.
        scratch.rename(self.folder)

    def _initdb_command(self, folder: Path, secret: str) -> list[str]:
        # Word boundaries in Chinese (pg_trgm, full text) need a character type that knows UTF-8.
        options = ["--locale=C", f"--lc-ctype={_utf8_locale()}"]
        if self._found.major >= BUILTIN_LOCALE_SINCE:
            options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        return [
            self._found.program("initdb"),
            f"--pgdata={_name_for_server(folder)}",
            f"--username={SUPERUSER}",
            f"--pwfile={secret}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--no-instructions",
            *options,
        ]

    def start(self) -> None:
        """Start the server and wait until it takes connections.

        Raises: Trouble.
        """
        self._clear_stale_pid()
        if not self.port:
            self.port = free_port()
        for attempt in range(10):
            self._spawn()
            if self._wait_ready():
                return
            # After a crash the old backends may need a moment to let go of the shared memory.
            time.sleep(0.3 * (attempt + 1))
            if "could not bind" in self._last_words():
                self.port = free_port()
            elif "No space left" in self._last_words():
                raise Trouble("disk_full", folder=self.folder)
            elif attempt > 2 and "shared memory block" not in self._last_words():
                break
        raise Trouble("postgres_will_not_start", log=self.log)

    def _spawn(self) -> None:
        user = stand_in()
        options = OPTIONS | {"port": str(self.port)}
        if self._found.major >= READS_BY_WORKERS_SINCE:
            options["io_method"] = "sync"
        if not self.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        command = [self._found.program("postgres"), "-D", _name_for_server(self.folder)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self._log_start = log.tell()
            self.process = subprocess.Popen(
                command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._found.environment(),
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGINT),  # noqa: PLW1509  (we have no threads)
                **_identity(user),
            )

    def _wait_ready(self) -> bool:
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                return False
            if self._state() == "ready":
                return True
            time.sleep(0.02)
        return False

    def _state(self) -> str:
        """What the running server says of itself, in the line that pg_ctl waits for too."""
        lines = self._pid_lines()
        if self.process is None or len(lines) < 8 or lines[0] != str(self.process.pid):
            return ""
        return lines[7].strip()

    def _pid_lines(self) -> list[str]:
        try:
            return (self.folder / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _clear_stale_pid(self) -> None:
        """Stop a server that an earlier harbor left behind; forget one that is long gone.

        After a power cut the file may name a process that is now someone else's.
        """
        lines = self._pid_lines()
        if not lines:
            return
        pid = abs(int(lines[0]))
        if process_name(pid).startswith("postgres") and working_folder(pid) in {None, self.folder}:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
            if not wait_gone(pid, STOP_TIMEOUT_S):
                raise Trouble("old_server_stays", pid=pid)
        (self.folder / "postmaster.pid").unlink(missing_ok=True)

    def _last_words(self) -> str:
        with self.log.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode(errors="replace")

    def stop(self) -> None:
        """Stop the server cleanly: open transactions are rolled back, commits are kept."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                # SIGQUIT ends it without a checkpoint; the next start recovers from the log.
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait()
        self.process = None


def new_password() -> str:
    """A password nobody has to type: 192 random bits that need no quoting in an address."""
    return secrets.token_urlsafe(24)


def _identity(user: pwd.struct_passwd | None) -> _Identity:
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _name_for_server(folder: Path) -> str:
    """The name by which the server finds its own folder.

    Under a 0700 home an unprivileged server may sit in its folder, but not walk there by name;
    the kernel's link to the current folder needs no walk.
    """
    user = stand_in()
    if user is None or binaries.reachable(folder.parent, user.pw_uid):
        return str(folder)
    if sys.platform != "linux":
        _refuse_unreachable(folder, user)
    return "/proc/self/cwd"


def _utf8_locale() -> str:
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in UTF8_LOCALES:
            with suppress(locale.Error):
                return locale.setlocale(locale.LC_CTYPE, name)
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return "C"


def _refuse_unreachable(folder: Path, user: pwd.struct_passwd) -> None:
    if not binaries.reachable(folder.parent, user.pw_uid):
        raise Trouble("data_folder_unreachable", folder=folder, user=user.pw_name)


def _initdb_trouble(folder: Path, said: str) -> Trouble:
    if "No space left" in said:
        return Trouble("disk_full", folder=folder)
    if "ermission denied" in said:
        return Trouble("no_write_permission", folder=folder)
    return Trouble("initdb_failed", reason=" ".join(said.split())[-300:])
