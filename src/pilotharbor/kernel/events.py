"""Recording what happened, in the transaction in which it happened."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from django.db import connection, models

from pilotharbor.kernel.bulk import copy_in
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.transactions import in_command

type Fact = str | int | bool | list[str] | list[int] | dict[str, int] | None


class Actor(Protocol):
    """What an event keeps of the one who acted (a membership)."""

    pk: int
    person_id: int
    organisation_id: int


def record(
    name: str,
    subject: models.Model,
    *,
    actor: Actor | None = None,
    actor_id: int | None = None,
    at: datetime,
    project_id: int | None = None,
    **facts: Fact,
) -> Event:
    """Append one event about ``subject``; only inside a command.

    ``actor`` keeps person and organisation too; ``actor_id`` alone keeps the membership.
    Facts are ids, integers, short words and ISO times: never a business secret.
    """
    event = _row(name, subject, actor, actor_id, at, project_id, facts)
    if not in_command():
        raise RuntimeError(f"{name}: events are recorded inside a command")
    event.save(force_insert=True)
    return event


def record_many(
    name: str,
    subjects: Iterable[tuple[models.Model, dict[str, Fact]]],
    *,
    actor: Actor | None,
    at: datetime,
) -> None:
    """Append the same kind of event for many subjects, in their order.

    The caller has just made the subjects or holds their rows locked.
    """
    if not in_command():
        raise RuntimeError(f"{name}: events are recorded inside a command")
    rows = [_row(name, subject, actor, None, at, None, facts) for subject, facts in subjects]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL pilotharbor.bulk = 'on'")
        copy_in(rows)
        # Whoever goes on in this transaction takes turns again.
        cursor.execute("SET LOCAL pilotharbor.bulk = 'off'")


def _row(
    name: str,
    subject: models.Model,
    actor: Actor | None,
    actor_id: int | None,
    at: datetime,
    project_id: int | None,
    facts: dict[str, Fact],
) -> Event:
    return Event(
        name=name,
        subject_type=subject._meta.label_lower,  # noqa: SLF001
        subject_id=subject.pk,
        project_id=project_id,
        actor_id=actor.pk if actor else actor_id,
        person_id=actor.person_id if actor else None,
        organisation_id=actor.organisation_id if actor else None,
        at=at,
        facts=facts,
    )
