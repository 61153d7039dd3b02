"""A lead moves: what is logged, what comes next, which stage it reaches, how it ends."""

from dataclasses import dataclass
from datetime import date, datetime

from pilotharbor.kernel.errors import Conflict, Forbidden, Invalid
from pilotharbor.kernel.states import advance, require_move
from pilotharbor.kernel.time import local_date, start_of
from pilotharbor.kernel.transactions import command
from pilotharbor.leads import queries
from pilotharbor.leads.commands.access import (
    SHORT,
    LeadOver,
    NotYourLead,
    by_a_writer,
    required,
    seen,
    tidy,
    told,
)
from pilotharbor.leads.commands.credit import complete_credits
from pilotharbor.leads.models import Lead, LogEntry, Side
from pilotharbor.parties.models import Membership

CONTACTS = frozenset({
    LogEntry.Kind.CALL, LogEntry.Kind.VISIT, LogEntry.Kind.MAIL, LogEntry.Kind.MESSAGE,
    LogEntry.Kind.MEETING,
})  # fmt: skip
IN_PERSON = frozenset({LogEntry.Kind.VISIT, LogEntry.Kind.MEETING})


class NoSuchKind(Invalid):
    """Say what kind of contact it was, and with whom."""

    code = "leads.no_such_kind"


class NotYet(Invalid):
    """What is logged has happened already; this time still lies ahead."""

    code = "leads.not_yet"


class ContactMissing(Conflict):
    """Log the first contact; the lead then moves on by itself."""

    code = "leads.contact_missing"


class MeetingMissing(Conflict):
    """Log the visit or meeting first, with its day and who took part."""

    code = "leads.meeting_missing"


class NdaMissing(Conflict):
    """No confidentiality agreement is in force between the two sides; sign it first, or go on to the
    evaluation without one.
    """  # noqa: D205 - the sentence is what the user reads

    code = "leads.nda_missing"


class SaysMore(Invalid):
    """Signing and giving up each have a form of their own; use it."""

    code = "leads.says_more"


class SidesOpen(Conflict):
    """Name both sides before the contract counts as signed."""

    code = "leads.sides_open"


class BadStep(Invalid):
    """A next step has words, a day that has not passed and somebody of this lead who owes it."""

    code = "leads.bad_step"


class NoStep(Conflict):
    """No step is open on this lead."""

    code = "leads.no_step"


class NotAtTheTable(Forbidden):
    """Only the people of the two sides write to the manager here."""

    code = "leads.not_at_the_table"


@dataclass(frozen=True, slots=True)
class Contact:
    """What is logged: the kind, with whom, who may read it, and the particulars.

    ``happened_at``  empty: now
    """

    kind: str
    words: str
    side: str = Side.NOBODY
    shared: str = Side.NOBODY
    happened_at: datetime | None = None
    place: str = ""
    participants: str = ""
    minutes: str = ""


@command
def log(*, lead_id: int, contact: Contact, actor_id: int, at: datetime) -> LogEntry:
    """Write down a contact or a note; the first contact stops the reply clock and moves the lead on.

    Raises: NotFound, NotYourLead, LeadOver, NoSuchKind, NotYet, WordsMissing.
    Source: R-LEAD-3, R-LEAD-4.
    """
    actor, lead = by_a_writer(lead_id=lead_id, actor_id=actor_id)
    talks = contact.kind in CONTACTS
    known = talks or contact.kind == LogEntry.Kind.NOTE
    if (
        not known
        or {contact.side, contact.shared} - set(Side.values)
        or (talks and not contact.side)
    ):
        raise NoSuchKind(problems={"kind": str(NoSuchKind())})
    happened = contact.happened_at or at
    if happened > at:
        raise NotYet(problems={"happened_at": str(NotYet())})
    words = required("words", contact.words, most=4000)

    entry = LogEntry.objects.create(
        lead=lead, kind=contact.kind, side=contact.side if talks else Side.NOBODY,
        shared=contact.shared, happened_at=happened, place=tidy(contact.place)[:200],
        participants=tidy(contact.participants)[:300], words=words,
        minutes=tidy(contact.minutes)[:10000], written_by=actor, written_at=at,
    )  # fmt: skip
    told("logged", lead, actor, at, entry_id=entry.pk, kind=str(contact.kind), side=contact.side)
    if talks:
        _contacted(lead, contact.side, actor, at)
    lead.active_at = at
    lead.save(update_fields=["active_at"])
    return entry


