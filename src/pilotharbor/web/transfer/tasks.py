"""Large files are imported by the worker."""

from procrastinate.contrib.django import app

from pilotharbor.kernel import sheets
from pilotharbor.web.transfer import runs


@app.task(name="transfer.carry_out", queue="imports")
def carry_out(token: str, person_id: int) -> None:
    """Import the file of a run; a run that was begun already is left alone."""
    runs.carry_out(runs.of(token, person_id=person_id))


def start(run: runs.Run, *, person_id: int) -> None:
    """Import a small file now and let the worker import a large one."""
    if sheets.unpacked_size(run.file) <= runs.AT_ONCE_BYTES:
        runs.carry_out(run)
    else:
        carry_out.defer(token=run.token, person_id=person_id)
