"""The process ``python -m django listen``: runs every connector that is to run, until told to stop.

Fetching never waits for the database: what comes is on the disk first (``Inbox``), and another task
hands it on (``_forward``), as often as it takes.
"""

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from pilotharbor.kernel.later import later
from pilotharbor.launcher import gathering
from pilotharbor.telemetry import commands, queries, sealing
from pilotharbor.telemetry.engine import reading
from pilotharbor.telemetry.engine.reading import Found, Parcel, Unusable
from pilotharbor.telemetry.engine.spool import Message, Spool
from pilotharbor.telemetry.listening.inbox import Inbox
from pilotharbor.telemetry.listening.trouble import Problem, Refused, State, told
from pilotharbor.telemetry.models import Connector
from pilotharbor.telemetry.queries import Wanted

if TYPE_CHECKING:
    from pilotharbor.telemetry.listening import mqtt, opcua
else:
    mqtt = later("pilotharbor.telemetry.listening.mqtt")
    opcua = later("pilotharbor.telemetry.listening.opcua")

log = logging.getLogger("pilotharbor.listener")
LOOK_EVERY_S = 5.0
FORWARD_EVERY_S, FORWARD_AT_ONCE = 0.5, 5000
PAUSES_S = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
AWAY = (OperationalError, InterfaceError)


@dataclass
class Runner:
    """One connector: its spool, the task that fetches and the one that hands on."""

    id: int
    platform_id: int
    inbox: Inbox
    wanted: Wanted | None = None
    state: str = State.STOPPED
    problem: str = ""
    detail: str = ""
    fetching: "asyncio.Task[None] | None" = None
    forwarding: "asyncio.Task[None] | None" = None

    def pulse(self) -> commands.Pulse:
        """How it does right now."""
        spool = self.inbox.spool
        problem = self.inbox.problem or self.problem
        return commands.Pulse(
            self.state, problem, self.detail, len(spool), spool.size, self.inbox.last_message_at
        )


