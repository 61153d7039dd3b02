"""How do thousands of results and needs come in at once, or come again?"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import batched
from typing import Any

from django.db.models import Q

from pilotharbor.kernel import bulk, events
from pilotharbor.kernel.bulk import Incoming, Outcome
from pilotharbor.kernel.errors import Conflict
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.technologies.models import Achievement, Demand, Inventor, IpAsset, Status

ACHIEVEMENT_FIELDS = frozenset({
    "title", "summary", "detail", "keywords", "industry", "discipline", "region", "trl_scale",
    "trl_level", "trl_evidence", "mrl", "confidentiality", "source",
})  # fmt: skip
DEMAND_FIELDS = frozenset({
    "title", "summary", "detail", "keywords", "industry", "region", "budget_fen",
    "confidentiality",
})  # fmt: skip
# What may be rewritten from a file by whoever may write; the rest only by whoever may approve.
OPEN_TO_WRITERS = {Status.DRAFT, Status.RETURNED}

type Entry = Achievement | Demand


class ImportedMeanwhile(Conflict):
    """Somebody else is importing the same rows at this moment; try again when they are done."""

    code = "technologies.imported_meanwhile"


def _arrival(actor: Membership, kind: Kind, *, publish: bool, at: datetime) -> dict[str, Any]:
    """The state of new rows: drafts; or, to be published, published or up for review.

    A list that comes from who may approve it was reviewed before it became a list: nobody has
    submitted it, so nobody reviews what is their own.
    """
    if not publish:
        return {"status": Status.DRAFT}
    if rights.may(actor, Verb.APPROVE, kind):
        return {"status": Status.PUBLISHED, "published_at": at, "reviewed_by": actor}
    return {"status": Status.SUBMITTED, "submitted_by": actor}


def _may_change(actor: Membership, kind: Kind, record: Entry) -> bool:
    return record.status in OPEN_TO_WRITERS or (
        record.status == Status.PUBLISHED and rights.may(actor, Verb.APPROVE, kind)
    )


def _present[E: Entry](model: type[E], owner_id: int, rows: Sequence[Incoming]) -> dict[str, E]:
    own = bulk.own_numbers(rows)
    found: Any = model._default_manager.filter(  # noqa: SLF001
        Q(import_key__in=[row.key for row in rows]) | Q(import_key="", pk__in=own),
        owner_id=owner_id,
    )
    locked = found.select_for_update(no_key=True).order_by("pk")
    return {e.import_key or own[e.pk]: e for e in locked}


def _arrived(
    noun: str, made: Sequence[Entry], status: str, actor: Membership, at: datetime
) -> None:
    """One event a row: the one its status stands for."""
    first = "disclosed" if noun == "achievement" else "posted"
    verb = {Status.DRAFT: first, Status.SUBMITTED: "submitted", Status.PUBLISHED: "published"}
    name = f"technologies.{noun}.{verb[Status(status)]}"
    events.record_many(name, ((e, {"imported": True}) for e in made), actor=actor, at=at)


@command
def import_achievements(
    *, rows: Iterable[Incoming], publish: bool, actor_id: int, at: datetime
) -> Outcome:
    """Take in results of the actor's organisation: new ones, and changes by the same number.

    ``extra`` may hold ``ip`` (kind, application number, checked, legal status) and ``inventors``
    (membership id). The same rows again change nothing.

    Raises: NotYourRole, ImportedMeanwhile.
    """
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.WRITE, Kind.ACHIEVEMENT)
    outcome = Outcome()
    for some in batched(rows, bulk.AT_ONCE):
        with refusing(technologies_achievement_import_once=ImportedMeanwhile()):
            _take_achievements(some, outcome, publish=publish, actor=actor, at=at)
    return outcome


def _take_achievements(
    rows: Sequence[Incoming], outcome: Outcome, *, publish: bool, actor: Membership, at: datetime
) -> None:
    owner_id = actor.organisation_id
    present = _present(Achievement, owner_id, rows)
    hanging = _hanging([record.pk for record in present.values()])
    fresh, changed = bulk.sort_out(
        rows,
        present,
        outcome,
        differ=lambda record, row: (
            bulk.differs(record, row.fields)
            or any(set(hanging[name][record.pk]) != set(said) for name, said in row.extra.items())
        ),
        may_change=lambda record: _may_change(actor, Kind.ACHIEVEMENT, record),
    )
    arrival = _arrival(actor, Kind.ACHIEVEMENT, publish=publish, at=at)
    made = bulk.copy_in([
        Achievement(
            **row.fields, **arrival, owner_id=owner_id, import_key=row.key,
            disclosed_by=actor, disclosed_at=at,
        )
        for row in fresh
    ])  # fmt: skip
    _arrived("achievement", made, arrival["status"], actor, at)
    altered = [record for record, _ in changed]
    bulk.rewrite(Achievement, altered, ACHIEVEMENT_FIELDS)
    events.record_many(
        "technologies.achievement.revised",
        ((record, {"imported": True}) for record in altered),
        actor=actor,
        at=at,
    )
    _hang([*zip(made, fresh, strict=True), *changed], {record.pk for record in altered})


def _hanging(ids: list[int]) -> dict[str, dict[int, list[tuple[object, ...]]]]:
    """What hangs on these achievements now, in the shape of ``Incoming.extra``."""
    found: dict[str, dict[int, list[tuple[object, ...]]]] = {
        "ip": defaultdict(list),
        "inventors": defaultdict(list),
    }
    for pk, *asset in IpAsset.objects.filter(achievement_id__in=ids).values_list(
        "achievement_id", "kind", "application_no", "number_checked", "legal_status"
    ):
        found["ip"][pk].append(tuple(asset))
    for pk, member in Inventor.objects.filter(achievement_id__in=ids).values_list(
        "achievement_id", "membership_id"
    ):
        found["inventors"][pk].append((member,))
    return found


def _hang(pairs: Sequence[tuple[Achievement, Incoming]], replaced: set[int]) -> None:
    """Write rights and inventors; those of changed records give way to what the file says."""
    for model, name in ((IpAsset, "ip"), (Inventor, "inventors")):
        gone = [e.pk for e, row in pairs if e.pk in replaced and name in row.extra]
        if gone:
            model._default_manager.filter(achievement_id__in=gone).delete()  # noqa: SLF001
    bulk.copy_in([
        IpAsset(
            achievement=record, kind=kind, application_no=number,
            number_checked=checked, legal_status=legal,
        )
        for record, row in pairs
        for kind, number, checked, legal in row.extra.get("ip", ())
    ])  # fmt: skip
    bulk.copy_in([
        Inventor(achievement=record, membership_id=member, position=position)
        for record, row in pairs
        for position, (member,) in enumerate(row.extra.get("inventors", ()), start=1)
    ])  # fmt: skip


@command
def import_demands(
    *, rows: Iterable[Incoming], publish: bool, actor_id: int, at: datetime
) -> Outcome:
    """Take in needs of the actor's organisation: new ones, and changes by the same number.

    Raises: NotYourRole, ImportedMeanwhile.
    """
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.WRITE, Kind.DEMAND)
    outcome = Outcome()
    for some in batched(rows, bulk.AT_ONCE):
        with refusing(technologies_demand_import_once=ImportedMeanwhile()):
            _take_demands(some, outcome, publish=publish, actor=actor, at=at)
    return outcome


def _take_demands(
    rows: Sequence[Incoming], outcome: Outcome, *, publish: bool, actor: Membership, at: datetime
) -> None:
    fresh, changed = bulk.sort_out(
        rows,
        _present(Demand, actor.organisation_id, rows),
        outcome,
        differ=lambda record, row: bulk.differs(record, row.fields),
        may_change=lambda record: _may_change(actor, Kind.DEMAND, record),
    )
    arrival = _arrival(actor, Kind.DEMAND, publish=publish, at=at)
    made = bulk.copy_in([
        Demand(
            **row.fields, **arrival, owner_id=actor.organisation_id, import_key=row.key,
            posted_by=actor, posted_at=at,
        )
        for row in fresh
    ])  # fmt: skip
    _arrived("demand", made, arrival["status"], actor, at)
    altered = [record for record, _ in changed]
    bulk.rewrite(Demand, altered, DEMAND_FIELDS)
    events.record_many(
        "technologies.demand.revised",
        ((record, {"imported": True}) for record in altered),
        actor=actor,
        at=at,
    )
