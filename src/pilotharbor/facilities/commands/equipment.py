"""What can happen to a machine."""

from datetime import date, datetime
from decimal import Decimal
from typing import TypedDict

from django.db.models import Max

from pilotharbor.facilities import queries
from pilotharbor.facilities.commands.lines import keeper, locked_line, require_site
from pilotharbor.facilities.models import Equipment, Line
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, NotYourRole, Verb


class EquipmentFields(TypedDict, total=False):
    """What one may say about a machine.

    ``value_fen`` is its original value; ``place_id`` a site, where it is not that of its line;
    ``scale_min_g``/``scale_max_g`` what it takes at once, in gram.
    """

    asset_no: str
    name: str
    model: str
    kind: str
    value_fen: int | None
    purchase_date: date | None
    specification: str
    scale_min_g: Decimal | None
    scale_max_g: Decimal | None
    place_id: int | None
    is_shared: bool


class NotYourEquipment(Forbidden):
    """Only the platform that owns this equipment may do that."""

    code = "facilities.not_your_equipment"


class AssetNumberTaken(Conflict):
    """Your platform already has equipment with asset number “{asset_no}”."""

    code = "facilities.asset_number_taken"


class MachineScaleReversed(Invalid):
    """The smallest scale is above zero and not larger than the largest."""

    code = "facilities.machine_scale_reversed"


def _unsound(asset_no: str) -> dict[str, DomainError]:
    """What the constraints of a machine refuse, as the sentences for it."""
    reversed_ = MachineScaleReversed(problems={"scale_min_g": str(MachineScaleReversed())})
    return {
        "facilities_equipment_asset_no": _taken(asset_no),
        "facilities_equipment_scale_ordered": reversed_,
    }


def _taken(asset_no: str) -> AssetNumberTaken:
    error = AssetNumberTaken(asset_no=asset_no)
    error.problems["asset_no"] = str(error)
    return error


def equipment_keeper(actor_id: int) -> Membership:
    """Whoever keeps equipment: operators and engineers of a platform.

    Raises: NotYourRole.
    """
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.WRITE, Kind.BOOKING)
    if not rights.acts_as(actor, *queries.EQUIPMENT_KEEPERS):
        raise NotYourRole(role=actor.role, kind=Kind.BOOKING.value)
    return actor


def locked_machine(*, equipment_id: int, actor: Membership) -> Equipment:
    """The machine, locked after its line, which whoever books it locks first too.

    Raises: NotFound, NotYourEquipment.
    """
    found = queries.visible_equipment(actor=actor).filter(pk=equipment_id).first()
    if found is None:
        raise NotFound
    if not queries.keeps_equipment(actor, platform_id=found.platform_id):
        raise NotYourEquipment
    if found.line_id:
        Line.objects.select_for_update(no_key=True).get(pk=found.line_id)
    return Equipment.objects.select_for_update(no_key=True).get(pk=equipment_id)


@command
def add_equipment(
    *, line_id: int, fields: EquipmentFields, actor_id: int, at: datetime
) -> Equipment:
    """Put a new machine at the end of a line of the actor's platform.

    Raises: NotYourRole, NotFound, NotYourLine, SiteElsewhere, AssetNumberTaken,
    MachineScaleReversed. Source: R-FAC-3.
    """
    actor = keeper(actor_id=actor_id)
    require_site(fields.get("place_id"), actor)
    line = locked_line(line_id=line_id, actor=actor)
    last = line.equipment.aggregate(last=Max("position"))["last"] or 0
    with refusing(**_unsound(fields.get("asset_no", ""))):
        machine = Equipment.objects.create(
            platform_id=line.platform_id, line=line, position=last + 1, **fields
        )
    events.record("facilities.equipment.registered", machine, actor=actor, at=at, line_id=line.pk)
    return machine


@command
def revise_equipment(
    *, equipment_id: int, fields: EquipmentFields, actor_id: int, at: datetime
) -> Equipment:
    """Change what is said about a machine.

    Raises: NotYourRole, NotFound, NotYourEquipment, SiteElsewhere, AssetNumberTaken,
    MachineScaleReversed.
    """
    actor = equipment_keeper(actor_id)
    require_site(fields.get("place_id"), actor)
    machine = locked_machine(equipment_id=equipment_id, actor=actor)
    changed = [name for name, value in fields.items() if getattr(machine, name) != value]
    for name in changed:
        setattr(machine, name, fields[name])  # type: ignore[literal-required]
    with refusing(**_unsound(machine.asset_no)):
        machine.save(update_fields=changed)
    events.record("facilities.equipment.revised", machine, actor=actor, at=at, fields=changed)
    return machine


@command
def move_equipment(*, equipment_id: int, line_id: int, actor_id: int, at: datetime) -> Equipment:
    """Put a machine at the end of another line; what was allotted to it before stays.

    Raises: NotYourRole, NotFound, NotYourLine, NotYourEquipment.
    """
    actor = keeper(actor_id=actor_id)
    machine, line = _locked_with(line_id, equipment_id, actor)
    last = line.equipment.aggregate(last=Max("position"))["last"] or 0
    machine.line, machine.position = line, last + 1
    machine.save(update_fields=["line", "position"])
    events.record("facilities.equipment.moved", machine, actor=actor, at=at, line_id=line.pk)
    return machine


def _locked_with(line_id: int, equipment_id: int, actor: Membership) -> tuple[Equipment, Line]:
    """A machine and the line it is to stand in, all lines locked by id before the machine."""
    machines = queries.visible_equipment(actor=actor).filter(pk=equipment_id)
    left = machines.values_list("line_id", flat=True).first()
    if left is not None and left < line_id:
        Line.objects.select_for_update(no_key=True).get(pk=left)
    line = locked_line(line_id=line_id, actor=actor)
    return locked_machine(equipment_id=equipment_id, actor=actor), line


@command
def send_to_maintenance(*, equipment_id: int, actor_id: int, at: datetime) -> Equipment:
    """Take a machine out of service; later bookings of its line go without it.

    Raises: NotYourRole, NotFound, NotYourEquipment, MoveNotAllowed.
    """
    return _send(equipment_id, Equipment.Status.MAINTENANCE, "taken_out", actor_id, at)


@command
def return_to_service(*, equipment_id: int, actor_id: int, at: datetime) -> Equipment:
    """Let a machine be booked again.

    Raises: NotYourRole, NotFound, NotYourEquipment, MoveNotAllowed.
    """
    return _send(equipment_id, Equipment.Status.IN_SERVICE, "returned", actor_id, at)


@command
def retire_equipment(*, equipment_id: int, actor_id: int, at: datetime) -> Equipment:
    """Retire a machine for good.

    Raises: NotYourRole, NotFound, NotYourEquipment, MoveNotAllowed.
    """
    return _send(equipment_id, Equipment.Status.RETIRED, "retired", actor_id, at)


def _send(equipment_id: int, to: str, done: str, actor_id: int, at: datetime) -> Equipment:
    actor = equipment_keeper(actor_id)
    machine = locked_machine(equipment_id=equipment_id, actor=actor)
    advance(machine, to)
    events.record(f"facilities.equipment.{done}", machine, actor=actor, at=at)
    return machine
