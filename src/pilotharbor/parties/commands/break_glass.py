"""How is one confidential thing read in an emergency, by two people and on record?"""

import re
from datetime import datetime, timedelta

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import queries, rights
from pilotharbor.parties.commands.organisations import reason_of
from pilotharbor.parties.models import BreakGlass, Membership

OPEN_FOR = timedelta(hours=4)
_LABEL = re.compile(r"[a-z_]+\.[a-z_]+")


class TwoPeople(Conflict):
    """Breaking the glass takes two people: another one must decide."""

    code = "parties.two_people"


class NotIndependent(Conflict):
    """Breaking the glass takes two independent people: whoever asked shares an organisation with you or brought you in."""

    code = "parties.not_independent"


class NotOpen(Forbidden):
    """There is no granted and unexpired emergency reading for this."""

    code = "parties.break_glass_not_open"


class UnknownSubject(Invalid):
    """Name the thing by its kind and number, such as technologies.achievement and 12."""

    code = "parties.break_glass_subject"


@command
def ask_break_glass(
    *, subject_type: str, subject_id: int, reason: str, actor_id: int, at: datetime
) -> BreakGlass:
    """Ask to read one confidential thing in an emergency.

    Raises: NotYourRole, ReasonMissing, UnknownSubject.
    Source: R-PARTY-11.
    """
    actor = queries.actor(actor_id=actor_id)
    if not rights.administers_system(actor):
        raise rights.NotYourRole(role=actor.role)
    if not _LABEL.fullmatch(subject_type) or subject_id < 1:
        raise UnknownSubject(problems={"subject_type": str(UnknownSubject())})
    asked = BreakGlass.objects.create(
        subject_type=subject_type, subject_id=subject_id, asked_by=actor, asked_at=at,
        reason=reason_of(reason),
    )  # fmt: skip
    events.record(
        "parties.break_glass.asked",
        asked,
        actor=actor,
        at=at,
        of_type=subject_type,
        of_id=subject_id,
    )
    return asked


def _to_decide(break_glass_id: int, actor_id: int) -> tuple[BreakGlass, Membership]:
    actor = queries.actor(actor_id=actor_id)
    if not rights.audits(actor) and not rights.administers_system(actor):
        raise rights.NotYourRole(role=actor.role)
    asked = (
        BreakGlass.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk__in=queries.visible_break_glass(actor=actor).values("pk"), pk=break_glass_id)
        .select_related("asked_by")
        .first()
    )
    if asked is None:
        raise NotFound
    # The constraint compares memberships; one person may have two.
    if asked.asked_by.person_id == actor.person_id:
        raise TwoPeople
    if not rights.audits(actor):
        raise rights.NotYourRole(role=actor.role)
    if not queries.independent(decider=actor, asker=asked.asked_by):
        raise NotIndependent
    return asked, actor


@command
def grant_break_glass(
    *, break_glass_id: int, actor_id: int, at: datetime, hours: int = 4
) -> BreakGlass:
    """Open the glass for at most four hours: an auditor independent of the person who asked.

    Raises: NotYourRole, NotFound, TwoPeople, NotIndependent, MoveNotAllowed.
    Source: R-PARTY-11.
    """
    asked, actor = _to_decide(break_glass_id, actor_id)
    expires_at = at + min(timedelta(hours=max(1, hours)), OPEN_FOR)
    advance(asked, BreakGlass.Status.GRANTED, decided_by=actor, expires_at=expires_at)
    events.record(
        "parties.break_glass.granted", asked, actor=actor, at=at, expires_at=expires_at.isoformat(),
        of_type=asked.subject_type, of_id=asked.subject_id,
    )  # fmt: skip
    return asked


@command
def refuse_break_glass(*, break_glass_id: int, actor_id: int, at: datetime) -> BreakGlass:
    """Leave the glass whole.

    Raises: NotYourRole, NotFound, TwoPeople, NotIndependent, MoveNotAllowed.
    """
    asked, actor = _to_decide(break_glass_id, actor_id)
    advance(asked, BreakGlass.Status.REFUSED, decided_by=actor)
    events.record(
        "parties.break_glass.refused", asked, actor=actor, at=at,
        of_type=asked.subject_type, of_id=asked.subject_id,
    )  # fmt: skip
    return asked


@command
def use_break_glass(
    *, subject_type: str, subject_id: int, actor_id: int, at: datetime
) -> BreakGlass:
    """Record one reading through the open glass; callers do this before they show anything.

    Raises: NotOpen.
    """
    actor = queries.actor(actor_id=actor_id)
    opened = queries.break_glass_open(
        actor=actor, subject_type=subject_type, subject_id=subject_id, at=at
    )
    if opened is None:
        raise NotOpen
    events.record(
        "parties.break_glass.used",
        opened,
        actor=actor,
        at=at,
        of_type=subject_type,
        of_id=subject_id,
    )
    return opened
