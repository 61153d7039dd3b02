"""Seats at an event, the ticket and the door, for programs."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Schema, Status
from pydantic import StringConstraints

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.http import Cursor, Limit, NamedRouter
from pilotharbor.outreach import tickets
from pilotharbor.outreach.commands import registrations
from pilotharbor.outreach.models import Registration
from pilotharbor.outreach.queries import roadshows as queries
from pilotharbor.outreach.routes.bodies import In, Text
from pilotharbor.parties.auth import ActorRequest

router = NamedRouter("pilotharbor.outreach.routes.roadshows")


class JurorIn(In):
    """Whom to call to the jury."""

    membership_id: int


class GuestIn(In):
    """Somebody without an account; ``consent`` to keep name and organisation for the event."""

    name: Text
    organisation: Text
    consent: bool


class TicketIn(In):
    """The code of a seat."""

    ticket: Annotated[str, StringConstraints(max_length=300)]


class SeatOut(Schema):
    """A seat, or a place in the queue; the ticket is for its holder alone."""

    id: int
    roadshow_id: int
    part: str
    status: str
    ticket: str | None
    name: str
    organisation: str
    checked_in_at: datetime | None


class Seats(Schema):
    """A page of who comes."""

    items: list[SeatOut]
    next_cursor: str | None


def _seat(registration: Registration, *, with_ticket: bool) -> dict[str, Any]:
    member = registration.membership
    return {
        "id": registration.pk,
        "roadshow_id": registration.roadshow_id,
        "part": registration.part,
        "status": registration.status,
        "ticket": tickets.ticket_of(registration) if with_ticket else None,
        "name": member.person.name if member else registration.guest_name,
        "organisation": member.organisation.name if member else registration.guest_organisation,
        "checked_in_at": registration.checked_in_at,
    }


@router.post("/roadshows/{int:roadshow_id}/seats/mine", response={201: SeatOut})
def register(request: ActorRequest, roadshow_id: int) -> Status[Any]:
    """Take a seat, or a place in the queue. 409 ``outreach.registration_closed``."""
    made = registrations.register(
        roadshow_id=roadshow_id, actor_id=request.auth.pk, at=clock.now(request)
    )
    return Status(201, _seat(made, with_ticket=True))


@router.post("/roadshows/{int:roadshow_id}/seats/guests", response={201: SeatOut})
def invite_guest(request: ActorRequest, roadshow_id: int, body: GuestIn) -> Status[Any]:
    """Give a seat to somebody without an account, as the organiser."""
    made = registrations.register_guest(
        roadshow_id=roadshow_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )
    return Status(201, _seat(made, with_ticket=True))


@router.post("/roadshows/{int:roadshow_id}/seats/jury", response={201: SeatOut})
def call_juror(request: ActorRequest, roadshow_id: int, body: JurorIn) -> Status[Any]:
    """Call somebody to the jury."""
    made = registrations.call_juror(
        roadshow_id=roadshow_id, membership_id=body.membership_id, actor_id=request.auth.pk,
        at=clock.now(request),
    )  # fmt: skip
    return Status(201, _seat(made, with_ticket=False))


@router.get("/roadshows/{int:roadshow_id}/seats", response=Seats)
def seats(
    request: ActorRequest, roadshow_id: int, cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Who comes: everybody for the organiser, else one's own seat."""
    roadshow = queries.visible_roadshow(actor=request.auth, roadshow_id=roadshow_id)
    rows = queries.visitors(roadshow)
    if not queries.sees_visitors(request.auth, roadshow):
        rows = rows.filter(membership=request.auth)
    found = pages.page(rows, by="id", cursor=cursor, limit=limit)
    items = [_seat(row, with_ticket=row.membership_id == request.auth.pk) for row in found.items]
    return {"items": items, "next_cursor": found.next_cursor}


@router.post("/seats/{int:registration_id}/give-back", response=SeatOut)
def give_back(request: ActorRequest, registration_id: int) -> dict[str, Any]:
    """Give a seat back; the longest waiting moves up."""
    row = registrations.withdraw(
        registration_id=registration_id, actor_id=request.auth.pk, at=clock.now(request)
    )
    return _seat(row, with_ticket=False)


@router.post("/tickets/check-in", response=SeatOut)
def check_in(request: ActorRequest, body: TicketIn) -> dict[str, Any]:
    """Let the holder of a ticket in, once. 409 ``outreach.checked_in_already``."""
    row = registrations.check_in(
        ticket=body.ticket, actor_id=request.auth.pk, at=clock.now(request)
    )
    return _seat(row, with_ticket=False)
