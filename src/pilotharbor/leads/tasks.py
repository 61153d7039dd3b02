"""What the worker does for leads every morning: replies that are missed, holds that lapse."""

from django.utils import timezone
from procrastinate.contrib.django import app

from pilotharbor.leads import commands


@app.periodic(cron="7 1 * * *")  # 09:07 in Shanghai
@app.task(name="leads.note_late", pass_context=False)
def note_late(timestamp: int) -> int:
    """Tell, once, of first replies that are overdue."""
    del timestamp
    return len(commands.note_late(at=timezone.now()))


@app.periodic(cron="37 19 * * *")  # 03:37 in Shanghai
@app.task(name="leads.lapse", pass_context=False)
def lapse(timestamp: int) -> int:
    """Send leads that lay idle too long back to the pool."""
    del timestamp
    return len(commands.lapse(at=timezone.now()))
