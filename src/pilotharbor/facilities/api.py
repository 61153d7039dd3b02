"""Lines, equipment, prices and engineers for programs."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, cast

from ninja import Field, Query, Router, Schema, Status

from pilotharbor.facilities import commands, queries
from pilotharbor.facilities.models import Equipment, Line, Tariff
from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.http import Cursor, Limit
from pilotharbor.parties.auth import ANYONE, ActorRequest, actor_of

router = Router()

# More than any pilot line costs, and far from what the column holds.
Fen = Annotated[int, Field(ge=0, le=10**15, strict=True)]
Kilogram = Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=4)]
Text = Annotated[str, Field(max_length=4000)]
Name = Annotated[str, Field(min_length=1, max_length=120)]
Short = Annotated[str, Field(max_length=120)]
Reason = Annotated[str, Field(min_length=1, max_length=500)]


class LineIn(Schema):
    """A new line."""

    name: Name
    site: Literal["lab", "workshop", "warehouse"] = "workshop"
    description: Text = ""
    batch_kg_min: Kilogram | None = None
    batch_kg_max: Kilogram | None = None


class LinePatch(Schema):
    """What changes about a line; what is left out stays."""

    name: Name = ""
    site: Literal["lab", "workshop", "warehouse"] = "workshop"
    description: Text = ""
    batch_kg_min: Kilogram | None = None
    batch_kg_max: Kilogram | None = None


class EquipmentIn(Schema):
    """A new machine of a line."""

    asset_no: Annotated[str, Field(min_length=1, max_length=40)]
    name: Name
    model: Short = ""
    kind: Literal["production", "experiment", "online_test"] = "production"
    value_fen: Fen | None = None
    purchase_date: date | None = None
    specification: Text = ""
    is_shared: bool = True


class TariffIn(Schema):
    """Prices from ``valid_from`` until before ``valid_to``."""

    valid_from: date
    valid_to: date | None = None
    hourly_fen: Fen
    batch_fen: Fen


class TariffEndIn(Schema):
    """The first day on which a tariff is no longer valid."""

    valid_to: date


class EngineerIn(Schema):
    """Who runs the line."""

    membership_id: int


class ReasonIn(Schema):
    """Why."""

    reason: Reason


def _tariff(tariff: Tariff) -> dict[str, Any]:
    return {
        "id": tariff.pk,
        "valid_from": tariff.validity.lower,
        "valid_to": tariff.validity.upper,
        "hourly_fen": tariff.hourly_fen,
        "batch_fen": tariff.batch_fen,
    }


def _equipment(machine: Equipment, *, inventory: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": machine.pk,
        "line_id": machine.line_id,
        "platform_id": machine.platform_id,
        "position": machine.position,
        "name": machine.name,
        "model": machine.model,
        "kind": machine.kind,
        "specification": machine.specification,
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


def _line(line: Line) -> dict[str, Any]:
    return {
        "id": line.pk,
        "name": line.name,
        "platform_id": line.platform_id,
        "platform_name": line.platform.name,
        "site": line.site,
        "description": line.description,
        "batch_kg_min": line.batch_kg_min,
        "batch_kg_max": line.batch_kg_max,
        "is_open": line.is_open,
        "status": "open" if line.is_open else "closed",
        "closed_reason": line.closed_reason,
    }


def _detail(request: Any, line_id: int) -> dict[str, Any]:
    actor = actor_of(request)
    line = queries.with_parts(queries.visible_lines(actor=actor)).filter(pk=line_id).first()
    if line is None:
        raise NotFound
    inside = queries.sees_inventory(actor, platform_id=line.platform_id)
    machines = [
        m
        for m in line.equipment.all()
        if inside or (m.is_shared and m.status != Equipment.Status.RETIRED)
    ]
    return _line(line) | {
        "equipment": [_equipment(m, inventory=inside) for m in machines],
        "tariffs": [_tariff(t) for t in line.tariffs.all()],
        "engineers": [
            {"membership_id": e.membership_id, "name": e.membership.person.name}
            for e in line.engineers.all()
        ]
        if inside
        else [],
    }


@router.get("/lines", auth=ANYONE)
def lines(
    request: ActorRequest,
    q: Annotated[str, Query(max_length=120)] = "",
    platform_id: int | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Lines one may see, by id."""
    rows = queries.visible_lines(actor=actor_of(request)).filter(name__icontains=q)
    if platform_id is not None:
        rows = rows.filter(platform_id=platform_id)
    page = pages.page(rows, by="id", cursor=cursor, limit=limit)
    return {"items": [_line(x) for x in page.items], "next_cursor": page.next_cursor}


