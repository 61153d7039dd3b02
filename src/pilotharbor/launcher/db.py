"""Sub-command ``db``: the embedded database alone, for developers and for backups."""

import argparse
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

from pilotharbor.launcher import console, database, harbour, hold, vault
from pilotharbor.launcher.children import wait_gone
from pilotharbor.launcher.guard import Guard
from pilotharbor.launcher.paths import ROOT, DataFolder
from pilotharbor.launcher.supervisor import Stopped, Supervisor
from pilotharbor.launcher.trouble import Trouble

START_S = 90.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe ``db``."""
    parser.add_argument("action", choices=["start", "stop", "url", "run", "dump"])
    parser.add_argument("--data", help="data folder (default: .harbor in the project)")
    parser.add_argument(
        "--developer", action="store_true", help="the owner may create (test) databases; no fsync"
    )
    parser.add_argument("--file", help="dump: where to write the backup (pg_dump custom format)")


def run(args: argparse.Namespace) -> int:
    """Carry ``db`` out."""
    data = DataFolder.at(args.data)
    action = {"start": _start, "stop": _stop, "url": _url, "run": _serve, "dump": _dump}
    return action[args.action](data, args)


def _serve(data: DataFolder, args: argparse.Namespace) -> int:
    vault.open_folder(data)
    held = hold.take(data)
    if isinstance(held, dict):
        _print(held["environment"])
        return 0
    cluster = database.embedded(data, durable=not args.developer)
    guard = Guard(keep=(held.descriptor,))
    guard.start()
    supervisor = Supervisor(cluster=cluster, guard=guard)
    supervisor.listen()
    try:
        harbour.start_cluster(data, cluster, guard)
        found = database.furnish(cluster, data, owner_may_create=args.developer)
        wanted = harbour.environment(data, found, port=0, as_owner=True)
        hold.announce(data, kind="database", environment=wanted, ready=True)
        _print(wanted)
        supervisor.stay(lambda: False)
    except Stopped:
        pass
    finally:
        supervisor.stop()
        data.running.unlink(missing_ok=True)
        held.release()
    return 0


def _start(data: DataFolder, args: argparse.Namespace) -> int:
    running = hold.found(data)
    if running is None:
        vault.open_folder(data)
        command = [sys.executable, "-m", "pilotharbor.launcher", "db", "run"]
        command += ["--data", str(data.root)] + (["--developer"] if args.developer else [])
        with (data.logs / "db.log").open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_S
        while running is None or not running.get("ready"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise Trouble("postgres_will_not_start", log=data.logs / "db.log")
            time.sleep(0.1)
            running = hold.found(data)
    _print(running["environment"])
    return 0


def _stop(data: DataFolder, _args: argparse.Namespace) -> int:
    running = hold.found(data)
    if running is not None:
        pid = int(running["pid"])
        os.kill(pid, signal.SIGTERM)
        wait_gone(pid, START_S)
    return 0


def _url(data: DataFolder, _args: argparse.Namespace) -> int:
    running = hold.found(data)
    if running is None:
        raise Trouble("not_running", folder=data.root)
    _print(running["environment"])
    return 0


def _dump(data: DataFolder, args: argparse.Namespace) -> int:
    name = args.file or f"pilotharbor-{time.strftime('%Y%m%d-%H%M%S')}.dump"
    target = Path(name).absolute()
    with harbour.database_of(data) as wanted, console.step("dumping"):
        found = database.programs_for(wanted["PILOTHARBOR_DB_OWNER_URL"])
        url, password = database.without_password(wanted["PILOTHARBOR_DB_OWNER_URL"])
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            done = subprocess.run(
                [found.program("pg_dump"), "--format=custom", "--dbname", url],
                env={**found.environment(), "PGPASSWORD": password},
                stdout=file,
                check=False,
            )
    console.line(str(target))
    return done.returncode


def _print(environment: dict[str, str]) -> None:
    for name, value in environment.items():
        console.line(f"export {name}={shlex.quote(value)}")
