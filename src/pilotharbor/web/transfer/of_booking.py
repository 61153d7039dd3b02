"""What does a row of a list of bookings become?"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as translate

from pilotharbor.booking import bulk, commands, queries
from pilotharbor.booking.commands import Ask
from pilotharbor.booking.models import Booking
from pilotharbor.facilities.models import Line
from pilotharbor.kernel.bulk import Incoming
from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.sheets import Row
from pilotharbor.kernel.time import SHANGHAI
from pilotharbor.web.transfer.judging import Fault, Judged, References

_UNREAD = "booking.safety_not_acknowledged"


def wanted(row: Row, references: References) -> Judged:
    """One slot of one line for one project, held against every rule of a request."""
    given: Any = row.values
    faults: list[Fault] = []
    line = _line(given, references, faults)
    project = _project(given, references, faults)
    user = _user(given, references, faults)
    start, end = given.get("start"), given.get("end")
    ask = Ask(
        billing=given.get("billing") or Booking.Billing.BATCH, batches=given.get("batches"),
        samples=given.get("samples") or 0, batch_no=given.get("batch_no"),
        batch_kg=given.get("batch_kg"), material=given.get("material") or "",
        hazard=given.get("hazard") or "", wants_engineer=given.get("wants_engineer") is not False,
        used_by_id=user,
    )  # fmt: skip
    reason = given.get("override_reason") or ""
    fields: dict[str, Any] = {
        "line_id": line.pk if line else None, "project_id": project, "start": start, "end": end,
        "retrospective": bool(given.get("retrospective")), "override_reason": reason, "ask": ask,
    }  # fmt: skip
    key = f"{fields['line_id']} {project} {start} {end}"
    if line is not None and project and start and end:
        slot = {"line_id": line.pk, "project_id": project, "start": start, "end": end}
        if not bulk.asked_already(**slot, actor=references.actor):
            faults += _earlier(row.line, line, (start, end), references)
            fields["ask"], against = _against(slot, fields, line, given, references)
            faults += against
    return Judged(Incoming(row.line, key, fields), faults)


def _line(given: Any, references: References, faults: list[Fault]) -> Line | None:
    named, platform = given.get("line"), given.get("platform")
    if not named:
        return None
    found = references.bookable_lines.get(named, [])
    if platform:
        found = [line for line in found if line.platform.name == platform]
    if len(found) == 1:
        return found[0]
    if found:
        problem = translate("Several platforms have a line of this name")
        remedy = translate("Name the platform beside it.")
        faults.append(Fault("platform", problem, remedy))
        return None
    known = "、".join(list(references.bookable_lines)[:8]) or translate("none yet")
    remedy = translate("Lines open to you: {lines}.").format(lines=known)
    faults.append(Fault("line", translate("No line of this name is open to you"), remedy))
    return None


def _project(given: Any, references: References, faults: list[Fault]) -> int | None:
    named = given.get("project")
    found = references.bookable_projects.get(named, []) if named else []
    if len(found) == 1:
        return found[0]
    if named:
        problem = (
            translate("Several projects of yours have this title")
            if found
            else translate("No project of yours that may book now has this title")
        )
        known = "、".join(list(references.bookable_projects)[:8]) or translate("none yet")
        remedy = translate("Projects that may book: {projects}.").format(projects=known)
        faults.append(Fault("project", problem, remedy))
    return None


def _user(given: Any, references: References, faults: list[Fault]) -> int | None:
    email = given.get("user")
    if not email:
        return None
    found = references.members.get(str(email).lower())
    if found is None:
        problem = translate("Nobody in your organisation has the address {email}")
        remedy = translate("Invite the person first, or leave the address out.")
        faults.append(Fault("user", problem.format(email=email), remedy))
    return found


def _earlier(
    number: int, line: Line, span: tuple[datetime, datetime], references: References
) -> list[Fault]:
    """An earlier row that asks for the same line then: only one of them could be allotted."""
    others = references.asked.setdefault(line.pk, {})
    others[number] = span
    before = (other for row, other in others.items() if row < number)
    met = next((o for o in before if o[0] < span[1] and span[0] < o[1]), None)
    if met is None:
        return []
    taken = " – ".join(f"{edge.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" for edge in met)
    problem = translate("An earlier row asks for this line: {taken}").format(taken=taken)
    return [Fault("start", problem, translate("Choose another time, or leave the row out."))]


def _against(
    slot: dict[str, Any], fields: dict[str, Any], line: Line, given: Any, references: References
) -> tuple[Ask, list[Fault]]:
    """The wish with what its line asks to have read, and every reason against it."""
    ask: Ask = fields["ask"]
    try:
        found = commands.assess(
            **slot, ask=ask, retrospective=fields["retrospective"],
            actor_id=references.actor.pk, at=references.at,
        )  # fmt: skip
    except DomainError as refused:
        return ask, [Fault("project", str(refused))]
    reasons = found.reasons
    if given.get("acknowledged") and found.plan is not None:
        ask = replace(ask, acknowledged=[item.pk for item in found.plan.safety_items])
        reasons = [one for one in reasons if one["code"] != _UNREAD]
    if fields["override_reason"]:
        if queries.may_review(references.actor, line):
            reasons = [one for one in reasons if not one["overridable"]]
        else:
            error = commands.errors.NotYoursToOverride()
            remedy = str(error.remedy)
            return ask, [*_faults(reasons), Fault("override_reason", str(error), remedy)]
    return ask, _faults(reasons)


def _faults(reasons: list[dict[str, str | bool]]) -> list[Fault]:
    return [
        Fault(bulk.column_of(str(one["field"])), str(one["sentence"]), str(one["remedy"]))
        for one in reasons
    ]
