"""Machines for programs: what is said about them, links, papers and proofs."""

from datetime import date
from typing import Annotated, Any, Literal, cast

from django.http import HttpRequest, HttpResponse
from ninja import Field, File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile

from pilotharbor.facilities import commands, queries
from pilotharbor.facilities.models import Equipment
from pilotharbor.facilities.routes import shared
from pilotharbor.facilities.routes.shared import Fen, Gram, Name, Short, Text
from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.files import store
from pilotharbor.kernel.files.serving import served
from pilotharbor.kernel.http import Cursor, Limit
from pilotharbor.kernel.time import local_date
from pilotharbor.parties.auth import ANYONE, ActorRequest, actor_of

router = Router()


class EquipmentIn(Schema):
    """A new machine of a line."""

    asset_no: Annotated[str, Field(min_length=1, max_length=40)]
    name: Name
    model: Short = ""
    kind: Literal["production", "experiment", "online_test"] = "production"
    value_fen: Fen | None = None
    purchase_date: date | None = None
    specification: Text = ""
    scale_min_g: Gram | None = None
    scale_max_g: Gram | None = None
    place_id: int | None = None
    is_shared: bool = True


class EquipmentPatch(EquipmentIn):
    """What changes about a machine; what is left out stays."""

    asset_no: Annotated[str, Field(min_length=1, max_length=40)] = ""
    name: Name = ""


class MoveIn(Schema):
    """The line a machine is to stand in."""

    line_id: int


class LinkIn(Schema):
    """What is to be taken together with it, and why."""

    other_id: int
    reason: Annotated[str, Field(max_length=200)] = ""


class QualificationIn(Schema):
    """What a machine is proved fit for; ``last_day`` empty: no end."""

    kind: Literal["gmp", "calibration", "pressure", "explosion", "other"]
    name: Short = ""
    number: Annotated[str, Field(max_length=80)] = ""
    issuer: Short = ""
    issued_date: date
    last_day: date | None = None
    paper_id: int | None = None


@router.post("/lines/{int:line_id}/equipment", response={201: Any})
def add_equipment(request: ActorRequest, line_id: int, body: EquipmentIn) -> Status[Any]:
    """Put a new machine at the end of the line."""
    machine = commands.add_equipment(
        line_id=line_id,
        fields=cast("commands.EquipmentFields", body.dict()),
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return Status(201, shared.equipment(machine, inventory=True))


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
        shared.equipment(
            m, inventory=queries.sees_inventory(request.auth, platform_id=m.platform_id)
        )
        for m in page.items
    ]
    return {"items": items, "next_cursor": page.next_cursor}


def _detail(request: Any, machine: Equipment) -> dict[str, Any]:
    actor = actor_of(request)
    today = local_date(clock.now(request))
    partners = queries.partners(machines=[machine]).get(machine.pk, [])
    papers = queries.papers(actor=actor).filter(equipment=machine).order_by("id")
    proofs = queries.qualifications(machines=[machine])
    inside = queries.sees_inventory(actor, platform_id=machine.platform_id)
    return shared.equipment(machine, inventory=inside) | {
        "links": [
            {
                "id": one.link_id,
                "equipment_id": one.equipment.pk,
                "name": one.equipment.name,
                "reason": one.reason,
            }
            for one in partners
        ],
        "papers": [shared.paper(one) for one in papers],
        "qualifications": [shared.qualification(one, today=today) for one in proofs],
    }


@router.get("/equipment/{int:equipment_id}", auth=ANYONE)
def one_machine(request: ActorRequest, equipment_id: int) -> dict[str, Any]:
    """One machine with what is taken together with it, its papers and proofs."""
    return _detail(request, shared.seen_machine(actor_of(request), equipment_id))


