"""How are messages fetched from an MQTT broker without losing any?

QoS 1 in a session that the broker keeps under our name, and a message is acknowledged only when it is
on our disk: what is not, the broker sends again.
"""

import asyncio
import ssl
from collections.abc import Callable
from typing import Any

import aiomqtt
from paho.mqtt.client import MQTTMessage

from pilotharbor.telemetry.addresses import endpoint
from pilotharbor.telemetry.engine.spool import Message
from pilotharbor.telemetry.listening.inbox import Inbox, now_us
from pilotharbor.telemetry.listening.trouble import Problem, Refused
from pilotharbor.telemetry.queries import Wanted

AT_ONCE = 500
KEEPALIVE_S, TIMEOUT_S = 20, 10.0
NOT_GRANTED = 128
# Of a message that the broker kept from before nobody knows when it was said.
UNKNOWN = -1


class Client(aiomqtt.Client):
    """An MQTT client that leaves it to its user when a message is acknowledged."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.arrived: asyncio.Queue[MQTTMessage] = asyncio.Queue()
        self._client.manual_ack_set(True)

    def _on_message(self, client: Any, userdata: Any, message: MQTTMessage) -> None:
        del client, userdata
        self.arrived.put_nowait(message)

    async def next_few(self) -> list[MQTTMessage]:
        """At least one message, and whatever else is there already.

        Raises: aiomqtt.MqttError when the connection is gone.
        """
        getting: asyncio.Future[Any] = asyncio.ensure_future(self.arrived.get())
        gone: asyncio.Future[Any] = self._disconnected
        try:
            await asyncio.wait({getting, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not getting.done():
                getting.cancel()
        if not getting.done() or getting.cancelled():
            raise aiomqtt.MqttError("disconnected") from gone.exception()
        few = [getting.result()]
        while len(few) < AT_ONCE and not self.arrived.empty():
            few.append(self.arrived.get_nowait())
        return few

    def acknowledge(self, message: MQTTMessage) -> None:
        """Tell the broker that it need not send this again."""
        if message.qos:
            self._client.ack(message.mid, message.qos)


def _trust(path: str) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=path or None)


async def fetch(
    wanted: Wanted, password: str, inbox: Inbox, connected: Callable[[], None], *, authority: str
) -> None:
    """Take messages until the connection breaks; ``authority`` is a file of certificates to trust.

    Raises: Refused, aiomqtt.MqttError, OSError.
    """
    there = endpoint(wanted.kind, wanted.address)
    client = Client(
        there.host, there.port, identifier=wanted.client_name, clean_session=False,
        username=wanted.username or None, password=password or None,
        keepalive=KEEPALIVE_S, timeout=TIMEOUT_S,
        tls_context=_trust(authority) if there.encrypted else None,
    )  # fmt: skip
    async with client:
        granted: Any = await client.subscribe([(topic, 1) for topic in wanted.topics])
        for topic, code in zip(wanted.topics, granted, strict=False):
            if (code if isinstance(code, int) else code.value) >= NOT_GRANTED:
                raise Refused(Problem.SUBSCRIPTION, topic)
        connected()
        while True:
            few = await client.next_few()
            came = now_us()
            await inbox.keep([_message(one, came) for one in few])
            for one in few:
                client.acknowledge(one)


def _message(one: MQTTMessage, came: int) -> Message:
    try:
        topic = one.topic
    except UnicodeDecodeError:
        topic = "�"
    return Message(UNKNOWN if one.retain else came, topic, bytes(one.payload))
