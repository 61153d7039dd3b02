"""What can be imported, who may, and what does a row become?"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilotharbor.booking import bulk as booking
from pilotharbor.crew import bulk as crew
from pilotharbor.facilities import bulk as facilities
from pilotharbor.facilities.models import Equipment
from pilotharbor.kernel import bulk
from pilotharbor.kernel.bulk import Incoming, Outcome
from pilotharbor.kernel.codes import BadCode, application_number_as_given
from pilotharbor.kernel.sheets import Column, Row
from pilotharbor.parties import bulk as parties_bulk
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.rights import Verb
from pilotharbor.technologies import bulk as technologies
from pilotharbor.technologies import disciplines, secrecy
from pilotharbor.technologies.commands.scenarios import LastDayPassed
from pilotharbor.technologies.content import PATENTS, ContentWrong, GivenRight, checked_rights
from pilotharbor.technologies.models import Achievement, Demand, Scenario
from pilotharbor.technologies.secrecy import StateSecretRefused
from pilotharbor.web.transfer import columns, of_booking, of_crew, parsing
from pilotharbor.web.transfer.judging import Fault, Judged, References


@dataclass(frozen=True, slots=True)
class ImportKind:
    """One kind of list: its columns, who may import it, how a row is judged and loaded."""

    name: str
    label: Promise
    columns: Sequence[Column]
    may: Callable[[Membership], bool]
    judge: Callable[[Row, References], Judged]
    load: Callable[[Iterable[Incoming], bool, Membership, datetime], Outcome]
    reviewed_as: rights.Kind | None = None


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
    fields = _fields(row, Achievement, technologies.ACHIEVEMENT_FIELDS)
    if row.values.get("category") and not fields.get("discipline"):
        fields["discipline"] = row.values["category"]
    judged = _entry(row, Achievement, fields, references)
    extra = {}
    if {"ip_number", "ip_kind"} & row.values.keys():
        extra["ip"] = _rights(row, judged)
    # An empty cell says nothing of inventors: it takes nobody away.
    if row.values.get("inventors"):
        extra["inventors"] = _inventors(row, references, judged.faults)
    said = sorted((name, value) for name, value in extra.items() if value)
    key = _key(row, Achievement, judged.incoming.fields, said)
    ready = judged.incoming.fields
    coded = ready if judged.faults else _with_code(row, ready)
    judged.incoming = replace(judged.incoming, key=key, fields=coded, extra=extra)
    return judged


def _with_code(row: Row, fields: Mapping[str, object]) -> Mapping[str, object]:
    """Lists write the code of the standard, or its exact name, where words are asked for.

    What follows from the words is not part of what the row says, by which it is known again.
    """
    if "discipline_code" not in row.values and fields.get("discipline"):
        with suppress(BadCode):
            code = disciplines.normalise(str(fields["discipline"]))
            return technologies.ready({**fields, "discipline_code": code})
    return fields


def _entry(
    row: Row,
    model: Any,
    fields: dict[str, object],
    references: References,
    ready: Callable[[Mapping[str, Any]], dict[str, Any]] = technologies.ready,
) -> Judged:
    """A result, a need or a scenario, judged by the domain's own rules."""
    faults = _owner(row, references)
    try:
        fields = ready(fields)
    except ContentWrong as wrong:
        faults += [Fault(name, problem) for name, problem in wrong.problems.items()]
    except StateSecretRefused as refused:
        faults.append(Fault(_marked(fields), str(refused)))
    return Judged(Incoming(row.line, _key(row, model, fields), fields), faults)


def _marked(fields: Mapping[str, object]) -> str:
    """The first field that carries the marking."""
    marked = (n for n, v in fields.items() if isinstance(v, str) and secrecy.marking_in(v))
    return next(marked, "keywords")


def _rights(row: Row, judged: Judged) -> tuple[tuple[Any, ...], ...]:
    kinds: Any = row.values.get("ip_kind") or []
    states: Any = row.values.get("ip_status") or []
    numbers: Any = row.values.get("ip_number") or [""] * len(kinds)
    for name, words in (("ip_kind", kinds), ("ip_status", states)):
        if len(words) > 1 and len(words) != len(numbers):
            problem = translate("There are {words} entries for {numbers} application numbers")
            said = problem.format(words=len(words), numbers=len(numbers))
            remedy = translate("Write one for all of them, or one for each in their order.")
            judged.faults.append(Fault(name, said, remedy))
            return ()
    given = []
    for i, number in enumerate(numbers):
        kind = _of_right(kinds, i) or parsing.kind_of_patent(number)
        if kind is None:
            problem = translate("The number does not say what kind of right it is")
            remedy = translate("Name the kind of the right beside it.")
            judged.faults.append(Fault("ip_number", problem, remedy))
            continue
        given.append(GivenRight(kind, number, _of_right(states, i) or "none"))
    try:
        assets = checked_rights(given)
    except ContentWrong as wrong:
        judged.faults += [Fault("ip_number", problem) for problem in wrong.problems.values()]
        return ()
    for asset in assets:
        if asset.kind in PATENTS and asset.application_no and not asset.number_checked:
            doubt = application_number_as_given(asset.application_no).doubt
            remedy = translate("Compare it with the certificate; it was kept as given.")
            judged.doubts.append(Fault("ip_number", str(doubt), remedy))
    return tuple(dict.fromkeys((a.kind, a.application_no, a.legal_status) for a in assets))


