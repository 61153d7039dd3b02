"""What the worker does for a challenge: the long matching, some needs at a time."""

from datetime import datetime

from procrastinate.contrib.django import app

from pilotharbor.outreach.commands import worksheets
from pilotharbor.outreach.models import MatchRun


@app.task(name="outreach.match", queue="imports")
def match(run_id: int, actor_id: int, at: str) -> None:
    """Carry a run on to its end, telling how far it is after each step."""
    when = datetime.fromisoformat(at)
    while True:
        run = worksheets.match_some(run_id=run_id, actor_id=actor_id, at=when)
        if run.status == MatchRun.Status.DONE:
            return


def start(run: MatchRun, *, actor_id: int, at: datetime) -> None:
    """Hand a run to the worker; where one broke off, it goes on behind the last step."""
    match.defer(run_id=run.pk, actor_id=actor_id, at=at.isoformat())
