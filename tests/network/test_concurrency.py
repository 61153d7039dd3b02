"""Two at once: one run a source, carried out once, and one record an entry."""

from contextlib import contextmanager

import pytest
from django.db import connection

from pilotharbor.network import commands
from pilotharbor.network.models import HarvestRun, OaiRecord
from tests.factories.network import HarvestRunFactory, SourceFactory, recorded
from tests.factories.parties import JOINED
from tests.factories.race import race
from tests.factories.technologies import AchievementFactory

pytestmark = pytest.mark.django_db(transaction=True)


def kinds(outcomes):
    return sorted(type(one).__name__ for one in outcomes)


@contextmanager
def without_constraint():
    """The guard off: the partial unique index that lets one run a source be open."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_indexdef('network_harvestrun_one_at_a_time'::regclass)")
        made = cursor.fetchone()[0]
        cursor.execute("DROP INDEX network_harvestrun_one_at_a_time")
        yield
        cursor.execute("DELETE FROM network_harvestrun")
        cursor.execute(made)


def ask_twice(source, at):
    def ask():
        return commands.request_run(source_id=source.pk, actor_id=source.added_by_id, at=at)

    return race(ask, ask)


def test_of_two_who_ask_at_once_one_is_told_that_it_is_under_way(at):
    source = SourceFactory()

    outcomes = ask_twice(source, at)

    assert kinds(outcomes) == ["HarvestRun", "RunUnderWay"]
    assert HarvestRun.objects.count() == 1


def test_control_without_the_constraint_there_would_be_two(at):
    source = SourceFactory()

    with without_constraint():
        assert kinds(ask_twice(source, at)) == ["HarvestRun", "HarvestRun"]


def test_a_run_is_begun_by_one_worker(at):
    run = HarvestRunFactory()

    def begin():
        return commands.begin_run(run_id=run.pk, actor_id=run.requested_by_id, at=at)

    assert kinds(race(begin, begin)) == ["HarvestRun", "RunOver"]


def test_control_looking_without_a_lock_would_begin_it_twice():
    run = HarvestRunFactory()

    def begin():
        found = HarvestRun.objects.get(pk=run.pk)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.3)")
        return found.status == "waiting"

    assert race(begin, begin) == [True, True]


def test_two_who_write_the_same_record_write_one(at):
    entry = AchievementFactory(owner=AchievementFactory().owner)

    outcomes = race(*[lambda: recorded(entry, at=at)] * 4)

    assert outcomes == [None] * 4
    assert OaiRecord.objects.get().changed_at == at


def test_a_reconciliation_and_an_event_at_once_agree(at):
    entry = AchievementFactory(published_at=JOINED)
    recorded(entry, at=JOINED)
    type(entry).objects.filter(pk=entry.pk).update(confidentiality="members")

    race(lambda: recorded(entry, at=at), lambda: commands.reconcile(at=at))

    row = OaiRecord.objects.get()
    assert (row.deleted, row.changed_at) == (True, at)
