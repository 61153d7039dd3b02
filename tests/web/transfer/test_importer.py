"""Files as people save them come in whole or not at all, and a second time change nothing."""

import csv
import json
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from django.utils.translation import override

from pilotharbor.facilities.models import Equipment, Line
from pilotharbor.kernel.bulk import Incoming
from pilotharbor.kernel.models import Event
from pilotharbor.parties.models import Organisation
from pilotharbor.parties.rights import Kind, NotYourRole
from pilotharbor.parties.roles import Role
from pilotharbor.technologies.bulk import import_achievements, publish_submitted
from pilotharbor.technologies.content import ContentWrong
from pilotharbor.technologies.models import Achievement, Demand
from pilotharbor.technologies.secrecy import StateSecretRefused
from pilotharbor.web.transfer import importer
from pilotharbor.web.transfer.importer import Report
from pilotharbor.web.transfer.kinds import KINDS
from tests.factories.parties import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db(transaction=True)

HEADINGS = [
    "外部编号", "成果名称", "摘要", "关键词", "技术成熟度", "专利申请号", "保密等级", "成熟度证据",
]  # fmt: skip
GOOD = [
    "K-1",
    "连续流合成",
    "放大时杂质不稳定。",
    "连续流；纯化",
    "TRL4",
    "ZL202310001234.7",
    "公开",
    "报告",
]


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


@pytest.fixture
def officer():
    return MembershipFactory(role=Role.TTO_OFFICER)


def gb18030(path: Path, *rows) -> Path:
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([HEADINGS, *rows])
    return path


def run(path: Path, actor, at: datetime, kind: str = "achievements", **options) -> Report:
    return importer.run(KINDS[kind], path, actor=actor, at=at, **options)


def test_gb18030_csv_with_chinese_headings_loads_every_field(tmp_path, officer, at):
    report = run(gb18030(tmp_path / "成果.csv", GOOD), officer, at)

    assert report.bad == []
    [achievement] = Achievement.objects.all()
    assert (report.rows, report.bad, report.outcome.created) == (1, [], 1)
    assert (achievement.owner, achievement.disclosed_by) == (officer.organisation, officer)
    assert achievement.title == "连续流合成"
    assert achievement.keywords == ["连续流", "纯化"]
    assert (achievement.trl_scale, achievement.trl_level) == ("TRL-9", 4)
    assert achievement.status == Achievement.Status.DRAFT
    [right] = achievement.ip_assets.values_list("kind", "application_no", "number_checked")
    assert right == ("invention_patent", "202310001234.7", True)
    [event] = Event.objects.filter(subject_id=achievement.pk)
    assert (event.name, event.actor_id) == ("technologies.achievement.disclosed", officer.pk)


def test_xlsx_and_json_lines_load_the_same(tmp_path, officer, at):
    book = openpyxl.Workbook()
    for row in (["2026 年成果表"], HEADINGS, [*GOOD[:4], 4, *GOOD[5:]]):
        book.worksheets[0].append(row)
    book.save(tmp_path / "a.xlsx")
    line = {"id": "K-1", "title": GOOD[1], "abstract": GOOD[2], "keywords": ["连续流", "纯化"],
            "TRL": 4, "trl evidence": "报告", "申请号": "202310001234.7", "confidentiality": "public"}  # fmt: skip
    (tmp_path / "a.jsonl").write_text(json.dumps(line), "utf-8")

    first = run(tmp_path / "a.xlsx", officer, at)
    second = run(tmp_path / "a.jsonl", officer, at)

    assert (first.outcome.created, second.outcome.unchanged) == (1, 1)
    assert Achievement.objects.count() == 1


