"""Scenarios as files: every bad row named, nothing by half, and a second time no change."""

import json
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override

from pilotharbor.kernel import sheets
from pilotharbor.kernel.bulk import Incoming
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.time import local_date
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.parties.roles import OrganisationKind, Role
from pilotharbor.technologies.bulk import import_scenarios, rules
from pilotharbor.technologies.commands.scenarios import LastDayPassed
from pilotharbor.technologies.content import ContentWrong
from pilotharbor.technologies.models import Scenario
from pilotharbor.technologies.secrecy import StateSecretRefused
from pilotharbor.web.transfer import exporter, importer
from pilotharbor.web.transfer.kinds import KINDS
from tests.conftest import AT
from tests.factories.parties import MembershipFactory
from tests.factories.race import race
from tests.factories.scenarios import ScenarioFactory

pytestmark = pytest.mark.django_db(transaction=True)
HEADINGS = [
    "外部编号",
    "场景名称",
    "方向",
    "摘要",
    "预算（元）",
    "国产替代",
    "揭榜截止日",
    "未来产业领域",
]
LATER = str(local_date(AT) + timedelta(days=60))
BEFORE = str(local_date(AT) - timedelta(days=1))
WANTED = ["C-1", "面板线国产检测机", "场景找产品", "替代进口。", "80万", "是", LATER, "新型显示"]
OFFERED = ["C-2", "检测机找试用线", "产品找场景", "整机已通过验收。", "", "否", "", ""]


@pytest.fixture
def buyer():
    return MembershipFactory(role=Role.ENTERPRISE_MEMBER)


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def load(actor, tmp_path, *rows, submit=False, suffix="csv", partial=False):
    path = tmp_path / f"list.{suffix}"
    writer = sheets.write_csv if suffix == "csv" else sheets.write_xlsx
    writer(path, HEADINGS, iter(rows))
    kind = importer.kind_of("scenarios")
    return importer.run(kind, path, actor=actor, at=AT, submit=submit, partial=partial)


def cells(report):
    return [(cell.line, cell.column) for cell in report.bad]


def names():
    return list(Event.objects.order_by("id").values_list("name", flat=True))


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_both_kinds_come_in_as_drafts_and_again_without_change(buyer, tmp_path, suffix):
    first = load(buyer, tmp_path, WANTED, OFFERED, suffix=suffix)
    again = load(buyer, tmp_path, WANTED, OFFERED, suffix=suffix)

    assert (first.bad, first.outcome.created) == ([], 2)
    assert (again.outcome.created, again.outcome.unchanged) == (0, 2)
    wanted, offered = Scenario.objects.order_by("pk")
    assert (wanted.direction, offered.direction) == (
        "scenario_seeks_product", "product_seeks_scenario",
    )  # fmt: skip
    assert (wanted.status, wanted.budget_fen, wanted.frontier) == ("draft", 80_000_000, "displays")
    assert (wanted.domestic_substitution, str(wanted.answers_until_date)) == (True, LATER)
    assert (wanted.owner, wanted.posted_by) == (buyer.organisation, buyer)
    assert names() == ["technologies.scenario.posted"] * 2


def test_every_bad_row_is_named_with_its_remedy_and_nothing_comes_in(buyer, tmp_path):
    report = load(
        buyer,
        tmp_path,
        WANTED,
        ["C-3", "", "场景找产品", "摘要", "", "", "", ""],
        ["C-4", "甲", "都找", "摘要", "", "", "", ""],
        ["C-5", "乙", "找产品", "摘要", "-3", "也许", "2026-02-30", "未来厨房"],
        ["C-6", "丙", "找场景", "机密★十年", "", "", "", ""],
        ["C-1", "丁", "找场景", "摘要", "", "", "", ""],
    )

    assert cells(report) == [
        (3, "场景名称"), (4, "方向"), (5, "预算（元）"), (5, "国产替代"), (5, "揭榜截止日"),
        (5, "未来产业领域"), (6, "摘要"), (7, "外部编号"),
    ]  # fmt: skip
    assert all(cell.problem and cell.remedy for cell in report.bad)
    assert (report.loaded, Scenario.objects.count(), names()) == (False, 0, [])


def test_good_rows_of_a_bad_file_come_in_only_when_asked_to(buyer, tmp_path):
    report = load(buyer, tmp_path, WANTED, ["C-4", "甲", "都找", "摘要"], partial=True)

    assert (report.outcome.created, cells(report)) == (1, [(3, "方向")])


def test_what_goes_up_for_review_has_its_last_day_ahead(buyer, tmp_path):
    late = [*WANTED[:6], BEFORE, ""]

    refused = load(buyer, tmp_path, late, submit=True)
    kept = load(buyer, tmp_path, late)
    again = load(buyer, tmp_path, late, submit=True)
    put_up = load(buyer, tmp_path, OFFERED, submit=True)

    assert cells(refused) == [(2, "揭榜截止日")]
    assert (kept.outcome.created, again.outcome.unchanged) == (1, 1)
    assert put_up.outcome.created == 1
    up = Scenario.objects.get(status="submitted")
    assert (up.title, up.submitted_by) == ("检测机找试用线", buyer)
    assert names() == ["technologies.scenario.posted"] * 2 + ["technologies.scenario.submitted"]


def test_a_row_changes_a_draft_and_never_what_has_been_published(buyer, tmp_path):
    load(buyer, tmp_path, WANTED, OFFERED)
    Scenario.objects.filter(import_key="n:C-2").update(status="published", published_at=AT)

    report = load(
        buyer,
        tmp_path,
        [WANTED[0], "改过的名称", *WANTED[2:]],
        [OFFERED[0], "也想改", *OFFERED[2:]],
    )

    assert (report.outcome.updated, report.outcome.held) == (1, [3])
    assert list(Scenario.objects.order_by("pk").values_list("title", flat=True)) == [
        "改过的名称", OFFERED[1],
    ]  # fmt: skip
    assert names()[2:] == ["technologies.scenario.revised"]


