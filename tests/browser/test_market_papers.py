"""Price notices, rights, files, versions and the way to the register, as people see them."""

from datetime import UTC, date, datetime

import pytest

from pilotharbor.technologies import commands
from pilotharbor.technologies.commands import attachments, objections
from pilotharbor.technologies.models import Achievement, IpAsset
from pilotharbor.technologies.papers import store
from tests.conftest import AT
from tests.factories.files import PDF
from tests.factories.notices import opened, with_rules
from tests.factories.technologies import market

pytestmark = pytest.mark.django_db(transaction=True)
WAYS = [("desk", "zh-hans"), ("phone", "en"), ("phone", "zh-hans")]
LONG_AGO = datetime(2019, 1, 1, tzinfo=UTC)


@pytest.fixture
def m(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    made = market(keywords=["固态电池", "硫化物电解质"], price_fen=120_000_000)
    made.right = IpAsset.objects.create(
        achievement=made.achievement, kind="invention_patent", application_no="201810000001.5",
        legal_status="granted", filing_date=date(2018, 5, 4), grant_date=date(2020, 6, 2),
        title="一种硫化物固态电解质及其制备方法", ipc=["H01M 10/0562", "C01B 25/14"],
        publication_no="CN110000001A", abstract="公斤级制备方法。", applicant="示例大学",
    )  # fmt: skip
    with store.staged([PDF], name="检测报告.PDF") as file:
        attachments.add_attachment(
            noun="achievement", entry_id=made.achievement.pk, file=file, confidential=False,
            about="第三批次检测报告", actor_id=made.tto.pk, at=AT,
        )  # fmt: skip
    commands.revise(
        achievement_id=made.achievement.pk, actor_id=made.tto.pk, at=AT,
        content={"summary": "离子电导率高、可公斤级供样的硫化物固态电解质。"},
    )  # fmt: skip
    with_rules()

    made.notice = opened(
        made, AT, relation="inventor", relation_note="完成人持有其30%股份",
        last_date=date(2027, 2, 28),
    )  # fmt: skip
    objections.raise_objection(
        notice_id=made.notice.pk, name="示例人", contact="示例电话", text="价格似乎偏低。",
        actor_id=None, at=AT,
    )  # fmt: skip
    return made


@pytest.mark.parametrize(("size", "language"), WAYS)
def test_the_public_reads_notices_rights_and_files(open_page, m, size, language):
    seen = open_page(size=size, language=language)

    for name, path in (
        ("notices", "/price-notices"),
        ("notice", f"/price-notices/{m.notice.pk}"),
        ("notice-rules", "/price-notices/rules"),
        ("rights", "/rights"),
        ("right", f"/rights/{m.right.pk}"),
        ("result-papers", f"/achievements/{m.achievement.pk}"),
    ):
        seen.go(path)
        seen.assert_fine(f"papers-{name}-{size}-{language}")


@pytest.mark.parametrize(("size", "language"), WAYS)
def test_the_office_works_with_them(open_page, m, size, language):
    seen = open_page(size=size, language=language, person=m.tto.person)
    pk = m.achievement.pk

    for name, path in (
        ("office-notice", f"/price-notices/{m.notice.pk}"),
        ("office-notice-new", f"/achievements/{pk}/price-notices/new"),
        ("office-file", f"/achievements/{pk}/files/new"),
        ("office-versions", f"/achievements/{pk}/versions?old=1&new=2"),
        ("office-right", f"/rights/{m.right.pk}/edit"),
        ("office-registrations", "/registrations"),
        ("office-registration", f"/achievements/{pk}/registration"),
    ):
        seen.go(path)
        seen.assert_fine(f"papers-{name}-{size}-{language}")
    Achievement.objects.update(disclosed_at=LONG_AGO, published_at=LONG_AGO, active_at=None)
    seen.go("/rights/dormant")
    seen.assert_fine(f"papers-office-dormant-{size}-{language}")