def _of_right(words: Sequence[str], i: int) -> str:
    """The word for the right at this place: its own, or the only one there is."""
    return words[i] if len(words) > 1 else "".join(words)


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


# --- demands, scenarios, organisations, equipment ------------------------------------------------------


def _demand(row: Row, references: References) -> Judged:
    fields = _fields(row, Demand, technologies.DEMAND_FIELDS)
    return _entry(row, Demand, fields, references)


def _scenario(row: Row, references: References) -> Judged:
    fields = _fields(row, Scenario, technologies.SCENARIO_FIELDS)
    judged = _entry(row, Scenario, fields, references, technologies.ready_scenario)
    last: Any = judged.incoming.fields.get("answers_until_date")
    # What is there already is not put up again, so its last day may well have passed.
    fresh = references.submit and judged.incoming.key not in references.scenarios
    if fresh and last is not None and last < references.today:
        judged.faults.append(Fault("answers_until_date", str(LastDayPassed())))
    return judged


def _organisation(row: Row, references: References) -> Judged:
    del references
    names = parties_bulk.ORGANISATION_FIELDS
    fields = _fields(row, Organisation, names)
    return Judged(Incoming(row.line, str(row.values.get("uscc")), fields))


def _equipment(row: Row, references: References) -> Judged:
    names = facilities.EQUIPMENT_FIELDS - {"line_id", "place_id"}
    fields = _fields(row, Equipment, names)
    faults = _owner(row, references)
    smallest, largest = row.values.get("scale_min_g"), row.values.get("scale_max_g")
    if isinstance(smallest, Decimal) and isinstance(largest, Decimal) and smallest > largest:
        problem = translate("The smallest scale is larger than the largest one")
        remedy = translate("Exchange the two, or mend one of them.")
        faults.append(Fault("scale_min_g", problem, remedy))
    if "place" in row.values:
        named = row.values["place"]
        fields["place_id"] = references.places.get(str(named)) if named else None
        if named and fields["place_id"] is None:
            known = "、".join(list(references.places)[:8]) or translate("none yet")
            remedy = translate("Your sites: {sites}.").format(sites=known)
            faults.append(Fault("place", translate("Your platform has no such site"), remedy))
    if "line" in row.values:
        named = row.values["line"]
        fields["line_id"] = references.lines.get(str(named)) if named else None
        if named and fields["line_id"] is None:
            known = "、".join(list(references.lines)[:8]) or translate("none yet")
            remedy = translate("Your lines: {lines}.").format(lines=known)
            faults.append(Fault("line", translate("Your platform has no such line"), remedy))
    return Judged(Incoming(row.line, str(row.values.get("asset_no")), fields), faults)


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
            lambda rows, submit, actor, at: technologies.import_achievements(
                rows=rows, submit=submit, actor_id=actor.pk, at=at
            ),
            reviewed_as=rights.Kind.ACHIEVEMENT,
        ),
        ImportKind(
            "demands",
            _("Demands"),
            columns.DEMANDS,
            _writes(rights.Kind.DEMAND),
            _demand,
            lambda rows, submit, actor, at: technologies.import_demands(
                rows=rows, submit=submit, actor_id=actor.pk, at=at
            ),
            reviewed_as=rights.Kind.DEMAND,
        ),
        ImportKind(
            "scenarios",
            _("Scenarios"),
            columns.SCENARIOS,
            technologies.may_import_scenarios,
            _scenario,
            lambda rows, submit, actor, at: technologies.import_scenarios(
                rows=rows, submit=submit, actor_id=actor.pk, at=at
            ),
        ),
        ImportKind(
            "organisations",
            _("Organisations"),
            columns.ORGANISATIONS,
            parties_bulk.may_import,
            _organisation,
            lambda rows, _submit, actor, at: parties_bulk.import_organisations(
                rows=rows, actor_id=actor.pk, at=at
            ),
        ),
        ImportKind(
            "equipment",
            _("Equipment"),
            columns.EQUIPMENT,
            facilities.may_import,
            _equipment,
            lambda rows, _submit, actor, at: facilities.import_equipment(
                rows=rows, actor_id=actor.pk, at=at
            ),
        ),
        ImportKind(
            "roster",
            _("Roster"),
            columns.ROSTER,
            crew.may_import,
            of_crew.shift,
            lambda rows, _submit, actor, at: crew.import_shifts(
                rows=rows, actor_id=actor.pk, at=at
            ),
        ),
        ImportKind(
            "examinations",
            _("Examinations"),
            columns.EXAMINATIONS,
            crew.may_import,
            of_crew.examination,
            lambda rows, _submit, actor, at: crew.import_examinations(
                rows=rows, actor_id=actor.pk, at=at
            ),
        ),
        ImportKind(
            "bookings",
            pgettext_lazy("list", "Bookings"),
            columns.BOOKINGS,
            booking.may_import,
            of_booking.wanted,
            lambda rows, _submit, actor, at: booking.import_bookings(
                rows=rows, actor_id=actor.pk, at=at
            ),
        ),
    )
}
