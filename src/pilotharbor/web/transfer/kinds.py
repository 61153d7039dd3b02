"""What can be imported, who may, and what does a row become?"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from pilotharbor.facilities import bulk as facilities
from pilotharbor.facilities.models import Equipment, Line
from pilotharbor.kernel import bulk
from pilotharbor.kernel.bulk import Incoming, Outcome
from pilotharbor.kernel.sheets import Column, Row
from pilotharbor.parties import bulk as parties_bulk
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.rights import Verb
from pilotharbor.technologies import bulk as technologies
from pilotharbor.technologies.models import Achievement, Demand, TrlScale
from pilotharbor.web.transfer import columns
from pilotharbor.web.transfer.parsing import Right

NINE = 9


@dataclass
class References:
    """What rows may refer to, seen with the eyes of who imports; looked up once a run."""

    actor: Membership
    owners: dict[str, int | None] = field(default_factory=dict)

    @cached_property
    def members(self) -> dict[str, int]:
        """Active members of the actor's organisation by e-mail."""
        found = Membership.objects.filter(
            organisation_id=self.actor.organisation_id, status=Membership.Status.ACTIVE
        )
        pairs = found.order_by("-pk").values_list("person__email", "pk")
        return {email.lower(): pk for email, pk in pairs}

    @cached_property
    def lines(self) -> dict[str, int]:
        """Lines of the actor's platform by name."""
        found = Line.objects.filter(platform_id=self.actor.organisation_id)
        return dict(found.order_by("-pk").values_list("name", "pk"))

    def organisation(self, text: str) -> int | None:
        """The organisation of this code or name, if the actor may see it."""
        if text not in self.owners:
            seen = parties.visible_organisations(actor=self.actor)
            by_code = seen.filter(uscc=text.strip().upper().replace(" ", ""))
            found = list((by_code or seen.filter(name=text)).values_list("pk", flat=True)[:2])
            self.owners[text] = found[0] if len(found) == 1 else None
        return self.owners[text]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong (or only doubtful) with a value of an otherwise readable row."""

    column: str
    problem: str
    remedy: str = ""


@dataclass(slots=True)
class Judged:
    """A row turned into what the domain takes in, with what was found on the way."""

    incoming: Incoming
    faults: list[Fault] = field(default_factory=list)
    doubts: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ImportKind:
    """One kind of list: its columns, who may import it, how a row is judged and loaded."""

    name: str
    label: Promise
    columns: Sequence[Column]
    may: Callable[[Membership], bool]
    judge: Callable[[Row, References], Judged]
    load: Callable[[Iterable[Incoming], bool, Membership, datetime], Outcome]
    publishes: bool = False


def _owner(row: Row, references: References) -> list[Fault]:
    named = row.values.get("owner")
    if named is None:
        return []
    found = references.organisation(str(named))
    if found == references.actor.organisation_id:
        return []
    problem = (
        translate("No organisation known to you has this name or code")
        if found is None
        else translate("You import for your own organisation only")
    )
    own = references.actor.organisation
    remedy = translate("Leave it empty, or write {name} or {code}.").format(
        name=own.name, code=own.uscc
    )
    return [Fault("owner", problem, remedy)]


def _fields(row: Row, model: Any, names: Iterable[str]) -> dict[str, object]:
    """The model's fields that the file speaks about; an empty cell is the field's default."""
    return {
        name: _default(model, name) if row.values[name] is None else row.values[name]
        for name in names
        if name in row.values
    }


def _default(model: Any, name: str) -> object:
    default: object = model._meta.get_field(name).get_default()  # noqa: SLF001
    return default


def _key(row: Row, model: Any, fields: Mapping[str, object], *more: object) -> str:
    """The row's number or the digest of what it says; an empty column says nothing."""
    number = row.values.get("number")
    said = {k: v for k, v in fields.items() if v != _default(model, k)}
    return bulk.key_of(str(number) if number else None, {"fields": said, "more": more})


# --- achievements ---------------------------------------------------------------------------


def _achievement(row: Row, references: References) -> Judged:
    names = technologies.ACHIEVEMENT_FIELDS
    fields = _fields(row, Achievement, names)
    if row.values.get("category") and not fields.get("discipline"):
        fields["discipline"] = row.values["category"]
    faults = _owner(row, references)
    scale, level = fields.get("trl_scale", TrlScale.TRL_9), fields.get("trl_level")
    if isinstance(level, int) and level > NINE and scale == TrlScale.TRL_9:
        problem = translate("The scale TRL-9 has nine levels")
        faults.append(Fault("trl_level", problem, translate("Name the scale GB-13 beside it.")))
    extra: dict[str, tuple[tuple[Any, ...], ...]] = {}
    doubts: list[Fault] = []
    if {"ip_number", "ip_kind"} & row.values.keys():
        extra["ip"] = _rights(row, faults, doubts)
    if "inventors" in row.values:
        extra["inventors"] = _inventors(row, references, faults)
    key = _key(row, Achievement, fields, sorted((k, v) for k, v in extra.items() if v))
    return Judged(Incoming(row.line, key, fields, extra), faults, doubts)


