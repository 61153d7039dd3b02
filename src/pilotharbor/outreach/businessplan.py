"""A business plan on paper, printed for one reading and kept nowhere."""

from datetime import datetime

from pilotharbor.documents import press
from pilotharbor.outreach.models import CoachingOrder
from pilotharbor.outreach.queries import coaching as queries
from pilotharbor.outreach.simulation import Asked, answer, name_of, stage_name
from pilotharbor.parties.models import Membership
from pilotharbor.parties.roles import Confidentiality

TEMPLATE = "outreach.business_plan/1"


def printed(order: CoachingOrder, *, actor: Membership, at: datetime, language: str) -> bytes:
    """The PDF of a plan as it stands.

    Raises: PressError.
    """
    chapters = queries.plan_of(order, actor=actor)
    values = {
        "team": order.team,
        "organisation": order.organisation.name,
        "chapters": [
            {"title": str(title), "text": chapters[key]} for key, title in queries.SECTIONS.items()
        ],
        "equity": _equity(order.equity) if order.equity else None,
        "head": {
            "number": f"BP-{order.pk:06d}",
            "title": order.team,
            "version": 1,
            "owner": order.organisation.name,
            "confidentiality": Confidentiality.PROJECT.value,
            "date": press.instant(at),
        },
    }
    sheet = press.Sheet(template=TEMPLATE, values=values, language=language, at=at)
    return press.print_pdf(sheet).content


def _equity(asked: Asked) -> dict[str, object]:
    company = answer(asked).company
    last = company.stages[-1]
    return {
        "stage": stage_name(last.name),
        "rows": [
            {"name": name_of(h), "shares": f"{n:,}", "part": f"{last.bp[h] / 100:.2f}%"}
            for h, n in last.shares.items()
        ],
    }