def _contacted(lead: Lead, side: str, actor: Membership, at: datetime) -> None:
    """Both clocks and stages follow the first contact; the side spoken to knows of the lead."""
    for one in ("supplier", "enterprise"):
        name = f"{one}_since_at"
        if side in {one, Side.BOTH} and getattr(lead, name) is None:
            setattr(lead, name, at)
            lead.save(update_fields=[name])
            told("side_told", lead, actor, at, side=one)
    if lead.first_contact_at is not None:
        return
    lead.first_contact_at = at
    lead.save(update_fields=["first_contact_at"])
    in_time = local_date(at) <= lead.reply_due_date
    told("replied", lead, actor, at, in_time=in_time)
    if lead.status == Lead.Status.FOUND:
        advance(lead, Lead.Status.CONTACTED)
        told("moved", lead, actor, at, left="found", to="contacted")


@command
def write(*, lead_id: int, words: str, actor_id: int, at: datetime) -> LogEntry:
    """Write to the manager, for one of the two sides; the other side does not read it.

    Raises: NotFound, NotAtTheTable, LeadOver, WordsMissing.
    Source: R-LEAD-9.
    """
    actor, lead = seen(lead_id=lead_id, actor_id=actor_id)
    side = queries.standing(lead, actor)
    if side not in queries.AT_THE_TABLE:
        raise NotAtTheTable
    if lead.is_over:
        raise LeadOver
    said = required("words", words, most=4000)
    entry = LogEntry.objects.create(
        lead=lead, kind=LogEntry.Kind.MESSAGE, side=side.value, shared=side.value, happened_at=at,
        words=said, written_by=actor, written_at=at,
    )  # fmt: skip
    told("written_to", lead, actor, at, entry_id=entry.pk, side=side.value)
    return entry


@command
def move(*, lead_id: int, to: str, actor_id: int, at: datetime) -> Lead:
    """Move a lead to another stage, where what the stage rests on is on record.

    Raises: NotFound, NotYourLead, LeadOver, SaysMore, MoveNotAllowed, ContactMissing,
    MeetingMissing, NdaMissing.
    Source: R-LEAD-2.
    """
    actor, lead = by_a_writer(lead_id=lead_id, actor_id=actor_id)
    if to in {Lead.Status.SIGNED, Lead.Status.LOST}:
        raise SaysMore
    require_move(lead, to)
    if to == Lead.Status.CONTACTED and lead.first_contact_at is None:
        raise ContactMissing
    met = lead.status == Lead.Status.CONTACTED and to == Lead.Status.MET
    if met and not lead.log.filter(kind__in=IN_PERSON).exists():
        raise MeetingMissing
    if to == Lead.Status.NDA and not queries.confidence(lead).any:
        raise NdaMissing
    left = str(lead.status)
    advance(lead, to, active_at=at)
    told("moved", lead, actor, at, left=left, to=str(to))
    return lead


@command
def lose(*, lead_id: int, reason: str, words: str, actor_id: int, at: datetime) -> Lead:
    """Close a lead that comes to nothing, with the reason by its code and in words.

    Raises: NotFound, NotYourLead, LeadOver, NoSuchKind, WordsMissing.
    Source: R-LEAD-2.
    """
    actor, lead = by_a_writer(lead_id=lead_id, actor_id=actor_id)
    if reason not in Lead.LostReason.values:
        raise NoSuchKind(problems={"reason": str(NoSuchKind())})
    said = required("words", words)
    left = str(lead.status)
    advance(
        lead, Lead.Status.LOST, lost_reason=reason, lost_words=said, ended_at=at, next_step="",
        next_due_date=None, next_owner=None,
    )  # fmt: skip
    told("lost", lead, actor, at, left=left, reason=reason)
    return lead


