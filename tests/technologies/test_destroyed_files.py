"""When do the bytes of a file that was taken off go, and what keeps them?"""

import time
from datetime import timedelta
from threading import Event as Signal

import pytest
from django.db import connection

from pilotharbor.kernel.files import store as files
from pilotharbor.kernel.models import Event
from pilotharbor.technologies import tasks
from pilotharbor.technologies.commands import attachments as commands
from pilotharbor.technologies.models import EntryVersion
from pilotharbor.technologies.papers import queries, store
from tests.factories.facilities import EquipmentFactory
from tests.factories.files import png
from tests.factories.race import race
from tests.factories.technologies import AchievementFactory, market
from tests.technologies.test_attachments import add

pytestmark = pytest.mark.django_db(transaction=True)
SOON = queries.KEPT_FOR - timedelta(seconds=1)


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


def taken_off(m, at, **more):
    made = add(m, at, **more)
    commands.remove_attachment(attachment_id=made.pk, actor_id=m.inventor.pk, at=at)
    return made


def destroyed(made, at, after=queries.KEPT_FOR):
    return commands.destroy_file(attachment_id=made.pk, at=at + after)


def there(made):
    return store.path_of(made.sha256).exists()


def test_the_bytes_of_a_draft_go_after_ninety_days_and_an_event_says_so(at):
    m = market(status="draft")
    made = taken_off(m, at, by=m.inventor)
    other = add(m, at, by=m.inventor, content=png(), name="图.png")

    assert queries.let_go(at=at + SOON) == []
    assert not destroyed(made, at, SOON)
    assert there(made)

    assert queries.let_go(at=at + queries.KEPT_FOR) == [made.pk]
    assert destroyed(made, at)
    assert not there(made)
    assert there(other)
    made.refresh_from_db()
    event = Event.objects.order_by("pk").last()
    assert event.name == "technologies.achievement.file_destroyed"
    assert event.subject_id == m.achievement.pk
    assert event.facts == {"attachment_id": made.pk, "sha256": made.sha256}
    assert queries.let_go(at=at + 2 * queries.KEPT_FOR) == []


def test_every_night_what_is_due_goes(at):
    m = market(status="draft")
    made = taken_off(m, at - timedelta(days=3650), by=m.inventor)

    assert tasks.destroy_files(timestamp=0) == 1
    assert not there(made)
    assert tasks.destroy_files(timestamp=0) == 0


def test_a_file_that_belongs_to_an_entry_is_never_destroyed(at):
    m = market(status="draft")
    made = add(m, at)

    assert not destroyed(made, at, timedelta(days=3650))
    assert there(made)
    with pytest.raises(commands.NotFound):
        commands.destroy_file(attachment_id=made.pk + 1, at=at)


def test_what_a_version_names_stays(at):
    m = market()
    made = add(m, at)
    commands.remove_attachment(attachment_id=made.pk, actor_id=m.tto.pk, at=at)
    assert EntryVersion.objects.filter(content__files=["报告.pdf"]).exists()

    assert not destroyed(made, at, timedelta(days=3650))
    assert there(made)


def test_the_same_bytes_of_another_entry_stay_as_long_as_that_one_needs_them(at):
    m = market(status="draft")
    made = taken_off(m, at, by=m.inventor)
    again = taken_off(m, at + timedelta(days=30), by=m.inventor)

    assert not destroyed(made, at)
    assert destroyed(again, at + timedelta(days=30))
    assert not there(made)


def test_the_same_bytes_of_a_machine_stay(at):
    m = market(status="draft")
    made = taken_off(m, at, by=m.inventor)
    EquipmentFactory().papers.create(
        kind="manual", name="a.pdf", form="pdf", size=made.size, sha256=made.sha256,
        added_by=m.tto, added_at=at,
    )  # fmt: skip

    assert not destroyed(made, at)
    assert there(made)


def two_entries(at):
    """A file taken off a draft long ago, and a published result that is about to get the same one."""
    m = market(status="draft")
    made = taken_off(m, at - queries.KEPT_FOR, by=m.inventor)
    m.other = AchievementFactory(owner=m.university, disclosed_by=m.inventor)
    return m, made


def added_to_the_other(m, at):
    return add(m, at, entry=m.other)


def test_a_version_made_while_bytes_are_destroyed_keeps_them(at, monkeypatch):
    m, made = two_entries(at)
    asked = Signal()
    original = commands.store.named_elsewhere

    def slowly(**asking):
        found = original(**asking)
        asked.set()
        time.sleep(0.5)
        return found

    def add_then():
        asked.wait(timeout=20)
        return added_to_the_other(m, at)

    monkeypatch.setattr(commands.store, "named_elsewhere", slowly)

    gone, kept = race(lambda: destroyed(made, at, timedelta()), add_then)

    assert gone is True
    assert there(kept), "the bytes were written again"
    assert m.other.versions.order_by("number").last().content["files"] == ["报告.pdf"]


def test_bytes_that_a_version_is_about_to_name_are_not_destroyed(at, monkeypatch):
    m, made = two_entries(at)
    kept_them = Signal()
    original = commands.store.keep

    def slowly(file):
        original(file)
        kept_them.set()
        time.sleep(0.5)

    def destroy_then():
        kept_them.wait(timeout=20)
        return destroyed(made, at, timedelta())

    monkeypatch.setattr(commands.store, "keep", slowly)

    kept, gone = race(lambda: added_to_the_other(m, at), destroy_then)

    assert gone is False
    assert there(kept)


def test_control_without_the_lock_a_live_file_loses_its_bytes(at, monkeypatch):
    m, made = two_entries(at)
    asked, added = Signal(), Signal()
    original = commands.store.named_elsewhere

    def slowly(**asking):
        found = original(**asking)
        asked.set()
        added.wait(timeout=20)
        return found

    def add_then():
        asked.wait(timeout=20)
        try:
            return added_to_the_other(m, at)
        finally:
            added.set()

    monkeypatch.setattr(commands.store, "named_elsewhere", slowly)
    monkeypatch.setattr(files, "_alone_with", lambda digest: None)

    gone, kept = race(lambda: destroyed(made, at, timedelta()), add_then)

    assert gone is True
    assert not there(kept)


def test_bytes_are_kept_and_destroyed_inside_a_command_only(at):
    m = market(status="draft")
    made = add(m, at)

    for outside in (lambda: store.destroy(made.sha256), lambda: store.let_nobody_keep(made.sha256)):
        with pytest.raises(RuntimeError):
            outside()

    assert there(made)
    assert not connection.in_atomic_block