def test_one_bad_row_keeps_every_row_out_unless_partial(tmp_path, officer, at):
    bad = [*GOOD[:4], "12", *GOOD[5:]]
    path = gb18030(tmp_path / "a.csv", GOOD, ["K-2", *bad[1:]])

    whole = run(path, officer, at)

    assert not whole.loaded
    assert (Achievement.objects.count(), Event.objects.count()) == (0, 0)

    partial = run(path, officer, at, partial=True)

    assert (partial.outcome.created, partial.bad_rows) == (1, 1)
    assert [a.title for a in Achievement.objects.all()] == ["连续流合成"]


def test_the_same_file_again_changes_nothing(tmp_path, officer, at):
    path = gb18030(tmp_path / "a.csv", GOOD, ["", "无编号", *GOOD[2:]])
    run(path, officer, at)
    before = list(Achievement.objects.values().order_by("pk")), Event.objects.count()

    again = run(path, officer, at)

    assert (again.outcome.created, again.outcome.updated, again.outcome.unchanged) == (0, 0, 2)
    assert (list(Achievement.objects.values().order_by("pk")), Event.objects.count()) == before


def test_a_changed_row_with_the_same_number_updates(tmp_path, officer, at):
    run(gb18030(tmp_path / "a.csv", GOOD), officer, at)
    changed = [*GOOD[:3], "膜分离", "5", "ZL202310001234.7；201921234567.0", "NDA", "报告"]

    again = run(gb18030(tmp_path / "a.csv", changed), officer, at)

    achievement = Achievement.objects.get()
    assert (again.outcome.updated, again.doubt_count) == (1, 1)
    assert (achievement.trl_level, achievement.keywords) == (5, ["膜分离"])
    assert achievement.confidentiality == "nda"
    assert list(achievement.ip_assets.order_by("pk").values_list("application_no", "number_checked")) == [
        ("202310001234.7", True),
        ("201921234567.0", False),
    ]  # fmt: skip
    assert Event.objects.filter(name="technologies.achievement.revised").count() == 1


def test_a_doubtful_number_is_kept_as_given_with_a_doubt(tmp_path, officer, at):
    path = tmp_path / "a.csv"
    path.write_text("title,summary,申请号,知识产权类型\na,b,202310001234.8,发明专利\n", "utf-8")

    report = run(path, officer, at)

    assert report.outcome.created == 1
    [doubt] = report.doubts
    assert "works out as 7" in doubt.problem
    assert Achievement.objects.get().ip_assets.get().application_no == "202310001234.8"


def test_what_is_submitted_waits_for_another_person(tmp_path, officer, at):
    second = MembershipFactory(organisation=officer.organisation, role=Role.TTO_OFFICER)

    run(gb18030(tmp_path / "a.csv", GOOD), officer, at, submit=True)
    own = publish_submitted(kind=Kind.ACHIEVEMENT, limit=9, actor_id=officer.pk, at=at)
    other = publish_submitted(kind=Kind.ACHIEVEMENT, limit=9, actor_id=second.pk, at=at)

    assert (own, other) == (0, 1)
    achievement = Achievement.objects.get()
    assert (achievement.status, achievement.published_at) == ("published", at)
    assert (achievement.submitted_by, achievement.reviewed_by) == (officer, second)
    assert [e.name.split(".")[-1] for e in Event.objects.order_by("pk")] == [
        "disclosed", "submitted", "published",
    ]  # fmt: skip


def test_a_published_result_is_rewritten_only_by_who_may_approve(tmp_path, officer, at):
    researcher = MembershipFactory(organisation=officer.organisation, role=Role.RESEARCHER)
    run(gb18030(tmp_path / "a.csv", GOOD), researcher, at, submit=True)
    publish_submitted(kind=Kind.ACHIEVEMENT, limit=9, actor_id=officer.pk, at=at)
    changed = gb18030(tmp_path / "b.csv", ["K-1", "改名", *GOOD[2:]])

    held = run(changed, researcher, at)
    done = run(changed, officer, at)

    assert (held.outcome.updated, held.outcome.held) == (0, [2])
    assert done.outcome.updated == 1
    assert Achievement.objects.get().title == "改名"


