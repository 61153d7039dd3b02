"""The real worker process, killed at any line, cut off from its database, asked to stop."""

import random
import signal
import threading
import time
from collections import Counter, defaultdict

import pytest
from django.db import connection, transaction

from pilotharbor.kernel import feeder
from pilotharbor.kernel.models import Delivery, Event
from tests.kernel import workers
from tests.kernel.conftest import do

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.timeout(420),
    pytest.mark.usefixtures("deed_table"),
]
KILLS = 80
SIDE_BY_SIDE = 3
SUBJECTS = 12
ENOUGH = 120


class Producer(threading.Thread):
    """Commits events about a few subjects until told to stop; some transactions fail, some dawdle."""

    def __init__(self, first: int, seed: int) -> None:
        super().__init__(daemon=True)
        self.subjects = range(first, first + SUBJECTS // 2)
        self.random, self.stop = random.Random(seed), threading.Event()
        self.committed: dict[int, int] = defaultdict(int)

    def run(self) -> None:
        try:
            while not self.stop.is_set():
                if feeder.backlog() > ENOUGH:  # Workers that are being killed fall behind.
                    time.sleep(0.2)
                    continue
                self._one(self.random.choice(self.subjects))
                time.sleep(self.random.random() * 0.03)
        finally:
            connection.close()

    def _one(self, pk: int) -> None:
        chance = self.random.random()
        n = self.committed[pk]
        if chance < 0.1:
            self._abandon(pk, n)
            return
        do(pk=pk, n=n, fails=chance > 0.97)
        self.committed[pk] += 1

    def _abandon(self, pk: int, n: int) -> None:
        """An event of a transaction that never commits."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO kernel_event (name, subject_type, subject_id, at, facts)"
                " VALUES ('deeds.deed.done', 'deeds.deed', %s, now(), %s)",
                [pk, f'{{"n": {n}}}'],
            )
            time.sleep(self.random.random() * 0.05)
            transaction.set_rollback(True)


def kill_at_random(kills: int) -> int:
    """Keep workers going, kill one that has done something at a random moment, again and again."""
    dice, done, nursery = random.Random(20260301), 0, workers.Nursery()
    deadline = time.monotonic() + 240
    try:
        for _ in range(SIDE_BY_SIDE):
            nursery.start()
        while done < kills and time.monotonic() < deadline:
            time.sleep(dice.random() * 0.15)
            busy = workers.pids()
            ready = [pid for pid in nursery.alive if pid in busy]
            if ready:
                nursery.kill(dice.choice(ready))
                nursery.start()
                done += 1
    finally:
        nursery.close()
    return done


def test_killed_at_random_every_event_takes_effect_once_and_in_order():
    producers = [Producer(1, 1), Producer(1 + SUBJECTS // 2, 2)]
    for one in producers:
        one.start()
    killed = kill_at_random(KILLS)
    for one in producers:
        one.stop.set()
        one.join(30)
    with workers.working():
        workers.wait_until(workers.settled, seconds=120, every=0.3)

    committed = {pk: n for p in producers for pk, n in p.committed.items() if n}
    assert killed >= KILLS
    assert sum(committed.values()) == Event.objects.filter(name="deeds.deed.done").count() > 100
    assert feeder.dead_letters() == []
    for handler in ("inside", "together"):
        done: dict[int, list[int]] = defaultdict(list)
        for pk, n, _event in workers.deeds(handler):
            done[pk].append(n)
        assert done == {pk: list(range(n)) for pk, n in committed.items()}, handler
    # The control: an effect outside the delivery's transaction is repeated when a kill hits it.
    outside = Counter(event for _pk, _n, event in workers.deeds("outside"))
    assert set(outside) == set(Event.objects.values_list("pk", flat=True))
    assert max(outside.values()) > 1


def test_it_goes_on_when_the_database_drops_every_connection():
    with workers.working(2) as running:
        do(pk=1, n=0)
        workers.wait_until(workers.settled)
        for n in range(1, 4):
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            do(pk=1, n=n)
            workers.wait_until(workers.settled)

        assert [one.poll() for one in running] == [None, None]
    assert [n for _pk, n, _event in workers.deeds("inside")] == [0, 1, 2, 3]


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_within_two_seconds_whatever_it_is_doing(name):
    with workers.working() as (worker,):
        do(pk=1, n=0)
        workers.wait_until(workers.settled)
        do(pk=1, n=20_000, name="deeds.deed.slow")
        time.sleep(0.5)

        began = time.monotonic()
        worker.send_signal(name)
        assert worker.wait(10) == 0
        assert time.monotonic() - began < 2

    assert workers.deeds("slowly") == []
    assert Delivery.objects.get(event__name="deeds.deed.slow").status == "waiting"


def test_it_stops_in_the_middle_of_a_long_backlog():
    for n in range(60):
        do(pk=n, n=50, name="deeds.deed.slow")
    with workers.working() as (worker,):
        workers.wait_until(lambda: bool(workers.deeds("slowly")))
        began = time.monotonic()
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(10) == 0
        assert time.monotonic() - began < 2

    done = len(workers.deeds("slowly"))
    assert 0 < done < 60
    assert Delivery.objects.filter(status="done").count() == done


def test_it_runs_jobs_too():
    from procrastinate.contrib.django.models import ProcrastinateJob

    from pilotharbor.kernel.tasks import forget_deliveries

    job = forget_deliveries.defer(timestamp=0)
    with workers.working():
        workers.wait_until(lambda: not ProcrastinateJob.objects.filter(pk=job).exists())
