"""What is public right now, what does a harvester get to see of it, and how did harvesting go?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Func, Min, Q, QuerySet

from pilotharbor.kernel.errors import NotFound
from pilotharbor.network.engine.asking import Stretch
from pilotharbor.network.models import HarvestFault, HarvestRun, OaiRecord, Source
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.roles import Confidentiality, Role
from pilotharbor.technologies import queries as technologies
from pilotharbor.technologies.models import Achievement, Demand, Scenario, Status
from pilotharbor.technologies.scenarios import queries as scenarios

type Listed = Achievement | Demand | Scenario

PAGE = 100


def public_entries(kind: str) -> QuerySet[Any]:
    """Entries of a kind that everybody may read at this moment (R-NET-1)."""
    # Said once more each time, whatever the public may see of other entries one day.
    rows: QuerySet[Any]
    if kind == OaiRecord.Kind.SCENARIO:
        rows = scenarios.visible_scenarios(actor=None).filter(published_at__isnull=False)
    elif kind == OaiRecord.Kind.NEED:
        rows = technologies.visible_demands(actor=None).filter(status=Status.PUBLISHED)
    else:
        results = technologies.visible_achievements(actor=None).filter(status=Status.PUBLISHED)
        rows = results.prefetch_related("ip_assets")
    return rows.filter(confidentiality=Confidentiality.PUBLIC)


@dataclass(frozen=True, slots=True)
class Shown:
    """A record as a harvester sees it; without an entry it is deleted."""

    record: OaiRecord
    entry: Listed | None


def shown(records: Iterable[OaiRecord]) -> list[Shown]:
    """The records with their entries as they are now, whatever the worker has yet to hear of."""
    rows = list(records)
    live: dict[tuple[str, int], Listed] = {}
    for kind in OaiRecord.Kind.values:
        ids = [row.object_id for row in rows if row.kind == kind and not row.deleted]
        if ids:
            found = public_entries(kind).filter(pk__in=ids)
            live |= {(kind, entry.pk): entry for entry in found}
    return [Shown(row, live.get((row.kind, row.object_id))) for row in rows]


def records(*, stretch: Stretch, spec: str | None) -> QuerySet[OaiRecord]:
    """The records of a set that changed in a stretch, deleted ones included."""
    rows = OaiRecord.objects.all()
    if stretch.start is not None:
        rows = rows.filter(changed_at__gte=stretch.start)
    if stretch.end is not None:
        rows = rows.filter(changed_at__lt=stretch.end)
    return rows.filter(sets__contains=[spec]) if spec else rows


def after(
    rows: QuerySet[OaiRecord], seen: tuple[datetime, int] | None, *, limit: int = PAGE
) -> tuple[list[OaiRecord], bool]:
    """The next records in the order of their change, and whether there are more."""
    if seen is not None:
        at, pk = seen
        rows = rows.filter(Q(changed_at__gt=at) | Q(changed_at=at, pk__gt=pk))
    found = list(rows.order_by("changed_at", "pk")[: limit + 1])
    return found[:limit], len(found) > limit


def record(*, identifier: str) -> Shown | None:
    """One record by its identifier."""
    found = OaiRecord.objects.filter(identifier=identifier).first()
    return None if found is None else shown([found])[0]


def earliest() -> datetime | None:
    """The first datestamp there is."""
    first: datetime | None = OaiRecord.objects.aggregate(first=Min("changed_at"))["first"]
    return first


def set_specs() -> list[str]:
    """Every set in which there is a record."""
    each = Func("sets", function="unnest")
    found = OaiRecord.objects.annotate(spec=each).values_list("spec", flat=True).distinct()
    return sorted(found)


def repository_name() -> str:
    """How the harbour calls itself."""
    host = Organisation.objects.filter(is_host=True).first()
    return host.name if host else "PilotHarbor 中试港"


# Harvesting


def may_harvest(actor: Membership) -> bool:
    """Whether the actor looks after the sources: the people who look after organisations."""
    return parties.oversees(actor)


def visible_sources(*, actor: Membership | None) -> QuerySet[Source]:
    """All for those who look after them, none for anybody else (R-NET-8)."""
    rows = Source.objects.select_related("organisation", "author__person")
    return rows if actor is not None and may_harvest(actor) else rows.none()


def source(*, actor: Membership | None, source_id: int) -> Source:
    """One source.

    Raises: NotFound.
    """
    found = visible_sources(actor=actor).filter(pk=source_id).first()
    if found is None:
        raise NotFound
    return found


def visible_runs(*, actor: Membership | None) -> QuerySet[HarvestRun]:
    """The runs of the sources the actor sees."""
    rows = HarvestRun.objects.select_related("source__organisation", "requested_by__person")
    return rows if actor is not None and may_harvest(actor) else rows.none()


def run(*, actor: Membership | None, run_id: int) -> HarvestRun:
    """One run.

    Raises: NotFound.
    """
    found = visible_runs(actor=actor).filter(pk=run_id).first()
    if found is None:
        raise NotFound
    return found


def faults(run: HarvestRun) -> QuerySet[HarvestFault]:
    """What could not be taken in a run."""
    return run.faults.all()


def kinds_of_faults(run: HarvestRun) -> list[tuple[str, int]]:
    """How often each reason occurred in a run, the most frequent first."""
    counted = run.faults.values_list("kind").annotate(n=Count("id")).order_by("-n", "kind")
    return [(kind, n) for kind, n in counted]


def latest_runs(sources: Iterable[Source]) -> dict[int, HarvestRun]:
    """The last run of each of these sources."""
    ids = [one.pk for one in sources]
    rows = HarvestRun.objects.filter(source_id__in=ids).order_by("source_id", "-id")
    return {row.source_id: row for row in rows.distinct("source_id")}


def possible_authors() -> QuerySet[Membership]:
    """Who may submit results of an organisation, and so what arrives from elsewhere."""
    return (
        parties.standing()
        .filter(
            role__in=[Role.RESEARCHER, Role.TTO_OFFICER],
            organisation__status=Organisation.Status.APPROVED,
        )
        .select_related("person", "organisation")
        .order_by("organisation__name", "person__name", "pk")
    )


def due(*, at: datetime) -> list[Source]:
    """Active sources whose time has come: the last run was requested that many hours ago."""
    waiting = Source.objects.filter(active=True, every_hours__gt=0).order_by("pk")
    last = latest_runs(waiting)
    return [one for one in waiting if one.pk not in last or _over(one, last[one.pk], at)]


def _over(one: Source, run: HarvestRun, at: datetime) -> bool:
    return (at - run.requested_at).total_seconds() >= one.every_hours * 3600
