"""What the worker does every minute: holds and offers that are over, slots that overrun."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from pilotharbor.booking import commands, queries
from pilotharbor.kernel.errors import DomainError


@app.periodic(cron="* * * * *")
@app.task(name="booking.tidy", pass_context=False)
def tidy(timestamp: int) -> int:
    """Let go of expired holds and offers, and note overruns; how many lines and slots it touched."""
    at = datetime.fromtimestamp(timestamp, UTC)
    lines = queries.lines_to_tidy(at=at)
    for line_id in lines:
        commands.tidy(line_id=line_id, actor_id=None, at=at)
    late = queries.overrunning(at=at - commands.GRACE)
    for booking_id in late:
        try:
            commands.note_overrun(booking_id=booking_id, actor_id=None, at=at)
        except DomainError:
            # It ended while it was looked at.
            continue
    return len(lines) + len(late)
