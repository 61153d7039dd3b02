"""A booking changes its time, its line, its user or its project."""

from datetime import datetime

from pilotharbor.booking import queries
from pilotharbor.booking.commands import charges, errors, examining, looking, rules, slots, waiting
from pilotharbor.booking.commands.examining import Examined, Ground
from pilotharbor.booking.commands.rules import Found
from pilotharbor.booking.models import Booking, Charge
from pilotharbor.facilities import pricing
from pilotharbor.facilities import queries as facilities
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.states import MoveNotAllowed, advance
from pilotharbor.kernel.time import HOUR, period
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership

OPEN = (Booking.Status.SUBMITTED, Booking.Status.APPROVED)


@command
def move(
    *,
    booking_id: int,
    start: datetime,
    end: datetime,
    actor_id: int,
    at: datetime,
    line_id: int | None = None,
    override_reason: str = "",
) -> Booking:
    """Put a booking at another time, longer or shorter, perhaps on another line of its platform.

    The platform's operator moves an allotted slot and it stays allotted, by the terms agreed. Who
    asked for it may shorten it; moved otherwise, it is reviewed anew, and its new time is kept for
    it meanwhile. A slot in use changes only its end, by the operator.

    Raises: NotFound, NotYoursToMove, MovedMeanwhile, TooLateToMove, MoveNotAllowed, NaiveTime,
    EmptyPeriod, the errors of ``errors``. Source: R-BOOK-24, R-BOOK-35.
    """
    wanted = period(start, end)
    actor = parties.actor(actor_id=actor_id)
    seen = _movable(booking_id, actor)
    to = line_id or seen.line_id
    slots.hold_lines([seen.line_id, to])
    booking = slots.still(seen)
    if waiting.is_open_offer(booking):
        raise errors.OfferOpen
    reviewer = queries.may_review(actor, seen.line)
    found = looking.look(
        examining.wish_of(booking, start=wanted.lower, end=wanted.upper, at=at),
        examining.ask_of(booking),
        Ground(
            line_id=to,
            project_id=booking.project_id,
            user=booking.used_by or booking.requested_by,
            engineer_id=booking.engineer_id,
            besides=[booking.pk],
        ),
    )
    if found.plan.line.platform_id != seen.line.platform_id:
        raise NotFound
    shorter = _shortened(booking, found)
    against = _by_state(booking, found, shorter=shorter, reviewer=reviewer, at=at)
    aside = rules.weigh(against, override_reason=override_reason, may_override=reviewer)
    _carry_out(
        booking, found, actor=actor, at=at, aside=aside, reason=override_reason.strip(),
        again=not (reviewer or shorter) and booking.status == Booking.Status.APPROVED,
    )  # fmt: skip
    waiting.offer_freed(line_id=seen.line_id, at=at)
    return booking


def _movable(booking_id: int, actor: Membership) -> Booking:
    seen = queries.visible_bookings(actor=actor).filter(pk=booking_id).first()
    if seen is None:
        raise NotFound
    if not queries.may_move(actor, seen):
        raise errors.NotYoursToMove
    return seen


def _shortened(booking: Booking, found: Examined) -> bool:
    """Whether the new stretch lies within the old one, on the same line."""
    within = booking.period.lower <= found.wish.start and found.wish.end <= booking.period.upper
    return within and found.plan.line.pk == booking.line_id


def _by_state(
    booking: Booking, found: Examined, *, shorter: bool, reviewer: bool, at: datetime
) -> Found:
    """What stands against the move, with what the booking's own state adds."""
    wish, old = found.wish, booking.period
    if booking.status == Booking.Status.IN_USE:
        moved = wish.start != old.lower or found.plan.line.pk != booking.line_id
        if moved or not reviewer:
            raise MoveNotAllowed(
                present=booking.get_status_display(), wanted=Booking.Status.APPROVED.label
            )
        return list(found.found)
    if booking.status not in OPEN:
        raise MoveNotAllowed(
            present=booking.get_status_display(), wanted=Booking.Status.APPROVED.label
        )
    against = [
        (field, error)
        for field, error in found.found
        if not (rules.overridable(error) and error.code in booking.overridden and reviewer)
    ]
    if wish.start < at and wish.start != old.lower and not booking.retrospective:
        against.append(("start", errors.StartsInThePast()))
    if not reviewer and not shorter and (late := _too_late(booking, at)):
        against.append(("start", late))
    return against


def _too_late(booking: Booking, at: datetime) -> errors.TooLateToMove | None:
    """An allotted slot that could not be given up without a fee is not moved away either."""
    if not queries.cancel_fee_fen(booking, at=at) or booking.tariff is None:
        return None
    until = booking.period.lower - booking.tariff.free_cancel_hours * HOUR
    return errors.TooLateToMove(until=rules.moment(until))