@router.patch("/equipment/{int:equipment_id}")
def revise_equipment(
    request: ActorRequest, equipment_id: int, body: EquipmentPatch
) -> dict[str, Any]:
    """Change what is said about a machine."""
    machine = commands.revise_equipment(
        equipment_id=equipment_id,
        fields=cast("commands.EquipmentFields", body.dict(exclude_unset=True)),
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return _detail(request, machine)


@router.post("/equipment/{int:equipment_id}/move")
def move_equipment(request: ActorRequest, equipment_id: int, body: MoveIn) -> dict[str, Any]:
    """Put a machine at the end of another line."""
    machine = commands.move_equipment(
        equipment_id=equipment_id,
        line_id=body.line_id,
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return _detail(request, machine)


@router.post("/equipment/{int:equipment_id}/links", response={201: Any})
def link_equipment(request: ActorRequest, equipment_id: int, body: LinkIn) -> Status[Any]:
    """Let two machines only ever be taken together."""
    link = commands.link_equipment(
        equipment_id=equipment_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )
    shown = {"id": link.pk, "equipment_id": link.equipment_id, "other_id": link.other_id}
    return Status(201, shown | {"reason": link.reason, "status": "linked"})


@router.delete("/equipment-links/{int:link_id}", response={204: None})
def unlink_equipment(request: ActorRequest, link_id: int) -> Status[None]:
    """Let two machines be taken apart again."""
    commands.unlink_equipment(link_id=link_id, actor_id=request.auth.pk, at=clock.now(request))
    return Status(204, None)


@router.post("/equipment/{int:equipment_id}/qualifications", response={201: Any})
def add_qualification(
    request: ActorRequest, equipment_id: int, body: QualificationIn
) -> Status[Any]:
    """Note what a machine is proved fit for."""
    at = clock.now(request)
    made = commands.add_qualification(
        equipment_id=equipment_id,
        fields=cast("commands.QualificationFields", body.dict()),
        actor_id=request.auth.pk,
        at=at,
    )
    return Status(201, shared.qualification(made, today=local_date(at)))


@router.post("/equipment-qualifications/{int:qualification_id}/withdraw")
def withdraw_qualification(request: ActorRequest, qualification_id: int) -> dict[str, Any]:
    """Take a proof back, whatever day it says."""
    at = clock.now(request)
    gone = commands.withdraw_qualification(
        qualification_id=qualification_id, actor_id=request.auth.pk, at=at
    )
    return shared.qualification(gone, today=local_date(at))


@router.post("/equipment/{int:equipment_id}/papers", response={201: Any})
def add_paper(
    request: ActorRequest,
    equipment_id: int,
    file: File[UploadedFile],
    kind: Form[Literal["photo", "manual", "certificate", "drawing", "record", "other"]],
    is_public: Form[bool] = False,
    about: Form[str] = "",
) -> Status[Any]:
    """Add a photo or paper as ``multipart/form-data``; 20 MB at most, judged by its content.

    422 ``kernel.file_refused`` says why; 409 ``facilities.too_many_papers`` or
    ``facilities.same_paper``.
    """
    with store.staged(file.chunks(), name=file.name or "") as staged:
        made = commands.add_paper(
            equipment_id=equipment_id,
            file=staged,
            kind=kind,
            is_public=is_public,
            about=about,
            actor_id=request.auth.pk,
            at=clock.now(request),
        )
    return Status(201, shared.paper(made))


@router.get("/equipment-papers/{int:paper_id}", response={200: None}, auth=ANYONE)
def read_paper(request: HttpRequest, paper_id: int) -> HttpResponse:
    """The file itself."""
    found = queries.papers(actor=actor_of(request)).filter(pk=paper_id).first()
    if found is None:
        raise NotFound
    return served(sha256=found.sha256, name=found.name, kind=found.form, size=found.size)


@router.delete("/equipment-papers/{int:paper_id}", response={204: None})
def remove_paper(request: ActorRequest, paper_id: int) -> Status[None]:
    """Take a photo or paper off its machine. 409 while a valid proof rests on it."""
    commands.remove_paper(paper_id=paper_id, actor_id=request.auth.pk, at=clock.now(request))
    return Status(204, None)


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
    return shared.equipment(machine, inventory=True)