@dataclass
class Listener:
    """Everything the process knows.

    ``holder``  its name among all that might run a connector; that of the folder, so that the next
                process on the same disk goes on at once. The locks of the spools keep two apart there
    """

    folder: Path
    stop: asyncio.Event
    holder: str = ""
    runners: dict[int, Runner] = field(default_factory=dict)
    look_now: asyncio.Event = field(default_factory=asyncio.Event)
    forward_every_s: float = FORWARD_EVERY_S
    look_every_s: float = LOOK_EVERY_S
    database: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="database")
    )

    def __post_init__(self) -> None:
        self.holder = self.holder or _name_of(self.folder)

    async def run(self) -> None:
        """Run until told to stop, or until there is no connector to run and nothing waits."""
        looking = asyncio.create_task(self._look_after())
        stopping = asyncio.create_task(self.stop.wait())
        try:
            await asyncio.wait({looking, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if looking.done():
                looking.result()
        finally:
            looking.cancel()
            await self._end()
            stopping.cancel()
            self.database.shutdown(wait=False, cancel_futures=True)

    async def ask[T](self, fn: Callable[[], T]) -> T:
        """Ask the database, in the one thread that holds a connection."""

        def safely() -> T:
            try:
                return fn()
            except AWAY:
                connection.close()
                raise

        return await asyncio.get_running_loop().run_in_executor(self.database, safely)

    # --- which connectors -------------------------------------------------------------------
    async def _look_after(self) -> None:
        while True:
            try:
                wanted = {one.id: one for one in await self.ask(queries.to_run)}
                await self._open_left_over()
                for one in wanted.values():
                    await self._settle(one)
                for runner in list(self.runners.values()):
                    if runner.id not in wanted:
                        await self._rest(runner)
                if not wanted and not self.runners and await self._nobody_needs_us():
                    return
            except AWAY as exc:
                log.warning("the database does not answer: %s", type(exc).__name__)
            await self._next_look()

    async def _next_look(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.look_now.wait(), self.look_every_s)
        self.look_now.clear()

    async def _nobody_needs_us(self) -> bool:
        gathering.want(settings.DATA_DIR, wanted=False)
        if await self.ask(queries.any_to_run):
            gathering.want(settings.DATA_DIR, wanted=True)
            return False
        return True

    async def _open_left_over(self) -> None:
        """What an earlier process has left on the disk is handed on, whatever became of the connector."""
        for place in self.folder.iterdir() if self.folder.is_dir() else ():
            if place.name.isdigit() and int(place.name) not in self.runners:
                await self._open(int(place.name), None)

    async def _open(self, connector_id: int, platform_id: int | None) -> Runner | None:
        if platform_id is None:
            platform_id = await self.ask(lambda: queries.platform_of(connector_id))
        if platform_id is None:
            return None
        limit = settings.TELEMETRY_SPOOL_MB * 1024 * 1024
        try:
            spool = await asyncio.to_thread(Spool, self.folder / str(connector_id), limit=limit)
        except OSError as exc:
            log.warning("the spool of connector %s cannot be opened: %s", connector_id, exc)
            return None
        runner = Runner(connector_id, platform_id, Inbox(spool))
        runner.forwarding = asyncio.create_task(self._forward(runner))
        self.runners[connector_id] = runner
        return runner

    async def _settle(self, wanted: Wanted) -> None:
        runner = self.runners.get(wanted.id) or await self._open(wanted.id, wanted.platform_id)
        if runner is None:
            return
        # Until the first look is over it is not ours: say "starting" only when nothing runs yet.
        if runner.fetching is None:
            runner.state, runner.problem, runner.detail = State.STARTING, "", ""
        pulse = runner.pulse()
        mine = await self.ask(
            lambda: commands.hold(
                connector_id=wanted.id, holder=self.holder, pulse=pulse, at=datetime.now(UTC)
            )
        )
        if not mine:
            await self._stop_fetching(runner)
            return
        if runner.wanted is not None and runner.wanted.version != wanted.version:
            await self._stop_fetching(runner)
        runner.wanted = wanted
        if runner.fetching is None:
            runner.fetching = asyncio.create_task(self._fetch(runner, wanted))

    async def _rest(self, runner: Runner) -> None:
        """Stop fetching for a connector that is not to run; its spool is emptied all the same."""
        if runner.fetching is not None:
            await self._stop_fetching(runner)
            await self._say_gone(runner)
        if not len(runner.inbox.spool) and not runner.inbox.aside:
            await self._close(runner)

    async def _say_gone(self, runner: Runner) -> None:
        await self.ask(
            lambda: commands.let_connector_go(
                connector_id=runner.id, holder=self.holder, at=datetime.now(UTC)
            )
        )

    async def _stop_fetching(self, runner: Runner) -> None:
        task, runner.fetching = runner.fetching, None
        runner.wanted, runner.state = None, State.STOPPED
        if task is not None:
            task.cancel()
            await asyncio.wait({task}, timeout=5)

    async def _close(self, runner: Runner) -> None:
        if runner.forwarding is not None:
            runner.forwarding.cancel()
            await asyncio.wait({runner.forwarding}, timeout=5)
        runner.inbox.spool.close()
        del self.runners[runner.id]

    async def _end(self) -> None:
        for runner in list(self.runners.values()):
            fetched = runner.fetching is not None
            await self._stop_fetching(runner)
            if fetched:
                try:
                    await asyncio.wait_for(self._say_gone(runner), 1)
                except (*AWAY, TimeoutError):
                    log.info("left without a word: the database does not answer")
            await self._close(runner)

    # --- in ---------------------------------------------------------------------------------
    async def _fetch(self, runner: Runner, wanted: Wanted) -> None:
        failures = 0

        def connected() -> None:
            nonlocal failures
            failures = 0
            runner.state, runner.problem, runner.detail = State.CONNECTED, "", ""
            self.look_now.set()
            log.info("connector %s is connected", runner.id)

        while True:
            try:
                await self._fetch_once(runner, wanted, connected)
            except asyncio.CancelledError:
                raise
            except Exception as exc:  # noqa: BLE001 - whatever the other side does is told and outlived
                runner.state, runner.problem, runner.detail = told(exc)
                log.warning("connector %s: %s (%s)", runner.id, runner.problem, type(exc).__name__)
            await asyncio.sleep(PAUSES_S[min(failures, len(PAUSES_S) - 1)])
            failures += 1

    async def _fetch_once(
        self, runner: Runner, wanted: Wanted, connected: Callable[[], None]
    ) -> None:
        password = _password(wanted)
        if wanted.kind == Connector.Kind.OPCUA:
            await opcua.fetch(wanted, password, runner.inbox, connected)
        else:
            authority = os.environ.get("PILOTHARBOR_CONNECTOR_CA", "")
            await mqtt.fetch(wanted, password, runner.inbox, connected, authority=authority)

    # --- on ---------------------------------------------------------------------------------
    async def _forward(self, runner: Runner) -> None:
        failures = 0
        while True:
            try:
                more = await self._forward_some(runner)
                failures = 0
            except AWAY as exc:
                log.warning("connector %s: nothing stored: %s", runner.id, type(exc).__name__)
                failures += 1
                await asyncio.sleep(PAUSES_S[min(failures - 1, 2)])
                continue
            except OSError as exc:
                log.warning("connector %s: the spool cannot be read: %s", runner.id, exc)
                await asyncio.sleep(PAUSES_S[-1])
                continue
            await asyncio.sleep(0 if more else self.forward_every_s)
            if not more:
                await runner.inbox.news.wait()

    async def _forward_some(self, runner: Runner) -> bool:
        """Hand on what waits, up to some thousand messages; whether there is more."""
        inbox = runner.inbox
        inbox.news.clear()
        messages, mark = await asyncio.to_thread(inbox.spool.read, FORWARD_AT_ONCE)
        aside = inbox.aside[:]
        if not messages and not aside:
            return False
        try:
            await self._take_in(runner, messages, aside)
        except AWAY:
            raise
        except Exception:
            log.exception("connector %s: a batch was not taken, one by one now", runner.id)
            await self._one_by_one(runner, messages)
        del inbox.aside[: len(aside)]
        await asyncio.to_thread(inbox.spool.done, mark, len(messages))
        return len(inbox.spool) > 0

    async def _one_by_one(self, runner: Runner, messages: list[Message]) -> None:
        for one in messages:
            try:
                await self._take_in(runner, [one], [])
            except AWAY:
                raise
            except Exception:
                log.exception(
                    "connector %s: a message of %r is left out", runner.id, one.topic[:80]
                )
                runner.inbox.set_aside(one.topic, "unreadable", repr(one.payload[:40]))

    async def _take_in(
        self, runner: Runner, messages: list[Message], aside: list[Unusable]
    ) -> None:
        parcel = Parcel(list(_readings(messages, aside)))
        await self.ask(
            lambda: commands.take_in(
                found=parcel, platform_id=runner.platform_id, connector_id=runner.id,
                at=datetime.now(UTC),
            )
        )  # fmt: skip


def _name_of(folder: Path) -> str:
    """The name of a folder of spools, made with it."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "name"
    if not kept.exists():
        kept.write_text(f"{socket.gethostname()[:40]}:{secrets.token_hex(6)}")
    return kept.read_text().strip()[:80]


def _readings(messages: list[Message], aside: list[Unusable]) -> Iterator[Found]:
    yield from aside
    for one in messages:
        yield from reading.message(one.topic, one.payload, one.came)


def _password(wanted: Wanted) -> str:
    """The password of a connector, from the environment or unsealed.

    Raises: Refused.
    """
    if wanted.secret_env:
        given = os.environ.get(wanted.secret_env)
        if given is None:
            raise Refused(Problem.SECRET_MISSING, wanted.secret_env)
        return given
    if wanted.secret_sealed is None:
        return ""
    try:
        return sealing.unseal(wanted.secret_sealed, owner=wanted.client_name)
    except sealing.Unreadable:
        raise Refused(Problem.SECRET_UNREADABLE) from None
