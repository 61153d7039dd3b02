"""A price notice of the market's result, and the rules that hold."""

from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange

from pilotharbor.technologies.commands import notices
from pilotharbor.technologies.models import NoticeRule

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 16)
SAID = {
    "way": "licence", "price_fen": 120_000_000, "taker": "示例电池股份有限公司", "relation": "none",
    "places": "本单位官网", "first_date": FIRST, "last_date": LAST,
}  # fmt: skip


def rule(jurisdiction="CN", days=15, *, since=date(2015, 10, 1), until=None, binding=False):
    return NoticeRule.objects.create(
        jurisdiction=jurisdiction, validity=DateRange(since, until), least_days=days,
        binding=binding, source="示例依据",
    )  # fmt: skip


def with_rules():
    """The national rule and a stricter one of a province, whatever a test before has emptied."""
    NoticeRule.objects.all().delete()
    rule()
    rule("CN-ZJ", 20, since=date(2021, 1, 1), binding=True)


def drafted(m, at, **said):
    with_rules()
    return notices.draft_notice(
        achievement_id=m.achievement.pk, content={**SAID, **said}, actor_id=m.tto.pk, at=at
    )


def opened(m, at, **said):
    made = drafted(m, at, **said)
    return notices.open_notice(notice_id=made.pk, actor_id=m.tto.pk, at=at)
