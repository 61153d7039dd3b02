"""Feeding handlers from the outbox: at least once, in order per subject, once in effect."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from pilotharbor.kernel.handling import HANDLERS, Handler
from pilotharbor.kernel.models import Delivery, Event, OutboxCursor
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.transactions import command

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
BATCH = 500
CURSOR = "main"

_HAND_OUT = """
WITH fresh AS (
    SELECT e.id, e.xid, e.name, e.subject_type, e.subject_id FROM kernel_event e
    WHERE (e.xid, e.id) > (%(xid)s::text::xid8, %(event_id)s)
      AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
), made AS (
    INSERT INTO kernel_delivery
        (event_id, handler, subject_type, subject_id, status, attempts, last_error)
    SELECT f.id, w.handler, f.subject_type, f.subject_id, 'waiting', 0, ''
    FROM fresh f
    JOIN unnest(%(names)s::text[], %(handlers)s::text[]) AS w(name, handler) ON w.name = f.name
    ON CONFLICT DO NOTHING
)
SELECT xid::text, id FROM fresh ORDER BY xid DESC, id DESC LIMIT 1
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


@dataclass(frozen=True)
class Failure:
    """Deliveries that failed together, and what was said."""

    ids: list[int]
    error: str


@command
def hand_out() -> bool:
    """Make deliveries of every event committed since last time; whether there were any.

    Events of transactions still open are left for later, so none is ever skipped.
    """
    OutboxCursor.objects.get_or_create(name=CURSOR)
    cursor_row = OutboxCursor.objects.select_for_update(skip_locked=True).filter(name=CURSOR).first()
    if cursor_row is None:
        return False
    wants = [(event, h.name) for h in HANDLERS.values() for event in sorted(h.events)]
    with connection.cursor() as cursor:
        cursor.execute(
            _HAND_OUT,
            {
                "xid": str(cursor_row.xid),
                "event_id": cursor_row.event_id,
                "names": [event for event, _ in wants],
                "handlers": [name for _, name in wants],
            },
        )
        last = cursor.fetchone()
    if last is None:
        return False
    OutboxCursor.objects.filter(name=CURSOR).update(xid=last[0], event_id=last[1])
    return True


def deliver_next() -> bool:
    """Deliver what is due next; whether anything was."""
    claimed: list[int] = []
    try:
        return _deliver(claimed=claimed)
    except Exception as exc:  # noqa: BLE001 - whatever a handler raises is recorded, never lost
        if not claimed:
            raise
        log.warning("delivery %s failed: %r", claimed, exc)
        _fail(ids=claimed, error=f"{type(exc).__name__}: {exc}"[:2000])
        return True


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


def _claim(only: str, limit: int, *params: object) -> list[Delivery]:
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
    for delivery in Delivery.objects.select_for_update().filter(pk__in=ids).order_by("pk"):
        delivery.attempts += 1
        delivery.last_error = error
        delivery.next_attempt_at = now + timedelta(seconds=min(2**delivery.attempts, 3600))
        delivery.save(update_fields=["attempts", "last_error", "next_attempt_at"])
        if delivery.attempts >= MAX_ATTEMPTS:
            advance(delivery, Delivery.Status.DEAD)


def drain() -> int:
    """Hand out and deliver until nothing is due; how many rounds that took."""
    rounds = 0
    while True:
        while hand_out():
            pass
        if not deliver_next():
            return rounds
        rounds += 1


@command
def retry(*, delivery_id: int) -> Delivery:
    """Give a dead delivery another run of attempts."""
    delivery = Delivery.objects.select_for_update(no_key=True).get(pk=delivery_id)
    advance(
        delivery, Delivery.Status.WAITING, attempts=0, next_attempt_at=timezone.now()
    )
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
    row = OutboxCursor.objects.filter(name=CURSOR).first()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM kernel_event WHERE (xid, id) > (%s::text::xid8, %s)",
            [str(row.xid) if row else "0", row.event_id if row else 0],
        )
        (fresh,) = cursor.fetchone()
    return waiting + int(fresh)


def dead_letters() -> "list[Delivery]":
    """Deliveries that were given up, oldest first."""
    dead = Delivery.objects.filter(status=Delivery.Status.DEAD).select_related("event")
    return list(dead.order_by("event_id"))


__all__ = ["Event", "backlog", "dead_letters", "deliver_next", "drain", "hand_out", "retry", "skip"]
