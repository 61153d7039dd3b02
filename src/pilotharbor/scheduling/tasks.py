"""What the worker does for plans: search for them, and find searches that broke off."""

from datetime import UTC, datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from pilotharbor.scheduling import commands, solving

SOLVE, QUEUE = "scheduling.solve", "plans"


@app.task(name=SOLVE, queue=QUEUE)
def solve(proposal_id: int) -> None:
    """Search for a schedule; one that was begun already is left alone."""
    solving.carry_out(proposal_id=proposal_id, clock=timezone.now)


@app.periodic(cron="* * * * *")
@app.task(name="scheduling.mend", pass_context=False)
def mend(timestamp: int) -> int:
    """Put searches into the queue again whose worker is gone; how many."""
    again = commands.mend(actor_id=None, at=datetime.fromtimestamp(timestamp, UTC))
    for proposal_id in again:
        solve.defer(proposal_id=proposal_id)
    return len(again)
