"""Which price notices does somebody see, which rule holds for them, and may they act on one?"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeGuard

from django.db.models import Count, Q, QuerySet

from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.regions import JURISDICTIONS
from pilotharbor.kernel.time import DAY, local_date
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Scope, Verb
from pilotharbor.parties.roles import Role
from pilotharbor.technologies import queries
from pilotharbor.technologies.models import NoticeRule, Objection, PriceNotice


def rule(*, jurisdiction: str, on: date) -> NoticeRule | None:
    """The rule in force on a day: the jurisdiction's own, else the national one.

    Source: R-TECH-20.
    """
    rules = NoticeRule.objects.filter(validity__contains=on)
    own = rules.filter(jurisdiction=jurisdiction).first() if jurisdiction in JURISDICTIONS else None
    return own or rules.filter(jurisdiction="CN").first()


def rules(*, on: date | None = None) -> QuerySet[NoticeRule]:
    """Every rule, or those in force on a day; the national ones first."""
    rows = NoticeRule.objects.order_by("jurisdiction", "validity")
    return rows if on is None else rows.filter(validity__contains=on)


def sets_rules(actor: Membership | None) -> TypeGuard[Membership]:
    """Whether the actor keeps this harbour's rules: an operator of the host."""
    return rights.acts_as(actor, Role.PLATFORM_OPERATOR) and actor.organisation.is_host


def visible_notices(*, actor: Membership | None) -> QuerySet[PriceNotice]:
    """What was ever open is everybody's; drafts are for their office and those who see all.

    Source: R-TECH-21.
    """
    rows = PriceNotice.objects.select_related("achievement__owner")
    shown = Q(opened_at__isnull=False)
    if actor is not None:
        reach = rights.scopes(actor, Verb.APPROVE, Kind.ACHIEVEMENT)
        if Scope.OWN in reach:
            shown |= Q(achievement__owner_id=actor.organisation_id)
        if Scope.ALL in rights.scopes(actor, Verb.READ, Kind.ACHIEVEMENT):
            return rows
    return rows.filter(shown)


def notice(*, notice_id: int, actor: Membership | None) -> PriceNotice:
    """One notice.

    Raises: NotFound.
    """
    found = visible_notices(actor=actor).filter(pk=notice_id).first()
    if found is None:
        raise NotFound
    return found


def may_keep(*, notice: PriceNotice, actor: Membership | None) -> bool:
    """Whether the actor belongs to the office that gives this notice."""
    return queries.may_approve(entry=notice.achievement, actor=actor)


def reads_objections(*, notice: PriceNotice, actor: Membership | None) -> bool:
    """Whether the actor reads who objected and why: the office, and auditors."""
    return may_keep(notice=notice, actor=actor) or rights.audits(actor)


def objections(*, notice: PriceNotice) -> QuerySet[Objection]:
    """Every objection to a notice, earliest first."""
    return notice.objections.order_by("id")


def notices_of(*, achievement_id: int, actor: Membership | None) -> QuerySet[PriceNotice]:
    """The notices of a result that the actor may see, newest first."""
    return visible_notices(actor=actor).filter(achievement_id=achievement_id).order_by("-id")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of notices is narrowed to; an empty field does not narrow."""

    q: str = ""
    status: str = ""


def filtered(rows: QuerySet[PriceNotice], wanted: Wanted) -> QuerySet[PriceNotice]:
    """The rows a list shows, with how many objections each has met."""
    for word in wanted.q.replace("\x00", " ").split()[:8]:
        rows = rows.filter(
            Q(title__icontains=word)
            | Q(summary__icontains=word)
            | Q(taker__icontains=word)
            | Q(achievement__owner__name__icontains=word)
        )
    if wanted.status in PriceNotice.Status.values:
        rows = rows.filter(status=wanted.status)
    return rows.annotate(objection_count=Count("objections"))


def last_day(notice: PriceNotice) -> date:
    """The last day of its period, which is named with it."""
    return local_date(notice.period.upper) - timedelta(days=1)


def days_counted(notice: PriceNotice) -> int:
    """Whole days after the first one.

    Source: R-TECH-20 (民法典 201: the first day does not count).
    """
    return int((notice.period.upper - notice.period.lower) / DAY) - 1


def has_ended(notice: PriceNotice, *, at: datetime) -> bool:
    """Whether its last day has passed."""
    return bool(at >= notice.period.upper)
