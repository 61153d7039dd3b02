"""How does a list leave the house? What one may see of it, in columns that can come back."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from pilotharbor.booking import queries as booking
from pilotharbor.crew import queries as crew
from pilotharbor.facilities import queries as facilities
from pilotharbor.kernel import bulk, sheets
from pilotharbor.kernel.errors import Invalid, NotFound
from pilotharbor.kernel.sheets.write import Cell
from pilotharbor.kernel.time import SHANGHAI, local_date
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership, Person
from pilotharbor.parties.rights import Kind as RightsKind
from pilotharbor.technologies import disciplines
from pilotharbor.technologies import queries as technologies
from pilotharbor.technologies.models import Cooperation
from pilotharbor.technologies.scenarios import queries as scenarios
from pilotharbor.web.transfer import parsing
from pilotharbor.web.transfer.cells import (
    Export,
    Said,
    day,
    edge,
    field,
    fields,
    label,
    path,
    yes_no,
    yuan,
)
from pilotharbor.web.transfer.kinds import KINDS
from pilotharbor.web.transfer.other_lists import OTHERS


class UnknownFormat(Invalid):
    """Lists leave as .csv or .xlsx."""

    code = "transfer.unknown_format"


def _own(said: Said) -> Said:
    """Only of one's own organisation: import numbers and personal data stay in the house."""
    return lambda record, actor: (
        said(record, actor) if record.owner_id == actor.organisation_id else None
    )


def _rights(name: str) -> Said:
    """One word where it is the same for all rights, else one for each of their numbers."""

    def said(record: Any, actor: Membership) -> Cell:
        del actor
        words = [str(getattr(a, f"get_{name}_display")()) for a in record.ip_assets.all()]
        return parsing.joined(words if len(set(words)) > 1 else words[:1])

    return said


def _right_numbers(record: Any, actor: Membership) -> Cell:
    del actor
    numbers = [asset.application_no for asset in record.ip_assets.all()]
    return parsing.joined(numbers) if any(numbers) or len(numbers) > 1 else None


def _number(record: Any, actor: Membership) -> str:
    del actor
    return bulk.number_of(record, record.import_key)


def _ways(record: Any, actor: Membership) -> Cell:
    del actor
    return parsing.joined([str(Cooperation(way).label) for way in record.cooperation])


