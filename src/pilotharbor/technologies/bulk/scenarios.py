"""How do many scenarios come in at once, or come again?"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import batched
from typing import Any

from pilotharbor.kernel import bulk
from pilotharbor.kernel.bulk import Incoming, Outcome
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.roles import Role
from pilotharbor.technologies.bulk import rules
from pilotharbor.technologies.commands.scenarios import LastDayPassed, taking_part
from pilotharbor.technologies.content import texts_of
from pilotharbor.technologies.models import Scenario
from pilotharbor.technologies.scenarios import queries
from pilotharbor.technologies.scenarios.content import cleaned
from pilotharbor.technologies.secrecy import refuse_state_secrets

SCENARIO_FIELDS = frozenset({
    "direction", "title", "summary", "conditions", "detail", "keywords", "industry", "region",
    "frontier", "domestic_substitution", "budget_fen", "cooperation", "answers_until_date",
    "confidentiality",
})  # fmt: skip
S = Scenario.Status


def ready_scenario(fields: Mapping[str, Any]) -> rules.Ready:
    """What a row says, normalised.

    Raises: ContentWrong, StateSecretRefused.
    """
    refuse_state_secrets(texts_of(fields))
    return rules.Ready(cleaned(fields, {}))


def may_import_scenarios(actor: Membership) -> bool:
    """Whether the actor writes scenarios of the own organisation (R-TECH-12)."""
    return queries.takes_part(actor)


@command
def import_scenarios(
    *, rows: Iterable[Incoming], submit: bool, actor_id: int, at: datetime
) -> Outcome:
    """Take in scenarios of the actor's organisation: new ones, and changes by the same number.

    New rows are drafts, or with ``submit`` up for review by the platform's operators. What has been
    published stays as it was answered: such rows are held.

    Raises: NotFound, NotYourRole, ContentWrong, StateSecretRefused, LastDayPassed,
    ImportedMeanwhile.
    Source: R-TECH-12, R-TECH-17.
    """
    actor = taking_part(actor_id)
    outcome = Outcome()
    for some in batched(rules.all_ready(rows, ready_scenario), bulk.AT_ONCE):
        with refusing(technologies_scenario_import_once=rules.ImportedMeanwhile()):
            _take(some, outcome, submit=submit, actor=actor, at=at)
    return outcome


def _take(
    rows: Sequence[Incoming], outcome: Outcome, *, submit: bool, actor: Membership, at: datetime
) -> None:
    fresh, changed = bulk.sort_out(
        rows,
        rules.present(Scenario, actor.organisation_id, rows),
        outcome,
        differ=lambda record, row: bulk.differs(record, row.fields),
        may_change=lambda record: _may_change(actor, record),
    )
    made = [
        Scenario(
            **row.fields, owner_id=actor.organisation_id, import_key=row.key, posted_by=actor,
            posted_at=at, status=S.SUBMITTED if submit else S.DRAFT,
            submitted_by=actor if submit else None,
        )
        for row in fresh
    ]  # fmt: skip
    if submit and any(queries.is_over(scenario, at) for scenario in made):
        raise LastDayPassed(problems={"answers_until_date": str(LastDayPassed())})
    bulk.copy_in(made)
    rules.record("technologies.scenario.posted", made, actor=actor, at=at)
    if submit:
        rules.record("technologies.scenario.submitted", made, actor=actor, at=at)
    altered = [record for record, _ in changed]
    bulk.rewrite(Scenario, altered, SCENARIO_FIELDS)
    rules.record("technologies.scenario.revised", altered, actor=actor, at=at)


def _may_change(actor: Membership, record: Scenario) -> bool:
    """As in ``revise_scenario``: while it is a draft or has been returned, by who may write it."""
    mine = record.posted_by_id == actor.pk or not rights.acts_as(actor, Role.RESEARCHER)
    return record.status in {S.DRAFT, S.RETURNED} and mine
