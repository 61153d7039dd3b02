"""The process that runs connectors: ``python -m django listen``."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from pilotharbor.telemetry.listening.process import Listener


class Command(BaseCommand):
    """Run until SIGTERM or SIGINT, or until no connector is to run; what came is on the disk by then."""

    # The launcher has checked this harbour; checking again costs seconds.
    requires_system_checks = []
    help = "Run the connectors for signals of equipment."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        """Listen, then leave at once: a thread may be waiting for a database that does not answer."""
        asyncio.run(_listen())


async def _listen() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    folder = Path(settings.DATA_DIR) / "telemetry" / "spool"
    await Listener(folder, stop).run()
    os._exit(0)
