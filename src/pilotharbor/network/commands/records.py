"""Keeping the records for other repositories in step with what is public."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from pilotharbor.kernel.models import Event
from pilotharbor.kernel.transactions import command
from pilotharbor.network import addresses, queries, sets
from pilotharbor.network.models import OaiRecord
from pilotharbor.network.queries import Listed

SUBJECTS: dict[str, str] = {
    "technologies.achievement": OaiRecord.Kind.RESULT,
    "technologies.demand": OaiRecord.Kind.NEED,
    "technologies.scenario": OaiRecord.Kind.SCENARIO,
}
_AT_ONCE = 1000


@command
def reflect(*, events: Sequence[Event], at: datetime) -> None:
    """Bring the records of these events' entries up to date: public, or gone.

    ``at`` is when this is written, not when it happened: a harvester who was here in between asks
    for what changed since then, and must not miss it.

    Source: R-NET-2.
    """
    touched: dict[str, set[int]] = {}
    for event in events:
        if event.subject_type in SUBJECTS:
            touched.setdefault(SUBJECTS[event.subject_type], set()).add(event.subject_id)
    for kind, ids in sorted(touched.items()):
        _write(kind, ids, at, always=True)


@command
def reconcile(*, at: datetime) -> int:
    """Bring every record up to date that is not; how many were not.

    For a harbour that had public entries before it had records, and in case an event was skipped.
    """
    changed = 0
    for kind in OaiRecord.Kind.values:
        known = OaiRecord.objects.filter(kind=kind).values_list("object_id", flat=True)
        ids = {*known, *queries.public_entries(kind).values_list("pk", flat=True)}
        for some in _parts(sorted(ids)):
            changed += _write(kind, some, at, always=False)
    return changed


def _parts(ids: list[int]) -> Iterable[list[int]]:
    return (ids[n : n + _AT_ONCE] for n in range(0, len(ids), _AT_ONCE))


def _write(kind: str, ids: Iterable[int], at: datetime, *, always: bool) -> int:
    """Write the records of these entries; with ``always`` also of those that say the same."""
    wanted = sorted(ids)
    at = at.replace(microsecond=0)
    rows = {
        row.object_id: row
        for row in OaiRecord.objects.select_for_update(no_key=True)
        .filter(kind=kind, object_id__in=wanted)
        .order_by("pk")
    }
    live: Mapping[int, Listed] = {
        e.pk: e for e in queries.public_entries(kind).filter(pk__in=wanted)
    }
    fresh: list[OaiRecord] = []
    changed: list[OaiRecord] = []
    for pk in wanted:
        row, entry = rows.get(pk), live.get(pk)
        if entry is not None:
            specs = sets.specs_of(kind, entry.industry, entry.region)
            if row is None:
                fresh.append(_record(kind, pk, specs, at))
            elif always or row.deleted or row.sets != specs:
                row.deleted, row.sets = False, specs
                changed.append(row)
        elif row is not None and not row.deleted:
            # What it belonged to stays: more of it is nobody's business any longer.
            row.deleted = True
            changed.append(row)
    for row in changed:
        row.changed_at = max(at, row.changed_at)
    OaiRecord.objects.bulk_create(fresh, ignore_conflicts=True)
    OaiRecord.objects.bulk_update(changed, ["changed_at", "sets", "deleted"])
    return len(fresh) + len(changed)


def _record(kind: str, pk: int, specs: list[str], at: datetime) -> OaiRecord:
    return OaiRecord(
        identifier=addresses.identifier_of(kind, pk),
        kind=kind,
        object_id=pk,
        changed_at=at,
        sets=specs,
    )
