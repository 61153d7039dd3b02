"""The worker process: feeds handlers from the outbox and runs queued and periodic jobs."""

import asyncio
import logging
import os
import signal
import threading
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection
from procrastinate import App, PsycopgConnector
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params

from pilotharbor.kernel import feeder

log = logging.getLogger("pilotharbor.worker")
POLL_SECONDS = 1.0
FAULT_PAUSE_SECONDS = 1.0
# Together below two seconds: what is not finished by then is rolled back and done again later.
JOBS_GRACE_SECONDS = 0.4
FEED_GRACE_SECONDS = 1.3


class Command(BaseCommand):
    """Run until SIGTERM or SIGINT; what is under way is finished or rolled back."""

    help = "Feed event handlers and run jobs."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        """Feed in a thread of its own, jobs in the event loop."""
        asyncio.run(_work())


async def _work() -> None:
    stop, done = threading.Event(), asyncio.Event()

    def ask_to_stop() -> None:
        stop.set()
        done.set()

    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, ask_to_stop)
    feeding = threading.Thread(target=_feed, args=(stop,), name="feeder", daemon=True)
    feeding.start()
    jobs = asyncio.create_task(_jobs(done))
    await done.wait()
    jobs.cancel()
    await asyncio.wait({jobs}, timeout=JOBS_GRACE_SECONDS)
    feeding.join(FEED_GRACE_SECONDS)
    # A handler or job in the middle of something slow would keep the interpreter waiting for its
    # thread; the database rolls its transaction back as soon as the connection is gone.
    logging.shutdown()
    os._exit(0)


async def _jobs(done: asyncio.Event) -> None:
    """Keep the job worker alive through database restarts."""
    while not done.is_set():
        try:
            async with _worker_app().open_async() as worker_app:
                await worker_app.run_worker_async(
                    install_signal_handlers=False,
                    concurrency=1,
                    delete_jobs="successful",
                    shutdown_graceful_timeout=JOBS_GRACE_SECONDS,
                )
        except asyncio.CancelledError:
            raise
        except Exception as exc:  # noqa: BLE001 - the worker outlives a database restart
            log.warning("job worker stopped, starting again: %r", exc)
        await asyncio.sleep(FAULT_PAUSE_SECONDS)


def _worker_app() -> App:
    """The same jobs over connections of their own.

    Not by replacing the connector of ``app``: handlers in the other thread put jobs into the queue
    through it, and those belong to the handlers' transactions.
    """
    # One job at a time: a server process waiting for nothing would only weigh some 20 MB.
    mine = App(connector=PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=4))
    mine.tasks, mine.periodic_registry = app.tasks, app.periodic_registry
    return mine


def _feed(stop: threading.Event) -> None:
    """Drain the outbox whenever the database says something happened, and once a second."""
    while not stop.is_set():
        try:
            feeder.drain(until=stop.is_set)
            _wait(stop)
        except Exception as exc:  # noqa: BLE001 - feeding outlives whatever happens to the database
            log.warning("feeding stopped, starting again: %r", exc)
            with suppress(Exception):
                connection.close()
            stop.wait(FAULT_PAUSE_SECONDS)


def _wait(stop: threading.Event) -> None:
    with connection.cursor() as cursor:
        cursor.execute("LISTEN pilotharbor_event")
    raw = connection.connection
    if raw is None or stop.is_set():
        return
    for _ in raw.notifies(timeout=POLL_SECONDS, stop_after=1):
        pass
