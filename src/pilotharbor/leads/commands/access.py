"""Who may do this to that lead? Locks the lead first, then asks."""

from datetime import datetime
from typing import Any

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from pilotharbor.kernel.events import Fact
from pilotharbor.leads import queries
from pilotharbor.leads.models import Lead
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership

SHORT, LONG = 500, 2000


class NotYourLead(Forbidden):
    """Only the manager who carries this lead, or an operator, may do this."""

    code = "leads.not_your_lead"


class LeadOver(Conflict):
    """This lead is closed; take it up again as a new one."""

    code = "leads.over"


class WordsMissing(Invalid):
    """Say it in words, in at most {most} characters."""

    code = "leads.words_missing"


def tidy(text: str) -> str:
    """What somebody typed, without the characters no column can hold."""
    return text.replace("\x00", "").strip()


def required(name: str, text: str, *, most: int = SHORT) -> str:
    """What somebody typed, neither empty nor too long.

    Raises: WordsMissing at the field ``name``.
    """
    said = tidy(text)
    if not 1 <= len(said) <= most:
        raise WordsMissing(most=most, problems={name: str(WordsMissing(most=most))})
    return said


def locked(lead_id: int) -> Lead:
    """The lead, locked against others' changes until the command ends.

    Raises: NotFound.
    """
    found = Lead.objects.select_for_update(no_key=True).filter(pk=lead_id).first()
    if found is None:
        raise NotFound
    return found


def seen(*, lead_id: int, actor_id: int) -> tuple[Membership, Lead]:
    """The actor and the locked lead, when the actor may see it.

    Raises: NotFound.
    """
    actor = parties.actor(actor_id=actor_id)
    queries.visible_lead(actor=actor, lead_id=lead_id)
    lead = locked(lead_id)
    # Somebody may have taken it while we waited for the lock.
    queries.visible_lead(actor=actor, lead_id=lead_id)
    return actor, lead


def by_a_writer(*, lead_id: int, actor_id: int) -> tuple[Membership, Lead]:
    """The actor and the locked live lead, when the actor carries it or looks after all.

    Raises: NotFound, NotYourLead, LeadOver.
    """
    actor, lead = seen(lead_id=lead_id, actor_id=actor_id)
    if not queries.writes(lead, actor):
        raise NotYourLead
    if lead.is_over:
        raise LeadOver
    return actor, lead


def manager(actor_id: int) -> Membership:
    """The actor, a technology manager.

    Raises: NotFound, NotYourRole.
    """
    actor = parties.actor(actor_id=actor_id)
    if not queries.manages(actor):
        raise rights.NotYourRole(role=actor.role)
    return actor


def operator(actor_id: int) -> Membership:
    """The actor, an operator.

    Raises: NotFound, NotYourRole.
    """
    actor = parties.actor(actor_id=actor_id)
    if not queries.operates(actor):
        raise rights.NotYourRole(role=actor.role)
    return actor


def told(verb: str, lead: Lead, actor: Membership | None, at: datetime, **facts: Fact) -> None:
    """Record what happened to a lead: ``leads.lead.<verb>``."""
    record: Any = events.record
    record(f"leads.lead.{verb}", lead, actor=actor, at=at, project_id=lead.project_id, **facts)
