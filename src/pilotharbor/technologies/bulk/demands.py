"""How do thousands of needs come in at once, or come again?"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import batched

from pilotharbor.kernel import bulk
from pilotharbor.kernel.bulk import Incoming, Outcome
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind
from pilotharbor.technologies.bulk import rules
from pilotharbor.technologies.commands import versions
from pilotharbor.technologies.models import Demand, Status

DEMAND_FIELDS = frozenset({
    "title", "summary", "detail", "keywords", "industry", "region", "budget_fen",
    "confidentiality", "cooperation", "trl_wanted",
})  # fmt: skip


@command
def import_demands(
    *, rows: Iterable[Incoming], submit: bool, actor_id: int, at: datetime
) -> Outcome:
    """Take in needs of the actor's organisation: new ones, and changes by the same number.

    Raises: NotYourRole, NotYourEntry, ContentWrong, StateSecretRefused, ImportedMeanwhile.
    """
    actor = rules.importing(actor_id, Kind.DEMAND)
    outcome = Outcome()
    for some in batched(rules.all_ready(rows), bulk.AT_ONCE):
        with refusing(technologies_demand_import_once=rules.ImportedMeanwhile()):
            _take(some, outcome, submit=submit, actor=actor, at=at)
    return outcome


def _take(
    rows: Sequence[Incoming], outcome: Outcome, *, submit: bool, actor: Membership, at: datetime
) -> None:
    fresh, changed = bulk.sort_out(
        rows,
        rules.present(Demand, actor.organisation_id, rows),
        outcome,
        differ=lambda record, row: bulk.differs(record, row.fields),
        may_change=lambda record: rules.may_change(actor, record),
    )
    state = rules.arrival(actor, submit=submit)
    made = bulk.copy_in([
        Demand(
            **row.fields, **state, owner_id=actor.organisation_id, import_key=row.key,
            posted_by=actor, posted_at=at,
        )
        for row in fresh
    ])  # fmt: skip
    rules.record("technologies.demand.posted", made, actor=actor, at=at)
    if submit:
        rules.record("technologies.demand.submitted", made, actor=actor, at=at)
    altered = [record for record, _ in changed]
    bulk.rewrite(Demand, altered, DEMAND_FIELDS)
    rules.record("technologies.demand.revised", altered, actor=actor, at=at)
    public = [record for record in altered if record.status == Status.PUBLISHED]
    versions.keep(public, actor=actor, at=at)
