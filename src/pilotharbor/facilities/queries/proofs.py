"""Which papers, proofs and closures does a line have, and which of them run out?"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from pilotharbor.facilities.models import (
    Closure,
    Equipment,
    EquipmentLink,
    EquipmentPaper,
    EquipmentQualification,
    Line,
    SafetyItem,
    Site,
)
from pilotharbor.facilities.queries.lines import (
    EQUIPMENT_KEEPERS,
    LINE_KEEPERS,
    sees_inventory,
    visible_equipment,
)
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership

# From so long before its last day on, a proof or permit is among what waits for its keepers.
WARNED = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Partner:
    """A machine that is taken together with another one, by the link ``link_id``."""

    link_id: int
    equipment: Equipment
    reason: str


def sites(*, platform_id: int) -> QuerySet[Site]:
    """The places of a platform, by name."""
    return Site.objects.filter(platform_id=platform_id).order_by("name", "id")


def papers(*, actor: Membership | None) -> QuerySet[EquipmentPaper]:
    """The photos and papers the actor may open: public ones of what one sees, all of one's own.

    Source: R-FAC-20.
    """
    rows = EquipmentPaper.objects.filter(
        removed_at__isnull=True, equipment__in=visible_equipment(actor=actor)
    ).select_related("equipment")
    if actor is not None and rights.audits(actor):
        return rows
    mine = Q(equipment__platform_id=actor.organisation_id) if actor else Q(pk__in=[])
    return rows.filter(Q(is_public=True) | mine)


def qualifications(*, machines: Iterable[Equipment]) -> QuerySet[EquipmentQualification]:
    """What these machines are proved fit for and nobody withdrew; the latest to run out first."""
    return (
        EquipmentQualification.objects.filter(equipment__in=list(machines), withdrawn_at=None)
        .select_related("paper")
        .order_by(F("last_day").desc(nulls_first=True), "id")
    )


def partners(*, machines: Iterable[Equipment]) -> dict[int, list[Partner]]:
    """By machine, what is taken together with it by a link of its own."""
    ids = {machine.pk for machine in machines}
    links = (
        EquipmentLink.objects.filter(Q(equipment__in=ids) | Q(other__in=ids))
        .select_related("equipment__line", "other__line")
        .order_by("id")
    )
    found: defaultdict[int, list[Partner]] = defaultdict(list)
    for link in links:
        found[link.equipment_id].append(Partner(link.pk, link.other, link.reason))
        found[link.other_id].append(Partner(link.pk, link.equipment, link.reason))
    return {pk: some for pk, some in found.items() if pk in ids}


def closures_ahead(*, line: Line, machines: Iterable[Equipment], at: datetime) -> QuerySet[Closure]:
    """Closures of a line and of these machines that are not over yet, earliest first."""
    return (
        Closure.objects.filter(Q(line=line) | Q(equipment__in=list(machines)))
        .filter(Q(period__endswith__gt=at) | Q(period__upper_inf=True), lifted_at__isnull=True)
        .select_related("equipment", "declared_by__person")
        .order_by("period", "id")
    )


def running_out(*, actor: Membership, today: date) -> QuerySet[EquipmentQualification]:
    """Proofs of the actor's own machines that run out soon or have, and that no later one replaces.

    Source: R-FAC-19.
    """
    if not rights.acts_as(actor, *EQUIPMENT_KEEPERS):
        return EquipmentQualification.objects.none()
    later = EquipmentQualification.objects.filter(
        equipment=OuterRef("equipment"), kind=OuterRef("kind"), name=OuterRef("name"),
        withdrawn_at=None,
    ).filter(Q(last_day=None) | Q(last_day__gt=OuterRef("last_day")))  # fmt: skip
    return (
        EquipmentQualification.objects.filter(
            ~Exists(later),
            equipment__platform_id=actor.organisation_id,
            withdrawn_at=None,
            last_day__lte=today + WARNED,
        )
        .exclude(equipment__status=Equipment.Status.RETIRED)
        .select_related("equipment__line")
        .order_by("last_day", "id")
    )


def permits_running_out(*, actor: Membership, today: date) -> QuerySet[SafetyItem]:
    """Items of the actor's own lines whose permit runs out soon or has. Source: R-FAC-21."""
    if not rights.acts_as(actor, *LINE_KEEPERS):
        return SafetyItem.objects.none()
    return (
        SafetyItem.objects.filter(
            line__platform_id=actor.organisation_id,
            withdrawn_at=None,
            last_day__lte=today + WARNED,
        )
        .select_related("line")
        .order_by("last_day", "id")
    )


def reads_papers(actor: Membership | None, machine: Equipment) -> bool:
    """Whether the actor reads a machine's papers that are not public."""
    return sees_inventory(actor, platform_id=machine.platform_id)
