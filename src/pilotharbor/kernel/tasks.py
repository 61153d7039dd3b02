"""What the worker does for the kernel every night: forgetting what nobody will ask for again."""

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from pilotharbor.kernel import feeder, idempotency

KEEP_REQUESTS = timedelta(days=7)
KEEP_DELIVERIES = timedelta(days=30)


@app.periodic(cron="17 19 * * *")  # 03:17 in Shanghai
@app.task(name="kernel.forget_requests", pass_context=False)
def forget_requests(timestamp: int) -> int:
    """Forget idempotent requests after a week."""
    del timestamp
    return idempotency.purge(before=timezone.now() - KEEP_REQUESTS)


@app.periodic(cron="27 19 * * *")  # 03:27 in Shanghai
@app.task(name="kernel.forget_deliveries", pass_context=False)
def forget_deliveries(timestamp: int) -> int:
    """Forget deliveries a month after their event; the events themselves stay for ever."""
    del timestamp
    return feeder.purge(before=timezone.now() - KEEP_DELIVERIES)
