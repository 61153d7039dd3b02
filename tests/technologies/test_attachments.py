"""Which files are kept, and who reads them?"""

from threading import Barrier

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.test import Client

from pilotharbor.kernel.files import contents
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.secrecy import StateSecretRefused
from pilotharbor.technologies.commands import attachments as commands
from pilotharbor.technologies.commands.rules import NotOpenForChange, NotYourEntry
from pilotharbor.technologies.models import Attachment
from pilotharbor.technologies.papers import store
from tests.factories.callers import Caller
from tests.factories.files import GOOD, PDF, archive, office, png
from tests.factories.race import race
from tests.factories.technologies import let_in, market
from tests.technologies.test_pages import browse

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


def add(m, at, *, content=PDF, name="报告.pdf", confidential=True, by=None, entry=None):
    target = entry or m.achievement
    with store.staged([content], name=name) as file:
        return commands.add_attachment(
            noun=target._meta.model_name, entry_id=target.pk, file=file,
            confidential=confidential, actor_id=(by or m.tto).pk, at=at,
        )  # fmt: skip


def stored(folder):
    return sorted(p.name for p in (folder / "attachments").rglob("*") if p.is_file())


@pytest.mark.parametrize("name", GOOD)
def test_a_harmless_file_is_kept_under_its_hash(at, name, data_folder):
    m = market(status="draft")

    made = add(m, at, content=GOOD[name], name=name)

    assert made.name == name
    assert made.kind == contents.SUFFIXES.get(name.rsplit(".")[-1].lower(), name.rsplit(".")[-1])
    assert made.size == len(GOOD[name])
    assert stored(data_folder) == [made.sha256]
    assert store.path_of(made.sha256).read_bytes() == GOOD[name]
    assert Event.objects.get().name == "technologies.achievement.file_added"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.zip", archive()),
        ("a.docx", archive()),
        ("a.pdf", png()),
        ("a.png", PDF),
        ("a.xlsx", office("word/document.xml")),
        ("a.docx", office("word/document.xml", **{"word/vbaProject.bin": "x"})),
        ("a.docx", office("word/document.xml", **{"word/embeddings/a.exe": "x"})),
        ("a.docx", office("word/document.xml")[:60]),
        ("a.txt", b""),
        ("a.txt", b"<html><script>alert(1)</script>"),
        ("a.csv", b"\x00\x01\x02"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("a.html", b"hello"),
        ("a.exe", b"MZ\x90\x00\x03"),
        ("a.pdf", PDF + b"0" * contents.LARGEST),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_anything_else_is_refused_and_leaves_nothing(at, name, content, data_folder):
    m = market(status="draft")

    with pytest.raises(store.FileRefused) as refused:
        add(m, at, content=content, name=name)

    assert list(refused.value.problems) == ["file"]
    assert not Attachment.objects.exists()
    assert stored(data_folder) == []


def test_a_marking_of_a_state_secret_in_a_file_or_its_name_is_refused(at, data_folder):
    m = market(status="draft")

    for name, content in (
        ("机密★.pdf", PDF),
        ("a.txt", "机密★ 配方".encode()),
        ("a.docx", office("word/document.xml", text="机密★")),
    ):
        with pytest.raises(StateSecretRefused):
            add(m, at, content=content, name=name)

    assert stored(data_folder) == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/报告.pdf", "报告.pdf"),
        ("C:\\报告.pdf", "报告.pdf"),
        ("a\u202efdp.pdf", "afdp.pdf"),
        ("长" * 300 + ".pdf", "长" * 196 + ".pdf"),
        ("...", "file"),
    ],
)
def test_a_name_keeps_what_can_be_read(given, kept):
    assert contents.named(given) == kept


def test_ten_files_and_each_once(at):
    m = market(status="draft")
    for n in range(10):
        add(m, at, content=PDF + bytes([65 + n]))

    with pytest.raises(commands.TooManyFiles):
        add(m, at, content=PDF + b"Z")
    with pytest.raises(commands.SameFile):
        add(m, at, content=PDF + b"A")
    first = Attachment.objects.earliest("id")
    commands.remove_attachment(attachment_id=first.pk, actor_id=m.tto.pk, at=at)
    add(m, at, content=PDF + b"Z")

    assert Attachment.objects.filter(removed_at__isnull=True).count() == 10


def test_who_may_change_the_entry_changes_its_files(at):
    m = market(status="draft")

    for other in (m.colleague, m.buyer, m.operator):
        with pytest.raises(Exception) as refused:
            add(m, at, by=other)
        assert refused.type in {NotYourEntry, commands.NotFound}
    made = add(m, at, by=m.inventor)
    m.achievement.status = "published"
    m.achievement.save()
    with pytest.raises(NotOpenForChange):
        commands.remove_attachment(attachment_id=made.pk, actor_id=m.inventor.pk, at=at)

    commands.remove_attachment(attachment_id=made.pk, actor_id=m.tto.pk, at=at)


def test_two_adding_at_once_never_make_eleven(at):
    m = market(status="draft")
    for n in range(9):
        add(m, at, content=PDF + bytes([65 + n]))

    outcomes = race(lambda: add(m, at, content=PDF + b"Y"), lambda: add(m, at, content=PDF + b"Z"))

    assert [type(o) for o in outcomes].count(commands.TooManyFiles) == 1
    assert Attachment.objects.count() == 10


