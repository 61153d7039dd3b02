"""Needs: post and revise."""

from datetime import datetime

from pilotharbor.kernel import events
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import rights
from pilotharbor.parties.rights import Kind, Scope, Verb
from pilotharbor.technologies.commands import versions
from pilotharbor.technologies.commands.achievements import differing, present, save
from pilotharbor.technologies.commands.rules import (
    NotYourEntry,
    acting,
    locked_demand,
    require_open,
    require_writer,
)
from pilotharbor.technologies.content import DemandContent, cleaned, texts_of
from pilotharbor.technologies.models import Demand
from pilotharbor.technologies.secrecy import refuse_state_secrets


@command
def post(*, content: DemandContent, actor_id: int, at: datetime) -> Demand:
    """Write down what one's organisation wants solved, as a draft.

    Raises: NotYourRole, NotYourEntry, StateSecretRefused, ContentWrong.
    Source: R-TECH-1, R-TECH-8.
    """
    actor = acting(actor_id, Verb.WRITE, Kind.DEMAND)
    if Scope.OWN not in rights.scopes(actor, Verb.WRITE, Kind.DEMAND):
        raise NotYourEntry
    refuse_state_secrets(texts_of(content))
    fields = cleaned(content, {})

    demand = Demand.objects.create(
        **fields, owner_id=actor.organisation_id, posted_by=actor, posted_at=at
    )
    events.record("technologies.demand.posted", demand, actor=actor, at=at)
    return demand


@command
def revise_demand(*, demand_id: int, content: DemandContent, actor_id: int, at: datetime) -> Demand:
    """Change what is given and leave the rest.

    Raises: NotFound, NotYourRole, NotYourEntry, NotOpenForChange, StateSecretRefused, ContentWrong.
    Source: R-TECH-4, R-TECH-8.
    """
    actor = acting(actor_id, Verb.WRITE, Kind.DEMAND)
    refuse_state_secrets(texts_of(content))
    demand = locked_demand(demand_id, actor)
    require_writer(demand, actor)
    require_open(demand, actor)
    fields = cleaned(content, present(demand))

    changed = sorted(differing(demand, fields))
    versions.keep_first(demand)
    save(demand, fields)
    if changed:
        versions.keep_if_published(demand, actor=actor, at=at)
        events.record("technologies.demand.revised", demand, actor=actor, at=at, fields=changed)
    return demand
