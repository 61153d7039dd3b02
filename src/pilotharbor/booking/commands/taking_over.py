"""Somebody else runs a slot: its engineer is away, or is needed elsewhere."""

from datetime import datetime

from pilotharbor.booking import queries
from pilotharbor.booking.commands import errors, examining, looking, rules, slots
from pilotharbor.booking.commands.examining import Ground
from pilotharbor.booking.models import Booking
from pilotharbor.facilities.models import Equipment
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.states import MoveNotAllowed
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.projects import commands as projects


@command
def take_over(
    *, booking_id: int, engineer_id: int, actor_id: int, at: datetime, override_reason: str = ""
) -> Booking:
    """Let another engineer of the line run an allotted slot; nothing else of it changes.

    Duty and skills are asked as in a review, and an operator may set them aside with a reason.

    Raises: NotFound, NotYourRole, NotYourReview, MovedMeanwhile, MoveNotAllowed, EngineerElsewhere,
    EngineerTaken, the problems of ``crew``. Source: R-BOOK-1, R-BOOK-6, R-BOOK-36.
    """
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.APPROVE, Kind.BOOKING)
    seen = queries.visible_bookings(actor=actor).filter(pk=booking_id).first()
    if seen is None:
        raise NotFound
    if not queries.may_review(actor, seen.line):
        raise errors.NotYourReview
    slots.locked_project(seen.project_id)
    slots.hold_lines([seen.line_id])
    booking = slots.still(seen)
    if booking.status not in queries.AHEAD:
        raise MoveNotAllowed(
            present=booking.get_status_display(), wanted=Booking.Status.APPROVED.label
        )
    if booking.engineer_id == engineer_id:
        return booking
    found = looking.look(
        examining.wish_of(booking, start=booking.period.lower, end=booking.period.upper, at=at),
        examining.ask_of(booking),
        Ground(
            line_id=booking.line_id,
            project_id=booking.project_id,
            user=booking.used_by or booking.requested_by,
            engineer_id=engineer_id,
            besides=[booking.pk],
        ),
    )
    against = [one for one in found.found if one[0] == "engineer_id"]
    aside = rules.weigh(against, override_reason=override_reason, may_override=True)
    before, booking.engineer = booking.engineer_id, found.engineer
    if aside:
        booking.overridden = sorted({*booking.overridden, *aside})
        booking.override_reason = override_reason.strip()
    booking.save(update_fields=["engineer", "overridden", "override_reason"])
    # The machines it has, not those its line has by now.
    held = Equipment.objects.filter(allocation__booking=booking, allocation__live=True).order_by(
        "pk"
    )
    slots.take(booking, held, found.engineer)
    projects.admit(
        project_id=booking.project_id, membership_id=engineer_id, actor_id=actor.pk, at=at
    )
    slots.record(
        "taken_over", booking, actor, at,
        line_id=booking.line_id, platform_id=seen.line.platform_id,
        engineer_id=engineer_id, from_engineer_id=before,
        **({"overridden": aside} if aside else {}),
    )  # fmt: skip
    return booking
