"""What holds for every row that comes in by a list: the same as for one that was typed."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Q

from pilotharbor.kernel import bulk, events
from pilotharbor.kernel.bulk import Incoming
from pilotharbor.kernel.errors import Conflict
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Scope, Verb
from pilotharbor.parties.roles import Role
from pilotharbor.technologies import queries
from pilotharbor.technologies.commands.rules import OPEN, NotYourEntry, acting
from pilotharbor.technologies.content import cleaned, texts_of
from pilotharbor.technologies.models import Achievement, Demand, Scenario, Status
from pilotharbor.technologies.queries import Entry
from pilotharbor.technologies.secrecy import refuse_state_secrets


class ImportedMeanwhile(Conflict):
    """Somebody else is importing the same rows at this moment; try again when they are done."""

    code = "technologies.imported_meanwhile"


class Ready(dict[str, Any]):
    """Fields that have passed the rules; only ``ready`` makes them, nobody changes them."""


def ready(fields: Mapping[str, Any]) -> Ready:
    """What a row says, normalised.

    Raises: ContentWrong, StateSecretRefused.
    """
    refuse_state_secrets(texts_of(fields))
    return Ready(cleaned(fields, {}))


def all_ready(
    rows: Iterable[Incoming], make_ready: Callable[[Mapping[str, Any]], Ready] = ready
) -> Iterator[Incoming]:
    """The rows with their fields normalised, unless whoever brings them has done so by ``ready``.

    Raises: ContentWrong, StateSecretRefused.
    """
    for row in rows:
        yield row if isinstance(row.fields, Ready) else replace(row, fields=make_ready(row.fields))


def importing(actor_id: int, kind: Kind) -> Membership:
    """The actor, who may write entries of the own organisation.

    Raises: NotFound, NotYourRole, NotYourEntry.
    """
    actor = acting(actor_id, Verb.WRITE, kind)
    if Scope.OWN not in rights.scopes(actor, Verb.WRITE, kind):
        raise NotYourEntry
    return actor


def arrival(actor: Membership, *, submit: bool) -> dict[str, Any]:
    """The state of new rows: drafts, or up for review by another person (R-TECH-4)."""
    if submit:
        return {"status": Status.SUBMITTED, "submitted_by": actor}
    return {"status": Status.DRAFT}


def may_change(actor: Membership, record: Entry) -> bool:
    """As in ``revise``: open ones by who may write them, published ones by who may approve too."""
    open_to = record.status in OPEN or (
        record.status == Status.PUBLISHED and queries.may_approve(entry=record, actor=actor)
    )
    return open_to and (actor.role != Role.RESEARCHER or queries.wrote(record, actor))


def present[E: (Achievement, Demand, Scenario)](
    model: type[E], owner_id: int, rows: Sequence[Incoming]
) -> dict[str, E]:
    """The owner's entries these rows speak of, by import key, locked in the order of their ids."""
    own = bulk.own_numbers(rows)
    found: Any = model._default_manager.filter(  # noqa: SLF001
        Q(import_key__in=[row.key for row in rows]) | Q(import_key="", pk__in=own),
        owner_id=owner_id,
    )
    locked = found.select_for_update(no_key=True).order_by("pk")
    return {e.import_key or own[e.pk]: e for e in locked}


def record(
    name: str, entries: Iterable[Entry | Scenario], *, actor: Membership, at: datetime
) -> None:
    """One event an entry, which says that a list brought it."""
    events.record_many(name, ((e, {"imported": True}) for e in entries), actor=actor, at=at)