def test_a_researcher_is_the_inventor_and_leaves_the_results_of_others(tmp_path, officer, at):
    one = MembershipFactory(organisation=officer.organisation, role=Role.RESEARCHER)
    two = MembershipFactory(organisation=officer.organisation, role=Role.RESEARCHER)
    run(gb18030(tmp_path / "a.csv", GOOD), one, at)

    report = run(gb18030(tmp_path / "b.csv", ["K-1", "改名", *GOOD[2:]]), two, at)

    assert report.outcome.held == [2]
    assert Achievement.objects.get().inventors.get().membership == one


def test_the_command_refuses_by_itself_what_the_check_would_have_found(officer, at):
    secret = Incoming(2, "n:1", {"title": "a", "summary": "机密★20年"})
    empty = Incoming(2, "n:1", {"title": "", "summary": "b"})
    stranger = MembershipFactory()
    foreign = Incoming(2, "n:1", {"title": "a", "summary": "b"}, {"inventors": ((stranger.pk,),)})

    for row, refusal in (
        (secret, StateSecretRefused), (empty, ContentWrong), (foreign, ContentWrong),
    ):  # fmt: skip
        with pytest.raises(refusal):
            import_achievements(rows=[row], submit=False, actor_id=officer.pk, at=at)
    assert (Achievement.objects.count(), Event.objects.count()) == (0, 0)


def test_who_may_not_write_may_not_import(tmp_path, at):
    investor = MembershipFactory(role=Role.INVESTOR)

    for kind in KINDS:
        with pytest.raises(NotYourRole):
            run(gb18030(tmp_path / "a.csv", GOOD), investor, at, kind=kind)


def test_owners_are_found_by_code_or_name_and_must_be_ones_own(tmp_path, officer, at):
    other, own = OrganisationFactory(), officer.organisation
    path = tmp_path / "a.csv"
    rows = [own.uscc, own.name, other.uscc, "没有这家单位", ""]
    lines = [f"t{i},s,{owner}" for i, owner in enumerate(rows)]
    path.write_text("\n".join(["title,summary,权属单位", *lines]), "utf-8")

    report = run(path, officer, at)

    assert [(cell.line, cell.value, cell.problem) for cell in report.bad] == [
        (4, other.uscc, "You import for your own organisation only"),
        (5, "没有这家单位", "No organisation known to you has this name or code"),
    ]


def test_inventors_are_members_by_address(tmp_path, officer, at):
    inventor = MembershipFactory(organisation=officer.organisation, role=Role.RESEARCHER)
    path = tmp_path / "a.csv"
    path.write_text(
        f"title,summary,完成人邮箱\na,b,{inventor.person.email.upper()}\na,b,x@nobody.example\n"
    )

    report = run(path, officer, at, partial=True)

    assert [cell.line for cell in report.bad] == [3]
    assert Achievement.objects.get().inventors.get().membership == inventor


def test_demands_organisations_and_equipment(tmp_path, at):
    buyer = MembershipFactory(role=Role.ENTERPRISE_MEMBER)
    operator = MembershipFactory(role=Role.PLATFORM_OPERATOR, organisation__is_host=True)
    line = Line.objects.create(platform=operator.organisation, name="连续流线")
    demands, organisations, equipment = (tmp_path / f"{n}.csv" for n in "doe")
    demands.write_text("需求名称,需求描述,预算（元）\n稳定放大,要求三批合格,80万\n", "utf-8")
    organisations.write_text(
        "单位名称,统一社会信用代码,单位类型,中小企业,适用地区\n"
        "示例公司,91330200MA2HB4EE0R,企业,是,cn-zj\n",
        "utf-8",
    )
    equipment.write_text(
        "资产编号,设备名称,中试线,原值（元）,购置日期,类型\nSB-1,反应器,连续流线,120万,2025/6/30,在线检测\n",
        "utf-8",
    )

    for again in (False, True):
        reports = [
            run(demands, buyer, at, kind="demands"),
            run(organisations, operator, at, kind="organisations"),
            run(equipment, operator, at, kind="equipment"),
        ]
        assert [r.bad for r in reports] == [[], [], []]
        assert [r.outcome.created for r in reports] == [0 if again else 1] * 3
        assert [r.outcome.unchanged for r in reports] == [1 if again else 0] * 3
    assert Demand.objects.get().budget_fen == 80_000_000
    organisation = Organisation.objects.get(uscc="91330200MA2HB4EE0R")
    assert (organisation.status, organisation.sme, organisation.jurisdiction) == (
        Organisation.Status.APPROVED, True, "CN-ZJ",
    )  # fmt: skip
    [machine] = Equipment.objects.all()
    assert (machine.line, machine.value_fen, machine.kind) == (line, 120_000_000, "online_test")
    assert machine.purchase_date == date(2025, 6, 30)


