"""Price notices: draft, open, withdraw, confirm the end."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as translate

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Invalid, NotFound
from pilotharbor.kernel.states import advance, require_move
from pilotharbor.kernel.time import local_date
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.technologies import queries
from pilotharbor.technologies.commands.achievements import differing, save
from pilotharbor.technologies.commands.rules import NotYourEntry, acting, locked_achievement
from pilotharbor.technologies.models import Achievement, PriceNotice, Status
from pilotharbor.technologies.notices import queries as notices
from pilotharbor.technologies.notices.content import (
    ANSWER_LENGTH,
    NoticeContent,
    cleaned,
    present,
    said,
)


class NoticeTooShort(Invalid):
    """In {jurisdiction} the notice is public for at least {days} days after its first one; make its
    last day {last} or later.
    """  # noqa: D205 - the sentence is what the user reads

    code = "technologies.notice_too_short"


class NoticeInThePast(Invalid):
    """The first day of the notice has passed; nobody has seen it then."""

    code = "technologies.notice_in_the_past"


class NoNoticeRule(Conflict):
    """No rule on public notice is in force for this jurisdiction and day; the platform adds one."""

    code = "technologies.no_notice_rule"


class NoticeIsOpen(Conflict):
    """What the public was told does not change; give a notice that corrects this one."""

    code = "technologies.notice_is_open"


class NoticeNotOver(Conflict):
    """The notice is public until the end of {last}; its end is confirmed after that."""

    code = "technologies.notice_not_over"


class ObjectionOpen(Conflict):
    """An objection is being examined; answer it first."""

    code = "technologies.objection_open"


class AlreadyCorrected(Conflict):
    """There is a notice already that corrects this one."""

    code = "technologies.already_corrected"


class OffTheMarket(Conflict):
    """This result has been withdrawn; nothing is given notice of."""

    code = "technologies.off_the_market"


@command
def draft_notice(
    *,
    achievement_id: int,
    content: NoticeContent,
    actor_id: int,
    at: datetime,
    corrects_id: int | None = None,
) -> PriceNotice:
    """Write down what the public is to be told; what the result says itself may be left out.

    Raises: NotFound, NotYourRole, NotYourEntry, OffTheMarket, AlreadyCorrected, ContentWrong.
    Source: R-TECH-20, R-TECH-22.
    """
    actor = acting(actor_id, Verb.APPROVE, Kind.ACHIEVEMENT)
    achievement = locked_achievement(achievement_id, actor)
    if not queries.may_approve(entry=achievement, actor=actor):
        raise NotYourEntry
    if achievement.status == Status.WITHDRAWN:
        raise OffTheMarket
    corrects = _corrected(corrects_id, achievement)
    before = {"title": achievement.title, "summary": achievement.summary, "relation_note": ""}
    fields = cleaned(content, before)
    with refusing(technologies_pricenotice_corrected_once=AlreadyCorrected()):
        notice = PriceNotice.objects.create(
            **fields, achievement=achievement, corrects=corrects, drafted_by=actor, drafted_at=at
        )
    events.record(
        "technologies.notice.drafted", notice, actor=actor, at=at, achievement_id=achievement.pk
    )
    return notice


def _corrected(corrects_id: int | None, achievement: Achievement) -> PriceNotice | None:
    if corrects_id is None:
        return None
    found = achievement.price_notices.filter(pk=corrects_id, opened_at__isnull=False).first()
    if found is None:
        raise NotFound
    if found.corrections.exclude(status=PriceNotice.Status.WITHDRAWN).exists():
        raise AlreadyCorrected
    return found


@command
def revise_notice(
    *, notice_id: int, content: NoticeContent, actor_id: int, at: datetime
) -> PriceNotice:
    """Change a notice that is not open yet.

    Raises: NotFound, NotYourRole, NotYourEntry, NoticeIsOpen, ContentWrong.
    Source: R-TECH-22.
    """
    notice, actor = kept_notice(notice_id, actor_id)
    if notice.status != PriceNotice.Status.DRAFTED:
        raise NoticeIsOpen
    fields = cleaned(content, present(notice))
    changed = differing(notice, fields)
    save(notice, fields)
    if changed:
        events.record(
            "technologies.notice.revised", notice, actor=actor, at=at, fields=sorted(changed)
        )
    return notice


@command
def open_notice(*, notice_id: int, actor_id: int, at: datetime) -> PriceNotice:
    """Make the notice public; the rule in force on that day is kept with it.

    What it corrects ends with that, unless an objection to it is still being examined.

    Raises: NotFound, NotYourRole, NotYourEntry, OffTheMarket, NoNoticeRule, NoticeTooShort,
    NoticeInThePast, ObjectionOpen, MoveNotAllowed.
    Source: R-TECH-20, R-TECH-22.
    """
    notice, actor = kept_notice(notice_id, actor_id)
    require_move(notice, PriceNotice.Status.OPEN)
    if notice.achievement.status == Status.WITHDRAWN:
        raise OffTheMarket
    _require_length(notice, at)
    if notice.corrects_id:
        _replace(notice.corrects_id, actor, at)
    advance(
        notice,
        PriceNotice.Status.OPEN,
        opened_by=actor,
        opened_at=at,
        jurisdiction=notice.jurisdiction,
        least_days=notice.least_days,
        rule_source=notice.rule_source,
    )
    events.record(
        "technologies.notice.opened",
        notice,
        actor=actor,
        at=at,
        achievement_id=notice.achievement_id,
        until_at=notice.period.upper.isoformat(),
    )
    return notice


def _require_length(notice: PriceNotice, at: datetime) -> None:
    today = local_date(at)
    jurisdiction = notice.achievement.owner.jurisdiction
    rule = notices.rule(jurisdiction=jurisdiction, on=today)
    if rule is None:
        raise NoNoticeRule
    first = local_date(notice.period.lower)
    if first < today:
        raise NoticeInThePast(problems={"first_date": str(NoticeInThePast())})
    if notices.days_counted(notice) < rule.least_days:
        facts: dict[str, Any] = {
            "jurisdiction": rule.jurisdiction,
            "days": rule.least_days,
            "last": (first + timedelta(days=rule.least_days)).isoformat(),
        }
        raise NoticeTooShort(problems={"last_date": str(NoticeTooShort(**facts))}, **facts)
    notice.jurisdiction, notice.least_days = rule.jurisdiction, rule.least_days
    notice.rule_source = rule.source


def _replace(notice_id: int, actor: Membership, at: datetime) -> None:
    old = locked_notice(notice_id)
    if old.status == PriceNotice.Status.OBJECTED:
        raise ObjectionOpen
    if old.status == PriceNotice.Status.OPEN:
        take_back(old, translate("A corrected notice stands in its place."), actor, at)


@command
def withdraw_notice(*, notice_id: int, note: str, actor_id: int, at: datetime) -> PriceNotice:
    """Take a notice back, with words that stand beside it.

    Raises: NotFound, NotYourRole, NotYourEntry, ObjectionOpen, ContentWrong, MoveNotAllowed.
    Source: R-TECH-23.
    """
    notice, actor = kept_notice(notice_id, actor_id)
    if notice.status == PriceNotice.Status.OBJECTED:
        raise ObjectionOpen
    take_back(notice, said("note", note, ANSWER_LENGTH), actor, at)
    return notice


def take_back(notice: PriceNotice, note: str, actor: Membership, at: datetime) -> None:
    """Withdraw a locked notice."""
    advance(notice, PriceNotice.Status.WITHDRAWN, end_note=note, ended_by=actor, ended_at=at)
    events.record("technologies.notice.withdrawn", notice, actor=actor, at=at)


@command
def conclude_notice(*, notice_id: int, actor_id: int, at: datetime) -> PriceNotice:
    """Confirm, after its last day, that no objection was upheld.

    Raises: NotFound, NotYourRole, NotYourEntry, ObjectionOpen, NoticeNotOver, MoveNotAllowed.
    Source: R-TECH-23.
    """
    notice, actor = kept_notice(notice_id, actor_id)
    if notice.status == PriceNotice.Status.OBJECTED:
        raise ObjectionOpen
    require_move(notice, PriceNotice.Status.CLOSED)
    if not notices.has_ended(notice, at=at):
        raise NoticeNotOver(last=notices.last_day(notice).isoformat())
    advance(notice, PriceNotice.Status.CLOSED, ended_by=actor, ended_at=at)
    events.record(
        "technologies.notice.closed", notice, actor=actor, at=at,
        achievement_id=notice.achievement_id,
    )  # fmt: skip
    return notice


def locked_notice(notice_id: int) -> PriceNotice:
    """The notice with its result and owner, locked."""
    rows = PriceNotice.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("achievement__owner").get(pk=notice_id)


def kept_notice(notice_id: int, actor_id: int) -> tuple[PriceNotice, Membership]:
    """The notice, locked, for somebody of its office."""
    actor = acting(actor_id, Verb.APPROVE, Kind.ACHIEVEMENT)
    seen = notices.notice(notice_id=notice_id, actor=actor)
    if not notices.may_keep(notice=seen, actor=actor):
        raise NotYourEntry
    return locked_notice(notice_id), actor