def test_a_researcher_changes_own_scenarios_alone(tmp_path):
    kind = OrganisationKind.UNIVERSITY
    one = MembershipFactory(role=Role.RESEARCHER, organisation__kind=kind)
    other = MembershipFactory(role=Role.RESEARCHER, organisation=one.organisation)
    load(one, tmp_path, WANTED)

    changed = [WANTED[0], "改过的名称", *WANTED[2:]]

    assert load(other, tmp_path, changed).outcome.held == [2]
    assert load(one, tmp_path, changed).outcome.updated == 1


def test_who_writes_no_scenarios_brings_none_in(tmp_path):
    operator = MembershipFactory(role=Role.PLATFORM_OPERATOR)

    with pytest.raises(NotYourRole):
        load(operator, tmp_path, WANTED)
    with pytest.raises(NotYourRole):
        import_scenarios(rows=[], submit=False, actor_id=operator.pk, at=AT)

    assert Scenario.objects.count() == 0


@pytest.mark.parametrize(
    ("fields", "submit", "refusal"),
    [
        ({"direction": "sideways"}, False, ContentWrong),
        ({"summary": "绝密★启用前"}, False, StateSecretRefused),
        ({"answers_until_date": date(2020, 1, 1)}, True, LastDayPassed),
    ],
)
def test_the_command_takes_nothing_when_one_row_is_refused(buyer, fields, submit, refusal):
    good = {"direction": "scenario_seeks_product", "title": "甲", "summary": "乙"}
    rows = [Incoming(2, "n:1", good), Incoming(3, "n:2", {**good, **fields})]

    with pytest.raises(refusal):
        import_scenarios(rows=rows, submit=submit, actor_id=buyer.pk, at=AT)

    assert (Scenario.objects.count(), names()) == (0, [])


def test_of_two_imports_of_the_same_list_at_once_one_loads_it(buyer):
    good = {"direction": "scenario_seeks_product", "title": "甲", "summary": "乙"}

    def bring():
        rows = [Incoming(n, f"n:{n}", good) for n in range(2, 40)]
        return import_scenarios(rows=rows, submit=False, actor_id=buyer.pk, at=AT)

    found = race(bring, bring)

    made = [o.created for o in found if not isinstance(o, Exception)]
    late = [o for o in found if isinstance(o, Exception)]
    assert Scenario.objects.count() == 38
    assert sum(made) == 38
    assert all(isinstance(o, rules.ImportedMeanwhile) for o in late)


def test_what_leaves_comes_back_without_change(buyer, tmp_path):
    load(buyer, tmp_path, WANTED, OFFERED)
    ScenarioFactory(owner=buyer.organisation, posted_by=buyer, summary="一行\n两行；'=1")
    ordered = ScenarioFactory(owner=buyer.organisation, posted_by=buyer, keywords=["甲、乙", "丙"])
    Scenario.objects.filter(pk=ordered.pk).update(answers_until_date=date(2020, 1, 1))

    for suffix, language in ((".csv", "zh-hans"), (".xlsx", "en")):
        path = tmp_path / f"out{suffix}"
        with override(language):
            left = exporter.write(exporter.export_of("scenarios"), path, actor=buyer)
            report = importer.run(KINDS["scenarios"], path, actor=buyer, at=AT, submit=True)

        assert (left, report.bad, report.outcome.unchanged) == (4, [], 4)


def test_the_numbers_of_others_stay_with_them(buyer, tmp_path):
    ScenarioFactory(import_key="n:secret-7")
    path = tmp_path / "out.csv"

    exporter.write(exporter.export_of("scenarios"), path, actor=buyer)

    assert "secret-7" not in path.read_text("utf-8-sig")


def test_programs_bring_scenarios_in(client, buyer):
    client.force_login(buyer.person)
    good = {"title": "甲", "summary": "乙", "direction": "找产品"}

    def send(*rows):
        lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        file = SimpleUploadedFile("a.jsonl", lines.encode())
        return client.post("/api/v1/imports/scenarios", {"file": file})

    bad = send(good, {**good, "direction": "?"})
    done = send(good)

    assert (bad.status_code, bad.json()["code"]) == (422, "transfer.bad_rows")
    assert [cell["line"] for cell in bad.json()["facts"]["bad"]] == [2]
    assert (done.status_code, done.json()["report"]["created"]) == (200, 1)


def test_the_page_offers_the_list_its_template_and_the_way_from_the_scenarios(client, buyer):
    client.force_login(buyer.person)

    page = client.get("/imports?kind=scenarios").content.decode()
    template = client.get("/imports/scenarios/template.csv")
    listed = client.get("/scenarios").content.decode()

    assert '<option value="scenarios" selected>' in page
    head = b"".join(template.streaming_content).decode("utf-8-sig").splitlines()[0]
    assert head.split(",")[:3] == ["外部编号", "场景名称", "方向"]
    assert "首单日期" not in head
    assert "/imports?kind=scenarios" in listed


def test_the_example_of_the_template_can_be_loaded(client, buyer, tmp_path):
    client.force_login(buyer.person)
    path = tmp_path / "template.csv"
    path.write_bytes(b"".join(client.get("/imports/scenarios/template.csv").streaming_content))

    report = importer.run(KINDS["scenarios"], path, actor=buyer, at=AT)

    assert (report.bad, report.outcome.created) == ([], 1)