def test_changed_organisations_and_equipment_update(tmp_path, at):
    operator = MembershipFactory(role=Role.PLATFORM_OPERATOR, organisation__is_host=True)
    path = tmp_path / "e.csv"
    for name in ("反应器", "新反应器"):
        path.write_text(f"资产编号,设备名称\nSB-1,{name}\n", "utf-8")
        report = run(path, operator, at, kind="equipment")
    assert report.outcome.updated == 1
    assert Equipment.objects.get().name == "新反应器"
    for name in ("示例公司", "改名公司"):
        path.write_text(f"单位名称,uscc,类型\n{name},91330200MA2HB4EE0R,企业\n", "utf-8")
        report = run(path, operator, at, kind="organisations")
    assert report.outcome.updated == 1
    assert Organisation.objects.get(uscc="91330200MA2HB4EE0R").name == "改名公司"


THIRTY_BAD = [
    ("标题缺失", {"成果名称": ""}, "成果名称"),
    ("标题过长", {"成果名称": "长" * 201}, "成果名称"),
    ("摘要缺失", {"摘要": " "}, "摘要"),
    ("摘要带密级标志", {"摘要": "本材料密级：机密"}, "摘要"),
    ("摘要过长", {"摘要": "长" * 4001}, "摘要"),
    ("控制字符", {"摘要": "a\x07b"}, "摘要"),
    ("空字符", {"成果名称": "a\x00b"}, "成果名称"),
    ("关键词过长", {"关键词": "长" * 61}, "关键词"),
    ("关键词过多", {"关键词": "；".join(map(str, range(21)))}, "关键词"),
    ("成熟度过大", {"技术成熟度": "14"}, "技术成熟度"),
    ("成熟度超出九级", {"技术成熟度": "10"}, "技术成熟度"),
    ("成熟度无证据", {"技术成熟度": "3"}, "成熟度证据"),
    ("成熟度不是整数", {"技术成熟度": "4.5"}, "技术成熟度"),
    ("成熟度是文字", {"技术成熟度": "高"}, "技术成熟度"),
    ("量表未知", {"成熟度量表": "TRL-7"}, "成熟度量表"),
    ("制造成熟度过大", {"制造成熟度": "11"}, "制造成熟度"),
    ("行业门类错误", {"国民经济行业": "A2710"}, "国民经济行业"),
    ("行业不存在", {"国民经济行业": "9999"}, "国民经济行业"),
    ("区划省份未知", {"行政区划": "990000"}, "行政区划"),
    ("区划位数不足", {"行政区划": "3302"}, "行政区划"),
    ("密级未知", {"保密等级": "较高"}, "保密等级"),
    ("国家秘密", {"保密等级": "机密"}, "保密等级"),
    ("权利类型未知", {"知识产权类型": "商标"}, "知识产权类型"),
    ("法律状态未知", {"法律状态": "不详"}, "法律状态"),
    ("号码类型不明", {"专利申请号": "PCT/CN2023/1"}, "专利申请号"),
    ("号码过长", {"专利申请号": "1" * 25}, "专利申请号"),
    ("单位不存在", {"权属单位": "某某大学"}, "权属单位"),
    ("完成人未知", {"完成人邮箱": "nobody@nowhere.example"}, "完成人邮箱"),
    ("编号过长", {"外部编号": "9" * 61}, "外部编号"),
    ("编号重复", {"外部编号": "K-OK"}, "外部编号"),
]