def _carry_out(
    booking: Booking,
    found: Examined,
    *,
    actor: Membership,
    at: datetime,
    aside: list[str],
    reason: str,
    again: bool,
) -> None:
    old, old_line, old_fen = booking.period, booking.line_id, booking.price_fen
    fee_part = queries.cancel_fee_fen(booking, at=at)
    slots.put_at(booking, found.plan.line, found.wish)
    if aside:
        booking.overridden = sorted({*booking.overridden, *aside})
        booking.override_reason = reason
    changes = ["period", "line", "engineer_s", "overridden", "override_reason", "hit_by"]
    booking.hit_by = None
    if again:
        _ask_again(booking, found, changes)
    elif booking.price_fen is not None and booking.tariff is not None:
        priced = queries.price_of(booking, booking.tariff)
        booking.price_fen, booking.priced = priced.total_fen, queries.kept(priced.lines)
        changes += ["price_fen", "priced"]
        booking.save(update_fields=changes)
    else:
        booking.save(update_fields=changes)
    if booking.allocations.filter(live=True).exists() or again:
        slots.take(booking, found.plan.machines, None if again else found.engineer)
    slots.record(
        "moved", booking, actor, at,
        line_id=booking.line_id, platform_id=found.plan.line.platform_id,
        from_start=old.lower.isoformat(), from_end=old.upper.isoformat(),
        start=booking.period.lower.isoformat(), end=booking.period.upper.isoformat(),
        from_line_id=old_line, price_fen=booking.price_fen, again=again,
        **({"overridden": aside} if aside else {}),
    )  # fmt: skip
    if fee_part and not queries.may_review(actor, found.plan.line):
        _charge_for_cut(booking, found, old_fen or 0, actor=actor, at=at)


def _ask_again(booking: Booking, found: Examined, changes: list[str]) -> None:
    """Back to review in a new round, keeping the new time until it begins."""
    kept = {name: getattr(booking, name) for name in changes}
    advance(
        booking,
        Booking.Status.SUBMITTED,
        **kept
        | {
            "overridden": [],
            "override_reason": "",
            "engineer": None,
            "reviewed_by": None,
            "reviewed_at": None,
            "price_fen": None,
            "priced": [],
            "review_round": booking.review_round + 1,
            "hold_ends_at": found.wish.start,
        },
    )


def _charge_for_cut(
    booking: Booking, found: Examined, old_fen: int, *, actor: Membership, at: datetime
) -> None:
    """What is cut off late costs what giving it up costs. Source: R-BOOK-22."""
    if booking.tariff is None or booking.price_fen is None:
        return
    cut = max(old_fen - booking.price_fen, 0)
    fee = pricing.cancellation_fen(facilities.terms_of(booking.tariff), cut, hours_before=0)
    line = found.plan.line
    charges.charge(booking, Charge.Kind.LATE_CANCEL, fee, line=line, actor=actor, at=at)


@command
def hand_over(
    *,
    booking_id: int,
    actor_id: int,
    at: datetime,
    used_by_id: int | None = None,
    project_id: int | None = None,
) -> Booking:
    """Hand a booking over to another person, or to another project one may book for.

    An allotted slot stays allotted, at the price of the group the new project is in.

    Raises: NotFound, NotYoursToMove, NotYourProject, MoveNotAllowed, the errors of ``errors``.
    Source: R-BOOK-27.
    """
    actor = parties.actor(actor_id=actor_id)
    seen = _movable(booking_id, actor)
    slots.hold_lines([seen.line_id])
    booking = slots.still(seen)
    if booking.status not in OPEN:
        raise MoveNotAllowed(
            present=booking.get_status_display(), wanted=Booking.Status.SUBMITTED.label
        )
    now = booking.used_by or booking.requested_by
    user, absent = (now, []) if used_by_id is None else examining.user_of(used_by_id, now)
    to = project_id or booking.project_id
    found = examining.examine(
        examining.wish_of(booking, start=booking.period.lower, end=booking.period.upper, at=at),
        examining.ask_of(booking),
        Ground(
            line_id=booking.line_id,
            project_id=to,
            user=user,
            actor=None if to == booking.project_id else actor,
            engineer_id=booking.engineer_id,
            besides=[booking.pk],
        ),
    )
    standing = {"project_id", "wants_engineer", "used_by_id", "quote_id"}
    against = [one for one in found.found if one[0] in standing]
    rules.refuse([*against, *absent, *examining.of_party(user, found.project)])
    booking.project, booking.group = found.project, found.group
    booking.used_by = user if user.pk != booking.requested_by_id else None
    changes = ["project", "group", "used_by"]
    if booking.price_fen is not None and booking.tariff is not None:
        priced = queries.price_of(booking, booking.tariff)
        booking.price_fen, booking.priced = priced.total_fen, queries.kept(priced.lines)
        changes += ["price_fen", "priced"]
    booking.save(update_fields=changes)
    slots.record(
        "handed_over", booking, actor, at,
        line_id=booking.line_id, platform_id=seen.line.platform_id,
        used_by_id=user.pk, from_project_id=seen.project_id, price_fen=booking.price_fen,
    )  # fmt: skip
    return booking
