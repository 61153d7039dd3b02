"""Does a case contradict itself? Each objection names the path of the field."""

import json
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from pydantic import TypeAdapter, ValidationError

from pilotharbor.agreements.models import Milestone
from pilotharbor.campaigns.commands.batches import MOST_REPLICATES
from pilotharbor.kernel import codes, time
from pilotharbor.kernel.errors import DomainError
from pilotharbor.technologies.content import TOP_LEVEL
from pilotharbor.web.voyage import formats
from pilotharbor.web.voyage.case import Case, Number
from pilotharbor.web.voyage.formats import Objection

WHOLE_BP = 10_000
MEASURED: TypeAdapter[Decimal] = TypeAdapter(Number)
LONGEST_BOOKING = timedelta(days=31)
FIRST_YEAR, LAST_YEAR = 2000, 2100


class CaseRefusedError(Exception):
    """The file is not a playable case; ``objections`` are (path, what is wrong)."""

    def __init__(self, objections: list[Objection]) -> None:
        self.objections = objections
        super().__init__("; ".join(f"{path}: {text}" for path, text in objections))


def load(path: Path) -> Case:
    """Read and check a case file.

    Raises: CaseRefusedError naming every offending field; OSError when it cannot be read.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except ValueError as exc:
        raise CaseRefusedError([("$", _("This is not JSON in UTF-8: {0}").format(exc))]) from exc
    except RecursionError as exc:
        raise CaseRefusedError([("$", _("It is nested far too deeply."))]) from exc
    return parse(data)


def parse(data: Any) -> Case:
    """Check a case given as data.

    Raises: CaseRefusedError.
    """
    if objections := list(formats.unusable(data)):
        raise CaseRefusedError(objections)
    try:
        case = Case.model_validate(data)
    except ValidationError as exc:
        raise CaseRefusedError([(_dotted(e["loc"]), e["msg"]) for e in exc.errors()]) from exc
    objections = [objection for check in CHECKS for objection in check(case)]
    if objections:
        raise CaseRefusedError(objections)
    return case


def _dotted(where: tuple[int | str, ...]) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in where)
    return path.removeprefix(".") or "$"


def _who(case: Case) -> Iterator[Objection]:
    for name, keys in (
        ("organisations", [o.key for o in case.organisations]),
        ("people", [p.key for p in case.people]),
    ):
        for i, key in enumerate(keys):
            if key in keys[:i]:
                yield f"{name}[{i}].key", _("“{0}” is used twice.").format(key)
    seen: dict[str, int] = {}
    for i, org in enumerate(case.organisations):
        try:
            code = codes.normalise_uscc(org.uscc)
        except DomainError as exc:
            yield f"organisations[{i}].uscc", str(exc)
            continue
        if code in seen:
            yield f"organisations[{i}].uscc", _("“{0}” is used twice.").format(code)
        seen[code] = i
    if not any(o.kind == "pilot_platform" for o in case.organisations):
        yield "organisations", _("No organisation is a pilot platform.")
    orgs = {o.key for o in case.organisations}
    for i, person in enumerate(case.people):
        if person.org is not None and person.org not in orgs:
            yield f"people[{i}].org", _("There is no organisation “{0}”.").format(person.org)
        if person.org is None and person.role != "expert":
            yield f"people[{i}].org", _("Only experts may come without an organisation.")


def _roles(case: Case) -> Iterator[Objection]:
    platform = next((o.key for o in case.organisations if o.kind == "pilot_platform"), None)
    if platform is None:
        return
    needed = [
        ("researcher", case.achievement.owner),
        ("tto_officer", case.achievement.owner),
        ("enterprise_member", case.demand.owner),
        ("technology_manager", None),
        ("industry_advisor", None),
        ("platform_operator", platform),
        ("equipment_engineer", platform),
    ]
    for role, org in needed:
        if case.with_role(role, org) is None:
            where = f" ({org})" if org else ""
            yield "people", _("Nobody has the role “{0}”{1}.").format(role, where)


def _references(case: Case) -> Iterator[Objection]:
    orgs = {o.key for o in case.organisations}
    people = {p.key: p for p in case.people}
    named = [
        ("achievement.owner", case.achievement.owner),
        ("demand.owner", case.demand.owner),
        *((f"agreement.parties[{i}]", key) for i, key in enumerate(case.agreement.parties)),
        *((f"follow_up[{i}].owner", task.owner) for i, task in enumerate(case.follow_up)),
    ]
    if share := case.agreement.revenue_share:
        named += [
            ("agreement.revenue_share.payer", share.payer),
            ("agreement.revenue_share.payee", share.payee),
        ]
    if case.decision:
        named += [(f"decision.equity_bp.{key}", key) for key in case.decision.equity_bp]
        if case.decision.company:
            named.append(("decision.company", case.decision.company))
    for path, key in named:
        if key not in orgs:
            yield path, _("There is no organisation “{0}”.").format(key)
    for i, key in enumerate(case.achievement.inventors):
        if key not in people:
            yield f"achievement.inventors[{i}]", _("There is no person “{0}”.").format(key)
        elif people[key].org != case.achievement.owner:
            yield f"achievement.inventors[{i}]", _("An inventor belongs to the owner.")
    for i, key in enumerate(case.assessment.panel):
        if key not in people or people[key].role != "expert":
            yield f"assessment.panel[{i}]", _("There is no expert “{0}”.").format(key)
        elif key in case.assessment.panel[:i]:
            yield f"assessment.panel[{i}]", _("“{0}” is used twice.").format(key)


def _assessment(case: Case) -> Iterator[Objection]:
    judged = case.assessment
    if sum(judged.weights_bp.values()) != WHOLE_BP:
        yield (
            "assessment.weights_bp",
            _("The weights sum to {0} instead of 10000.").format(sum(judged.weights_bp.values())),
        )
    if set(judged.scores) != set(judged.panel):
        yield "assessment.scores", _("Every expert of the panel, and nobody else, gives scores.")
    for key, scores in judged.scores.items():
        if set(scores) != set(judged.weights_bp):
            yield f"assessment.scores.{key}", _("The criteria differ from those weighed.")
    trl = case.achievement.trl
    if trl.level > TOP_LEVEL[trl.scale]:
        yield "achievement.trl.level", _("The scale ends at {0}.").format(TOP_LEVEL[trl.scale])


def _agreement(case: Case) -> Iterator[Objection]:
    agreed = case.agreement
    total = sum(m.share_bp for m in agreed.milestones)
    if total != WHOLE_BP:
        yield "agreement.milestones", _("The shares sum to {0} instead of 10000.").format(total)
    keys = [m.key for m in agreed.milestones]
    for i, key in enumerate(keys):
        if key in keys[:i]:
            yield f"agreement.milestones[{i}].key", _("“{0}” is used twice.").format(key)
    for i, party in enumerate(agreed.parties):
        if party in agreed.parties[:i]:
            yield f"agreement.parties[{i}]", _("“{0}” is used twice.").format(party)
    musts = [case.achievement.owner, case.demand.owner]
    musts += [] if list(_who(case)) else [case.platform().key]
    for must in dict.fromkeys(musts):
        if must not in agreed.parties:
            yield "agreement.parties", _("“{0}” must be a party.").format(must)
    if case.revenue and agreed.revenue_share is None:
        yield "revenue", _("The agreement knows no revenue share.")


def _terms(case: Case) -> Iterator[Objection]:
    agreed = case.agreement
    planned = max(len(case.pilot.bookings), case.pilot.consecutive_batches)
    for i, milestone in enumerate(agreed.milestones):
        counted = milestone.evidence == Milestone.Evidence.BATCH_RELEASED
        if milestone.nth > (planned if counted else 1):
            yield f"agreement.milestones[{i}].nth", _("There is no such batch or evidence.")
    if share := agreed.revenue_share:
        if share.payer == share.payee:
            yield "agreement.revenue_share.payee", _("Payer and payee are the same.")
        if share.payee not in agreed.parties:
            yield "agreement.revenue_share.payee", _("Only a party can be paid.")


def _pilot(case: Case) -> Iterator[Objection]:
    pilot = case.pilot
    batches = [b.batch for b in pilot.bookings]
    for i, booking in enumerate(pilot.bookings):
        if booking.start.tzinfo is None or booking.end.tzinfo is None:
            yield f"pilot.bookings[{i}].start", _("A time needs its time zone.")
            return
        if booking.end <= booking.start:
            yield f"pilot.bookings[{i}].end", _("The end is not after the start.")
        elif booking.end - booking.start > LONGEST_BOOKING:
            yield f"pilot.bookings[{i}].end", _("A booking takes at most {0} days.").format(31)
        if not FIRST_YEAR <= booking.start.year < booking.end.year + 1 <= LAST_YEAR:
            yield (
                f"pilot.bookings[{i}].start",
                _("The year lies between {0} and {1}.").format(FIRST_YEAR, LAST_YEAR - 1),
            )
        if booking.batch in batches[:i]:
            yield f"pilot.bookings[{i}].batch", _("“{0}” is used twice.").format(booking.batch)
    ordered = sorted(range(len(batches)), key=lambda i: pilot.bookings[i].start)
    for one, two in pairwise(ordered):
        if pilot.bookings[two].start < pilot.bookings[one].end:
            yield f"pilot.bookings[{two}].start", _("It overlaps another booking of the line.")
    yield from _limits(case)
    yield from _results(case)


def _limits(case: Case) -> Iterator[Objection]:
    names = [limit.attribute for limit in case.pilot.acceptance]
    for i, limit in enumerate(case.pilot.acceptance):
        path = f"pilot.acceptance[{i}]"
        if limit.attribute in names[:i]:
            yield f"{path}.attribute", _("“{0}” is used twice.").format(limit.attribute)
        if limit.at_least is None and limit.at_most is None:
            yield path, _("A limit needs at_least or at_most.")
        elif (
            limit.at_least is not None
            and limit.at_most is not None
            and limit.at_least > limit.at_most
        ):
            yield f"{path}.at_least", _("It is above at_most.")


def _results(case: Case) -> Iterator[Objection]:
    names = {limit.attribute for limit in case.pilot.acceptance}
    booked = {b.batch for b in case.pilot.bookings}
    seen: set[int] = set()
    for i, result in enumerate(case.pilot.results):
        path = f"pilot.results[{i}]"
        if result.batch not in booked:
            yield f"{path}.batch", _("Batch {0} has no booking.").format(result.batch)
        if result.batch in seen:
            yield f"{path}.batch", _("“{0}” is used twice.").format(result.batch)
        seen.add(result.batch)
        for name in sorted(names - set(result.values)):
            yield f"{path}.{name}", _("There is no measured value.")
        for name, values in result.values.items():
            if name not in names:
                yield f"{path}.{name}", _("No limit is stated for this attribute.")
            elif not _numbers(values):
                yield f"{path}.{name}", _("Measured values are a list of numbers.")


def _numbers(values: Any) -> bool:
    """Whether these are measured values, each of the size that is kept."""
    if not isinstance(values, list) or not 1 <= len(values) <= MOST_REPLICATES:
        return False
    try:
        return all(
            not isinstance(v, (bool, str)) and MEASURED.validate_python(Decimal(v)) is not None
            for v in values
        )
    except (InvalidOperation, TypeError, ValueError):
        return False


def _decision(case: Case) -> Iterator[Objection]:
    made = case.decision
    if made is None:
        return
    if made.outcome == "spin_off":
        if made.company is None:
            yield "decision.company", _("Founding a company needs the company.")
        total = sum(made.equity_bp.values())
        if total != WHOLE_BP:
            yield "decision.equity_bp", _("The shares sum to {0} instead of 10000.").format(total)
        for key, share in made.equity_bp.items():
            if not share:
                yield f"decision.equity_bp.{key}", _("A holder holds more than nothing.")
        sides = {case.achievement.owner, case.demand.owner, *_platforms(case)[:1]}
        if made.company in sides | made.equity_bp.keys():
            yield "decision.company", _("The company is new: neither a side nor its own holder.")
    if reward := made.inventor_reward:
        holder = reward.of.removesuffix("_equity")
        if not reward.of.endswith("_equity") or holder not in made.equity_bp:
            yield "decision.inventor_reward.of", _("“{0}” names no stake.").format(reward.of)
        else:
            yield from formats.basis(case, holder)
    if case.follow_up and made.outcome in {"retry", "stop"}:
        yield "follow_up", _("The project is over with this decision; nothing follows it.")


def _platforms(case: Case) -> list[str]:
    return [o.key for o in case.organisations if o.kind == "pilot_platform"]


def _revenue(case: Case) -> Iterator[Objection]:
    periods: list[time.ReportingPeriod] = []
    for i, revenue in enumerate(case.revenue):
        try:
            period = time.reporting_period(revenue.period)
        except DomainError as exc:
            yield f"revenue[{i}].period", str(exc)
            continue
        if periods and period.first < periods[-1].after:
            yield f"revenue[{i}].period", _("It does not lie after the period before.")
        periods.append(period)


CHECKS = (
    _who, _roles, _references, formats.said, formats.seats, _assessment, _agreement, _terms, _pilot,
    _decision, _revenue,
)  # fmt: skip
