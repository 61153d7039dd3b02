"""What the worker does for the search by itself."""

from django.utils import timezone
from procrastinate.contrib.django import app

from pilotharbor.matching import commands, index
from pilotharbor.matching.models import Subscription


@app.periodic(cron="* * * * *")
@app.task(name="matching.fill_gaps", pass_context=False, queueing_lock="matching.fill_gaps")
def fill_gaps(timestamp: int) -> int:
    """Bring back entries that are missing, as after an upgrade."""
    del timestamp
    return index.fill_gaps()


@app.periodic(cron="*/10 * * * *")
@app.task(name="matching.tell_of_fits", pass_context=False, queueing_lock="matching.tell_of_fits")
def tell_of_fits(timestamp: int) -> int:
    """Look for everybody who wants to be told of new fits."""
    del timestamp
    ids = list(Subscription.objects.order_by("looked_at").values_list("pk", flat=True))
    return sum(commands.look(subscription_id=pk, at=timezone.now()) for pk in ids)


@app.periodic(cron="37 19 * * *")  # 03:37 in Shanghai
@app.task(name="matching.learn", pass_context=False, queueing_lock="matching.learn")
def learn(timestamp: int) -> bool:
    """Learn from what became of leads; whether there is a new model."""
    del timestamp
    return commands.learn(at=timezone.now()) is not None
