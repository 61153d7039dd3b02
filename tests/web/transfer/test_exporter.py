"""Lists leave with what one may see, and come back as they were."""

import csv
import io
from pathlib import Path

import openpyxl
import pytest
from django.utils.translation import override

from pilotharbor.facilities.models import Equipment
from pilotharbor.kernel.models import Event
from pilotharbor.parties.models import Organisation
from pilotharbor.parties.roles import Role
from pilotharbor.technologies.models import Achievement, Demand, IpAsset, Reader
from pilotharbor.web.transfer import exporter, importer
from pilotharbor.web.transfer.kinds import KINDS
from tests.factories.parties import MembershipFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def officer():
    return MembershipFactory(role=Role.TTO_OFFICER)


def an_achievement(officer, at, **fields) -> Achievement:
    given = {"title": "连续流", "summary": "杂质不稳定", "status": "published", "published_at": at}
    return Achievement.objects.create(
        owner=officer.organisation, disclosed_by=officer, disclosed_at=at, **given | fields
    )


def exported(kind: str, actor, language: str = "zh-hans") -> list[dict[str, str]]:
    export = exporter.export_of(kind)
    with override(language):
        chunks = exporter.sheets.csv_chunks(export.headings(), export.lines(actor))
        text = b"".join(chunks).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_export_comes_back_unchanged(tmp_path, officer, at, suffix, language):
    full = an_achievement(
        officer, at, keywords=["甲", "乙"], industry="C2710", discipline="化学", region="330200",
        trl_level=4, trl_evidence="报告", mrl=3, source="目录", detail="技术细节",
    )  # fmt: skip
    IpAsset.objects.create(
        achievement=full, kind="invention_patent", application_no="202310001234.7",
        number_checked=True, legal_status="granted",
    )  # fmt: skip
    an_achievement(officer, at, import_key="n:KJ-1", status="draft", published_at=None)
    an_achievement(officer, at, import_key="h:" + "0" * 58, confidentiality="nda")
    before = list(Achievement.objects.order_by("pk").values())
    path = tmp_path / f"list{suffix}"

    with override(language):
        count = exporter.write(exporter.export_of("achievements"), path, actor=officer)
        report = importer.run(KINDS["achievements"], path, actor=officer, at=at)

    assert (count, report.bad) == (3, [])
    assert (report.outcome.created, report.outcome.updated, report.outcome.unchanged) == (0, 0, 3)
    assert list(Achievement.objects.order_by("pk").values()) == before
    assert Event.objects.count() == 0


def test_demands_organisations_and_equipment_come_back_unchanged(tmp_path, at):
    buyer = MembershipFactory(role=Role.ENTERPRISE_MEMBER)
    operator = MembershipFactory(
        role=Role.PLATFORM_OPERATOR, organisation__is_host=True, organisation__region="330200"
    )
    Demand.objects.create(
        owner=buyer.organisation, title="放大", summary="稳定", budget_fen=80_000_050,
        posted_by=buyer, posted_at=at,
    )  # fmt: skip
    Equipment.objects.create(
        platform=operator.organisation, asset_no="SB-1", name="反应器", value_fen=123_456,
        purchase_date=at.date(), is_shared=False,
    )  # fmt: skip

    for kind, actor, rows in (
        ("demands", buyer, 1), ("organisations", operator, 2), ("equipment", operator, 1),
    ):  # fmt: skip
        path = tmp_path / f"{kind}.csv"
        exporter.write(exporter.export_of(kind), path, actor=actor)
        report = importer.run(KINDS[kind], path, actor=actor, at=at)
        assert report.bad == []
        assert report.outcome.unchanged == rows


def test_only_what_one_may_see_leaves(officer, at):
    an_achievement(officer, at)
    an_achievement(officer, at, title="草稿", status="draft", published_at=None)
    an_achievement(officer, at, title="会员可见", confidentiality="members")
    outsider = MembershipFactory(role=Role.EXPERT)

    assert len(exported("achievements", officer)) == 3
    assert [row["成果名称"] for row in exported("achievements", outsider)] == ["连续流"]


def test_numbers_inventors_and_details_stay_in_the_house(officer, at):
    result = an_achievement(officer, at, import_key="n:内部-1", detail="技术细节")
    result.inventors.create(membership=officer, position=1)
    buyer = MembershipFactory(role=Role.ENTERPRISE_MEMBER)

    [own], [other] = exported("achievements", officer), exported("achievements", buyer)

    assert (own["外部编号"], own["完成人邮箱"]) == ("内部-1", officer.person.email)
    assert (other["外部编号"], other["完成人邮箱"]) == ("", "")
    assert "技术细节" not in str([own, other])


def test_a_blind_reviewer_does_not_learn_whose_it_is(officer, at):
    secret = an_achievement(officer, at, status="draft", published_at=None, region="330200")
    IpAsset.objects.create(achievement=secret, kind="software", application_no="2023SR0000001")
    expert = MembershipFactory(role=Role.EXPERT)
    Reader.objects.create(achievement=secret, membership=expert, via="blind", admitted_at=at)

    [row] = exported("achievements", expert)

    assert row["成果名称"] == "连续流"
    assert (row["权属单位"], row["专利申请号"], row["行政区划"]) == ("", "", "")


def test_what_only_the_platform_knows_of_its_equipment_stays_there(at):
    operator = MembershipFactory(role=Role.PLATFORM_OPERATOR)
    Equipment.objects.create(
        platform=operator.organisation, asset_no="SB-1", name="反应器", value_fen=1
    )

    [row] = exported("equipment", MembershipFactory())

    assert (row["设备名称"], row["资产编号"], row["原值（元）"]) == ("反应器", "", "")


def test_formulas_leave_as_text(tmp_path, officer, at):
    an_achievement(officer, at, title='=HYPERLINK("http://x")', summary="+1", keywords=["@a"])
    path = tmp_path / "a.xlsx"

    exporter.write(exporter.export_of("achievements"), path, actor=officer)

    cells = [c for row in openpyxl.load_workbook(path).worksheets[0].iter_rows() for c in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert exported("achievements", officer)[0]["成果名称"].startswith("'=")


def test_the_same_number_of_queries_for_one_row_and_for_three(
    officer, at, django_assert_max_num_queries
):
    for _ in range(3):
        an_achievement(officer, at)

    with django_assert_max_num_queries(8):
        assert len(exported("achievements", officer)) == 3


def test_other_formats_are_refused(tmp_path, officer):
    with pytest.raises(exporter.UnknownFormat):
        exporter.write(exporter.export_of("demands"), Path(tmp_path / "a.pdf"), actor=officer)
    with pytest.raises(exporter.NotFound):
        exporter.export_of("secrets")


def test_organisations_under_review_are_for_the_host(at):
    operator = MembershipFactory(role=Role.PLATFORM_OPERATOR, organisation__is_host=True)
    MembershipFactory(organisation__status=Organisation.Status.APPLIED)

    assert len(exported("organisations", operator)) == 2
    assert len(exported("organisations", MembershipFactory())) == 2


@pytest.mark.parametrize("name", sorted(exporter.EXPORTS))
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_list_leaves_for_every_role(name, language):
    for role in Role:
        exported(name, MembershipFactory(role=role), language)


def test_lists_that_do_not_come_in_show_rows_in_words(at):
    operator = MembershipFactory(
        role=Role.PLATFORM_OPERATOR, is_admin=True, person__name="运营员", since_at=at
    )

    [row] = exported("people", operator)

    assert (row["姓名"], row["管理员"], row["加入日期"]) == ("运营员", "是", "2026-03-01")
    assert row["邮箱"] == operator.person.email
