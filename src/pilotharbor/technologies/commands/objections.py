"""Objections to a price notice, and the rules by which notices are public long enough."""

from datetime import date, datetime

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as translate

from pilotharbor.kernel import codes, events
from pilotharbor.kernel.errors import Conflict, Forbidden, NotFound
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import queries as parties
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.technologies.commands.notices import kept_notice, locked_notice, take_back
from pilotharbor.technologies.content import ContentWrong
from pilotharbor.technologies.models import NoticeRule, Objection, PriceNotice
from pilotharbor.technologies.notices import queries as notices
from pilotharbor.technologies.notices.content import ANSWER_LENGTH, all_said, said

NAME_LENGTH, CONTACT_LENGTH, TEXT_LENGTH = 100, 200, 4000


class NothingToObjectTo(Conflict):
    """Objections are taken while the notice is public; this one is not any more, or not yet."""

    code = "technologies.nothing_to_object_to"


class OwnObjection(Forbidden):
    """Whoever objected does not answer the objection; a colleague must."""

    code = "technologies.own_objection"


@command
def raise_objection(
    *, notice_id: int, name: str, contact: str, text: str, actor_id: int | None, at: datetime
) -> Objection:
    """Object to a notice while it is public; anybody may who says who they are.

    Raises: NotFound, NothingToObjectTo, ContentWrong.
    Source: R-TECH-23.
    """
    actor = parties.actor(actor_id=actor_id) if actor_id is not None else None
    given = {
        "name": (name, NAME_LENGTH),
        "contact": (contact, CONTACT_LENGTH),
        "text": (text, TEXT_LENGTH),
    }
    fields = all_said(given)
    notices.notice(notice_id=notice_id, actor=None)
    notice = locked_notice(notice_id)
    if notice.status not in PriceNotice.LIVE or notices.has_ended(notice, at=at):
        raise NothingToObjectTo
    if at < notice.period.lower:
        raise NothingToObjectTo
    made = Objection.objects.create(notice=notice, **fields, raised_by=actor, raised_at=at)
    if notice.status == PriceNotice.Status.OPEN:
        advance(notice, PriceNotice.Status.OBJECTED)
    events.record("technologies.objection.raised", made, actor=actor, at=at, notice_id=notice.pk)
    return made


@command
def answer_objection(
    *, objection_id: int, upheld: bool, answer: str, actor_id: int, at: datetime
) -> Objection:
    """Say what the office found; an upheld objection takes the notice back.

    Raises: NotFound, NotYourRole, NotYourEntry, OwnObjection, ContentWrong, MoveNotAllowed.
    Source: R-TECH-23.
    """
    found = Objection.objects.filter(pk=objection_id).first()
    if found is None:
        raise NotFound
    notice, actor = kept_notice(found.notice_id, actor_id)
    words = said("answer", answer, ANSWER_LENGTH)
    objection = Objection.objects.select_for_update(no_key=True).get(pk=objection_id)
    if objection.raised_by and objection.raised_by.person_id == actor.person_id:
        raise OwnObjection
    outcome = Objection.Status.UPHELD if upheld else Objection.Status.DISMISSED
    advance(objection, outcome, answer=words, answered_by=actor, answered_at=at)
    events.record(
        "technologies.objection.answered",
        objection,
        actor=actor,
        at=at,
        notice_id=notice.pk,
        upheld=upheld,
    )
    if upheld and notice.status == PriceNotice.Status.OBJECTED:
        take_back(notice, words, actor, at)
    elif notice.status == PriceNotice.Status.OBJECTED and not _waiting(notice):
        advance(notice, PriceNotice.Status.OPEN)
    return objection


def _waiting(notice: PriceNotice) -> bool:
    return notice.objections.filter(status=Objection.Status.OPEN).exists()


@command
def set_notice_rule(
    *,
    jurisdiction: str,
    from_date: date,
    least_days: int,
    binding: bool,
    source: str,
    actor_id: int,
    at: datetime,
) -> NoticeRule:
    """Let another rule hold from a day on; notices that are open keep theirs.

    Raises: NotFound, NotYourRole, BadCode, ContentWrong.
    Source: R-TECH-20.
    """
    actor = parties.actor(actor_id=actor_id)
    if not notices.sets_rules(actor):
        raise NotYourRole(role=actor.role)
    jurisdiction = codes.normalise_jurisdiction(jurisdiction)
    words = said("source", source, 300)
    if not 1 <= least_days <= 365:
        raise ContentWrong(problems={"least_days": translate("Between 1 and 365 days.")})
    present_ones = NoticeRule.objects.select_for_update().filter(jurisdiction=jurisdiction)
    for old in present_ones.order_by("pk"):
        if old.validity.lower and old.validity.lower >= from_date:
            there = translate("A rule from {day} on is there already; begin after it.")
            there = there.format(day=old.validity.lower.isoformat())
            raise ContentWrong(problems={"from_date": there})
        if old.validity.upper is None or old.validity.upper > from_date:
            old.validity = DateRange(old.validity.lower, from_date)
            old.save(update_fields=["validity"])
    made = NoticeRule.objects.create(
        jurisdiction=jurisdiction, validity=DateRange(from_date, None), least_days=least_days,
        binding=binding, source=words,
    )  # fmt: skip
    events.record(
        "technologies.noticerule.set", made, actor=actor, at=at,
        jurisdiction=jurisdiction, least_days=least_days,
    )  # fmt: skip
    return made
