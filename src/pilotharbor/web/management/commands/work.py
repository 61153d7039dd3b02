"""The worker process: feeds handlers from the outbox and runs queued and periodic jobs."""

import asyncio
import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections, connection
from procrastinate.contrib.django import app

from pilotharbor.kernel import feeder

log = logging.getLogger("pilotharbor.worker")
POLL_SECONDS = 1.0
FAULT_PAUSE_SECONDS = 2.0


class Command(BaseCommand):
    """Run until SIGTERM or SIGINT; what is under way is finished or rolled back."""

    help = "Feed event handlers and run jobs."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        """Feed in a thread of its own, jobs in the event loop."""
        asyncio.run(_work())


async def _work() -> None:
    stop = threading.Event()
    loop = asyncio.get_running_loop()
    done = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, lambda: (stop.set(), done.set()))
    feeding = asyncio.create_task(asyncio.to_thread(_feed, stop))
    jobs = asyncio.create_task(_jobs(done))
    await done.wait()
    await feeding
    jobs.cancel()
    await asyncio.gather(jobs, return_exceptions=True)


async def _jobs(done: asyncio.Event) -> None:
    """Keep the job worker alive through database restarts."""
    while not done.is_set():
        try:
            async with app.replace_connector(
                app.connector.get_worker_connector()  # type: ignore[attr-defined]
            ).open_async() as worker_app:
                await worker_app.run_worker_async(install_signal_handlers=False, concurrency=1)
        except asyncio.CancelledError:
            raise
        except Exception as exc:  # noqa: BLE001 - the worker outlives a database restart
            log.warning("job worker stopped, starting again: %r", exc)
            await asyncio.sleep(FAULT_PAUSE_SECONDS)


def _feed(stop: threading.Event) -> None:
    """Drain the outbox whenever the database says something happened, and once a second."""
    while not stop.is_set():
        try:
            feeder.drain()
            _wait(stop)
        except OperationalError as exc:
            log.warning("database away, trying again: %s", exc)
            close_old_connections()
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
