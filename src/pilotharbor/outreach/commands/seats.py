"""Who moves up when a seat becomes free?"""

from datetime import datetime

from pilotharbor.kernel import events
from pilotharbor.kernel.states import advance
from pilotharbor.outreach.models import Registration, Roadshow
from pilotharbor.parties.models import Membership

R = Registration.Status


def fill_from_queue(roadshow: Roadshow, *, actor: Membership | None, at: datetime) -> None:
    """Give free seats of a locked roadshow to those who have waited longest.

    Source: R-OUT-5.
    """
    free = roadshow.capacity - roadshow.seats_taken
    if free <= 0:
        return
    queue = roadshow.registrations.filter(status=R.WAITLISTED, part=Registration.Part.AUDIENCE)
    moving = list(queue.select_for_update(no_key=True).order_by("id")[:free])
    if not moving:
        return
    for registration in moving:
        advance(registration, R.REGISTERED)
        events.record(
            "outreach.registration.moved_up",
            registration,
            actor=actor,
            at=at,
            roadshow_id=roadshow.pk,
        )
    roadshow.seats_taken += len(moving)
    roadshow.save(update_fields=["seats_taken"])
