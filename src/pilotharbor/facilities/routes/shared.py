"""What the doors of lines and equipment share: forms of fields, and how each thing is shown."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from ninja import Field

from pilotharbor.facilities import queries
from pilotharbor.facilities.models import (
    Closure,
    Consumable,
    Equipment,
    EquipmentPaper,
    EquipmentQualification,
    Line,
    OpeningHours,
    SafetyItem,
    Site,
    Tariff,
)
from pilotharbor.facilities.models.lines import plain
from pilotharbor.kernel.errors import NotFound
from pilotharbor.parties.models import Membership

# More than any pilot line costs, and far from what the column holds.
Fen = Annotated[int, Field(ge=0, le=10**15, strict=True)]
Kilogram = Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=4)]
Gram = Annotated[Decimal, Field(gt=0, max_digits=15, decimal_places=4)]
Text = Annotated[str, Field(max_length=4000)]
Name = Annotated[str, Field(min_length=1, max_length=120)]
Short = Annotated[str, Field(max_length=120)]
Reason = Annotated[str, Field(min_length=1, max_length=500)]
type Shown = dict[str, Any]


def seen_line(actor: Membership | None, line_id: int) -> Line:
    """A line the actor sees, with its parts.

    Raises: NotFound.
    """
    line = queries.with_parts(queries.visible_lines(actor=actor)).filter(pk=line_id).first()
    if line is None:
        raise NotFound
    return line


def seen_machine(actor: Membership | None, equipment_id: int) -> Equipment:
    """A machine the actor sees.

    Raises: NotFound.
    """
    machine = queries.visible_equipment(actor=actor).filter(pk=equipment_id).first()
    if machine is None:
        raise NotFound
    return machine


def site(one: Site) -> Shown:
    """A place."""
    return {
        "id": one.pk,
        "platform_id": one.platform_id,
        "name": one.name,
        "kind": one.kind,
        "address": one.address,
        "about": one.about,
        "status": "active",
    }


def hours(one: OpeningHours) -> Shown:
    """One stretch of a week."""
    return {
        "weekday": one.weekday,
        "opens": f"{one.opens:%H:%M}",
        "closes": f"{one.closes:%H:%M}",
    }


def closure(one: Closure) -> Shown:
    """A closure; its line or machine, its stretch, its series."""
    return {
        "id": one.pk,
        "line_id": one.line_id,
        "equipment_id": one.equipment_id,
        "kind": one.kind,
        "start": one.period.lower,
        "end": one.period.upper,
        "reason": one.reason,
        "planned": one.planned,
        "series_id": one.series_id,
        "status": "lifted" if one.lifted_at else "declared",
    }


def tariff(one: Tariff) -> Shown:
    """A tariff with all its terms."""
    return {
        "id": one.pk,
        "valid_from": one.validity.lower,
        "valid_to": one.validity.upper,
        "hourly_fen": one.hourly_fen,
        "batch_fen": one.batch_fen,
        "sample_fen": one.sample_fen,
        "peak_hourly_fen": one.peak_hourly_fen,
        "peak_weekdays": one.peak_weekdays,
        "peak_from": one.peak_from and f"{one.peak_from:%H:%M}",
        "peak_to": one.peak_to and f"{one.peak_to:%H:%M}",
        "member_bp": one.member_bp,
        "sme_bp": one.sme_bp,
        "outside_bp": one.outside_bp,
        "engineer_hourly_fen": one.engineer_hourly_fen,
        "minimum_fen": one.minimum_fen,
        "deposit_fen": one.deposit_fen,
        "free_cancel_hours": one.free_cancel_hours,
        "late_cancel_bp": one.late_cancel_bp,
        "no_show_bp": one.no_show_bp,
    }


def consumable(one: Consumable) -> Shown:
    """A consumable and its price."""
    return {
        "id": one.pk,
        "line_id": one.line_id,
        "name": one.name,
        "unit": one.unit,
        "unit_fen": one.unit_fen,
        "status": "withdrawn" if one.withdrawn_at else "offered",
    }


def safety_item(one: SafetyItem, *, today: date) -> Shown:
    """An item of a safety list."""
    lapsed = one.last_day is not None and one.last_day < today
    return {
        "id": one.pk,
        "line_id": one.line_id,
        "topic": one.topic,
        "text": one.text,
        "only_with_hazard": one.only_with_hazard,
        "reference": one.reference,
        "last_day": one.last_day,
        "status": "withdrawn" if one.withdrawn_at else "lapsed" if lapsed else "valid",
    }


def qualification(one: EquipmentQualification, *, today: date) -> Shown:
    """What a machine is proved fit for."""
    lapsed = one.last_day is not None and one.last_day < today
    return {
        "id": one.pk,
        "equipment_id": one.equipment_id,
        "kind": one.kind,
        "name": one.name,
        "number": one.number,
        "issuer": one.issuer,
        "issued_date": one.issued_date,
        "last_day": one.last_day,
        "paper_id": one.paper_id,
        "status": "withdrawn" if one.withdrawn_at else "lapsed" if lapsed else "valid",
    }


def paper(one: EquipmentPaper) -> Shown:
    """A photo or paper of a machine."""
    return {
        "id": one.pk,
        "equipment_id": one.equipment_id,
        "kind": one.kind,
        "name": one.name,
        "about": one.about,
        "form": one.form,
        "size": one.size,
        "sha256": one.sha256,
        "is_public": one.is_public,
        "status": "removed" if one.removed_at else "kept",
    }


def equipment(machine: Equipment, *, inventory: bool) -> Shown:
    """A machine; ``inventory`` what only its platform and auditors read."""
    factor = machine.scale_up
    shown: Shown = {
        "id": machine.pk,
        "line_id": machine.line_id,
        "platform_id": machine.platform_id,
        "place_id": machine.place_id,
        "position": machine.position,
        "name": machine.name,
        "model": machine.model,
        "kind": machine.kind,
        "specification": machine.specification,
        "scale_min_g": machine.scale_min_g,
        "scale_max_g": machine.scale_max_g,
        "scale_up": None if factor is None else plain(factor.quantize(Decimal("0.01"))),
        "is_shared": machine.is_shared,
        "status": machine.status,
    }
    if inventory:
        shown |= {
            "asset_no": machine.asset_no,
            "value_fen": machine.value_fen,
            "purchase_date": machine.purchase_date,
        }
    return shown
