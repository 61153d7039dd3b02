"""A lead becomes a project."""

from datetime import datetime

from pilotharbor.kernel.errors import Conflict
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.transactions import command
from pilotharbor.leads.commands.access import by_a_writer, locked, told
from pilotharbor.leads.commands.credit import complete_credits
from pilotharbor.leads.models import Lead
from pilotharbor.matching.models import Match
from pilotharbor.parties import queries as parties


class HandedOver(Conflict):
    """This lead is a project already."""

    code = "leads.handed_over"


class NoMatch(Conflict):
    """A project follows an accepted match: put the two together as a match and let the other side accept."""

    code = "leads.no_match"


def ready(lead: Lead) -> bool:
    """Whether a project could be made of the lead: an accepted match, not lost, not one already.

    Source: R-LEAD-8.
    """
    accepted = lead.match is not None and lead.match.status == Match.Status.ACCEPTED
    return accepted and lead.project_id is None and lead.status != Lead.Status.LOST


@command
def ask_for_project(*, lead_id: int, actor_id: int, at: datetime) -> Lead:
    """Ask the platform's operators to make a project of the lead, for who carries it.

    Raises: NotFound, NotYourLead, LeadOver, HandedOver, NoMatch.
    Source: R-LEAD-8.
    """
    actor, lead = by_a_writer(lead_id=lead_id, actor_id=actor_id)
    if lead.project_id is not None:
        raise HandedOver
    if not ready(lead):
        raise NoMatch
    lead.project_asked_at = lead.active_at = at
    lead.save(update_fields=["project_asked_at", "active_at"])
    told("project_asked", lead, actor, at)
    return lead


@command
def hand_over(*, lead_id: int, project_id: int, actor_id: int, at: datetime) -> Lead:
    """Mark a lead as handed over to a project, at whatever stage it is; its stage goes on.

    Part of the upper domain's work, which has decided that the project exists and who opened it.

    Raises: NotFound, HandedOver, NoMatch.
    Source: R-LEAD-8.
    """
    actor = parties.actor(actor_id=actor_id)
    lead = locked(lead_id)
    if lead.project_id == project_id:
        return lead
    if lead.project_id is not None:
        raise HandedOver
    if not ready(lead):
        raise NoMatch
    lead.project_id, lead.handed_over_at, lead.active_at = project_id, at, at
    lead.save(update_fields=["project_id", "handed_over_at", "active_at"])
    told("handed_over", lead, actor, at, stage=str(lead.status))
    return lead


S = Lead.Status
# From any stage to the signature, one step after the other.
ONWARDS = {
    S.FOUND: S.CONTACTED,
    S.CONTACTED: S.MET,
    S.MET: S.EVALUATED,
    S.NDA: S.EVALUATED,
    S.EVALUATED: S.NEGOTIATING,
}


@command
def conclude(*, lead_id: int, amount_fen: int, actor_id: int, at: datetime) -> Lead:
    """Sign a lead whose project has a signed agreement, at whatever stage it is; a lost one stays lost.

    Part of the upper domain's work, which holds the signed paper. Where no contact was ever logged, the
    signature is the first one on record.

    Raises: NotFound.
    Source: R-LEAD-14.
    """
    actor, lead = parties.actor(actor_id=actor_id), locked(lead_id)
    if lead.is_over:
        return lead
    stage = str(lead.status)
    if lead.first_contact_at is None:
        lead.first_contact_at = at
        lead.save(update_fields=["first_contact_at"])
    while (onwards := ONWARDS.get(S(lead.status))) is not None:
        advance(lead, onwards)
    complete_credits(lead, actor, at)
    advance(
        lead, S.SIGNED, signed_at=at, amount_fen=amount_fen, ended_at=at, credits_frozen_at=at,
        next_step="", next_due_date=None, next_owner=None,
    )  # fmt: skip
    told("signed", lead, actor, at, amount_fen=amount_fen, stage=stage)
    return lead
