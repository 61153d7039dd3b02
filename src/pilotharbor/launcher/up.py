"""Sub-command ``up``: everything, until told to stop."""

import argparse
import http.client
import json
import os
import socket
import sys
import time
from dataclasses import dataclass
from typing import Any

import psycopg

from pilotharbor.launcher import catalogues, console, database, harbour, hold, schema, vault
from pilotharbor.launcher.guard import Guard
from pilotharbor.launcher.paths import DataFolder
from pilotharbor.launcher.postgres import Cluster
from pilotharbor.launcher.supervisor import Child, Stopped, Supervisor
from pilotharbor.launcher.trouble import Trouble
from pilotharbor.launcher.words import say

DEFAULT_PORT = harbour.USUAL_PORT
WEB_PROCESSES = 2
WEB_THREADS = 8
FIRST_PAGE_S = 90.0
LISTEN_BACKLOG = 512


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe ``up``."""
    port = int(os.environ.get("PILOTHARBOR_PORT") or DEFAULT_PORT)
    parser.add_argument("--port", type=int, default=port, help="0 picks a free one")
    parser.add_argument("--host", default=os.environ.get("PILOTHARBOR_LISTEN", "127.0.0.1"))
    parser.add_argument("--data", help="data folder (default: .harbor in the project)")
    parser.add_argument("--empty", action="store_true", help="without the demonstration harbour")
    parser.add_argument("--with-parent", action="store_true", help=argparse.SUPPRESS)


@dataclass
class Setup:
    """What has been set up so far, so that it can be taken down again."""

    data: DataFolder
    listener: socket.socket
    supervisor: Supervisor
    cluster: Cluster | None
    environment: dict[str, str]

    @property
    def port(self) -> int:
        """The port the web listens on."""
        return int(self.listener.getsockname()[1])

    @property
    def url(self) -> str:
        """Where a person on this machine finds the harbour."""
        return f"http://127.0.0.1:{self.port}"


def run(args: argparse.Namespace) -> int:
    """Carry ``up`` out.

    Raises: Trouble.
    """
    data = DataFolder.at(args.data)
    parent = os.getppid() if args.with_parent else None
    vault.open_folder(data)
    held = hold.take(data)
    if isinstance(held, dict):
        return _already(data, held)
    guard = Guard(keep=(held.descriptor,))
    supervisor = Supervisor(cluster=None, guard=guard, parent=parent)
    supervisor.listen()
    try:
        _launch(args, data, supervisor)
        supervisor.stay(lambda: False)
    except Stopped:
        pass
    except OSError as exc:
        raise vault.folder_trouble(data, exc) from exc
    except psycopg.OperationalError as exc:
        if vault.nearly_full(data.root):
            raise Trouble("disk_full", folder=data.root) from exc
        raise
    finally:
        with console.step("stopping"):
            supervisor.stop()
        data.running.unlink(missing_ok=True)
        held.release()
    console.line(say("stopped", data=data.root))
    return 0


def _already(data: DataFolder, running: dict[str, Any]) -> int:
    if running.get("url"):
        console.line(say("already_running", url=running["url"], data=data.root, pid=running["pid"]))
        return 0
    raise Trouble("data_folder_busy", folder=data.root, pid=running["pid"])


def _launch(args: argparse.Namespace, data: DataFolder, supervisor: Supervisor) -> None:
    listener = listen(args.host, args.port)
    cluster = None
    if not os.environ.get("DATABASE_URL"):
        with console.step("preparing_database"), supervisor.interruptible():
            cluster = database.embedded(data)
    supervisor.guard.start()
    supervisor.cluster = cluster
    with console.step("starting_database"):
        found = harbour.open_database(data, cluster, supervisor.guard)
    setup = Setup(data, listener, supervisor, cluster, {})
    setup.environment = harbour.environment(data, found, port=setup.port)
    _prepare(args, setup, found)
    with_owner = harbour.environment(data, found, port=setup.port, as_owner=True)
    facts = {"kind": "up", "url": setup.url, "port": setup.port, "environment": with_owner}
    hold.announce(data, **facts, ready=False)
    _start_children(setup)
    hold.announce(data, **facts, ready=True)
    _welcome(setup)


def listen(host: str, port: int) -> socket.socket:
    """Take the port, or say who else may have it.

    Raises: Trouble.
    """
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except PermissionError as exc:
        raise Trouble("port_forbidden", port=port) from exc
    except OSError as exc:
        raise Trouble("port_in_use", port=port, other=port + 1) from exc
    listener.listen(LISTEN_BACKLOG)
    return listener


def _prepare(args: argparse.Namespace, setup: Setup, found: database.Database) -> None:
    catalogues.compile_stale()
    (setup.data.root / "static").mkdir(exist_ok=True)
    as_owner = harbour.environment(setup.data, found, port=setup.port, as_owner=True)
    with console.step("migrating"), setup.supervisor.interruptible():
        migrated = schema.bring_up_to_date(found, as_owner)
    known = vault.read_json(setup.data.version)
    wants = bool(known.get("demonstration", not args.empty))
    if known.get("demonstration") is False and not args.empty:
        console.line(say("stays_empty"))
    vault.stamp(setup.data, demonstration=wants)
    if wants and (migrated or not setup.data.accounts.exists()):
        with console.step("demonstration"), setup.supervisor.interruptible():
            schema.run_django(["load_demonstration"], setup.environment)


def _start_children(setup: Setup) -> None:
    # Neither web nor worker may ever see the address of the role that owns the tables.
    environment = {**schema.inherited(), **setup.environment}
    descriptor = setup.listener.fileno()
    web = [sys.executable, "-m", "gunicorn", "--bind", f"fd://{descriptor}", "--preload"]
    web += ["--workers", os.environ.get("PILOTHARBOR_WEB_PROCESSES", str(WEB_PROCESSES))]
    web += ["--worker-class", "gthread", "--threads", str(WEB_THREADS), "--no-control-socket"]
    web += ["--timeout", "120", "--graceful-timeout", "10", "--name", "pilotharbor"]
    web += ["pilotharbor.web.wsgi:application"]
    logs = setup.data.logs
    setup.supervisor.add(Child("web", web, environment, logs / "web.log", listener=setup.listener))
    with console.step("first_page"):
        _await_first_page(setup)
    # Only now: both read the same libraries, and a person waits for the page first.
    work = [sys.executable, "-m", "django", "work"]
    setup.supervisor.add(Child("worker", work, environment, logs / "worker.log"))


def _await_first_page(setup: Setup) -> None:
    deadline = time.monotonic() + FIRST_PAGE_S

    def served() -> bool:
        web = setup.supervisor.children[0]
        if web.failures >= 3 or time.monotonic() > deadline:
            raise Trouble("web_will_not_start", log=web.log)
        return _serves(setup.port)

    setup.supervisor.stay(served)


def _serves(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/", headers={"Host": f"127.0.0.1:{port}"})
        return connection.getresponse().status < http.client.INTERNAL_SERVER_ERROR
    except OSError:
        return False
    except http.client.HTTPException:
        return False
    finally:
        connection.close()


def _welcome(setup: Setup) -> None:
    console.line()
    console.line(say("welcome", url=setup.url))
    accounts = _accounts(setup.data)
    if accounts:
        console.line()
        console.table(
            [say("role"), say("name"), say("email"), say("password")],
            [[a["role"], a["name"], a["email"], a["password"]] for a in accounts],
        )
        console.line()
    console.line(say("data_lies", data=setup.data.root))
    console.line(say("press_ctrl_c"))


def _accounts(data: DataFolder) -> list[dict[str, str]]:
    if not data.accounts.exists():
        return []
    loaded = json.loads(data.accounts.read_text(encoding="utf-8"))
    return [{key: str(value) for key, value in account.items()} for account in loaded]
