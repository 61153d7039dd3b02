"""Who is told of what happens to a booking."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pilotharbor.booking.models import Booking
from pilotharbor.kernel.events import Fact
from pilotharbor.kernel.handling import handles
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.time import local_date
from pilotharbor.parties import commands as parties
from pilotharbor.parties import notices
from pilotharbor.parties import queries as people
from pilotharbor.parties.roles import Role

for _kind, _sentence, _earlier in (
    (
        "booking.booking.requested",
        _("{organisation} asks for “{line}”, {day}."),
        _("{organisation} asks for “{line}”."),
    ),
    (
        "booking.booking.approved",
        _("Your slot on “{line}”, {day}, has been allotted."),
        _("Your slot on “{line}” has been allotted."),
    ),
    (
        "booking.booking.rejected",
        _("Your request for “{line}”, {day}, was refused."),
        _("Your request for “{line}” was refused."),
    ),
    (
        "booking.booking.cancelled",
        _("The booking of “{line}”, {day}, has been cancelled."),
        _("A booking of “{line}” has been cancelled."),
    ),
    (
        "booking.engineer.assigned",
        _("You run a new slot on “{line}”, {day}."),
        _("You run a new slot on “{line}”."),
    ),
):
    notices.say(_kind, _sentence, earlier=_earlier, day=str)


def _booking(event: Event) -> Booking:
    return Booking.objects.select_related(
        "line", "requested_by__organisation", "requested_by__person", "engineer"
    ).get(pk=event.subject_id)


def _tell(event: Event, booking: Booking, members: set[int], kind: str = "") -> None:
    facts: dict[str, Fact] = {
        "line": booking.line.name,
        "organisation": booking.requested_by.organisation.name,
        "day": local_date(booking.period.lower).isoformat(),
    }
    parties.notify(
        member_ids=members,
        not_to=event.person_id,
        kind=kind or event.name,
        url=reverse("booking_detail", args=[booking.pk]),
        event=event,
        at=event.at,
        facts=facts,
    )


def _operators(booking: Booking) -> set[int]:
    rows = people.people_of(
        organisation_id=booking.line.platform_id, roles=[Role.PLATFORM_OPERATOR]
    )
    return set(rows.values_list("pk", flat=True))


@handles("booking.booking.requested")
def tell_the_operators_of_a_request(event: Event) -> None:
    """The platform's operators see what waits for their decision."""
    booking = _booking(event)
    _tell(event, booking, _operators(booking))


@handles("booking.booking.approved", "booking.booking.rejected")
def tell_who_asked(event: Event) -> None:
    """Who asked learns the answer, and the engineer learns of the slot."""
    booking = _booking(event)
    _tell(event, booking, {booking.requested_by_id})
    if event.name.endswith(".approved") and booking.engineer is not None:
        _tell(event, booking, {booking.engineer.pk}, "booking.engineer.assigned")


@handles("booking.booking.cancelled")
def tell_who_planned_with_it(event: Event) -> None:
    """Requester, engineer and operators learn that the time is free again."""
    booking = _booking(event)
    planned = {booking.requested_by_id} | _operators(booking)
    if booking.engineer is not None:
        planned.add(booking.engineer.pk)
    _tell(event, booking, planned)
