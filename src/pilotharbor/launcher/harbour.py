"""How does a program get hold of a harbour, running or not?"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import django

from pilotharbor.launcher import console, contents, database, hold, schema, vault
from pilotharbor.launcher.guard import Guard
from pilotharbor.launcher.listening import USUAL_HOST, USUAL_PORT
from pilotharbor.launcher.paths import ROOT, SETTINGS, SOURCE, DataFolder
from pilotharbor.launcher.postgres import Cluster
from pilotharbor.launcher.trouble import Trouble
from pilotharbor.launcher.words import chinese

TEMPORARY_START_S = 180.0


@dataclass(frozen=True)
class Running:
    """A harbour that answers. ``url`` has no slash at its end."""

    url: str
    data: Path


def environment(
    data: DataFolder,
    found: database.Database,
    *,
    port: int,
    url: str = "",
    as_owner: bool = False,
) -> dict[str, str]:
    """What Django needs to know about this harbour; the owner's address only where it is used.

    ``url``  how the harbour is reached, if not at ``port`` of the loopback address.
    """
    known = vault.secrets_of(data)
    port = port or USUAL_PORT
    wanted = {
        "PILOTHARBOR_DATA": str(data.root),
        "PILOTHARBOR_DB_URL": found.app_url,
        "PILOTHARBOR_SECRET_KEY": os.environ.get("PILOTHARBOR_SECRET_KEY", known["secret_key"]),
        "PILOTHARBOR_PORT": str(port),
        "PILOTHARBOR_PUBLIC_URL": os.environ.get(
            "PILOTHARBOR_PUBLIC_URL", url or f"http://{USUAL_HOST}:{port}"
        ),
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "PYTHONPATH": str(SOURCE),
        "PYTHONUNBUFFERED": "1",
    }
    if as_owner:
        wanted["PILOTHARBOR_DB_OWNER_URL"] = found.owner_url
    return wanted


def open_database(data: DataFolder, cluster: Cluster | None, guard: Guard) -> database.Database:
    """The database to use: ``DATABASE_URL`` if set, else the embedded cluster, started.

    Raises: Trouble.
    """
    given = os.environ.get("DATABASE_URL")
    if given or cluster is None:
        return database.external(given or "", data)
    start_cluster(data, cluster, guard)
    return database.furnish(cluster, data)


def start_cluster(data: DataFolder, cluster: Cluster, guard: Guard) -> None:
    """Start the embedded server on the port it had before, and under guard.

    Raises: Trouble.
    """
    cluster.port = int(vault.read_json(data.version).get("database_port", 0))
    cluster.start()
    if cluster.process is not None:
        guard.watch(cluster.process.pid, signal.SIGINT)
    vault.stamp(data, database_port=cluster.port)


@contextmanager
def database_of(data: DataFolder) -> Iterator[dict[str, str]]:
    """The Django environment of a data folder, its database running for as long as needed.

    Uses the running harbour's database if there is one.

    Raises: Trouble.
    """
    vault.open_folder(data)
    held = hold.take(data)
    if isinstance(held, dict):
        yield {str(k): str(v) for k, v in held["environment"].items()}
        return
    guard = Guard(keep=(held.descriptor,))
    cluster = None
    try:
        if not os.environ.get("DATABASE_URL"):
            cluster = database.embedded(data)
        guard.start()
        found = open_database(data, cluster, guard)
        wanted = environment(data, found, port=0, as_owner=True)
        schema.bring_up_to_date(found, wanted, guard)
        contents.refuse_unfinished(found.owner_url)
        vault.stamp(data)
        hold.announce(data, kind="command", environment=wanted)
        yield wanted
    finally:
        if cluster is not None:
            cluster.stop()
        data.running.unlink(missing_ok=True)
        guard.dismiss()
        held.release()


@contextmanager
def attached(data: str | os.PathLike[str] | None = None) -> Iterator[DataFolder]:
    """Set Django up in this process on the database of a data folder.

    Raises: Trouble.
    """
    folder = DataFolder.at(data)
    with database_of(folder) as wanted:
        os.environ.pop("PILOTHARBOR_AS_OWNER", None)
        os.environ.update(wanted)
        django.setup()
        yield folder


@contextmanager
def temporary(
    *,
    demonstration: bool = False,
    exercise: bool = True,
) -> Iterator[Running]:
    """A fresh harbour in a temporary folder with web and worker, gone afterwards.

    ``exercise``  the harbour takes the time of each request from its caller.

    Raises: Trouble.
    """
    folder = Path(tempfile.mkdtemp(prefix="pilotharbor-harbour-"))
    folder.chmod(0o755)
    command = [sys.executable, "-m", "pilotharbor.launcher", "up", "--port", "0"]
    command += ["--data", str(folder), "--with-parent"]
    if not demonstration:
        command.append("--empty")
    # Nothing of the harbour that we may be part of ourselves, such as the tests' own.
    wanted = {
        k: v for k, v in os.environ.items() if not k.startswith(("PILOTHARBOR_", "DATABASE_"))
    }
    wanted |= {"PYTHONPATH": str(SOURCE), "PILOTHARBOR_LANG": "zh" if chinese() else "en"}
    if exercise:
        wanted["PILOTHARBOR_EXERCISE"] = "1"
    with (folder / "up.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=wanted, stdout=log, stderr=log)
    try:
        with console.step("temporary_harbour"):
            running = _wait_until_ready(process, DataFolder(folder))
        yield running
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _wait_until_ready(process: subprocess.Popen[bytes], data: DataFolder) -> Running:
    deadline = time.monotonic() + TEMPORARY_START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            running = vault.read_json(data.running)
        except (Trouble, json.JSONDecodeError):
            running = {}
        if running.get("ready"):
            return Running(str(running["url"]), data.root)
        time.sleep(0.1)
    said = (data.root / "up.log").read_text(errors="replace").strip().splitlines()
    raise Trouble("temporary_failed", reason=said[-1] if said else "")
