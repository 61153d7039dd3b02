"""Programs bring lists in and take them out by the same rules."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from pilotharbor.kernel import sheets
from pilotharbor.parties.roles import Role
from pilotharbor.technologies.models import Achievement
from pilotharbor.web.transfer import runs
from tests.factories.parties import MembershipFactory

pytestmark = pytest.mark.django_db(transaction=True)

GOOD = '{"title": "连续流合成", "abstract": "放大时杂质不稳定", "id": "1"}\n'


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def officer(client):
    membership = MembershipFactory(role=Role.TTO_OFFICER)
    client.force_login(membership.person)
    return membership


def send(client, content: str, kind: str = "achievements", key: str = "", **fields):
    file = SimpleUploadedFile("a.jsonl", content.encode())
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(f"/api/v1/imports/{kind}", {"file": file, **fields}, headers=headers)


def test_an_import_answers_with_its_report(client, officer):
    answer = send(client, GOOD)

    assert answer.status_code == 200
    assert answer.json()["report"]["created"] == 1
    assert client.get(answer.json()["run"]).json()["stage"] == "done"


def test_the_same_request_again_changes_nothing_with_or_without_a_key(client, officer):
    answers = [send(client, GOOD, key=key) for key in ("key-12345", "key-12345", "")]

    assert [a.json()["report"]["created"] for a in answers] == [1, 1, 0]
    assert Achievement.objects.count() == 1


def test_bad_rows_are_a_problem_with_every_cell(client, officer):
    answer = send(client, '{"title": "", "abstract": "x"}\n{"title": "a"}\n')

    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == "transfer.bad_rows"
    assert [cell["line"] for cell in problem["facts"]["bad"]] == [1, 2]


def test_partial_and_submit_are_fields(client, officer):
    answer = send(client, GOOD + "{}\n", partial="true", submit="true")

    assert answer.json()["report"]["bad_rows"] == 1
    assert Achievement.objects.get().status == "submitted"


def test_who_may_not_is_refused_and_unknown_kinds_are_not_found(client, officer):
    assert send(client, GOOD, kind="demands").status_code == 403
    assert send(client, GOOD, kind="secrets").status_code == 404


def test_large_files_are_accepted_for_later(client, officer, monkeypatch):
    monkeypatch.setattr(runs, "AT_ONCE_BYTES", 0)

    answer = send(client, GOOD)

    assert (answer.status_code, answer.json()["stage"]) == (202, "waiting")


def test_a_small_workbook_that_unpacks_to_much_is_left_to_the_worker(
    client, officer, monkeypatch, tmp_path
):
    path = tmp_path / "a.xlsx"
    sheets.write_xlsx(path, ["title", "summary"], [["t", "s"]] * 300)
    monkeypatch.setattr(runs, "AT_ONCE_BYTES", 2 * path.stat().st_size)

    file = SimpleUploadedFile("a.xlsx", path.read_bytes())
    answer = client.post("/api/v1/imports/achievements", {"file": file})

    assert (answer.status_code, answer.json()["stage"]) == (202, "waiting")


def test_exports_are_files(client, officer):
    send(client, GOOD)

    answer = client.get("/api/v1/exports/achievements.csv")

    assert b"".join(answer.streaming_content).decode("utf-8-sig").count("\r\n") == 2
    assert client.get("/api/v1/exports/achievements.pdf").status_code == 404
    assert client.get("/api/v1/exports/secrets.csv").status_code == 404
