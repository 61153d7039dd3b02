"""How does a list leave the house? What one may see of it, in columns that can come back."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import get_language

from pilotharbor.facilities import queries as facilities
from pilotharbor.kernel import bulk, money, sheets
from pilotharbor.kernel.errors import Invalid, NotFound
from pilotharbor.kernel.sheets.write import Cell
from pilotharbor.kernel.time import local_date
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind as RightsKind
from pilotharbor.technologies import queries as technologies
from pilotharbor.web.transfer.kinds import KINDS

AT_ONCE = 1000
# What would tell a blind reviewer whose result it is.
TELLING = frozenset({"owner", "number", "ip_number", "inventors", "region", "source"})

type Said = Callable[[Any, Membership], Cell]


class UnknownFormat(Invalid):
    """Lists leave as .csv or .xlsx."""

    code = "transfer.unknown_format"


@dataclass(frozen=True, slots=True)
class Export:
    """One list: what it is called, its rows for an actor, and what stands in its columns."""

    name: str
    label: Promise
    rows: Callable[[Membership], QuerySet[Any]]
    cells: dict[str, Said]
    blind_to: Callable[[Membership], set[int]] = lambda _actor: set()

    def headings(self) -> list[str]:
        """The headings in the language of the moment."""
        language = get_language() or "zh-hans"
        by_name = {column.name: column for column in KINDS[self.name].columns}
        return [by_name[name].heading(language) for name in self.cells]

    def lines(self, actor: Membership) -> Iterator[list[Cell]]:
        """Every row the actor may see, oldest first."""
        rows = self.rows(actor).order_by("pk")
        blind = self.blind_to(actor)
        for record in rows.iterator(chunk_size=AT_ONCE):
            yield [
                None if name in TELLING and record.pk in blind else said(record, actor)
                for name, said in self.cells.items()
            ]


def _field(name: str) -> Said:
    def said(record: Any, actor: Membership) -> Cell:
        del actor
        value: Cell = getattr(record, name)
        return value

    return said


def _fields(*names: str) -> dict[str, Said]:
    return {name: _field(name) for name in names}


def _label(name: str) -> Said:
    return lambda record, _actor: str(getattr(record, f"get_{name}_display")())


def _yuan(name: str) -> Said:
    def said(record: Any, actor: Membership) -> Cell:
        del actor
        fen = getattr(record, name)
        return None if fen is None else money.plain_yuan(fen)

    return said


def _yes_no(name: str) -> Said:
    def said(record: Any, actor: Membership) -> Cell:
        del actor
        chinese = (get_language() or "zh").startswith("zh")
        return (
            ("是" if chinese else "yes") if getattr(record, name) else ("否" if chinese else "no")
        )

    return said


def _own(said: Said) -> Said:
    """Only of one's own organisation: import numbers and personal data stay in the house."""
    return lambda record, actor: (
        said(record, actor) if record.owner_id == actor.organisation_id else None
    )


def _joined(values: Iterable[object]) -> str:
    return "；".join(str(value) for value in values)


def _published(record: Any, actor: Membership) -> date | None:
    del actor
    return local_date(record.published_at) if record.published_at else None


def _first_right(name: str) -> Said:
    """A row holds one kind and one status for all its numbers; the first right's are shown."""

    def said(record: Any, actor: Membership) -> Cell:
        del actor
        assets = list(record.ip_assets.all())
        return str(getattr(assets[0], f"get_{name}_display")()) if assets else None

    return said


def _number(record: Any, actor: Membership) -> str:
    del actor
    return bulk.number_of(record, record.import_key)


ENTRY: dict[str, Said] = {
    "number": _own(_number),
    **_fields("title", "summary"),
    "keywords": lambda record, _actor: _joined(record.keywords),
    "owner": lambda record, _actor: record.owner.name,
    **_fields("industry"),
}
LAST: dict[str, Said] = {
    "confidentiality": _label("confidentiality"),
    "state": _label("status"),
    "published": _published,
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
            **_fields("discipline", "region", "trl_level", "trl_scale", "trl_evidence", "mrl"),
            "ip_number": lambda record, _actor: _joined(
                a.application_no for a in record.ip_assets.all() if a.application_no
            ),
            "ip_kind": _first_right("kind"),
            "ip_status": _first_right("legal_status"),
            "inventors": _own(
                lambda record, _actor: _joined(
                    i.membership.person.email for i in record.inventors.all()
                )
            ),
            **_fields("source"),
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
        {**ENTRY, **_fields("region"), "budget_fen": _yuan("budget_fen"), **LAST},
    ),
    "organisations": Export(
        "organisations",
        KINDS["organisations"].label,
        lambda actor: parties.visible_organisations(actor=actor),
        {
            **_fields("name", "uscc"),
            "kind": _label("kind"),
            **_fields("name_en", "region", "jurisdiction"),
            "state_funded": _yes_no("state_funded"),
            "sme": _yes_no("sme"),
            **_fields("address", "contact_email", "website"),
            "state": _label("status"),
        },
    ),
    "equipment": Export(
        "equipment",
        KINDS["equipment"].label,
        lambda actor: facilities.visible_equipment(actor=actor),
        {
            "asset_no": lambda record, actor: _inventory(record, actor, record.asset_no),
            **_fields("name", "model"),
            "kind": _label("kind"),
            "owner": lambda record, _actor: record.platform.name,
            "line": lambda record, _actor: record.line.name if record.line else None,
            **_fields("position"),
            "value_fen": lambda record, actor: _inventory(
                record, actor, _yuan("value_fen")(record, actor)
            ),
            **_fields("purchase_date", "specification"),
            "is_shared": _yes_no("is_shared"),
            "state": _label("status"),
        },
    ),
}


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


def write(export: Export, path: Path, *, actor: Membership) -> int:
    """Write what the actor may see to a file, its kind by its name, and count the rows.

    Raises: UnknownFormat.
    """
    writers = {".csv": sheets.write_csv, ".xlsx": sheets.write_xlsx}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise UnknownFormat
    count = 0

    def counted() -> Iterator[list[Cell]]:
        nonlocal count
        for line in export.lines(actor):
            count += 1
            yield line

    writer(path, export.headings(), counted())
    return count
