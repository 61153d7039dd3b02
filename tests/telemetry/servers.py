"""A real MQTT broker and a real OPC UA server, each a process of its own that a test starts and kills.

``python -m tests.telemetry.servers mqtt PORT`` · ``… opcua PORT FILE``
"""

import asyncio
import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NODE = "ns=2;s=R1.T"
WRITTEN_EVERY_S = 0.02


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


@dataclass
class Process:
    """A server that can be killed and started again on the same port."""

    command: list[str]
    port: int
    process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=_die_with_parent,  # noqa: PLW1509
        )  # fmt: skip
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with (
                contextlib.suppress(OSError),
                socket.create_connection(("127.0.0.1", self.port), 1),
            ):
                return
            time.sleep(0.05)
        raise TimeoutError(self.command)

    def end(self, sig: signal.Signals = signal.SIGKILL) -> None:
        if self.process is not None:
            self.process.send_signal(sig)
            self.process.wait(15)
            self.process = None


@contextlib.contextmanager
def amqtt() -> Iterator[Process]:
    """The broker of the package amqtt, with sessions that outlive a connection."""
    port = free_port()
    yield from _running(
        Process([sys.executable, "-m", "tests.telemetry.servers", "mqtt", str(port)], port)
    )


@contextlib.contextmanager
def mosquitto(folder: Path) -> Iterator[Process]:
    """A mosquitto of this machine that keeps sessions and messages on the disk."""
    port = free_port()
    folder.chmod(0o777)
    (folder / "mosquitto.conf").write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence true\n"
        f"persistence_location {folder}/\nmax_queued_messages 0\nuser root\n"
    )
    program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
    yield from _running(Process([program, "-c", str(folder / "mosquitto.conf")], port))


@contextlib.contextmanager
def opcua(written: Path) -> Iterator[Process]:
    """The server of the package asyncua; what it has set its node to stands in ``written``."""
    port = free_port()
    command = [sys.executable, "-m", "tests.telemetry.servers", "opcua", str(port), str(written)]
    yield from _running(Process(command, port))


def _running(server: Process) -> Iterator[Process]:
    server.start()
    try:
        yield server
    finally:
        server.end()


async def _broker(port: int) -> None:
    from amqtt.broker import Broker

    broker = Broker(
        {
            "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
            # Sessions of somebody with a name are kept, those of nobody are not.
            "plugins": {
                "amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": False}
            },
        }
    )
    await broker.start()
    await asyncio.Event().wait()


async def _server(port: int, written: Path, number: int) -> None:
    from asyncua import Server, ua

    server = Server()
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{port}/plant")
    space = await server.register_namespace("urn:plant")
    machine = await server.nodes.objects.add_object(space, "R1")
    node = await machine.add_variable(ua.NodeId("R1.T", space), "T", 0.0)
    wrong = await machine.add_variable(ua.NodeId("R1.Word", space), "Word", "on")
    await node.set_read_only()
    async with server:
        await server.historize_node_data_change(node, period=None, count=100_000)
        await wrong.write_value("off")
        with written.open("a") as file:
            while True:
                number += 1
                await node.write_value(float(number))
                file.write(f"{number} {time.time():.6f}\n")
                file.flush()
                await asyncio.sleep(WRITTEN_EVERY_S)


if __name__ == "__main__":
    if sys.argv[1] == "mqtt":
        asyncio.run(_broker(int(sys.argv[2])))
    else:
        log = Path(sys.argv[3])
        so_far = len(log.read_text().splitlines()) if log.exists() else 0
        asyncio.run(_server(int(sys.argv[2]), log, so_far))
