"""Commands: whole or not at all, joined, never swallowed, retried once after a deadlock."""

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict
from pilotharbor.kernel.models import Event, IdempotentRequest
from pilotharbor.kernel.transactions import command, in_command, refusing, with_last_write
from tests.factories.race import race
from tests.kernel.conftest import AT, do, subject

pytestmark = pytest.mark.django_db(transaction=True)


class Refused(Conflict):
    """No."""

    code = "test.refused"


class Deadlock(Exception):
    sqlstate = "40P01"


def test_arguments_are_keyword_only():
    with pytest.raises(TypeError, match="keyword-only"):

        @command
        def wrong(pk):
            return pk


def test_a_command_needs_no_arguments_and_returns_what_it_returns():
    assert command(lambda: 7)() == 7
    assert not in_command()


def test_a_refusal_leaves_no_trace():
    @command
    def refuse():
        do(pk=1, n=1)
        raise Refused

    with pytest.raises(Refused):
        refuse()

    assert (Event.objects.count(), in_command()) == (0, False)


def test_a_command_within_a_command_joins_its_transaction():
    @command
    def outer():
        do(pk=1, n=1)
        do(pk=1, n=2)
        raise Refused

    with pytest.raises(Refused):
        outer()

    assert Event.objects.count() == 0


def test_both_bear_the_same_transaction():
    @command
    def outer():
        return do(pk=1, n=1), do(pk=2, n=2)

    outer()

    assert Event.objects.values("xid").distinct().count() == 1


def test_a_swallowed_refusal_undoes_everything_and_is_said():
    @command
    def inner():
        raise Refused

    @command
    def swallowing():
        do(pk=1, n=1)
        try:
            inner()
        except Refused:
            return "never mind"

    with pytest.raises(RuntimeError, match="swallowed a refusal"):
        swallowing()

    assert Event.objects.count() == 0


def test_a_command_may_not_run_inside_a_strangers_transaction():
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        do(pk=1, n=1)


def test_events_are_recorded_only_inside_a_command():
    with pytest.raises(RuntimeError, match="inside a command"):
        events.record("deeds.deed.done", subject(1), at=AT)
    with pytest.raises(RuntimeError, match="inside a command"):
        events.record_many("deeds.deed.done", [], actor=None, at=AT)


@pytest.mark.parametrize(("deadlocks", "runs"), [(0, 1), (1, 2)])
def test_a_deadlock_is_retried_once(deadlocks, runs):
    tries = []

    @command
    def unlucky():
        tries.append(1)
        do(pk=1, n=len(tries))
        if len(tries) <= deadlocks:
            raise OperationalError from Deadlock()

    unlucky()

    assert len(tries) == runs
    assert [e.facts["n"] for e in Event.objects.all()] == [runs]


def test_a_second_deadlock_reaches_the_caller():
    tries = []

    @command
    def doomed():
        tries.append(1)
        raise OperationalError from Deadlock()

    with pytest.raises(OperationalError):
        doomed()

    assert len(tries) == 2


def test_other_faults_are_not_retried():
    tries = []

    @command
    def broken():
        tries.append(1)
        raise OperationalError

    with pytest.raises(OperationalError):
        broken()

    assert len(tries) == 1


def test_a_real_deadlock_ends_with_both_done():
    do(pk=1, n=0)
    IdempotentRequest.objects.bulk_create(
        IdempotentRequest(caller="x", key=f"key-{n}", started_at=AT) for n in (1, 2)
    )

    @command
    def cross(*, first: str, second: str):
        for key in (first, second):
            IdempotentRequest.objects.select_for_update().get(key=key)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.3)")
        return "done"

    outcomes = race(
        lambda: cross(first="key-1", second="key-2"), lambda: cross(first="key-2", second="key-1")
    )

    assert outcomes == ["done", "done"]


def test_the_last_write_commits_with_the_command_or_not_at_all():
    row = IdempotentRequest.objects.create(caller="x", key="key-00001", started_at=AT)

    def mark():
        assert in_command()
        IdempotentRequest.objects.filter(pk=row.pk).update(carried_out=True)

    @command
    def refuse():
        raise Refused

    with with_last_write(mark), pytest.raises(Refused):
        refuse()
    row.refresh_from_db()
    assert row.carried_out is False

    with with_last_write(mark):
        do(pk=1, n=1)
    row.refresh_from_db()
    assert row.carried_out is True


def test_a_failing_last_write_undoes_the_command():
    def fail():
        raise Refused

    with pytest.raises(Refused), with_last_write(fail):
        do(pk=1, n=1)

    assert Event.objects.count() == 0


def test_refusing_turns_a_named_violation_into_its_error_and_leaves_others():
    IdempotentRequest.objects.create(caller="x", key="key-00001", started_at=AT)

    @command
    def twice():
        with refusing(kernel_idempotency_once=Refused(key="key-00001")):
            IdempotentRequest.objects.create(caller="x", key="key-00001", started_at=AT)

    @command
    def unnamed():
        with refusing(something_else=Refused()):
            IdempotentRequest.objects.create(caller="x", key="key-00001", started_at=AT)

    with pytest.raises(Refused) as error:
        twice()
    assert error.value.facts == {"key": "key-00001"}
    with pytest.raises(IntegrityError):
        unnamed()
