"""What the worker does for the crew every morning: reminding of what runs out."""

from django.utils import timezone
from procrastinate.contrib.django import app

from pilotharbor.crew import commands


@app.periodic(cron="17 1 * * *")  # 09:17 in Shanghai
@app.task(name="crew.remind", pass_context=False)
def remind(timestamp: int) -> int:
    """Tell, once each, of qualifications and skills that run out in 60, 14 and 0 days."""
    del timestamp
    return commands.remind(at=timezone.now())
