"""A request or a slot is given up."""

from datetime import datetime

from pilotharbor.booking import queries
from pilotharbor.booking.commands import charges, errors, rules, slots, waiting
from pilotharbor.booking.models import Booking, Charge
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.states import advance, require_move
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership


@command
def cancel(
    *, booking_id: int, reason: str, actor_id: int, at: datetime, with_fee: bool = False
) -> Booking:
    """Give a request or a slot up; its time is free again and goes to who waits for it.

    Given up late by who asked, it costs what its tariff says (``queries.cancel_fee_fen``). Given up
    by the platform it costs nothing, unless its operator does so for who asked (``with_fee``).

    Raises: ReasonMissing, NotFound, NotYoursToCancel, MoveNotAllowed. Source: R-BOOK-9, R-BOOK-22.
    """
    rules.require_reason(reason)
    actor = parties.actor(actor_id=actor_id)
    seen = queries.visible_bookings(actor=actor).filter(pk=booking_id).first()
    if seen is None:
        raise NotFound
    if not queries.may_cancel(actor, seen):
        raise errors.NotYoursToCancel
    slots.hold_lines([seen.line_id])
    give_up(
        slots.still(seen), seen, reason=reason.strip(), actor=actor, at=at,
        with_fee=with_fee,
    )  # fmt: skip
    waiting.offer_freed(line_id=seen.line_id, at=at)
    return Booking.objects.get(pk=booking_id)


def give_up(
    booking: Booking,
    seen: Booking,
    *,
    reason: str,
    actor: Membership,
    at: datetime,
    with_fee: bool,
) -> None:
    """Give up one locked booking on its locked line."""
    require_move(booking, Booking.Status.CANCELLED)
    if waiting.give_back(booking, actor=actor, at=at):
        return
    charged = with_fee or not queries.may_review(actor, seen.line)
    fee = queries.cancel_fee_fen(booking, at=at) if charged else 0
    advance(booking, Booking.Status.CANCELLED, cancel_reason=reason)
    slots.free(booking)
    slots.record("cancelled", booking, actor, at, line_id=booking.line_id, fee_fen=fee)
    charges.charge(booking, Charge.Kind.LATE_CANCEL, fee, line=seen.line, actor=actor, at=at)
    charges.return_deposit(booking, line=seen.line, actor=actor, at=at)
