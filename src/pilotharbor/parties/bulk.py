"""How do many organisations come in at once, or come again?"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import batched

from pilotharbor.kernel import bulk, events
from pilotharbor.kernel.bulk import Incoming, Outcome
from pilotharbor.kernel.errors import Conflict
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties import queries, rights
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.rights import Kind, Scope, Verb

ORGANISATION_FIELDS = frozenset({
    "kind", "name", "name_en", "region", "jurisdiction", "state_funded", "sme", "address",
    "contact_email", "website",
})  # fmt: skip


class RegisteredMeanwhile(Conflict):
    """Somebody else is registering one of these organisations at this moment; try again."""

    code = "parties.registered_meanwhile"


def may_import(actor: Membership) -> bool:
    """Whether the actor may take in organisations: who approves or administers them all."""
    return any(
        Scope.ALL in rights.scopes(actor, verb, Kind.ORGANISATION)
        for verb in (Verb.APPROVE, Verb.WRITE)
    )


@command
def import_organisations(*, rows: Iterable[Incoming], actor_id: int, at: datetime) -> Outcome:
    """Register organisations by their unified social credit code, or bring them up to date.

    They arrive approved when the actor may approve organisations, else as applicants.

    Raises: NotYourRole, RegisteredMeanwhile.
    """
    actor = queries.actor(actor_id=actor_id)
    if not may_import(actor):
        raise rights.NotYourRole(role=actor.role)
    outcome = Outcome()
    for some in batched(rows, bulk.AT_ONCE):
        with refusing(parties_organisation_uscc=RegisteredMeanwhile()):
            _take(some, outcome, actor=actor, at=at)
    return outcome


def _take(rows: Sequence[Incoming], outcome: Outcome, *, actor: Membership, at: datetime) -> None:
    found = Organisation.objects.filter(uscc__in=[row.key for row in rows])
    fresh, changed = bulk.sort_out(
        rows,
        {o.uscc: o for o in found.select_for_update(no_key=True).order_by("pk")},
        outcome,
        differ=lambda record, row: bulk.differs(record, row.fields),
        may_change=lambda record: record.status != Organisation.Status.REFUSED,
    )
    approves = rights.may(actor, Verb.APPROVE, Kind.ORGANISATION)
    status = Organisation.Status.APPROVED if approves else Organisation.Status.APPLIED
    made = Organisation.objects.bulk_create(
        Organisation(**row.fields, uscc=row.key, status=status, registered_at=at) for row in fresh
    )
    altered = [record for record, _ in changed]
    bulk.rewrite(Organisation, altered, ORGANISATION_FIELDS)
    for verb, some in (("approved" if approves else "registered", made), ("revised", altered)):
        events.record_many(
            f"parties.organisation.{verb}",
            ((record, {"imported": True}) for record in some),
            actor=actor,
            at=at,
        )
