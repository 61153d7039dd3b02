"""How are values fetched from an OPC UA server, with a queue on its side and its history for what was missed?"""

import asyncio
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from asyncua import ua
from asyncua.client.client import Client
from asyncua.common.node import Node
from asyncua.ua.uaerrors import UaError

from pilotharbor.telemetry.engine.spool import Message
from pilotharbor.telemetry.listening.inbox import Inbox, now_us
from pilotharbor.telemetry.queries import Wanted

# The library writes whole tracebacks for every connection that breaks.
logging.getLogger("asyncua").setLevel(logging.CRITICAL)

PUBLISHED_EVERY_MS, SAMPLED_EVERY_MS = 250, 0
# Values that the server keeps of each node between two deliveries.
QUEUE = 1000
AT_ONCE = 2000
TIMEOUT_S, LOOK_EVERY_S = 8.0, 1.0
MOST_HISTORY, HISTORY_AT_ONCE = 200_000, 5_000
LONGEST_HISTORY = timedelta(days=7)


class _Handler:
    """What the library calls for each change of a value."""

    def __init__(self) -> None:
        self.arrived: asyncio.Queue[tuple[str, ua.DataValue]] = asyncio.Queue()
        self.names: dict[Any, str] = {}

    def datachange_notification(self, node: Node, val: Any, data: Any) -> None:
        del val
        name = self.names.get(node.nodeid)
        if name is not None and data.monitored_item.Value is not None:
            self.arrived.put_nowait((name, data.monitored_item.Value))

    def status_change_notification(self, status: Any) -> None:
        """Nothing to do: a subscription that ends is seen by the next look at the connection."""


async def fetch(wanted: Wanted, password: str, inbox: Inbox, connected: Callable[[], None]) -> None:
    """Take values until the connection breaks.

    Raises: OSError, asyncua's errors.
    """
    client = Client(wanted.address, timeout=TIMEOUT_S)
    client.application_uri = f"urn:{wanted.client_name}"
    if wanted.username:
        client.set_user(wanted.username)
        client.set_password(password)
    async with client:
        handler = _Handler()
        nodes = _nodes(client, wanted, handler, inbox)
        subscription = await client.create_subscription(PUBLISHED_EVERY_MS, handler)
        known = await _subscribe(subscription, nodes, inbox)
        connected()
        for name, node in known.items():
            await _catch_up(name, node, wanted.last_at.get(name), inbox)
        while True:
            await _pass_on(client, handler, inbox)


def _nodes(client: Client, wanted: Wanted, handler: _Handler, inbox: Inbox) -> dict[str, Node]:
    nodes = {}
    for name in wanted.last_at:
        try:
            node = client.get_node(name)
        except (UaError, ValueError, TypeError):
            inbox.set_aside(name, "no_such_node", "")
            continue
        nodes[name] = node
        handler.names[node.nodeid] = name
    return nodes


async def _subscribe(subscription: Any, nodes: dict[str, Node], inbox: Inbox) -> dict[str, Node]:
    """The nodes that the server knows; the rest is told."""
    if not nodes:
        return {}
    answers = await subscription.subscribe_data_change(
        list(nodes.values()), queuesize=QUEUE, sampling_interval=SAMPLED_EVERY_MS
    )
    known = {}
    for (name, node), answer in zip(nodes.items(), answers, strict=True):
        if isinstance(answer, ua.StatusCode):
            inbox.set_aside(name, "no_such_node", answer.name)
        else:
            known[name] = node
    return known


async def _pass_on(client: Client, handler: _Handler, inbox: Inbox) -> None:
    try:
        first = await asyncio.wait_for(handler.arrived.get(), LOOK_EVERY_S)
    except TimeoutError:
        await client.check_connection()
        return
    few = [first]
    while len(few) < AT_ONCE and not handler.arrived.empty():
        few.append(handler.arrived.get_nowait())
    await _keep(few, inbox)


async def _keep(values: list[tuple[str, ua.DataValue]], inbox: Inbox) -> None:
    came = now_us()
    await inbox.keep([_message(name, value, came) for name, value in values])


def _message(name: str, value: ua.DataValue, came: int) -> Message:
    at = value.SourceTimestamp or value.ServerTimestamp
    inner = value.Value.Value if value.Value is not None else None
    said: dict[str, Any] = {
        "value": inner if isinstance(inner, bool | int | float | str) else str(inner)
    }
    if at is not None:
        said["at"] = (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()
    if value.StatusCode is not None and not value.StatusCode.is_good():
        said["quality"] = "bad"
    return Message(came, name, json.dumps(said).encode())


async def _catch_up(name: str, node: Node, last_at: datetime | None, inbox: Inbox) -> None:
    """Fetch what the server has kept since we last heard of a node, if it keeps history at all."""
    if last_at is None or not await _keeps_history(node):
        return
    until = datetime.now(UTC)
    since = max(last_at, until - LONGEST_HISTORY)
    for _ in range(MOST_HISTORY // HISTORY_AT_ONCE):
        values = await node.read_raw_history(since, until, HISTORY_AT_ONCE, return_bounds=False)
        if values:
            await _keep([(name, value) for value in values], inbox)
        last = values[-1].SourceTimestamp if values else None
        if last is None or len(values) < HISTORY_AT_ONCE:
            return
        since = (last if last.tzinfo else last.replace(tzinfo=UTC)) + timedelta(microseconds=1)


async def _keeps_history(node: Node) -> bool:
    try:
        return ua.AccessLevel.HistoryRead in await node.get_access_level()
    except UaError:
        return False
