"""Feeding handlers from the outbox: at least once, in order per subject, once in effect."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.handling import HANDLERS, Handler
from pilotharbor.kernel.models import Delivery, OutboxEntry
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.transactions import command

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
BATCH = 500

# One worker hands out at a time, so that a subject's events get their deliveries in order.
_TURN = "SELECT pg_try_advisory_xact_lock(hashtextextended('kernel.hand_out', 0))"
_HAND_OUT = """
WITH taken AS (DELETE FROM kernel_outboxentry RETURNING event_id), made AS (
    INSERT INTO kernel_delivery
        (event_id, handler, subject_type, subject_id, status, attempts, last_error)
    SELECT e.id, w.handler, e.subject_type, e.subject_id, 'waiting', 0, ''
    FROM taken t
    JOIN kernel_event e ON e.id = t.event_id
    JOIN unnest(%(names)s::text[], %(handlers)s::text[]) AS w(name, handler) ON w.name = e.name
    ON CONFLICT DO NOTHING
)
SELECT count(*) FROM taken
"""

# A delivery may go when nothing earlier of its subject is still open for the same handler.
_NEXT = """
SELECT d.id FROM kernel_delivery d
WHERE d.status = 'waiting' AND d.next_attempt_at <= clock_timestamp() {only}
  AND NOT EXISTS (
    SELECT 1 FROM kernel_delivery earlier
    WHERE earlier.handler = d.handler AND earlier.subject_type = d.subject_type
      AND earlier.subject_id = d.subject_id AND earlier.event_id < d.event_id
      AND earlier.status IN ('waiting', 'dead'))
ORDER BY d.event_id LIMIT %s FOR UPDATE OF d SKIP LOCKED
"""


@command
def hand_out() -> bool:
    """Make deliveries of every event committed since last time; whether there were any."""
    wants = [(event, h.name) for h in HANDLERS.values() for event in sorted(h.events)]
    with connection.cursor() as cursor:
        cursor.execute(_TURN)
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(
            _HAND_OUT,
            {"names": [event for event, _ in wants], "handlers": [name for _, name in wants]},
        )
        return bool(cursor.fetchone()[0])


def deliver_next() -> bool:
    """Deliver what is due next; whether anything was."""
    claimed: list[int] = []
    try:
        return _deliver(claimed=claimed)
    except Exception as exc:
        if not claimed:
            raise
        # In full only here: a text of PostgreSQL quotes the row, which is not for every operator.
        log.warning("delivery %s failed: %r", claimed, exc, exc_info=exc)
        _fail(ids=claimed, error=_name_of(exc))
        return True


def _name_of(exc: Exception) -> str:
    """What kind of failure it was and its code, without a word of what failed."""
    diag = getattr(exc.__cause__, "diag", None)
    code = exc.code if isinstance(exc, DomainError) else getattr(diag, "sqlstate", None)
    words = [type(exc).__name__, code, getattr(diag, "constraint_name", None)]
    return " · ".join(word for word in words if word)


@command
def _deliver(*, claimed: list[int]) -> bool:
    first = _claim("", 1)
    if not first:
        return False
    handler = HANDLERS.get(first[0].handler)
    batch = first
    if handler and handler.many and not first[0].attempts:
        batch = _claim("AND d.attempts = 0 AND d.handler = %s", BATCH, handler.name) or first
    claimed.extend(d.pk for d in batch)
    _handle(handler, batch)
    for delivery in batch[:1] if len(batch) == 1 else []:
        advance(delivery, Delivery.Status.DONE)
    if len(batch) > 1:
        Delivery.objects.filter(pk__in=claimed).update(status=Delivery.Status.DONE)
    return True


def _claim(only: str, limit: int, *params: str) -> list[Delivery]:
    with connection.cursor() as cursor:
        cursor.execute(_NEXT.format(only=only), [*params, limit])
        ids = [row[0] for row in cursor.fetchall()]
    return list(Delivery.objects.filter(pk__in=ids).select_related("event").order_by("event_id"))


def _handle(handler: Handler | None, batch: list[Delivery]) -> None:
    if handler is None:
        raise LookupError(f"no handler is called {batch[0].handler}")
    if handler.many:
        handler.many([d.event for d in batch])
    elif handler.one:
        handler.one(batch[0].event)


@command
def _fail(*, ids: list[int], error: str) -> None:
    now = timezone.now()
    # Only what still waits: after the rollback another worker may have delivered it meanwhile.
    waiting = Delivery.objects.filter(pk__in=ids, status=Delivery.Status.WAITING)
    for delivery in waiting.select_for_update(no_key=True).order_by("pk"):
        delivery.attempts += 1
        delivery.last_error = error
        delivery.next_attempt_at = now + timedelta(seconds=min(2**delivery.attempts, 3600))
        delivery.save(update_fields=["attempts", "last_error", "next_attempt_at"])
        if delivery.attempts >= MAX_ATTEMPTS:
            advance(delivery, Delivery.Status.DEAD)


def drain(*, until: Callable[[], bool] = lambda: False) -> int:
    """Hand out and deliver until nothing is due, or told to stop; how many rounds that took."""
    rounds = 0
    while not until():
        while hand_out():
            pass
        if not deliver_next():
            break
        rounds += 1
    return rounds


@command
def retry(*, delivery_id: int) -> Delivery:
    """Give a dead delivery another run of attempts."""
    delivery = Delivery.objects.select_for_update(no_key=True).get(pk=delivery_id)
    advance(delivery, Delivery.Status.WAITING, attempts=0, next_attempt_at=timezone.now())
    return delivery


@command
def skip(*, delivery_id: int) -> Delivery:
    """Leave a dead delivery undone, so that later ones of its subject may go on."""
    delivery = Delivery.objects.select_for_update(no_key=True).get(pk=delivery_id)
    advance(delivery, Delivery.Status.SKIPPED)
    return delivery


def backlog() -> int:
    """How many events have not been handed out or delivered yet."""
    waiting = Delivery.objects.filter(status=Delivery.Status.WAITING).count()
    return waiting + OutboxEntry.objects.count()


def dead_letters() -> list[Delivery]:
    """Deliveries that were given up, oldest first."""
    dead = Delivery.objects.filter(status=Delivery.Status.DEAD).select_related("event")
    return list(dead.order_by("event_id"))


@command
def purge(*, before: datetime) -> int:
    """Forget deliveries of events recorded before this instant that are done or skipped."""
    over = [Delivery.Status.DONE, Delivery.Status.SKIPPED]
    gone, _ = Delivery.objects.filter(event__recorded_at__lt=before, status__in=over).delete()
    return gone
