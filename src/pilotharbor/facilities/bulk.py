"""How does a whole list of equipment come in at once, or come again?"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import batched

from pilotharbor.facilities import queries
from pilotharbor.facilities.models import Equipment
from pilotharbor.kernel import bulk, events
from pilotharbor.kernel.bulk import Incoming, Outcome
from pilotharbor.kernel.errors import Conflict
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import NotYourRole

EQUIPMENT_FIELDS = frozenset({
    "name", "model", "kind", "line_id", "position", "value_fen", "purchase_date",
    "specification", "is_shared", "scale_min_g", "scale_max_g", "place_id",
})  # fmt: skip


class ImportedMeanwhile(Conflict):
    """Somebody else is importing the same equipment at this moment; try again."""

    code = "facilities.imported_meanwhile"


def may_import(actor: Membership) -> bool:
    """Whether the actor keeps the list of their own platform's equipment."""
    return queries.keeps_equipment(actor, platform_id=actor.organisation_id)


@command
def import_equipment(*, rows: Iterable[Incoming], actor_id: int, at: datetime) -> Outcome:
    """Take in equipment of the actor's platform by asset number, or bring it up to date.

    Raises: NotYourRole, ImportedMeanwhile.
    """
    actor = parties.actor(actor_id=actor_id)
    if not may_import(actor):
        raise NotYourRole(role=actor.role)
    outcome = Outcome()
    for some in batched(rows, bulk.AT_ONCE):
        with refusing(facilities_equipment_asset_no=ImportedMeanwhile()):
            _take(some, outcome, actor=actor, at=at)
    return outcome


def _take(rows: Sequence[Incoming], outcome: Outcome, *, actor: Membership, at: datetime) -> None:
    found = Equipment.objects.filter(
        platform_id=actor.organisation_id, asset_no__in=[row.key for row in rows]
    )
    fresh, changed = bulk.sort_out(
        rows,
        {e.asset_no: e for e in found.select_for_update(no_key=True).order_by("pk")},
        outcome,
        differ=lambda record, row: bulk.differs(record, row.fields),
        may_change=lambda record: record.status != Equipment.Status.RETIRED,
    )
    made = Equipment.objects.bulk_create(
        Equipment(**row.fields, platform_id=actor.organisation_id, asset_no=row.key)
        for row in fresh
    )
    altered = [record for record, _ in changed]
    bulk.rewrite(Equipment, altered, [n.removesuffix("_id") for n in EQUIPMENT_FIELDS])
    for verb, some in (("registered", made), ("revised", altered)):
        events.record_many(
            f"facilities.equipment.{verb}",
            ((record, {"imported": True}) for record in some),
            actor=actor,
            at=at,
        )