def test_control_without_the_lock_there_are_eleven(at, monkeypatch):
    m = market(status="draft")
    for n in range(9):
        add(m, at, content=PDF + bytes([65 + n]))
    meet = Barrier(2)

    def unlocked(noun, entry_id, actor, at):
        del actor, at
        meet.wait(timeout=20)
        return commands.owners.market(noun), m.achievement

    original = commands.queries.live

    def counted(noun, pk):
        rows = original(noun, pk)
        rows.count()
        meet.wait(timeout=20)
        return rows.filter(pk__in=list(rows.values_list("pk", flat=True)))

    monkeypatch.setattr(commands, "_changeable", unlocked)
    monkeypatch.setattr(commands.queries, "live", counted)

    outcomes = race(lambda: add(m, at, content=PDF + b"Y"), lambda: add(m, at, content=PDF + b"Z"))

    assert not any(isinstance(o, Exception) for o in outcomes), outcomes
    assert Attachment.objects.count() == 11


def test_the_database_wants_one_owner(at):
    m = market(status="draft")
    made = add(m, at)

    with pytest.raises(IntegrityError):
        Attachment.objects.filter(pk=made.pk).update(demand=m.demand)


def test_a_confidential_file_opens_with_the_detail_and_is_recorded(at):
    m = market(confidentiality="project")
    secret, plain = add(m, at), add(m, at, content=png(), name="图.png", confidential=False)
    address, page = f"/attachments/{secret.pk}", f"/achievements/{m.achievement.pk}"

    assert browse(m.buyer).get(address).status_code == 404
    assert Client().get(address).status_code == 404
    assert Caller(m.buyer).get(address).status_code == 404
    assert browse(m.buyer).get(f"/attachments/{plain.pk}").status_code == 200
    assert Client().get(f"/attachments/{plain.pk}").status_code == 404
    shown = browse(m.buyer).get(page).content.decode()
    assert (secret.name in shown, plain.name in shown) == (False, True)
    read = Event.objects.filter(name="technologies.achievement.detail_viewed")
    assert not read.exists()
    answer = browse(m.tto).get(address)

    assert b"".join(answer.streaming_content) == PDF
    assert read.get().facts["attachment_id"] == secret.pk
    assert read.get().person_id == m.tto.person_id


def test_what_is_served_runs_in_no_browser(at):
    m = market()
    made = add(m, at, name="报告 一.pdf", confidential=False)

    answer = Client().get(f"/attachments/{made.pk}")

    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cache-Control"] == "private, no-store"
    assert b"".join(answer.streaming_content) == PDF


def test_a_removed_file_is_gone_for_everybody(at):
    m = market()
    made = add(m, at, confidential=False)
    browse(m.tto).post(f"/attachments/{made.pk}/remove")

    assert Client().get(f"/attachments/{made.pk}").status_code == 404
    assert browse(m.tto).get(f"/attachments/{made.pk}").status_code == 404


def test_a_removed_file_is_listed_no_more_and_can_come_back(at):
    m = market(status="draft")
    kept = add(m, at, content=png(), name="图.png")
    made = add(m, at)
    commands.remove_attachment(attachment_id=made.pk, actor_id=m.tto.pk, at=at)

    seen = commands.queries.files(noun="achievement", entry=m.achievement, actor=m.tto, at=at)
    assert seen.shown == [kept]
    again = add(m, at)
    seen = commands.queries.files(noun="achievement", entry=m.achievement, actor=m.tto, at=at)
    assert seen.shown == [kept, again]


def test_a_blind_reader_sees_no_files_for_they_tell_names(at):
    m = market()
    made = add(m, at, confidential=False)
    let_in(m.achievement, m.expert, "blind")
    expert = browse(m.expert)

    assert made.name not in expert.get(f"/achievements/{m.achievement.pk}").content.decode()
    assert expert.get(f"/attachments/{made.pk}").status_code == 404


def test_a_bad_file_loses_no_word_of_the_form():
    m = market(status="draft")
    page = f"/achievements/{m.achievement.pk}/files/new"
    bad = {"about": "第三批检测报告", "confidential": "no",
           "file": SimpleUploadedFile("a.pdf", archive())}  # fmt: skip

    answer = browse(m.inventor).post(page, bad)
    said = answer.content.decode()

    assert answer.status_code == 422
    assert "第三批检测报告" in said
    assert 'value="no" class' in said or 'value="no"' in said.split("checked")[0][-200:]
    assert "archive" in said
    good = bad | {"file": SimpleUploadedFile("报告.pdf", PDF)}
    assert browse(m.inventor).post(page, good).url == f"/achievements/{m.achievement.pk}"
    assert Attachment.objects.get().about == "第三批检测报告"
    assert browse(m.buyer).get(page).status_code == 404


def test_files_come_and_go_over_http():
    m = market(status="draft")
    office_ = Caller(m.tto)
    address = f"/api/v1/achievements/{m.achievement.pk}/attachments"

    made = office_.client.post(
        address,
        {"file": SimpleUploadedFile("报告.pdf", PDF), "confidential": "false", "about": "报告"},
        headers=office_.headers,
    )
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    again = office_.client.post(
        address, {"file": SimpleUploadedFile("报告.pdf", PDF)}, headers=office_.headers
    )
    assert (again.status_code, again.json()["code"]) == (409, "technologies.same_file")
    listed = office_.get(f"/achievements/{m.achievement.pk}/attachments").json()
    assert [row["name"] for row in listed["items"]] == ["报告.pdf"]
    assert Caller(m.buyer).get(f"/achievements/{m.achievement.pk}/attachments").status_code == 404
    assert b"".join(office_.get(f"/attachments/{pk}").streaming_content) == PDF
    assert office_.delete(f"/attachments/{pk}").status_code == 204
    assert office_.get(f"/attachments/{pk}").status_code == 404


def test_a_need_has_files_too(at):
    m = market()
    m.demand.status = "draft"
    m.demand.save()

    made = add(m, at, by=m.buyer, entry=m.demand)

    assert Event.objects.get().name == "technologies.demand.file_added"
    assert browse(m.outsider).get(f"/attachments/{made.pk}").status_code == 404
