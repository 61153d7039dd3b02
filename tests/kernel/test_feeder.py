"""The outbox within one process: order, retries, dead letters, batches, open transactions."""

from datetime import timedelta
from threading import Event as Signal
from threading import Thread

import pytest
from django.db import connection, transaction
from django.utils import timezone

from pilotharbor.kernel import events, feeder
from pilotharbor.kernel.handling import handles, handles_many
from pilotharbor.kernel.models import Delivery, Event
from pilotharbor.kernel.states import MoveNotAllowed
from pilotharbor.kernel.transactions import command
from pilotharbor.parties.models import Organisation
from tests.factories.parties import uscc
from tests.factories.race import race
from tests.kernel.conftest import AT, do, subject

pytestmark = pytest.mark.django_db(transaction=True)


def hurry():
    """Let every waiting delivery be due now."""
    Delivery.objects.filter(status="waiting").update(next_attempt_at=timezone.now())


def test_every_handler_gets_each_event_once(handlers):
    one, two = [], []
    handles("deeds.deed.done")(lambda e: one.append(e.facts["n"]))
    handlers["other"] = handlers.pop(next(iter(handlers))).__class__(
        "other", frozenset({"deeds.deed.done"}), one=lambda e: two.append(e.facts["n"])
    )
    handles("deeds.deed.done", "deeds.deed.undone")(lambda e: one.append(e.facts["n"]))
    for n in range(3):
        do(pk=1, n=n)
    do(pk=1, n=9, name="deeds.deed.undone")

    feeder.drain()
    feeder.drain()

    assert (one, two) == ([0, 1, 2, 9], [0, 1, 2])
    assert feeder.backlog() == 0


def test_what_nobody_wants_is_not_kept_waiting(handlers):
    do(pk=1, n=1)

    assert feeder.backlog() == 1
    assert feeder.drain() == 0
    assert (feeder.backlog(), Delivery.objects.count()) == (0, 0)


def test_a_failure_holds_back_later_events_of_its_subject_only(handlers):
    seen, broken = [], [True]

    @handles("deeds.deed.done")
    def fragile(event):
        if broken[0] and (event.subject_id, event.facts["n"]) == (1, 1):
            raise ValueError("broken")
        seen.append((event.subject_id, event.facts["n"]))

    for n in range(3):
        do(pk=1, n=n)
        do(pk=2, n=n)

    feeder.drain()
    assert [one for one in seen if one[0] == 1] == [(1, 0)]
    assert [one for one in seen if one[0] == 2] == [(2, 0), (2, 1), (2, 2)]
    stuck = Delivery.objects.get(attempts=1)
    assert (stuck.status, stuck.last_error) == ("waiting", "ValueError")

    broken[0] = False
    hurry()
    feeder.drain()
    assert [one for one in seen if one[0] == 1] == [(1, 0), (1, 1), (1, 2)]


def test_what_a_failed_handler_wrote_is_undone(handlers):
    @handles("deeds.deed.done")
    def fragile(event):
        Event.objects.filter(pk=event.pk).exists()
        do(pk=99, n=0, name="deeds.deed.started")
        raise ValueError

    do(pk=1, n=0)
    feeder.drain()

    assert not Event.objects.filter(subject_id=99).exists()


def test_waits_grow_between_attempts_and_end_in_a_dead_letter(handlers):
    @handles("deeds.deed.done")
    def hopeless(event):
        raise ValueError("never")

    do(pk=1, n=0)
    do(pk=1, n=1)
    waits = []
    for _ in range(feeder.MAX_ATTEMPTS):
        before = timezone.now()
        feeder.drain()
        first = Delivery.objects.order_by("id").first()
        waits.append(round((first.next_attempt_at - before).total_seconds()))
        hurry()

    assert waits == [2, 4, 8, 16, 32, 64, 128, 256]
    (dead,) = feeder.dead_letters()
    assert (dead.attempts, dead.event.facts["n"]) == (8, 0)
    feeder.drain()
    assert Delivery.objects.get(event__facts__n=1).attempts == 0  # behind the dead one


def test_a_dead_letter_is_retried_or_skipped_and_the_rest_goes_on(handlers):
    seen, broken = [], [True]

    @handles("deeds.deed.done")
    def fragile(event):
        if broken[0]:
            raise ValueError
        seen.append(event.facts["n"])

    for n in range(2):
        do(pk=1, n=n)
        do(pk=2, n=n)
    for _ in range(feeder.MAX_ATTEMPTS):
        feeder.drain()
        hurry()
    one, two = feeder.dead_letters()
    with pytest.raises(MoveNotAllowed):
        feeder.skip(delivery_id=Delivery.objects.filter(status="waiting").first().pk)

    broken[0] = False
    feeder.retry(delivery_id=one.pk)
    feeder.skip(delivery_id=two.pk)
    feeder.drain()

    assert sorted(seen) == [0, 1, 1]
    assert (feeder.dead_letters(), feeder.backlog()) == ([], 0)


def test_a_handler_that_no_longer_exists_ends_as_a_dead_letter(handlers):
    handles("deeds.deed.done")(lambda e: None)
    do(pk=1, n=0)
    feeder.hand_out()
    handlers.clear()

    feeder.drain()

    assert Delivery.objects.get().last_error == "LookupError"


def test_many_at_a_time_never_two_of_a_subject_out_of_order(handlers):
    batches = []
    handles_many("deeds.deed.done")(
        lambda es: batches.append([(e.subject_id, e.facts["n"]) for e in es])
    )
    for n in range(3):
        for pk in range(5):
            do(pk=pk, n=n)

    feeder.drain()

    assert batches == [[(pk, n) for pk in range(5)] for n in range(3)]


