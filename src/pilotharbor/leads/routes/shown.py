"""What every room shows: who asks, the day it is, a lead and a manager as they are now."""

from datetime import date
from typing import Any

from pilotharbor.kernel import clock
from pilotharbor.kernel.time import local_date
from pilotharbor.leads import queries
from pilotharbor.leads.field_schemas import manager_out, qualification_out
from pilotharbor.leads.models import Lead
from pilotharbor.leads.schemas import lead_out
from pilotharbor.parties.auth import ActorRequest


def who(request: ActorRequest) -> dict[str, Any]:
    """Who asks and when, as the commands take it."""
    return {"actor_id": request.auth.pk, "at": clock.now(request)}


def today(request: ActorRequest) -> date:
    """The day it is, in Shanghai."""
    return local_date(clock.now(request))


def lead(request: ActorRequest, lead_id: int) -> dict[str, Any]:
    """The lead as it is now; what the actor has given out of the hand is told by its id alone."""
    lead = queries.visible_leads(actor=request.auth).filter(pk=lead_id).first()
    if lead is None:
        lead = Lead.objects.get(pk=lead_id)
    return lead_out(lead, request.auth, today=today(request))


def manager(membership_id: int) -> dict[str, Any]:
    """One manager with level, papers and how many leads they carry."""
    manager = queries.a_manager(membership_id=membership_id)
    leads = queries.carried([manager]).get(manager.pk, 0)
    rows = queries.qualifications_of(manager)
    shown = manager_out(manager, queries.profile_of(manager), leads)
    return shown | {"qualifications": [qualification_out(row) for row in rows]}
