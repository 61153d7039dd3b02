"""Patents, a price notice, a file and the way to the register, so that their pages are alive."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from pilotharbor.kernel.time import local_date
from pilotharbor.parties.models import Membership
from pilotharbor.parties.roles import Role
from pilotharbor.technologies import commands
from pilotharbor.technologies.commands import GivenRight, attachments, notices, patents
from pilotharbor.technologies.commands.registration import describe_registration
from pilotharbor.technologies.models import Achievement, IpAsset
from pilotharbor.technologies.papers import store

TITLE = "新型肿瘤靶向药物的连续流合成与纯化"
REPORT = (
    "连续流合成小试记录（演示）\n批次,纯度,收率\n1,99.6%,81%\n2,99.5%,82%\n3,99.7%,80%\n"
    "说明：数据为虚构，仅供演示。\n"
)
SLEEPING: commands.Content = {
    "title": "梯度孔隙陶瓷膜支撑体的制备方法",
    "summary": "以造孔剂梯度分布获得孔隙率渐变的支撑体，通量高、强度好；授权后一直未找到用户。",
    "keywords": ["陶瓷膜", "支撑体", "梯度孔隙"],
    "industry": "C3073",
}


def load(*, at: datetime, say: Callable[[str], None]) -> None:
    """Let the office of the first voyage's university use what belongs to its result."""
    entry = Achievement.objects.filter(title=TITLE).select_related("owner").order_by("pk").first()
    if entry is None:
        return
    say("价格公示与专利")
    offices = Membership.objects.filter(
        organisation=entry.owner, role=Role.TTO_OFFICER, status=Membership.Status.ACTIVE
    )
    office = offices.order_by("pk")[0]
    _describe(entry, office.pk, at)
    _give_notice(entry, office.pk, at)
    _sleep(office, at)


def _describe(entry: Achievement, office_id: int, at: datetime) -> None:
    right = entry.ip_assets.order_by("pk").first()
    if right is not None:
        patents.describe_right(
            right_id=right.pk, actor_id=office_id, at=at,
            content={
                "title": "一种靶向药物中间体的连续流合成方法", "filing_date": date(2023, 1, 3),
                "publication_no": "CN116000001A", "publication_date": date(2023, 5, 9),
                "grant_date": date(2025, 3, 18), "applicant": entry.owner.name,
                "right_holder": entry.owner.name, "ipc": ["C07D 401/14", "B01J 19/00"],
                "legal_status": IpAsset.LegalStatus.GRANTED,
            },
        )  # fmt: skip
    with store.staged([REPORT.encode()], name="连续流小试记录.csv") as file:
        attachments.add_attachment(
            noun="achievement", entry_id=entry.pk, file=file, about="小试三批记录",
            confidential=True, actor_id=office_id, at=at,
        )  # fmt: skip
    describe_registration(
        achievement_id=entry.pk, actor_id=office_id, at=at,
        content={
            "category": "applied", "attribute": "original", "form": "process", "level": "unjudged",
            "stage": "middle", "recommended_by": "甬江新区科技局（演示）",
            "research_from": "2022-09", "research_to": "2025-12", "proofs": ["test"],
        },
    )  # fmt: skip


def _give_notice(entry: Achievement, office_id: int, at: datetime) -> None:
    today = local_date(at)
    notice = notices.draft_notice(
        achievement_id=entry.pk, actor_id=office_id, at=at,
        content={
            "way": "licence", "price_fen": 180_000_000, "taker": "甬江创新药业有限公司（演示）",
            "relation": "inventor", "relation_note": "第一完成人持有受让方8%股份。",
            "places": "本单位网站、甬江技术市场（演示）", "first_date": today,
            "last_date": today + timedelta(days=20),
        },
    )  # fmt: skip
    notices.open_notice(notice_id=notice.pk, actor_id=office_id, at=at)


def _sleep(office: Membership, at: datetime) -> None:
    """A patent that was granted years ago and that nobody has asked for since."""
    before = at - timedelta(days=6 * 365)
    entry = commands.disclose(
        content=SLEEPING,
        ip=[GivenRight("invention_patent", "201710001234.5", IpAsset.LegalStatus.IN_FORCE)],
        actor_id=office.pk, at=before,
    )  # fmt: skip
    patents.describe_right(
        right_id=entry.ip_assets.get().pk, actor_id=office.pk, at=before,
        content={
            "title": SLEEPING["title"],
            "filing_date": date(2017, 1, 3), "grant_date": date(2019, 6, 4),
            "ipc": ["B01D 71/02"], "applicant": office.organisation.name,
        },
    )  # fmt: skip
