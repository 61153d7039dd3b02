"""What the worker does for signals: room ahead, keys for days that are over, retention, silence."""

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from pilotharbor.launcher import gathering
from pilotharbor.telemetry import commands, queries

MOST_DAYS_AT_ONCE = 40


@app.periodic(cron="*/10 * * * *")
@app.task(name="telemetry.keep", pass_context=False)
def keep(timestamp: int) -> int:
    """Make room ahead, end runs whose signal is away, and see that connectors run if there are any."""
    del timestamp
    now = timezone.now()
    if queries.any_to_run():
        gathering.want(settings.DATA_DIR, wanted=True)
    commands.end_silent_runs(at=now)
    return commands.make_room(at=now)


@app.periodic(cron="47 18 * * *")  # 02:47 in Shanghai
@app.task(name="telemetry.tidy", pass_context=False)
def tidy(timestamp: int) -> int:
    """Give days that are over their key, and drop what nobody keeps any longer."""
    del timestamp
    now = timezone.now()
    sealed = 0
    while sealed < MOST_DAYS_AT_ONCE and commands.seal_day(at=now):
        sealed += 1
    commands.let_go(at=now)
    return sealed