def _rights(row: Row, faults: list[Fault], doubts: list[Fault]) -> tuple[tuple[Any, ...], ...]:
    kind, legal = row.values.get("ip_kind"), row.values.get("ip_status") or "none"
    numbers: Any = row.values.get("ip_number") or []
    if not numbers:
        return ((kind, "", False, legal),) if kind else ()
    found = []
    for right in numbers:
        said = kind or right.kind
        if said is None:
            remedy = translate("Name the kind of the right beside it.")
            faults.append(Fault("ip_number", str(right.doubt), remedy))
        elif right.doubt is not None and str(said).endswith(("patent", "model")):
            doubts.append(Fault("ip_number", str(right.doubt), _compare(right)))
        found.append((said, right.number, right.doubt is None, legal))
    return tuple(found)


def _compare(right: Right) -> str:
    text = translate("Compare {number} with the certificate; it was kept as given.")
    return text.format(number=right.number)


def _inventors(
    row: Row, references: References, faults: list[Fault]
) -> tuple[tuple[Any, ...], ...]:
    emails: Any = row.values["inventors"] or []
    unknown = [email for email in emails if email.lower() not in references.members]
    for email in unknown:
        problem = translate("Nobody in your organisation has the address {email}")
        remedy = translate("Invite the person first, or leave the address out.")
        faults.append(Fault("inventors", problem.format(email=email), remedy))
    return tuple((references.members[e.lower()],) for e in emails if e not in unknown)


# --- demands, organisations, equipment ------------------------------------------------------


def _demand(row: Row, references: References) -> Judged:
    fields = _fields(row, Demand, technologies.DEMAND_FIELDS)
    key = _key(row, Demand, fields)
    return Judged(Incoming(row.line, key, fields), _owner(row, references))


def _organisation(row: Row, references: References) -> Judged:
    del references
    names = parties_bulk.ORGANISATION_FIELDS
    fields = _fields(row, Organisation, names)
    return Judged(Incoming(row.line, str(row.values["uscc"]), fields))


def _equipment(row: Row, references: References) -> Judged:
    names = facilities.EQUIPMENT_FIELDS - {"line_id"}
    fields = _fields(row, Equipment, names)
    faults = _owner(row, references)
    if "line" in row.values:
        named = row.values["line"]
        fields["line_id"] = references.lines.get(str(named)) if named else None
        if named and fields["line_id"] is None:
            known = "、".join(list(references.lines)[:8]) or translate("none yet")
            remedy = translate("Your lines: {lines}.").format(lines=known)
            faults.append(Fault("line", translate("Your platform has no such line"), remedy))
    return Judged(Incoming(row.line, str(row.values["asset_no"]), fields), faults)


def _writes(kind: rights.Kind) -> Callable[[Membership], bool]:
    return lambda actor: rights.Scope.OWN in rights.scopes(actor, Verb.WRITE, kind)


KINDS: dict[str, ImportKind] = {
    kind.name: kind
    for kind in (
        ImportKind(
            "achievements",
            _("Achievements"),
            columns.ACHIEVEMENTS,
            _writes(rights.Kind.ACHIEVEMENT),
            _achievement,
            lambda rows, publish, actor, at: technologies.import_achievements(
                rows=rows, publish=publish, actor_id=actor.pk, at=at
            ),
            publishes=True,
        ),
        ImportKind(
            "demands",
            _("Demands"),
            columns.DEMANDS,
            _writes(rights.Kind.DEMAND),
            _demand,
            lambda rows, publish, actor, at: technologies.import_demands(
                rows=rows, publish=publish, actor_id=actor.pk, at=at
            ),
            publishes=True,
        ),
        ImportKind(
            "organisations",
            _("Organisations"),
            columns.ORGANISATIONS,
            parties_bulk.may_import,
            _organisation,
            lambda rows, _publish, actor, at: parties_bulk.import_organisations(
                rows=rows, actor_id=actor.pk, at=at
            ),
        ),
        ImportKind(
            "equipment",
            _("Equipment"),
            columns.EQUIPMENT,
            facilities.may_import,
            _equipment,
            lambda rows, _publish, actor, at: facilities.import_equipment(
                rows=rows, actor_id=actor.pk, at=at
            ),
        ),
    )
}
