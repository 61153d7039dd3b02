"""Whose entry is it, and may this person do that to it?"""

from typing import Any

from django.db.models import QuerySet

from pilotharbor.kernel.errors import Conflict, Forbidden, NotFound
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.technologies import queries
from pilotharbor.technologies.models import Achievement, Demand, Status
from pilotharbor.technologies.queries import Entry

OPEN = frozenset({Status.DRAFT, Status.RETURNED})


class NotYourEntry(Forbidden):
    """Only its authors and the office of its organisation may do this."""

    code = "technologies.not_your_entry"


class NotOpenForChange(Conflict):
    """It cannot be changed as it stands now; have it returned first."""

    code = "technologies.not_open_for_change"


def _locked(model: type[Entry], visible: QuerySet[Any], entry_id: int) -> Any:
    """The entry the actor may see, locked."""
    if not visible.filter(pk=entry_id).exists():
        raise NotFound
    rows: Any = model._default_manager.select_for_update(no_key=True)  # noqa: SLF001
    return rows.get(pk=entry_id)


def locked_achievement(achievement_id: int, actor: Membership) -> Achievement:
    """The achievement, locked.

    Raises: NotFound when the actor may not see it.
    """
    visible = queries.visible_achievements(actor=actor)
    found: Achievement = _locked(Achievement, visible, achievement_id)
    return found


def locked_demand(demand_id: int, actor: Membership) -> Demand:
    """The demand, locked.

    Raises: NotFound when the actor may not see it.
    """
    found: Demand = _locked(Demand, queries.visible_demands(actor=actor), demand_id)
    return found


def acting(actor_id: int, verb: Verb, kind: Kind) -> Membership:
    """The actor, whose role has the verb at all.

    Raises: NotFound, NotYourRole.
    """
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, verb, kind)
    return actor


def require_writer(entry: Entry, actor: Membership) -> None:
    """Refuse whoever may not change the entry.

    Raises: NotYourEntry.
    """
    if not queries.may_write(entry=entry, actor=actor):
        raise NotYourEntry


def require_open(entry: Entry, actor: Membership) -> None:
    """Drafts and returned entries may change; published ones by who may approve them.

    Raises: NotOpenForChange.
    """
    if entry.status in OPEN:
        return
    if entry.status == Status.PUBLISHED and queries.may_approve(entry=entry, actor=actor):
        return
    raise NotOpenForChange(status=str(entry.status))
