"""What happened, who is told, and which request was answered before."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now

from pilotharbor.kernel.states import Stateful


class Xid8Field(models.Field[int, int]):
    """PostgreSQL ``xid8``: the 64-bit number of the transaction that wrote the row."""

    def db_type(self, connection: object) -> str:  # noqa: ARG002
        """The column type."""
        return "xid8"

    def get_internal_type(self) -> str:
        """Named so that Django does not look for a built-in of this name."""
        return "Xid8Field"


class CurrentXactId(Func):
    """``pg_current_xact_id()``."""

    function = "pg_current_xact_id"
    template = "%(function)s()"
    arity = 0
    output_field = Xid8Field()


class Event(models.Model):
    """One fact: audit row and outbox message in one, append-only (a trigger refuses change).

    ``name``        ``<domain>.<noun>.<past participle>``
    ``subject``     model label and primary key of what it happened to; the ids of one subject's
                    events rise in the order of their commits (a trigger takes turns per subject)
    ``actor_id``    membership that acted; empty for the system itself
    ``person_id``   the person behind it (kept beside the membership, which may end)
    ``at``          when it happened, as the edge said; ``recorded_at`` when the database wrote it
    ``facts``       ids, integers, ISO times and short words; never a business secret
    ``xid``         transaction that wrote it: what happened together bears one number
    """

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=96)
    subject_type = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    project_id = models.BigIntegerField(null=True)
    actor_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField(null=True)
    organisation_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    facts = models.JSONField(default=dict)
    xid = Xid8Field(db_default=CurrentXactId(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="kernel_event_name_form",
                condition=Q(name__regex=r"^[a-z_]+\.[a-z_]+\.[a-z_]+$"),
            )
        ]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="kernel_event_subject"),
            models.Index(
                fields=["project_id", "id"],
                name="kernel_event_project",
                condition=Q(project_id__isnull=False),
            ),
            models.Index(fields=["person_id", "id"], name="kernel_event_person"),
            BrinIndex(fields=["recorded_at"], name="kernel_event_recorded"),
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"


class OutboxEntry(models.Model):
    """An event nobody has handed out yet; a trigger writes it together with the event."""

    event_id = models.BigIntegerField(primary_key=True)


class Delivery(Stateful):
    """One event for one handler; done in the same transaction as the handler's own work.

    ``attempts``         how often it was tried and failed
    ``next_attempt_at``  not before this instant
    ``last_error``       which kind of failure the last one was; its words are in the worker's log
    """

    class Status(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        DEAD = "dead"
        SKIPPED = "skipped"

    MOVES = {
        Status.WAITING: {Status.DONE, Status.DEAD},
        Status.DEAD: {Status.WAITING, Status.SKIPPED},
        Status.DONE: set(),
        Status.SKIPPED: set(),
    }

    event = models.ForeignKey(Event, models.PROTECT)
    handler = models.CharField(max_length=128)
    subject_type = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(db_default=Now())
    last_error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "handler"], name="kernel_delivery_once")
        ]
        indexes = [
            models.Index(
                F("handler"),
                F("subject_type"),
                F("subject_id"),
                F("event"),
                name="kernel_delivery_open",
                condition=Q(status__in=["waiting", "dead"]),
            ),
            models.Index(
                fields=["event", "next_attempt_at"],
                name="kernel_delivery_due",
                condition=Q(status="waiting"),
            ),
        ]


class IdempotentRequest(models.Model):
    """The answer to a request that carried an ``Idempotency-Key``, kept so a retry gets the same one.

    ``body_sha256``  of method, path and body: the same key with another request is refused
    ``carried_out``  set in the transaction of the command itself, so a crash cannot repeat it
    ``answered_at``  empty while the first request is still being worked on
    """

    caller = models.CharField(max_length=64)
    key = models.CharField(max_length=128)
    body_sha256 = models.CharField(max_length=64)
    status_code = models.PositiveSmallIntegerField(null=True)
    content_type = models.CharField(max_length=64, blank=True)
    response = models.BinaryField(null=True)
    started_at = models.DateTimeField()
    carried_out = models.BooleanField(default=False)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["caller", "key"], name="kernel_idempotency_once")
        ]