@router.post("/lines", response={201: Any})
def register_line(request: ActorRequest, body: LineIn) -> Status[Any]:
    """Open a line of one's own platform."""
    line = commands.register_line(
        fields=cast("commands.LineFields", body.dict()),
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return Status(201, _detail(request, line.pk))


@router.get("/lines/{int:line_id}", auth=ANYONE)
def line(request: ActorRequest, line_id: int) -> dict[str, Any]:
    """One line with equipment, tariffs and, for its platform, engineers."""
    return _detail(request, line_id)


@router.patch("/lines/{int:line_id}")
def revise_line(request: ActorRequest, line_id: int, body: LinePatch) -> dict[str, Any]:
    """Change what is said about a line."""
    commands.revise_line(
        line_id=line_id,
        fields=cast("commands.LineFields", body.dict(exclude_unset=True)),
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return _detail(request, line_id)


@router.post("/lines/{int:line_id}/close")
def close_line(request: ActorRequest, line_id: int, body: ReasonIn) -> dict[str, Any]:
    """Take no more bookings."""
    commands.close_line(
        line_id=line_id, reason=body.reason, actor_id=request.auth.pk, at=clock.now(request)
    )
    return _detail(request, line_id)


@router.post("/lines/{int:line_id}/reopen")
def reopen_line(request: ActorRequest, line_id: int) -> dict[str, Any]:
    """Take bookings again."""
    commands.reopen_line(line_id=line_id, actor_id=request.auth.pk, at=clock.now(request))
    return _detail(request, line_id)


@router.post("/lines/{int:line_id}/equipment", response={201: Any})
def add_equipment(request: ActorRequest, line_id: int, body: EquipmentIn) -> Status[Any]:
    """Put a new machine at the end of the line."""
    machine = commands.add_equipment(
        line_id=line_id,
        fields=cast("commands.EquipmentFields", body.dict()),
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return Status(201, _equipment(machine, inventory=True))


@router.post("/lines/{int:line_id}/tariffs", response={201: Any})
def set_tariff(request: ActorRequest, line_id: int, body: TariffIn) -> Status[Any]:
    """Say what the line costs. 409 ``facilities.tariff_overlaps`` where a price exists."""
    tariff = commands.set_tariff(
        line_id=line_id, actor_id=request.auth.pk, at=clock.now(request), **body.dict()
    )
    return Status(201, _tariff(tariff) | {"line_id": line_id, "status": "valid"})


@router.post("/tariffs/{int:tariff_id}/end")
def end_tariff(request: ActorRequest, tariff_id: int, body: TariffEndIn) -> dict[str, Any]:
    """Let a tariff end earlier."""
    tariff = commands.end_tariff(
        tariff_id=tariff_id,
        valid_to=body.valid_to,
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return _tariff(tariff)


@router.post("/lines/{int:line_id}/engineers", response={201: Any})
def assign_engineer(request: ActorRequest, line_id: int, body: EngineerIn) -> Status[Any]:
    """Let an engineer run the line."""
    engineer = commands.assign_engineer(
        line_id=line_id,
        membership_id=body.membership_id,
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    shown = {"id": engineer.pk, "line_id": line_id, "membership_id": engineer.membership_id}
    return Status(201, shown | {"status": "active"})


@router.delete("/lines/{int:line_id}/engineers/{int:membership_id}", response={204: None})
def release_engineer(request: ActorRequest, line_id: int, membership_id: int) -> Status[None]:
    """Take an engineer off the line."""
    commands.release_engineer(
        line_id=line_id,
        membership_id=membership_id,
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return Status(204, None)


@router.get("/equipment")
def equipment(
    request: ActorRequest,
    q: Annotated[str, Query(max_length=120)] = "",
    line_id: int | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Equipment one may see, by id; values and asset numbers only of one's own platform."""
    rows = queries.visible_equipment(actor=request.auth).filter(name__icontains=q)
    if line_id is not None:
        rows = rows.filter(line_id=line_id)
    page = pages.page(rows, by="id", cursor=cursor, limit=limit)
    items = [
        _equipment(m, inventory=queries.sees_inventory(request.auth, platform_id=m.platform_id))
        for m in page.items
    ]
    return {"items": items, "next_cursor": page.next_cursor}


@router.post("/equipment/{int:equipment_id}/{verb}")
def equipment_moves(
    request: ActorRequest,
    equipment_id: int,
    verb: Literal["maintain", "return", "retire"],
) -> dict[str, Any]:
    """Take a machine out of service, bring it back, or retire it."""
    move = {
        "maintain": commands.send_to_maintenance,
        "return": commands.return_to_service,
        "retire": commands.retire_equipment,
    }[verb]
    machine = move(equipment_id=equipment_id, actor_id=request.auth.pk, at=clock.now(request))
    return _equipment(machine, inventory=True)
