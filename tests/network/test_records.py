"""Keeping in step: what was public before there were records, and what an event never told."""

from datetime import timedelta

import pytest
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from pilotharbor.network import commands, tasks
from pilotharbor.network.models import HarvestRun, OaiRecord
from pilotharbor.parties.models import Notification
from tests.factories.network import SourceFactory, ask, headers, recorded
from tests.factories.repository import page, record
from tests.factories.technologies import AchievementFactory, DemandFactory
from tests.factories.worker import work

pytestmark = pytest.mark.django_db


def test_reconciling_finds_what_is_missing_gone_or_moved_and_leaves_the_rest(at):
    same, gone, moved = AchievementFactory.create_batch(3)
    recorded(same, gone, moved, at=at)
    missing = DemandFactory()
    AchievementFactory(confidentiality="nda")
    type(gone).objects.filter(pk=gone.pk).update(status="withdrawn")
    type(moved).objects.filter(pk=moved.pk).update(region="320500")
    later = at + timedelta(hours=1)

    changed, again = commands.reconcile(at=later), commands.reconcile(at=later)

    rows = {(r.kind, r.object_id): (r.deleted, r.changed_at) for r in OaiRecord.objects.all()}
    assert (changed, again) == (3, 0)
    assert rows == {
        ("result", same.pk): (False, at), ("result", gone.pk): (True, later),
        ("result", moved.pk): (False, later), ("need", missing.pk): (False, later),
    }  # fmt: skip


def test_an_identifier_outlives_a_change_of_address(at, settings):
    entry = AchievementFactory()
    recorded(entry, at=at)
    settings.PUBLIC_URL = "https://harbour.example.org"
    other = AchievementFactory()
    recorded(entry, other, at=at)

    root = ask(verb="ListIdentifiers", metadataPrefix="oai_dc")

    assert [name for name, _ in headers(root)] == [
        f"oai:pilotharbor.invalid:result/{entry.pk}", f"oai:harbour.example.org:result/{other.pk}",
    ]  # fmt: skip


def test_the_first_hour_of_a_harbour_without_records_writes_them_all():
    AchievementFactory()

    assert (tasks.keep_in_step(0), tasks.keep_in_step(0)) == (1, 0)
    AchievementFactory()
    assert tasks.keep_in_step(19 * 3600) == 1


def test_a_run_asked_for_becomes_one_job_of_the_worker(at, there, source):
    run = commands.request_run(source_id=source.pk, actor_id=source.added_by_id, at=at)
    work()
    there.answers = [page(record("oai:a:1"))]

    job = ProcrastinateJob.objects.get(task_name="network.harvest")
    assert job.args == {"run_id": run.pk}
    app.tasks["network.harvest"](**job.args)
    assert HarvestRun.objects.get().created == 1


def test_the_office_hears_once_of_all_that_arrived(at, there, source, go):
    there.answers = [page(record("oai:a:1"), record("oai:a:2"))]
    go(source)
    work()

    told = Notification.objects.get(person=source.author.person)
    assert (told.kind, told.facts["count"]) == ("network.run.completed", 2)


def test_who_asked_hears_of_a_failure(there, source, go):
    there.answers = ["<html/>"]
    run = go(source)
    work()

    told = Notification.objects.get(person=source.added_by.person)
    assert (told.kind, told.url) == ("network.run.failed", f"/sources/runs/{run.pk}")


def test_due_sources_are_asked_for_once(there):
    source = SourceFactory(every_hours=24)
    SourceFactory(every_hours=0, added_by=source.added_by)

    assert (tasks.request_due(0), tasks.request_due(0)) == (1, 0)
    assert HarvestRun.objects.get().source == source
