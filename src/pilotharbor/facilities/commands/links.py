"""Which machines are only ever taken together."""

from datetime import datetime

from pilotharbor.facilities import queries
from pilotharbor.facilities.commands.equipment import NotYourEquipment, equipment_keeper
from pilotharbor.facilities.models import Equipment, EquipmentLink, Line
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Invalid, NotFound
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties.models import Membership


class LinkedToItself(Invalid):
    """A machine is always taken together with itself; choose another one."""

    code = "facilities.linked_to_itself"


class AlreadyLinked(Conflict):
    """These two are already taken together."""

    code = "facilities.already_linked"


@command
def link_equipment(
    *, equipment_id: int, other_id: int, actor_id: int, at: datetime, reason: str = ""
) -> EquipmentLink:
    """Let two machines of the actor's platform only ever be taken together.

    What was allotted before stays.

    Raises: NotYourRole, LinkedToItself, NotFound, NotYourEquipment, AlreadyLinked. Source: R-FAC-8.
    """
    actor = equipment_keeper(actor_id)
    if equipment_id == other_id:
        raise LinkedToItself(problems={"other_id": str(LinkedToItself())})
    first, second = _locked_pair(equipment_id, other_id, actor)
    already = AlreadyLinked(problems={"other_id": str(AlreadyLinked())})
    with refusing(facilities_equipment_link_once=already):
        link = EquipmentLink.objects.create(equipment=first, other=second, reason=reason.strip())
    events.record(
        "facilities.equipment.linked", first, actor=actor, at=at, other_id=second.pk,
        platform_id=first.platform_id,
    )  # fmt: skip
    return link


@command
def unlink_equipment(*, link_id: int, actor_id: int, at: datetime) -> None:
    """Let two machines be taken apart again.

    Raises: NotYourRole, NotFound, NotYourEquipment.
    """
    actor = equipment_keeper(actor_id)
    link = EquipmentLink.objects.filter(pk=link_id).first()
    if link is None:
        raise NotFound
    first, second = _locked_pair(link.equipment_id, link.other_id, actor)
    gone, _ = EquipmentLink.objects.filter(pk=link_id).delete()
    if not gone:
        raise NotFound
    events.record(
        "facilities.equipment.unlinked", first, actor=actor, at=at, other_id=second.pk,
        platform_id=first.platform_id,
    )  # fmt: skip


def _locked_pair(one: int, other: int, actor: Membership) -> tuple[Equipment, Equipment]:
    """Two machines, the lower number first, locked after their lines like those of a booking."""
    found = queries.visible_equipment(actor=actor).filter(pk__in=(one, other)).order_by("pk")
    seen = list(found)
    if len(seen) != 2:
        raise NotFound
    if any(not queries.keeps_equipment(actor, platform_id=m.platform_id) for m in seen):
        raise NotYourEquipment
    lines = sorted({m.line_id for m in seen if m.line_id is not None})
    list(Line.objects.select_for_update(no_key=True).filter(pk__in=lines).order_by("pk"))
    locked = Equipment.objects.select_for_update(no_key=True)
    first, second = locked.filter(pk__in=(one, other)).order_by("pk")
    return first, second