def test_thirty_different_bad_rows_are_each_named(tmp_path, officer, at):
    columns = {c.headings[0]: "" for c in KINDS["achievements"].columns}
    base = columns | {"成果名称": "甲", "摘要": "乙"}
    rows = [base | {"外部编号": "K-OK"}, *(base | change for _, change, _ in THIRTY_BAD)]
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)

    report = run(path, officer, at)

    assert [(cell.line, cell.column) for cell in report.bad] == [
        (line, column) for line, (_, _, column) in enumerate(THIRTY_BAD, start=3)
    ]
    assert report.bad_rows == 30
    assert all(cell.problem and cell.remedy for cell in report.bad)
    assert {cell.value[:3] for cell in report.bad} >= {"K-O", "990", "机密", "商标", "某某大"}
    assert Achievement.objects.count() == 0


def test_a_row_with_an_unreadable_cell_is_judged_all_the_same(tmp_path, officer, at):
    path = tmp_path / "a.csv"
    path.write_text("title,summary,TRL,权属单位\n,s,4.5,没有这家单位\n", "utf-8")

    report = run(path, officer, at)

    assert [cell.column for cell in report.bad] == ["title", "TRL", "权属单位"]
    assert report.bad_rows == 1


def test_a_file_without_rows_is_said_to_be_so(tmp_path, officer, at):
    report = run(gb18030(tmp_path / "a.csv"), officer, at)

    assert (report.loaded, report.bad[0].problem) == (False, "There are headings but no rows")


def test_progress_is_told_in_both_passes(tmp_path, officer, at):
    told = []
    rows = [[f"K-{i}", *GOOD[1:]] for i in range(1100)]

    run(gb18030(tmp_path / "a.csv", *rows), officer, at, progress=lambda *step: told.append(step))

    assert told == [
        ("check", 500, None), ("check", 1000, None), ("check", 1100, 1100),
        ("load", 500, 1100), ("load", 1000, 1100), ("load", 1100, 1100),
    ]  # fmt: skip
    assert Achievement.objects.count() == 1100


@pytest.mark.parametrize(
    ("heading", "text"),
    [
        ("摘要", "某装备的绝密级参数为七"), ("保密等级", "绝密级参数为七"), ("成熟度证据", "参数为七" * 40 + "國家秘密"),
        ("专利申请号", "绝密 参数为七"), ("技术成熟度", "涉密项目的参数为七"), ("关键词", "参数为七；TOP SECRET"),
    ],
)  # fmt: skip
def test_a_marked_cell_is_named_and_not_repeated(tmp_path, officer, at, heading, text):
    columns = {c.headings[0]: "" for c in KINDS["achievements"].columns}
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerow(columns | {"成果名称": "甲", "摘要": "乙"} | {heading: text})

    report = run(path, officer, at)

    [cell] = [c for c in report.bad if "marking" in c.problem]
    assert (cell.line, cell.column, cell.value) == (2, heading, "")
    assert "参数" not in str(report)
    assert Achievement.objects.count() == 0


def test_marked_organisations_are_refused_row_by_row(tmp_path, at):
    operator = MembershipFactory(role=Role.PLATFORM_OPERATOR, organisation__is_host=True)
    columns = {c.headings[0]: "" for c in KINDS["organisations"].columns}
    path = tmp_path / "a.csv"
    name = KINDS["organisations"].columns[0].headings[0]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerow(columns | {name: "涉密项目研究所"})

    report = run(path, operator, at, kind="organisations")

    assert [c.value for c in report.bad if "marking" in c.problem] == [""]
    assert "研究所" not in str(report)
