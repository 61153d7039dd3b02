"""Uploading on a page: the table of bad rows, the report, whose run it is; templates to fill in."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from pilotharbor.parties.roles import Role
from pilotharbor.technologies.models import Achievement
from pilotharbor.web.transfer import importer, runs, tasks
from pilotharbor.web.transfer.kinds import KINDS
from tests.factories.crew import CourseFactory, EngineerFactory
from tests.factories.facilities import working_line
from tests.factories.parties import MembershipFactory
from tests.factories.projects import ProjectFactory

pytestmark = pytest.mark.django_db(transaction=True)

GOOD = "成果名称,摘要\n连续流合成,放大时杂质不稳定\n"
BAD = "成果名称,摘要,技术成熟度\n,空标题,\n连续流,摘要,99\n"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def officer(client):
    membership = MembershipFactory(role=Role.TTO_OFFICER)
    client.force_login(membership.person)
    return membership


def upload(client, content: str, name: str = "成果.csv", **options):
    file = SimpleUploadedFile(name, content.encode())
    data = {"kind": "achievements", "file": file, **options}
    return client.post(reverse("imports"), data, follow=True)


def test_a_good_file_is_loaded_and_reported(client, officer):
    page = upload(client, GOOD)

    assert page.status_code == 200
    assert page.context["report"]["created"] == 1
    assert Achievement.objects.get().owner == officer.organisation


def test_bad_rows_are_shown_with_their_remedy_and_can_be_downloaded(client, officer):
    page = upload(client, BAD)

    assert page.context["report"]["loaded"] is False
    assert [(c["line"], c["column"]) for c in page.context["bad"]] == [
        (2, "成果名称"), (3, "技术成熟度"),
    ]  # fmt: skip
    for cell in page.context["bad"]:
        assert cell["remedy"] in page.content.decode()
    table = client.get(reverse("import_errors", args=[page.context["token"]]))
    assert table.content.decode("utf-8-sig").count("\r\n") == 3
    assert "errors.csv" in table["Content-Disposition"]
    assert Achievement.objects.count() == 0


def test_partial_loads_the_good_rows(client, officer):
    page = upload(client, BAD + "好的,摘要,\n", partial="on")

    assert (page.context["report"]["created"], page.context["report"]["bad_rows"]) == (1, 2)


def test_the_run_is_only_for_whom_it_belongs_to(client, officer):
    token = upload(client, GOOD).context["token"]
    client.force_login(MembershipFactory(role=Role.TTO_OFFICER).person)

    for name in ("import_run", "import_errors"):
        assert client.get(reverse(name, args=[token])).status_code == 404
    assert client.get(reverse("import_run", args=["x" * 30])).status_code == 404


def test_a_large_file_waits_for_the_worker_and_the_page_says_how_far(client, officer, monkeypatch):
    monkeypatch.setattr(runs, "AT_ONCE_BYTES", 0)

    page = upload(client, GOOD)

    assert page.context["run"]["stage"] == "waiting"
    assert 'hx-trigger="every 1s"' in page.content.decode()
    tasks.carry_out(token=page.context["token"], person_id=officer.person_id)
    address = reverse("import_run", args=[page.context["token"]])
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in part
    assert "<html" not in part
    tasks.carry_out(token=page.context["token"], person_id=officer.person_id)
    assert Achievement.objects.count() == 1


def test_an_import_without_a_sign_of_life_is_said_to_be_broken_off(client, officer, monkeypatch):
    monkeypatch.setattr(runs, "AT_ONCE_BYTES", 0)
    token = upload(client, GOOD).context["token"]
    run = runs.of(token, person_id=officer.person_id)
    run.tell(stage="load")
    monkeypatch.setattr(runs, "SILENT_SECONDS", -1)

    assert run.state()["stage"] == "broken_off"


def test_roles_that_bring_nothing_in_are_told_so(client):
    client.force_login(MembershipFactory(role=Role.INVESTOR).person)

    page = client.get(reverse("imports"))

    assert page.status_code == 200
    assert page.context["form"] is None
    assert upload(client, GOOD).status_code == 403


def test_strangers_sign_in_first(client):
    assert client.get(reverse("imports")).status_code == 302
    assert client.get(reverse("export_list", args=["demands", "csv"])).status_code == 302


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_template_can_be_filled_in_and_loaded(client, tmp_path, at, kind, language):
    role = {
        "demands": Role.ENTERPRISE_MEMBER,
        "achievements": Role.TTO_OFFICER,
        "scenarios": Role.ENTERPRISE_MEMBER,
    }
    actor = MembershipFactory(
        role=role.get(kind, Role.PLATFORM_OPERATOR), organisation__is_host=True
    )
    if kind in {"roster", "examinations"}:
        actor.organisation.kind = "pilot_platform"
        actor.organisation.save()
        EngineerFactory(organisation=actor.organisation, person__email="chen@platform.example")
        CourseFactory(platform=actor.organisation, name="高压反应釜上岗培训")
    if kind == "bookings":
        project = ProjectFactory(stewarded=True, status="resourcing", title="连续流工艺中试")
        actor = MembershipFactory(organisation=project.owner, role=Role.RESEARCHER)
        working_line(name="连续流中试线")
    client.force_login(actor.person)
    client.cookies["harbor_language"] = language

    for suffix in ("csv", "xlsx"):
        answer = client.get(reverse("import_template", args=[kind, suffix]))
        path = tmp_path / f"t.{suffix}"
        path.write_bytes(b"".join(answer.streaming_content))
        report = importer.run(KINDS[kind], path, actor=actor, at=at)
        assert report.bad == []
        assert report.outcome.created + report.outcome.unchanged == 1


def test_an_export_is_a_file_in_the_readers_language(client, officer, at):
    upload(client, GOOD)

    answer = client.get(reverse("export_list", args=["achievements", "xlsx"]))

    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert rows[0][:2] == ("外部编号", "成果名称")
    assert rows[1][1] == "连续流合成"
    assert "attachment" in answer["Content-Disposition"]