@command
def sign(
    *,
    lead_id: int,
    actor_id: int,
    at: datetime,
    signed_date: date | None = None,
    amount_fen: int | None = None,
) -> Lead:
    """Note that the contract is signed; from now on who did which step is fixed.

    Raises: NotFound, NotYourLead, LeadOver, MoveNotAllowed, SidesOpen, NotYet.
    Source: R-LEAD-2, R-LEAD-10.
    """
    actor, lead = by_a_writer(lead_id=lead_id, actor_id=actor_id)
    require_move(lead, Lead.Status.SIGNED)
    if lead.supplier_id is None or lead.enterprise_id is None:
        raise SidesOpen
    if signed_date is not None and signed_date > local_date(at):
        raise NotYet(problems={"signed_date": str(NotYet())})
    complete_credits(lead, actor, at)
    advance(
        lead, Lead.Status.SIGNED, signed_at=start_of(signed_date) if signed_date else at,
        amount_fen=amount_fen, ended_at=at, credits_frozen_at=at, next_step="", next_due_date=None,
        next_owner=None,
    )  # fmt: skip
    told("signed", lead, actor, at, amount_fen=amount_fen)
    return lead


@command
def plan_step(
    *, lead_id: int, words: str, due_date: date, owner_id: int, actor_id: int, at: datetime
) -> Lead:
    """Say what comes next, by when, and who owes it; it takes the place of the step before.

    Raises: NotFound, NotYourLead, LeadOver, BadStep.
    Source: R-LEAD-4.
    """
    actor, lead = by_a_writer(lead_id=lead_id, actor_id=actor_id)
    said = tidy(words)
    owner = queries.contact_choices(lead).filter(pk=owner_id).first()
    if owner is None and owner_id == actor.pk:
        owner = actor
    problems = {
        "words": not 1 <= len(said) <= 300,
        "due_date": due_date < local_date(at),
        "owner_id": owner is None,
    }
    if any(problems.values()):
        raise BadStep(problems={name: str(BadStep()) for name, bad in problems.items() if bad})
    lead.next_step, lead.next_due_date, lead.next_owner, lead.active_at = said, due_date, owner, at
    lead.save(update_fields=["next_step", "next_due_date", "next_owner", "active_at"])
    told("step_planned", lead, actor, at, owner_id=owner_id, due_date=due_date.isoformat())
    return lead


@command
def settle_step(*, lead_id: int, outcome: str = "", actor_id: int, at: datetime) -> Lead:
    """Note that the next step is done; what it was and what came of it go into the log.

    Raises: NotFound, NotYourLead, LeadOver, NoStep.
    Source: R-LEAD-4.
    """
    actor, lead = seen(lead_id=lead_id, actor_id=actor_id)
    owes = lead.next_owner_id == actor.pk
    if not owes and not queries.writes(lead, actor):
        raise NotYourLead
    if lead.is_over:
        raise LeadOver
    if not lead.next_step:
        raise NoStep
    came = tidy(outcome)[:SHORT]
    side = queries.standing(lead, actor)
    entry = LogEntry.objects.create(
        lead=lead, kind=LogEntry.Kind.STEP, happened_at=at, written_by=actor, written_at=at,
        shared=side.value if side in queries.AT_THE_TABLE else Side.NOBODY,
        words=f"{lead.next_step}\n{came}".strip(),
    )  # fmt: skip
    lead.next_step, lead.next_due_date, lead.next_owner, lead.active_at = "", None, None, at
    lead.save(update_fields=["next_step", "next_due_date", "next_owner", "active_at"])
    told("step_settled", lead, actor, at, entry_id=entry.pk)
    return lead
