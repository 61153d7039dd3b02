"""What leads, visits, teams and managers look like as JSON."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field, StringConstraints

from pilotharbor.leads import queries
from pilotharbor.leads.models import Claim, Lead, LogEntry, Paper
from pilotharbor.parties.models import Membership

Short = Annotated[str, StringConstraints(max_length=500)]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Title = Annotated[str, StringConstraints(max_length=200)]
Long = Annotated[str, StringConstraints(max_length=4000)]
SideName = Literal["", "supplier", "enterprise", "both"]


class Strict(Schema):
    """A body without fields nobody asked for."""

    model_config = ConfigDict(extra="forbid")


class LeadIn(Strict):
    """Whom to bring together; one side may be open."""

    achievement_id: int | None = None
    demand_id: int | None = None
    scenario_id: int | None = None
    supplier_id: int | None = None
    enterprise_id: int | None = None
    title: Title = ""
    words: Annotated[str, StringConstraints(max_length=2000)] = ""


class AskIn(Strict):
    """Whose owner one wants to meet, and for what of one's own.

    ``answer_id``  the answer to the scenario it is about; its owner has to name one
    """

    achievement_id: int | None = None
    demand_id: int | None = None
    scenario_id: int | None = None
    answer_id: int | None = None
    words: Annotated[str, StringConstraints(max_length=2000)] = ""


class CompleteIn(Strict):
    """The side that was open."""

    achievement_id: int | None = None
    demand_id: int | None = None


class MoveIn(Strict):
    """The stage to go to."""

    to: Annotated[str, StringConstraints(max_length=12)]


class LogIn(Strict):
    """A contact or a note; ``happened_at`` empty: now."""

    kind: Annotated[str, StringConstraints(max_length=12)]
    words: Annotated[str, StringConstraints(min_length=1, max_length=4000)]
    side: SideName = ""
    shared: SideName = ""
    happened_at: datetime | None = None
    place: Title = ""
    participants: Annotated[str, StringConstraints(max_length=300)] = ""
    minutes: Annotated[str, StringConstraints(max_length=10000)] = ""


class WordsIn(Strict):
    """Something said."""

    words: Annotated[str, StringConstraints(min_length=1, max_length=4000)]


class StepIn(Strict):
    """What comes next, by when, and who owes it."""

    words: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    due_date: date
    owner_id: int


class OutcomeIn(Strict):
    """What came of it."""

    outcome: Short = ""


class LostIn(Strict):
    """Why nothing came of it: a coded reason, and words."""

    reason: Annotated[str, StringConstraints(max_length=20)]
    words: Reason


class SignIn(Strict):
    """When it was signed, and for how much where that is known."""

    signed_date: date | None = None
    amount_fen: Annotated[int, Field(ge=0, le=10**15)] | None = None


class ReasonIn(Strict):
    """Why."""

    reason: Reason


class GiveIn(Strict):
    """To which manager, and why."""

    manager_id: int
    reason: Reason


class OfferIn(Strict):
    """To which manager, with a word."""

    manager_id: int
    words: Short = ""


class ContestIn(Strict):
    """Which pair is mine, and why."""

    achievement_id: int
    demand_id: int
    words: Reason


class DecisionIn(Strict):
    """Whether the lead changes hands, and why."""

    granted: bool
    reason: Reason


class CreditsIn(Strict):
    """Membership id → basis points; they sum to 10,000, or there are none."""

    shares: Annotated[dict[int, int], Field(max_length=20)]


class PaperIn(Strict):
    """A paper of the harbour, or a title with or without an https link."""

    document_id: int | None = None
    title: Title = ""
    link: Short = ""
    words: Annotated[str, StringConstraints(max_length=2000)] = ""


class PolicyIn(Strict):
    """Times and rules from a day on."""

    valid_from_date: date
    reply_working_days: int
    protection_days: int
    interested_may_carry: bool = False
    source: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    words: Short = ""


class Named(Schema):
    """Somebody or something by name."""

    id: int
    name: str


class StepOut(Schema):
    """What comes next, where it may be read."""

    words: str
    due_date: date
    owner_id: int


class LeadOut(Schema):
    """A lead as far as the reader may read it; ``reply`` is due, late, kept, missed or ended."""

    id: int
    title: str
    status: str
    origin: str
    standing: str
    achievement_id: int | None
    demand_id: int | None
    scenario_id: int | None
    match_id: int | None
    supplier: Named | None
    enterprise: Named | None
    manager: Named | None
    opened_at: datetime
    reply: str
    reply_due_date: date
    first_contact_at: datetime | None
    next_step: StepOut | None
    signed_at: datetime | None
    amount_fen: int | None
    lost_reason: str
    reopens_id: int | None
    project_id: int | None
    handed_over_at: datetime | None


class LeadPage(Schema):
    """Some leads and where the next ones begin."""

    items: list[LeadOut]
    next_cursor: str | None


class EntryOut(Schema):
    """One entry of the log."""

    id: int
    kind: str
    side: str
    shared: str
    happened_at: datetime
    place: str
    participants: str
    words: str
    minutes: str
    written_by: str
    written_at: datetime


class EntriesOut(Schema):
    """The log, newest first."""

    items: list[EntryOut]


class ClaimOut(Schema):
    """A hold on a lead."""

    id: int
    lead_id: int
    manager_id: int
    status: str
    words: str
    made_at: datetime
    ended_at: datetime | None
    ended_words: str


class ClaimsOut(Schema):
    """All holds on a lead, newest first."""

    items: list[ClaimOut]


class PartOut(Schema):
    """A manager's part in a step."""

    step: str
    manager_id: int
    name: str
    share_bp: int


