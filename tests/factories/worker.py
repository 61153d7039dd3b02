"""The worker as a plain loop: every event to its handlers, in order, until nothing is left.

The real feeder waits for all older transactions of the database server, also those of other test
runs beside this one; its own tests are in ``tests/kernel``.
"""

from pilotharbor.kernel.handling import HANDLERS
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.transactions import command


@command
def _tell(*, handler, event) -> None:
    handler.one(event) if handler.one else handler.many([event])


def work(after: int = 0) -> None:
    """Hand every event to whoever wants it, also those that come of it."""
    while event := Event.objects.filter(pk__gt=after).order_by("id").first():
        for handler in HANDLERS.values():
            if event.name in handler.events:
                _tell(handler=handler, event=event)
        after = event.pk