def test_a_failed_batch_is_tried_one_by_one(handlers):
    sizes, seen = [], []

    @handles_many("deeds.deed.done")
    def fragile(events):
        sizes.append(len(events))
        if any(e.subject_id == 3 for e in events):
            raise ValueError
        seen.extend(e.subject_id for e in events)

    for pk in range(5):
        do(pk=pk, n=0)
    feeder.drain()
    hurry()
    feeder.drain()

    assert sizes == [5, 1, 1, 1, 1, 1]
    assert seen == [0, 1, 2, 4]


def test_events_of_an_open_transaction_are_never_skipped(handlers):
    seen = []
    handles("deeds.deed.done")(lambda e: seen.append(e.subject_id))
    begun, may_commit = Signal(), Signal()

    @command
    def dawdle():
        do(pk=1, n=0)
        begun.set()
        may_commit.wait(10)

    def run():
        try:
            dawdle()
        finally:
            connection.close()

    slow = Thread(target=run)
    slow.start()
    begun.wait(10)
    do(pk=2, n=0)
    feeder.drain()
    assert seen == [2]

    may_commit.set()
    slow.join(10)
    feeder.drain()
    assert seen == [2, 1]


def test_what_was_rolled_back_never_happened(handlers):
    seen = []
    handles("deeds.deed.done")(lambda e: seen.append(e.subject_id))

    with pytest.raises(ValueError), transaction.atomic():
        do_inside_a_broken_command()
    feeder.drain()

    assert (seen, feeder.backlog()) == ([], 0)


def do_inside_a_broken_command():
    from pilotharbor.kernel import events, transactions

    token = transactions._running.set(True)
    try:
        events.record("deeds.deed.done", subject(1), at=AT, n=0)
    finally:
        transactions._running.reset(token)
    raise ValueError


def test_side_by_side_each_event_is_delivered_once_and_in_order(handlers, deed_table):
    @handles("deeds.deed.done")
    def noting(event):
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO test_deed (handler, event_id, subject_id, n, pid)"
                " VALUES ('x', %s, %s, %s, 0)",
                [event.pk, event.subject_id, event.facts["n"]],
            )

    for n in range(10):
        for pk in range(6):
            do(pk=pk, n=n)

    race(*[feeder.drain] * 4)
    feeder.drain()

    with connection.cursor() as cursor:
        cursor.execute("SELECT subject_id, n FROM test_deed ORDER BY id")
        done = cursor.fetchall()
    for pk in range(6):
        assert [n for s, n in done if s == pk] == list(range(10))


def test_a_failure_noted_late_does_not_spoil_what_another_worker_delivered(handlers):
    handles("deeds.deed.done")(lambda e: None)
    do(pk=1, n=0)
    feeder.drain()
    done = Delivery.objects.get()

    feeder._fail(ids=[done.pk], error="late")

    done.refresh_from_db()
    assert (done.status, done.attempts, done.last_error) == ("done", 0, "")


def test_drain_stops_when_told(handlers):
    seen = []
    handles("deeds.deed.done")(lambda e: seen.append(e.facts["n"]))
    for n in range(5):
        do(pk=1, n=n)

    feeder.drain(until=lambda: len(seen) >= 2)

    assert seen == [0, 1]


def test_delivered_rows_are_forgotten_after_their_time_and_events_never(handlers):
    handles("deeds.deed.done")(lambda e: None)
    do(pk=1, n=0)
    feeder.drain()

    assert feeder.purge(before=timezone.now() - timedelta(days=30)) == 0
    assert feeder.purge(before=timezone.now() + timedelta(days=1)) == 1
    assert (Delivery.objects.count(), Event.objects.count()) == (0, 1)


def test_after_many_at_once_one_takes_its_turn_again():
    def turns() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
            )
            return cursor.fetchone()[0]

    @command
    def both():
        events.record_many("deeds.deed.done", [(subject(n), {}) for n in (1, 2)], actor=None, at=AT)
        at_first = turns()
        events.record("deeds.deed.done", subject(3), at=AT)
        return at_first, turns()

    assert both() == (0, 1)
    assert list(Event.objects.order_by("id").values_list("subject_id", flat=True)) == [1, 2, 3]


@pytest.mark.parametrize(
    ("fail", "said"),
    [
        (lambda: Organisation.objects.create(kind="bank", name="甲方机密底价", uscc=uscc(1),
                                             registered_at=AT),
         "IntegrityError · 23505 · parties_organisation_uscc"),
        (lambda: events.record("Nonsense", subject(5), at=AT),
         "IntegrityError · 23514 · kernel_event_name_form"),
        (lambda: MoveNotAllowed(was="甲方机密底价"), "MoveNotAllowed · " + MoveNotAllowed.code),
    ],
)  # fmt: skip
def test_a_failure_keeps_its_kind_and_code_and_its_words_are_in_the_log_only(
    handlers, caplog, fail, said
):
    Organisation.objects.create(kind="bank", name="乙方", uscc=uscc(1), registered_at=AT)

    @handles("deeds.deed.done")
    def fragile(event):
        failure = fail()
        if isinstance(failure, Exception):
            raise failure

    do(pk=1, n=0)
    feeder.drain()

    kept = Delivery.objects.get().last_error
    assert kept == said
    assert "甲方" not in kept
    assert "Traceback" in caplog.text
