"""What the worker does every night: forgetting guests as they were told."""

from datetime import UTC, datetime, timedelta

from procrastinate.contrib.django import app

from pilotharbor.outreach import working
from pilotharbor.outreach.commands import registrations

# Found by the worker through this module.
match = working.match
KEEP_GUESTS = timedelta(days=365)


@app.periodic(cron="37 19 * * *")  # 03:37 in Shanghai
@app.task(name="outreach.forget_guests", pass_context=False)
def forget_guests(timestamp: int) -> int:
    """Delete the names of guests a year after their event."""
    at = datetime.fromtimestamp(timestamp, UTC)
    return registrations.forget_guests(before=at - KEEP_GUESTS, actor_id=None, at=at)
