"""What the worker does for the search by itself."""

from procrastinate.contrib.django import app

from pilotharbor.matching import index


@app.periodic(cron="* * * * *")
@app.task(name="matching.fill_gaps", pass_context=False, queueing_lock="matching.fill_gaps")
def fill_gaps(timestamp: int) -> int:
    """Bring back entries that are missing, as after an upgrade."""
    del timestamp
    return index.fill_gaps()
