"""A table where test handlers write down what they did, and events to do it with."""

from datetime import UTC, datetime

import pytest
from django.db import connection, models

from pilotharbor.kernel import events
from pilotharbor.kernel.transactions import command

AT = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)


class Deed:
    """Something with a primary key that events may be about."""

    class _meta:  # noqa: N801
        label_lower = "deeds.deed"

    def __init__(self, pk: int) -> None:
        self.pk = pk


def subject(pk: int) -> models.Model:
    return Deed(pk)  # type: ignore[return-value]


@command
def do(*, pk: int, n: int, name: str = "deeds.deed.done", fails: bool = False):
    """Record one event about a subject."""
    return events.record(name, subject(pk), at=AT, n=n, fails=fails)


@pytest.fixture
def deed_table(transactional_db):
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS test_deed")
        cursor.execute(
            "CREATE TABLE test_deed (id bigserial PRIMARY KEY, handler text NOT NULL, event_id bigint"
            " NOT NULL, subject_id bigint NOT NULL, n bigint NOT NULL, pid int NOT NULL)"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS test_deed")


@pytest.fixture
def handlers(monkeypatch):
    """Handlers of one test only."""
    from pilotharbor.kernel import feeder, handling

    mine: dict[str, handling.Handler] = {}
    monkeypatch.setattr(handling, "HANDLERS", mine)
    monkeypatch.setattr(feeder, "HANDLERS", mine)
    return mine
