"""What the worker does for the network: fetch what was asked for or is due, and keep in step."""

import logging

from django.utils import timezone
from procrastinate.contrib.django import app

from pilotharbor.kernel.errors import DomainError
from pilotharbor.network import commands, harvest, queries
from pilotharbor.network.models import OaiRecord

log = logging.getLogger(__name__)


@app.task(name="network.harvest", queue="harvests")
def carry_out(run_id: int) -> None:
    """Go through the source of a run; one that was begun already is left alone."""
    harvest.carry_out(run_id=run_id, clock=timezone.now)


@app.periodic(cron="23 * * * *")
@app.task(name="network.request_due", pass_context=False)
def request_due(timestamp: int) -> int:
    """Ask for every source whose time has come; how many."""
    del timestamp
    at = timezone.now()
    asked = 0
    for source in queries.due(at=at):
        try:
            commands.request_due_run(source_id=source.pk, actor_id=source.added_by_id, at=at)
        except DomainError as refusal:
            # Under way, or paused in between: its next hour comes.
            log.info("source %s is not asked for: %s", source.pk, refusal.code)
        else:
            asked += 1
    return asked


@app.periodic(cron="41 * * * *")
@app.task(name="network.keep_in_step", pass_context=False)
def keep_in_step(timestamp: int) -> int:
    """Once a day, or while there are none at all, hold the records against what is public."""
    at = timezone.now()
    if OaiRecord.objects.exists() and timestamp // 3600 % 24 != 19:  # 03:41 in Shanghai
        return 0
    return commands.reconcile(at=at)
