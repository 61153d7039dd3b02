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

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600, func_only=True)]
# How long nothing at all may happen; whoever moves on, however slowly, is given more.
PATIENCE_S = 45.0
# A gateway says no more than this often, and waits while so many messages are unconfirmed.
EVERY_S, MOST_UNCONFIRMED = 0.02, 200
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

    def until(self, true: Any, what: str, moves: Any = lambda: None) -> None:
        """Wait for a fact; as long as ``moves`` answers something else, somebody is on the way to it."""
        end, last = time.monotonic() + PATIENCE_S, None
        while time.monotonic() < end:
            with contextlib.suppress(psycopg.OperationalError):
                if true():
                    return
                if (now := moves()) != last:
                    end, last = time.monotonic() + PATIENCE_S, now
            time.sleep(0.2)
        log = (self.data / "log" / "listener.log").read_text()[-3000:]
        raise AssertionError(f"not in time: {what}\n{log}")

    def stored(self, tag: int, said: list[float], what: str) -> None:
        """Wait until every value of ``said`` is stored, as long as more of them are."""

        def missing() -> int:
            return len(set(said).difference(self.values(tag)))

        self.until(lambda: not missing(), what, missing)

    def unbroken(self, tag: int) -> int:
        """Up to which value none is missing."""
        values = self.values(tag)
        return next((n for n, v in enumerate(values) if v != n + 1), len(values))

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

    What it cannot send it keeps and sends when it is connected again; it goes no faster than its
    broker takes it, so that a slow machine makes it slow and nothing else. ``again`` is for a broker
    without a disk, which forgets what it had acknowledged and not yet passed on: when it dies, and of
    what is on its way when a subscriber dies.
    """

    def __init__(self, port: int) -> None:
        self.sent: list[tuple[float, float]] = []
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2, client_id=f"gateway-{port}", clean_session=False
        )
        self._client.username_pw_set("gateway", "x")
        self._client.reconnect_delay_set(1, 1)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._ending.wait(EVERY_S):
            if self.unconfirmed > MOST_UNCONFIRMED:
                continue
            one = (time.time(), float(len(self.sent) + 1))
            self.sent.append(one)
            self._publish(one)

    def _publish(self, one: tuple[float, float]) -> None:
        at = datetime.fromtimestamp(one[0], UTC).isoformat()
        self._client.publish("plant/r1/t", json.dumps({"value": one[1], "at": at}), qos=1)

    def so_far(self) -> list[float]:
        """What it has said up to now."""
        return [value for _, value in self.sent]

    @property
    def unconfirmed(self) -> int:
        """Messages that no broker has acknowledged yet."""
        return len(self._client._out_messages)

    def again(self, known: int) -> None:
        """Send once more what is not known to be stored, beside what is said meanwhile.

        It begins a little earlier, as gateways do, so that some of it comes twice.
        """
        for one in self.sent[max(0, known - 100) :]:
            self._publish(one)

    def end(self, whole: Whole) -> list[float]:
        """Stop counting; what was said, once the broker has it all."""
        self._ending.set()
        self._thread.join()
        whole.until(lambda: not self.unconfirmed, "the broker has it all", lambda: self.unconfirmed)
        self._client.disconnect()
        self._client.loop_stop()
        return self.so_far()


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
        gateway = Gateway(broker.port)
        whole.until(lambda: len(whole.values(tag)) > 100, "the first samples")

        whole.kill_database()
        time.sleep(3)
        whole.stored(tag, gateway.so_far(), "what came while the database was away")

        whole.kill_listener()
        time.sleep(1)
        whole.connected(made["connector"])
        # This broker drops what is on its way to a subscriber that dies (mosquitto, below, does not).
        gateway.again(whole.unbroken(tag))
        whole.stored(tag, gateway.so_far(), "what came while the process was away")

        broker.end()
        whole.until(lambda: whole.state(made["connector"])[0] == "away", "the broker is missed")
        broker.start()
        whole.connected(made["connector"])
        # Nothing is lost from now on; what died with the broker's memory only the gateway can tell.
        gateway.again(whole.unbroken(tag))
        said = gateway.end(whole)

        whole.stored(tag, said, "everything")
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
        said = gateway.end(whole)

        whole.stored(tag, said, "everything")
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
