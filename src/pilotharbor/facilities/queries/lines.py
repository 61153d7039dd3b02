"""Where can it be tried, by whom, and at what price?"""

from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from pilotharbor.facilities.models import Equipment, Line, LineEngineer, Tariff
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.roles import Role

# Who looks after a platform's lines, prices and engineers; an engineer also after equipment.
LINE_KEEPERS = frozenset({Role.PLATFORM_OPERATOR, Role.MEMBER_PLATFORM})
EQUIPMENT_KEEPERS = LINE_KEEPERS | {Role.EQUIPMENT_ENGINEER}


def keeps_lines(actor: Membership | None, *, platform_id: int) -> bool:
    """Whether the actor maintains the lines of this platform."""
    return rights.acts_as(actor, *LINE_KEEPERS) and actor.organisation_id == platform_id


def keeps_equipment(actor: Membership | None, *, platform_id: int) -> bool:
    """Whether the actor maintains the equipment of this platform."""
    return rights.acts_as(actor, *EQUIPMENT_KEEPERS) and actor.organisation_id == platform_id


def sees_inventory(actor: Membership | None, *, platform_id: int) -> bool:
    """Whether the actor reads what only the platform and its auditors do: values, asset numbers."""
    return actor is not None and (rights.audits(actor) or actor.organisation_id == platform_id)


def visible_lines(*, actor: Membership | None) -> QuerySet[Line]:
    """Open lines of working platforms for everyone; closed ones for the platform and auditors."""
    shown = Q(is_open=True, platform__status=Organisation.Status.APPROVED)
    if actor is not None:
        if rights.audits(actor):
            return Line.objects.select_related("platform")
        shown |= Q(platform_id=actor.organisation_id)
    return Line.objects.filter(shown).select_related("platform")


def visible_equipment(*, actor: Membership | None) -> QuerySet[Equipment]:
    """Shared equipment in the open for everyone, all of it for the platform and auditors."""
    rows = Equipment.objects.select_related("platform", "line")
    shown = Q(is_shared=True, platform__status=Organisation.Status.APPROVED) & ~Q(
        status=Equipment.Status.RETIRED
    )
    if actor is not None:
        if rights.audits(actor):
            return rows
        shown |= Q(platform_id=actor.organisation_id)
    return rows.filter(shown)


def with_parts(lines: QuerySet[Line]) -> QuerySet[Line]:
    """Lines together with their equipment in order, tariffs by date, and engineers."""
    return lines.prefetch_related(
        Prefetch("equipment", Equipment.objects.order_by("position", "id")),
        Prefetch("tariffs", Tariff.objects.order_by("validity")),
        Prefetch("engineers", engineers()),
    )


def engineers() -> QuerySet[LineEngineer]:
    """Engineers of lines who can still act."""
    return (
        LineEngineer.objects.filter(
            membership__status=Membership.Status.ACTIVE, membership__person__is_active=True
        )
        .select_related("membership__person")
        .order_by("id")
    )


def engineers_of(*, line_id: int) -> QuerySet[Membership]:
    """The memberships that may run this line and can still act."""
    return (
        Membership.objects.filter(pk__in=engineers().filter(line_id=line_id).values("membership"))
        .select_related("person")
        .order_by("id")
    )


def runs(*, membership_id: int, line_id: int) -> bool:
    """Whether this membership is an engineer of the line."""
    return engineers().filter(line_id=line_id, membership_id=membership_id).exists()


def in_service(*, line_id: int) -> QuerySet[Equipment]:
    """The machines one booking of this line takes, by id."""
    return Equipment.objects.filter(line_id=line_id, status=Equipment.Status.IN_SERVICE).order_by(
        "id"
    )


def tariff_on(*, line_id: int, day: date) -> Tariff | None:
    """The tariff of a line that is valid on this day."""
    return Tariff.objects.filter(line_id=line_id, validity__contains=day).first()


def engineers_to_choose(*, platform_id: int) -> QuerySet[Membership]:
    """Active equipment engineers of a platform."""
    return (
        Membership.objects.filter(
            organisation_id=platform_id,
            role=Role.EQUIPMENT_ENGINEER,
            status=Membership.Status.ACTIVE,
            person__is_active=True,
        )
        .select_related("person")
        .order_by("id")
    )