ENTRY: dict[str, Said] = {
    "number": _own(_number),
    **fields("title", "summary"),
    "keywords": lambda record, _actor: parsing.joined(record.keywords),
    "owner": lambda record, _actor: record.owner.name,
    **fields("industry"),
}
LAST: dict[str, Said] = {
    "confidentiality": label("confidentiality"),
    "state": label("status"),
    "published": day("published_at"),
}
EXPORTS: dict[str, Export] = {
    "achievements": Export(
        "achievements",
        KINDS["achievements"].label,
        lambda actor: (
            technologies.visible_achievements(actor=actor)
            .select_related("owner")
            .prefetch_related("ip_assets", "inventors__membership__person")
        ),
        {
            **ENTRY,
            **fields("discipline"),
            "discipline_code": lambda record, _actor: (
                disciplines.label(record.discipline_code) or None
            ),
            **fields("region", "trl_level", "trl_scale", "trl_evidence", "mrl"),
            "ip_number": _right_numbers,
            "ip_kind": _rights("kind"),
            "ip_status": _rights("legal_status"),
            "inventors": _own(
                lambda record, _actor: parsing.joined(
                    [i.membership.person.email for i in record.inventors.all()]
                )
            ),
            "cooperation": _ways,
            "pricing": label("pricing"),
            "price_fen": yuan("price_fen"),
            **fields("source"),
            **LAST,
        },
        blind_to=lambda actor: technologies.blind_ids(
            actor, technologies.admitted_ids(actor, RightsKind.ACHIEVEMENT)
        ),
    ),
    "demands": Export(
        "demands",
        KINDS["demands"].label,
        lambda actor: technologies.visible_demands(actor=actor).select_related("owner"),
        {
            **ENTRY,
            **fields("region"),
            "budget_fen": yuan("budget_fen"),
            "cooperation": _ways,
            **fields("trl_wanted"),
            **LAST,
        },
    ),
    "scenarios": Export(
        "scenarios",
        KINDS["scenarios"].label,
        lambda actor: scenarios.visible_scenarios(actor=actor),
        {
            "number": _own(_number),
            **fields("title"),
            "direction": label("direction"),
            **fields("summary", "conditions"),
            "keywords": lambda record, _actor: parsing.joined(record.keywords),
            "owner": lambda record, _actor: record.owner.name,
            **fields("industry", "region"),
            "frontier": lambda record, _actor: record.get_frontier_display() or None,
            "domestic_substitution": yes_no("domestic_substitution"),
            "budget_fen": yuan("budget_fen"),
            "cooperation": _ways,
            **fields("answers_until_date"),
            **LAST,
            "ordered": field("order_date"),
        },
    ),
    "organisations": Export(
        "organisations",
        KINDS["organisations"].label,
        lambda actor: parties.visible_organisations(actor=actor),
        {
            **fields("name", "uscc"),
            "kind": label("kind"),
            **fields("name_en", "region", "jurisdiction"),
            "state_funded": yes_no("state_funded"),
            "sme": yes_no("sme"),
            **fields("address", "contact_email", "website"),
            "state": label("status"),
        },
    ),
    "equipment": Export(
        "equipment",
        KINDS["equipment"].label,
        lambda actor: facilities.visible_equipment(actor=actor).select_related(
            "platform", "line", "place"
        ),
        {
            "asset_no": lambda record, actor: _inventory(record, actor, record.asset_no),
            **fields("name", "model"),
            "kind": label("kind"),
            "owner": lambda record, _actor: record.platform.name,
            "line": lambda record, _actor: record.line.name if record.line else None,
            **fields("position"),
            "value_fen": lambda record, actor: _inventory(
                record, actor, yuan("value_fen")(record, actor)
            ),
            **fields("purchase_date", "specification"),
            "place": path("place.name"),
            **fields("scale_min_g", "scale_max_g"),
            "scale_up": lambda record, _actor: record.scale_up and round(record.scale_up, 2),
            "is_shared": yes_no("is_shared"),
            "state": label("status"),
        },
    ),
    "roster": Export(
        "roster",
        KINDS["roster"].label,
        lambda actor: crew.visible_shifts(actor=actor).filter(withdrawn_at=None),
        {
            "email": lambda record, actor: _address(
                record.membership.person, actor, record.membership.organisation_id
            ),
            "day": lambda record, _actor: local_date(record.period.lower),
            "starts": lambda record, _actor: _clock(record.period.lower),
            "ends": lambda record, _actor: _clock(record.period.upper),
            **fields("note"),
        },
    ),
    "examinations": Export(
        "examinations",
        KINDS["examinations"].label,
        lambda actor: crew.visible_examinations(actor=actor).filter(corrected_by=None),
        {
            "course": lambda record, _actor: record.course.name,
            "email": lambda record, actor: _address(
                record.person, actor, record.course.platform_id
            ),
            **fields("held_date", "mark", "note"),
        },
    ),
    "bookings": Export(
        "bookings",
        KINDS["bookings"].label,
        lambda actor: booking.visible_bookings(actor=actor),
        {
            "line": path("line.name"),
            "platform": path("line.platform.name"),
            "project": path("project.title"),
            "start": edge("period", "lower"),
            "end": edge("period", "upper"),
            "billing": label("billing"),
            **fields("batches", "samples", "batch_no", "batch_kg", "material", "hazard"),
            "wants_engineer": yes_no("wants_engineer"),
            "retrospective": yes_no("retrospective"),
            "price_fen": yuan("price_fen"),
            "state": label("status"),
        },
    ),
    **OTHERS,
}


def _clock(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%H:%M}"


def _address(person: Person, actor: Membership, platform_id: int) -> Cell:
    """Addresses are for those who may bring the list in again, one's own for everybody."""
    mine = person.pk == actor.person_id
    return person.email if mine or crew.keeps_crew(actor, platform_id=platform_id) else None


def _inventory(record: Any, actor: Membership, value: Cell) -> Cell:
    seen = facilities.sees_inventory(actor, platform_id=record.platform_id)
    return value if seen else None


def export_of(name: str) -> Export:
    """The list of this name.

    Raises: NotFound.
    """
    if name not in EXPORTS:
        raise NotFound
    return EXPORTS[name]


def write(export: Export, file: Path, *, actor: Membership) -> int:
    """Write what the actor may see to a file, its kind by its name, and count the rows.

    Raises: UnknownFormat.
    """
    writers = {".csv": sheets.write_csv, ".xlsx": sheets.write_xlsx}
    writer = writers.get(file.suffix.lower())
    if writer is None:
        raise UnknownFormat
    count = 0

    def counted() -> Iterator[list[Cell]]:
        nonlocal count
        for line in export.lines(actor):
            count += 1
            yield line

    writer(file, export.headings(), counted())
    return count
