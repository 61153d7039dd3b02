"""Sub-command ``up``: everything, until told to stop."""

import argparse
import http.client
import os
import socket
import sys
import time
from dataclasses import dataclass
from typing import Any

import psycopg

from pilotharbor.launcher import (
    catalogues,
    console,
    contents,
    database,
    demonstration,
    finding,
    gathering,
    harbour,
    hold,
    managed,
    schema,
    vault,
)
from pilotharbor.launcher.guard import Guard
from pilotharbor.launcher.listening import (
    USUAL_HOST,
    USUAL_PORT,
    address_of,
    listen,
    reached_at,
    wanted_host,
    wanted_port,
)
from pilotharbor.launcher.paths import DataFolder
from pilotharbor.launcher.postgres import Cluster
from pilotharbor.launcher.supervisor import Child, Stopped, Supervisor
from pilotharbor.launcher.trouble import Trouble
from pilotharbor.launcher.words import say

# One for two cores: worker, finder and database want theirs too, and each weighs 140 MB.
CORES_A_WEB_PROCESS, MOST_WEB_PROCESSES = 2, 4
WEB_THREADS = 8
FIRST_PAGE_S = 90.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe ``up``."""
    parser.add_argument("--port", help=f"0 picks a free one (default: {USUAL_PORT})")
    parser.add_argument("--host", help=f"address to listen on (default: {USUAL_HOST})")
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
    finder: finding.Finding

    @property
    def port(self) -> int:
        """The port the web listens on."""
        return int(self.listener.getsockname()[1])

    @property
    def url(self) -> str:
        """Where a person on this machine finds the harbour."""
        return address_of(self.listener)

    def variables(self, found: database.Database, *, as_owner: bool = False) -> dict[str, str]:
        """What Django needs to know."""
        known = harbour.environment(
            self.data, found, port=self.port, url=self.url, as_owner=as_owner
        )
        return known | self.finder.variables


def run(args: argparse.Namespace) -> int:
    """Carry ``up`` out.

    Raises: Trouble.
    """
    data = DataFolder.at(args.data)
    host, port = wanted_host(args.host), wanted_port(args.port)
    if os.environ.get("DATABASE_URL"):
        database.refuse_malformed(os.environ["DATABASE_URL"])
    parent = os.getppid() if args.with_parent else None
    vault.open_folder(data)
    held = hold.take(data)
    if isinstance(held, dict):
        return _already(data, held)
    guard = Guard(keep=(held.descriptor,))
    supervisor = Supervisor(cluster=None, guard=guard, parent=parent)
    supervisor.listen()
    try:
        _launch(args, data, supervisor, listen(host, port))
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


def _launch(
    args: argparse.Namespace, data: DataFolder, supervisor: Supervisor, listener: socket.socket
) -> None:
    cluster = None
    if not os.environ.get("DATABASE_URL"):
        with console.step("preparing_database"), supervisor.interruptible():
            cluster = database.embedded(data)
    supervisor.guard.start()
    supervisor.cluster = cluster
    with console.step("starting_database"):
        found = harbour.open_database(data, cluster, supervisor.guard)
    setup = Setup(data, listener, supervisor, cluster, {}, finding.settle())
    setup.environment = setup.variables(found)
    with_owner = setup.variables(found, as_owner=True)
    accounts = _prepare(args, setup, found, with_owner)
    facts = {"kind": "up", "url": setup.url, "port": setup.port, "environment": with_owner}
    hold.announce(data, **facts, ready=False)
    _start_children(setup)
    hold.announce(data, **facts, ready=True)
    _welcome(setup, accounts)


def _prepare(
    args: argparse.Namespace,
    setup: Setup,
    found: database.Database,
    owner_environment: dict[str, str],
) -> list[dict[str, str]]:
    """Bring tables and contents to where they should be; the accounts to show."""
    catalogues.compile_stale()
    (setup.data.root / "static").mkdir(exist_ok=True)
    guard = setup.supervisor.guard
    with console.step("migrating"), setup.supervisor.interruptible():
        schema.bring_up_to_date(found, owner_environment, guard)
    vault.stamp(setup.data)
    loading = demonstration.Loading(
        setup.data, found, setup.cluster, guard, setup.environment, owner_environment
    )
    with setup.supervisor.interruptible():
        held = demonstration.settle(loading, empty=args.empty)
        if held.kind != contents.DEMONSTRATION:
            return []
        accounts = demonstration.accounts(loading, held)
    if accounts is None:
        console.line(say("accounts_elsewhere", place=held.accounts_at))
    return accounts or []


def _start_children(setup: Setup) -> None:
    # Neither web nor worker may ever see the address of the role that owns the tables.
    environment = {**managed.inherited(), **setup.environment}
    descriptor = setup.listener.fileno()
    processes = os.environ.get("PILOTHARBOR_WEB_PROCESSES") or str(_web_processes())
    web = [sys.executable, "-m", "gunicorn", "--bind", f"fd://{descriptor}", "--workers", processes]
    # Several share what was loaded before them; a single one would only have it twice.
    web += ["--preload"] if processes != "1" else []
    web += ["--worker-class", "gthread", "--threads", str(WEB_THREADS), "--no-control-socket"]
    web += ["--timeout", "120", "--graceful-timeout", "10", "--name", "pilotharbor"]
    web += ["pilotharbor.web.wsgi:application"]
    logs = setup.data.logs
    setup.supervisor.add(Child("web", web, environment, logs / "web.log", listener=setup.listener))
    with console.step("first_page"):
        _await_first_page(setup)
    # Only now: all read the same libraries, and a person waits for the page first.
    if (finder := setup.finder.child(environment, logs)) is not None:
        setup.supervisor.add(finder)
    work = [sys.executable, "-m", "django", "work"]
    setup.supervisor.add(Child("worker", work, environment, logs / "worker.log"))
    setup.supervisor.add(gathering.child(environment, setup.data.root, logs))


def _web_processes() -> int:
    cores = os.cpu_count() or 1
    return min(max(cores // CORES_A_WEB_PROCESS, 1), MOST_WEB_PROCESSES)


def _await_first_page(setup: Setup) -> None:
    deadline = time.monotonic() + FIRST_PAGE_S

    def served() -> bool:
        web = setup.supervisor.children[0]
        if web.failures >= 3 or time.monotonic() > deadline:
            raise Trouble("web_will_not_start", log=web.log)
        return _serves(*reached_at(setup.listener))

    setup.supervisor.stay(served)


def _serves(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=30)
    try:
        connection.request("GET", "/", headers={"Host": f"{USUAL_HOST}:{port}"})
        return connection.getresponse().status < http.client.INTERNAL_SERVER_ERROR
    except OSError:
        return False
    except http.client.HTTPException:
        return False
    finally:
        connection.close()


def _welcome(setup: Setup, accounts: list[dict[str, str]]) -> None:
    console.line()
    console.line(say("welcome", url=setup.url))
    if accounts:
        console.line()
        console.table(
            [say("role"), say("name"), say("email"), say("password")],
            [[a["role"], a["name"], a["email"], a["password"]] for a in accounts],
        )
        console.line()
    console.line(say("data_lies", data=setup.data.root))
    console.line(say("press_ctrl_c"))
