"""What the worker does for results, needs and scenarios every night."""

from django.utils import timezone
from procrastinate.contrib.django import app

from pilotharbor.technologies.commands import attachments
from pilotharbor.technologies.papers import queries


@app.periodic(cron="7 19 * * *")  # 03:07 in Shanghai
@app.task(
    name="technologies.destroy_files",
    pass_context=False,
    queueing_lock="technologies.destroy_files",
)
def destroy_files(timestamp: int) -> int:
    """Delete the bytes of files that were taken off long ago and that nothing needs any more."""
    del timestamp
    at = timezone.now()
    return sum(attachments.destroy_file(attachment_id=pk, at=at) for pk in queries.let_go(at=at))
