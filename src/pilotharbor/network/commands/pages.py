"""What one page of a source brings: taken whole, or not at all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pilotharbor.kernel.bulk import Incoming
from pilotharbor.kernel.transactions import command
from pilotharbor.network.commands.runs import running
from pilotharbor.network.models import HarvestedRecord, HarvestFault, HarvestRun
from pilotharbor.technologies import bulk
from pilotharbor.technologies import commands as technologies
from pilotharbor.technologies.models import Achievement, Status

_OPEN = (Status.DRAFT, Status.RETURNED)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One good record on its way in; a deleted one says nothing.

    ``name_sha256``  of its identifier, ``key`` by which the result is known here, ``digest`` of
                     what it says
    """

    identifier: str
    name_sha256: str
    key: str
    changed_at: datetime | None
    digest: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)
    rights: tuple[tuple[str, str, str], ...] | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """A record that cannot be taken, and why (see ``HarvestFault``)."""

    identifier: str
    kind: str
    said: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Taken:
    """What a page did. ``held_at``: the first change that must be asked for again."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    faults: list[Fault] = field(default_factory=list)
    held_at: datetime | None = None
    done: list[Arrival] = field(default_factory=list)

    def hold(self, arrival: Arrival, run: HarvestRun) -> None:
        """Leave it for the next run: a review decides first."""
        self.faults.append(Fault(arrival.identifier, "under_review"))
        changed_at = arrival.changed_at or run.since_at or run.requested_at
        self.held_at = min(self.held_at or changed_at, changed_at)


@command
def take_page(
    *,
    run_id: int,
    arrivals: Sequence[Arrival],
    faults: Sequence[Fault],
    actor_id: int,
    at: datetime,
) -> Taken:
    """Let a page's records in as results of the source's organisation, up for its review.

    ``actor_id`` is the source's author. What says the same as last time changes nothing; what is
    under review waits; what has been published is never overwritten from outside.

    Raises: RunOver, and what importing results raises when the author may not any longer.
    Source: R-NET-11…14.
    """
    run = running(run_id)
    taken = Taken(faults=list(faults))
    known = {
        row.identifier_sha256: row
        for row in HarvestedRecord.objects.filter(
            source_id=run.source_id, identifier_sha256__in=[a.name_sha256 for a in arrivals]
        )
    }
    # Twice on one page: the later one counts.
    news = {a.name_sha256: a for a in arrivals if not _same(a, known.get(a.name_sha256))}
    taken.unchanged = len(arrivals) - len(news)
    present = _present(run, [a.key for a in news.values()])
    _take(run, [a for a in news.values() if not a.deleted], present, taken, actor_id, at)
    _take_back(run, [a for a in news.values() if a.deleted], present, taken, actor_id, at)
    _remember(run, known, taken.done, at)
    _tell(run, taken, at)
    return taken


def _same(arrival: Arrival, row: HarvestedRecord | None) -> bool:
    """Whether it says what it said; what is deleted and was never here says nothing at all."""
    if row is None:
        return arrival.deleted
    if arrival.deleted:
        return row.deleted
    return not row.deleted and row.digest == arrival.digest


def _present(run: HarvestRun, keys: Iterable[str]) -> dict[str, Achievement]:
    """The results of the organisation that came as these records, locked."""
    owner_id = run.source.organisation_id
    found = Achievement.objects.select_for_update(no_key=True, of=("self",)).filter(
        owner_id=owner_id, import_key__in=list(keys)
    )
    return {entry.import_key: entry for entry in found.order_by("pk")}


def _take(
    run: HarvestRun,
    arrivals: Sequence[Arrival],
    present: Mapping[str, Achievement],
    taken: Taken,
    actor_id: int,
    at: datetime,
) -> None:
    let_in: list[Arrival] = []
    for arrival in arrivals:
        entry = present.get(arrival.key)
        if entry is None or entry.status in _OPEN:
            let_in.append(arrival)
        elif entry.status == Status.SUBMITTED:
            taken.hold(arrival, run)
        else:
            # Told once: what a person has decided here is not undone from outside.
            taken.faults.append(Fault(arrival.identifier, f"is_{entry.status}"))
            taken.done.append(arrival)
    if not let_in:
        return
    rows = [_row(n, a, new=a.key not in present) for n, a in enumerate(let_in)]
    outcome = bulk.import_achievements(rows=rows, submit=True, actor_id=actor_id, at=at)
    held = set(outcome.held)
    taken.created += outcome.created
    taken.updated += outcome.updated
    taken.unchanged += outcome.unchanged
    for n, arrival in enumerate(let_in):
        if n in held:
            taken.faults.append(Fault(arrival.identifier, "not_the_authors"))
            continue
        taken.done.append(arrival)
        entry = present.get(arrival.key)
        if entry is not None:
            # A returned one that was mended at its source goes back to who returned it.
            technologies.submit(achievement_id=entry.pk, actor_id=actor_id, at=at)


def _row(line: int, arrival: Arrival, *, new: bool) -> Incoming:
    """A row of the import; of who invented it a repository says nothing that we could believe."""
    extra: dict[str, tuple[tuple[object, ...], ...]] = {"inventors": ()} if new else {}
    if arrival.rights is not None:
        extra["ip"] = arrival.rights
    return Incoming(line, arrival.key, arrival.fields, extra)


def _take_back(
    run: HarvestRun,
    arrivals: Sequence[Arrival],
    present: Mapping[str, Achievement],
    taken: Taken,
    actor_id: int,
    at: datetime,
) -> None:
    """A source takes its own entry off the market; one under review is asked for again."""
    for arrival in arrivals:
        entry = present.get(arrival.key)
        if entry is not None and entry.status == Status.SUBMITTED:
            taken.hold(arrival, run)
            continue
        if entry is not None and entry.status != Status.WITHDRAWN:
            technologies.withdraw(achievement_id=entry.pk, actor_id=actor_id, at=at)
            taken.withdrawn += 1
        else:
            taken.unchanged += 1
        taken.done.append(arrival)


def _remember(
    run: HarvestRun, known: Mapping[str, HarvestedRecord], done: Sequence[Arrival], at: datetime
) -> None:
    fresh: list[HarvestedRecord] = []
    changed: list[HarvestedRecord] = []
    for arrival in done:
        row = known.get(arrival.name_sha256)
        (fresh if row is None else changed).append(
            row or HarvestedRecord(source_id=run.source_id, identifier_sha256=arrival.name_sha256)
        )
        row = (fresh if row is None else changed)[-1]
        row.import_key, row.digest = arrival.key, arrival.digest
        row.deleted, row.taken_at = arrival.deleted, at
    HarvestedRecord.objects.bulk_create(fresh)
    HarvestedRecord.objects.bulk_update(changed, ["import_key", "digest", "deleted", "taken_at"])


def _tell(run: HarvestRun, taken: Taken, at: datetime) -> None:
    run.pages += 1
    run.created += taken.created
    run.updated += taken.updated
    run.unchanged += taken.unchanged
    run.withdrawn += taken.withdrawn
    run.bad += len(taken.faults)
    run.told_at = at
    run.save(
        update_fields=[
            "pages", "created", "updated", "unchanged", "withdrawn", "bad", "told_at"
        ]
    )  # fmt: skip
    HarvestFault.objects.bulk_create(
        HarvestFault(
            run=run, page=run.pages, identifier=fault.identifier[:500], kind=fault.kind,
            said=dict(fault.said),
        )
        for fault in taken.faults
    )  # fmt: skip
