"""Brokers, servers, the database and the process between them are killed in the middle; nothing is lost.

A whole harbour of its own runs here, started by ``./harbor up``: real PostgreSQL, real worker, and the
process for connectors, which comes up by itself once a connector is registered. The MQTT brokers and the
OPC UA server are real ones, too.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import psutil
import psycopg
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from pilotharbor.launcher import gathering, harbour, vault
from pilotharbor.launcher.paths import DataFolder
from tests.telemetry import servers

pytestmark = [pytest.mark.slow, pytest.mark.timeout(170)]
PATIENCE_S = 45.0
EVERY_S = 0.01
MOSQUITTO = shutil.which("mosquitto") or "/usr/sbin/mosquitto"


@dataclass
class Whole:
    """A running harbour: its processes and its database."""

    data: Path
    supervisor: psutil.Process
    environment: dict[str, str]

    def make(self, kind: str, address: str, *places: str) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "tests.telemetry.setting_up", kind, address, *places],
            cwd=servers.ROOT, capture_output=True, text=True, check=False,
            env=os.environ | self.environment | {"PYTHONPATH": f"{servers.ROOT / 'src'}{os.pathsep}{servers.ROOT}"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def ask(self, statement: str, *params: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.environment["PILOTHARBOR_DB_OWNER_URL"], connect_timeout=5) as db:
            return db.execute(statement.encode(), params).fetchall()

    def values(self, tag: int) -> list[float]:
        return [
            v
            for (v,) in self.ask(
                "SELECT value FROM telemetry_sample WHERE tag_id = %s ORDER BY at", tag
            )
        ]

    def listener(self) -> psutil.Process | None:
        for child in self.supervisor.children():
            with contextlib.suppress(psutil.Error):
                if "listen" in child.cmdline()[-1:]:
                    return child
        return None

    def kill_listener(self) -> None:
        child = self.listener()
        assert child is not None
        child.kill()

    def kill_database(self) -> None:
        """As a crash would: the postmaster and with it every server process, without a checkpoint."""
        for child in self.supervisor.children():
            if child.name() == "postgres":
                child.send_signal(signal.SIGQUIT)
                return
        raise AssertionError("no database")

    def state(self, connector: int) -> tuple[Any, ...]:
        found = self.ask(
            "SELECT state, problem, waiting FROM telemetry_connectorhealth WHERE connector_id = %s",
            connector,
        )
        return found[0]

    def until(self, true: Any, what: str) -> None:
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            try:
                if true():
                    return
            except psycopg.OperationalError:
                pass
            time.sleep(0.2)
        log = (self.data / "log" / "listener.log").read_text()[-3000:]
        raise AssertionError(f"not in time: {what}\n{log}")

    def connected(self, connector: int) -> None:
        """By the word of a process that lives."""
        now = datetime.now(UTC)
        statement = "SELECT seen_at FROM telemetry_connectorhealth WHERE state = 'connected' AND connector_id = %s"
        self.until(
            lambda: self.ask(statement, connector) > [(now,)], f"connector {connector} connected"
        )


@pytest.fixture(scope="module")
def whole() -> Iterator[Whole]:
    with harbour.temporary(exercise=False) as running:
        facts = vault.read_json(DataFolder(running.data).running)
        yield Whole(running.data, psutil.Process(int(facts["pid"])), facts["environment"])


class Gateway:
    """A gateway that counts upwards, every message at QoS 1 with the time of its value.

    ``keeps``  for a broker without a disk, which forgets its subscribers and what it had acknowledged
    and not yet passed on: after such a broker was away, the gateway gives them time to come back, and
    sends its last messages again
    """

    def __init__(self, port: int, *, keeps: int = 0) -> None:
        self.sent: list[tuple[float, float]] = []
        self._keeps, self._back, self._there = keeps, threading.Event(), threading.Event()
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2, client_id=f"gateway-{port}", clean_session=False
        )
        self._client.username_pw_set("gateway", "x")
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = lambda *_: (self._back.set(), self._there.set())
        self._client.on_disconnect = lambda *_: self._there.clear()
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        self._there.wait(10)
        self._back.clear()
        while not self._ending.wait(EVERY_S):
            if self._keeps and not self._there.is_set():
                continue
            if self._keeps and self._back.is_set():
                time.sleep(8)
                self._back.clear()
                for one in self.sent[-self._keeps :]:
                    self._publish(one)
            one = (time.time(), float(len(self.sent) + 1))
            self.sent.append(one)
            self._publish(one)

    def _publish(self, one: tuple[float, float]) -> None:
        at = datetime.fromtimestamp(one[0], UTC).isoformat()
        self._client.publish("plant/r1/t", json.dumps({"value": one[1], "at": at}), qos=1)

    def end(self) -> list[float]:
        """Stop counting; what was said, once the broker has it all."""
        self._ending.set()
        self._thread.join()
        until = time.monotonic() + 20
        while self._client._out_messages and time.monotonic() < until:
            time.sleep(0.1)
        self._client.disconnect()
        self._client.loop_stop()
        return [value for _, value in self.sent]


def test_the_process_runs_only_while_there_is_a_connector(whole):
    assert whole.listener() is None
    assert not gathering.flag(whole.data).exists()

    with servers.amqtt() as broker:
        made = whole.make("mqtt", f"mqtt://127.0.0.1:{broker.port}", "plant/x")
        whole.connected(made["connector"])
        assert whole.listener() is not None
        with psycopg.connect(whole.environment["PILOTHARBOR_DB_OWNER_URL"]) as db:
            db.execute(
                "UPDATE telemetry_connector SET status = 'paused' WHERE id = %s",
                [made["connector"]],
            )

        whole.until(lambda: whole.listener() is None, "the process has ended")

    assert not gathering.flag(whole.data).exists()
    assert whole.state(made["connector"])[0] == "stopped"


def test_mqtt_through_kills_of_database_process_and_broker(whole):
    with servers.amqtt() as broker:
        made = whole.make("mqtt", f"mqtt://127.0.0.1:{broker.port}", "plant/r1/t")
        (tag,) = made["tags"]
        whole.connected(made["connector"])
        gateway = Gateway(broker.port, keeps=600)
        whole.until(lambda: len(whole.values(tag)) > 100, "the first samples")

        whole.kill_database()
        time.sleep(3)
        whole.until(lambda: len(whole.values(tag)) > 300, "samples after the database was killed")

        whole.kill_listener()
        time.sleep(1)
        whole.connected(made["connector"])
        # What waited for the process is only in this broker's memory, and would die with it.
        before = len(gateway.sent)
        whole.until(lambda: len(whole.values(tag)) > before, "what came while the process was away")

        broker.end()
        time.sleep(1.5)
        broker.start()
        before = len(gateway.sent)
        whole.until(lambda: len(whole.values(tag)) > before, "samples after the broker was killed")
        said = gateway.end()

        whole.until(lambda: len(whole.values(tag)) >= len(said), "everything")
    assert whole.values(tag) == said
    repeated = whole.ask(
        "SELECT repeated FROM telemetry_connectorhealth WHERE connector_id = %s", made["connector"]
    )
    assert repeated[0][0] > 0, "what came twice was stored once"


@pytest.mark.skipif(not Path(MOSQUITTO).exists(), reason="mosquitto is not on this machine")
def test_mqtt_through_a_restart_of_a_broker_that_keeps_messages(whole, tmp_path):
    with servers.mosquitto(tmp_path) as broker:
        made = whole.make("mqtt", f"mqtt://127.0.0.1:{broker.port}", "plant/r1/t")
        (tag,) = made["tags"]
        whole.connected(made["connector"])
        gateway = Gateway(broker.port)
        whole.until(lambda: len(whole.values(tag)) > 100, "the first samples")

        broker.end(signal.SIGTERM)
        time.sleep(1)
        broker.start()
        before = len(gateway.sent)
        whole.until(lambda: len(whole.values(tag)) > before, "samples after the restart")
        whole.kill_listener()
        time.sleep(2)
        said = gateway.end()

        whole.until(lambda: len(whole.values(tag)) >= len(said), "everything")
    assert whole.values(tag) == said


def test_opc_ua_through_kills_of_database_process_and_server(whole, tmp_path):
    log = tmp_path / "written"
    with servers.opcua(log) as server:
        made = whole.make(
            "opcua", f"opc.tcp://127.0.0.1:{server.port}/plant", servers.NODE, "ns=2;s=Nobody"
        )
        (tag, _) = made["tags"]
        whole.connected(made["connector"])
        whole.until(lambda: len(whole.values(tag)) > 50, "the first samples")

        whole.kill_database()
        time.sleep(3)
        whole.kill_listener()
        whole.until(
            lambda: whole.values(tag)[-1] > _written(log) - 20, "samples after both were killed"
        )
        whole.connected(made["connector"])
        so_far = whole.values(tag)
        time.sleep(1)
        server.end()
        last = _written(log)
        server.start()
        whole.until(
            lambda: whole.values(tag)[-1] > last + 50, "samples after the server was killed"
        )
    found = whole.values(tag)

    # While we were away the server remembered; what it had not said when it was killed, nobody knows.
    assert so_far == list(range(int(so_far[0]), int(so_far[-1]) + 1))
    missing = sorted(set(range(int(found[0]), int(found[-1]) + 1)) - {int(v) for v in found})
    assert all(last - 50 <= one <= last + 50 for one in missing), missing
    refused = whole.ask(
        "SELECT place, reason FROM telemetry_refusal WHERE connector_id = %s", made["connector"]
    )
    assert refused == [("ns=2;s=Nobody", "no_such_node")]


def _written(log: Path) -> int:
    return int(log.read_text().splitlines()[-1].split()[0])
