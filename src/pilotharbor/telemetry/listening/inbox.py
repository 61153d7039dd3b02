"""How does what comes get onto the disk before anybody is told that we have it?"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from pilotharbor.telemetry.engine.reading import Unusable, place_of, shown
from pilotharbor.telemetry.engine.spool import Message, Spool, SpoolFull
from pilotharbor.telemetry.listening.trouble import Problem

LONGEST_PAYLOAD = 256 * 1024
MOST_ASIDE = 10_000
PAUSE_S = 1.0


class Inbox:
    """One connector's way to its spool, and what is known of how it does.

    ``aside``  what never reaches the spool but is counted with the next batch
    """

    def __init__(self, spool: Spool) -> None:
        self.spool = spool
        self.news = asyncio.Event()
        self.aside: list[Unusable] = []
        self.last_message_at: datetime | None = None
        self.problem = ""

    async def keep(self, messages: Sequence[Message]) -> None:
        """Put messages on the disk; waits as long as there is no room, so that nobody is told too early."""
        fit = [one for one in messages if len(one.payload) <= LONGEST_PAYLOAD]
        for one in messages:
            if len(one.payload) > LONGEST_PAYLOAD:
                self.set_aside(one.topic, "too_long", f"{len(one.payload)} B")
        while fit:
            try:
                await asyncio.to_thread(self.spool.append, fit)
            except SpoolFull:
                self.problem = Problem.SPOOL_FULL
            except OSError:
                self.problem = Problem.DISK
            else:
                self.problem = ""
                break
            await asyncio.sleep(PAUSE_S)
        self.last_message_at = datetime.now(UTC)
        self.news.set()

    def set_aside(self, place: str, reason: str, example: str) -> None:
        """Count something without keeping it."""
        if len(self.aside) < MOST_ASIDE:
            self.aside.append(Unusable(place_of(place), reason, shown(example)))
        self.news.set()


def now_us() -> int:
    """Microseconds since 1970."""
    return int(datetime.now(UTC).timestamp() * 1_000_000)