class PartsOut(Schema):
    """Who did which step; final once ``frozen_at`` is there."""

    frozen_at: datetime | None
    items: list[PartOut]


class PaperOut(Schema):
    """Something in the papers' room."""

    id: int
    document_id: int | None
    title: str
    link: str
    words: str
    added_at: datetime


class PapersOut(Schema):
    """The papers' room, newest first."""

    items: list[PaperOut]


def lead_out(lead: Lead, actor: Membership, *, today: date) -> dict[str, Any]:
    """A lead as JSON, as far as the actor may read it."""
    here = queries.standing(lead, actor)
    told = here in queries.READS_ALL
    step = lead.next_step and (told or lead.next_owner_id == actor.pk)
    return {
        "id": lead.pk, "title": lead.title, "status": lead.status, "origin": lead.origin,
        "standing": here.value, "achievement_id": lead.achievement_id,
        "demand_id": lead.demand_id, "scenario_id": lead.scenario_id, "match_id": lead.match_id,
        "supplier": _named(lead.supplier), "enterprise": _named(lead.enterprise),
        "manager": {"id": lead.manager.pk, "name": lead.manager.person.name}
        if lead.manager else None,
        "opened_at": lead.opened_at, "reply": queries.clock(lead, today=today).value,
        "reply_due_date": lead.reply_due_date, "first_contact_at": lead.first_contact_at,
        "next_step": {
            "words": lead.next_step, "due_date": lead.next_due_date, "owner_id": lead.next_owner_id,
        } if step else None,
        "signed_at": lead.signed_at,
        "amount_fen": lead.amount_fen if told or here in queries.AT_THE_TABLE else None,
        "lost_reason": lead.lost_reason, "reopens_id": lead.reopens_id if told else None,
        "project_id": lead.project_id, "handed_over_at": lead.handed_over_at,
    }  # fmt: skip


def _named(organisation: Any) -> dict[str, Any] | None:
    return {"id": organisation.pk, "name": organisation.name} if organisation else None


def entry_out(entry: LogEntry) -> dict[str, Any]:
    """A log entry as JSON."""
    return {
        "id": entry.pk, "kind": entry.kind, "side": entry.side, "shared": entry.shared,
        "happened_at": entry.happened_at, "place": entry.place,
        "participants": entry.participants, "words": entry.words, "minutes": entry.minutes,
        "written_by": entry.written_by.person.name, "written_at": entry.written_at,
    }  # fmt: skip


def claim_out(claim: Claim) -> dict[str, Any]:
    """A claim as JSON."""
    return {
        "id": claim.pk, "lead_id": claim.lead_id, "manager_id": claim.manager_id,
        "status": claim.status, "words": claim.words, "made_at": claim.made_at,
        "ended_at": claim.ended_at, "ended_words": claim.ended_words,
    }  # fmt: skip


def paper_out(paper: Paper, *, open_to_reader: bool) -> dict[str, Any]:
    """A paper as JSON; the title of a paper of the harbour only where that paper is open."""
    document = paper.document
    title = paper.title if document is None else document.title if open_to_reader else ""
    return {
        "id": paper.pk, "document_id": paper.document_id, "title": title, "link": paper.link,
        "words": paper.words, "added_at": paper.added_at,
    }  # fmt: skip
