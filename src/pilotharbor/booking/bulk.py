"""How do many bookings come in at once?"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pilotharbor.booking import queries
from pilotharbor.booking.commands import requests, rules, slots
from pilotharbor.booking.models import Booking
from pilotharbor.facilities.models import Line
from pilotharbor.kernel import events
from pilotharbor.kernel.bulk import Incoming, Outcome, RowFault, RowsRefused
from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.time import local_date, period
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, NotYourRole, Verb

# What a rule speaks of, by the column of the list that says it.
_COLUMNS = {
    "line_id": "line", "project_id": "project", "used_by_id": "user", "end": "end",
    "batch_kg": "batch_kg", "acknowledged": "acknowledged", "wants_engineer": "wants_engineer",
    "override_reason": "override_reason",
}  # fmt: skip
_OVER = (Booking.Status.CANCELLED, Booking.Status.REJECTED)


def may_import(actor: Membership) -> bool:
    """Whether the actor asks for lines at all."""
    return rights.acts_as(actor, *queries.REQUESTERS) and rights.may(
        actor, Verb.WRITE, Kind.BOOKING
    )


def column_of(field: str) -> str:
    """The column of a list in which a field of a request stands; times are the default."""
    return _COLUMNS.get(field, "start")


def asked_already(
    *, line_id: int, project_id: int, start: datetime, end: datetime, actor: Membership
) -> bool:
    """Whether just this slot is asked for, allotted or over already, so that a list changes nothing."""
    if end <= start:
        return False
    rows = queries.visible_bookings(actor=actor).exclude(status__in=_OVER)
    return rows.filter(line=line_id, project=project_id, period=period(start, end)).exists()


@command
def import_bookings(*, rows: Iterable[Incoming], actor_id: int, at: datetime) -> Outcome:
    """Ask for all slots of a list or for none; what is asked for just so already is left.

    Each row is a request by the rules of ``requests.request``, so that also what rows take from each
    other counts. The fields of a row are the arguments of ``requests.put_in``.

    Raises: NotYourRole, RowsRefused. Source: R-BOOK-34.
    """
    actor = parties.actor(actor_id=actor_id)
    if not may_import(actor):
        raise NotYourRole(role=actor.role)
    given: list[tuple[int, Any]] = [(row.line, dict(row.fields)) for row in rows]
    slots.hold_lines({one["line_id"] for _line, one in given})
    outcome, faults = Outcome(), list[RowFault]()
    made: dict[int, list[Booking]] = {}
    for number, one in given:
        slot = {name: one[name] for name in ("line_id", "project_id", "start", "end")}
        if asked_already(**slot, actor=actor):
            outcome.unchanged += 1
            continue
        try:
            booking = requests.put_in(one.pop("ask"), **one, listed=True, actor=actor, at=at)
        except DomainError as refused:
            faults += _against(number, refused)
        else:
            made.setdefault(one["line_id"], []).append(booking)
            outcome.created += 1
    if faults:
        raise RowsRefused(faults)
    _tell(made, actor=actor, at=at)
    return outcome


def _against(number: int, refused: DomainError) -> list[RowFault]:
    """Every reason against a row, in its column; a refusal without reasons stands for itself."""
    reasons: Any = refused.facts.get("reasons") or rules.told([("start", refused)])
    return [
        RowFault(number, column_of(one["field"]), one["sentence"], one["remedy"]) for one in reasons
    ]


def _tell(made: dict[int, list[Booking]], *, actor: Membership, at: datetime) -> None:
    for line in Line.objects.filter(pk__in=made).order_by("pk"):
        first = min(made[line.pk], key=lambda one: one.period.lower)
        events.record(
            "booking.list.imported", line, actor=actor, actor_id=None, at=at, line_id=line.pk,
            platform_id=line.platform_id, booking_id=first.pk, count=len(made[line.pk]),
            day=local_date(first.period.lower).isoformat(),
        )  # fmt: skip
