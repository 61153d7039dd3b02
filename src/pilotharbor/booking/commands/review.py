"""A request is allotted, by as many reviewers as its line wants, or refused."""

from datetime import datetime

from pilotharbor.booking import queries
from pilotharbor.booking.commands import charges, errors, examining, looking, rules, slots, waiting
from pilotharbor.booking.commands.examining import Examined, Ground
from pilotharbor.booking.models import Booking, Review
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.events import Fact
from pilotharbor.kernel.states import advance, require_move
from pilotharbor.kernel.time import period
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.projects import commands as projects
from pilotharbor.projects.models import Project


@command
def approve(
    *,
    booking_id: int,
    actor_id: int,
    at: datetime,
    engineer_id: int | None = None,
    override_reason: str = "",
) -> Booking:
    """Agree to a request; the last reviewer that its line wants allots the slot.

    Allotted is every machine of the line in service with what is linked to it, at the price of its
    first day or of its quote. The first slot of a project opens its pilot. What an operator may set
    aside, or has begun already, is allotted only with a reason, which stays on record.

    Raises: NotFound, NotYourRole, NotYourReview, AlreadyReviewed, MoveNotAllowed, the errors of
    ``errors``. Source: R-BOOK-1, R-BOOK-4 to R-BOOK-7, R-BOOK-15, R-BOOK-25.
    """
    actor, seen = for_review(booking_id, actor_id)
    return agree(
        seen, seen.period.lower, seen.period.upper, seen.line_id,
        engineer_id=engineer_id, actor=actor, at=at, override_reason=override_reason,
    )  # fmt: skip


@command
def place(
    *,
    booking_id: int,
    start: datetime,
    end: datetime,
    engineer_id: int | None,
    actor_id: int,
    at: datetime,
    line_id: int | None = None,
    override_reason: str = "",
) -> Booking:
    """Agree to a request at a given place, as an accepted schedule proposes it.

    Raises: as ``approve``; NaiveTime. Source: R-BOOK-18.
    """
    actor, seen = for_review(booking_id, actor_id)
    period(start, end)
    return agree(
        seen, start, end, line_id or seen.line_id,
        engineer_id=engineer_id, actor=actor, at=at, override_reason=override_reason,
    )  # fmt: skip


def agree(
    seen: Booking,
    start: datetime,
    end: datetime,
    line_id: int,
    *,
    engineer_id: int | None,
    actor: Membership,
    at: datetime,
    override_reason: str,
) -> Booking:
    """Agree to one request at a place; the last one needed allots it."""
    project = slots.locked_project(seen.project_id)
    slots.hold_lines([seen.line_id, line_id])
    # What is agreed to is what was read: the time too, where it is the booking's own.
    booking = slots.still(seen, at_its_time=(start, end) == (seen.period.lower, seen.period.upper))
    require_move(booking, Booking.Status.APPROVED)
    if waiting.is_open_offer(booking):
        raise errors.OfferOpen
    found = looking.look(
        examining.wish_of(booking, start=start, end=end, at=at),
        examining.ask_of(booking),
        Ground(
            line_id=line_id,
            project_id=project.pk,
            user=booking.used_by or booking.requested_by,
            engineer_id=engineer_id or booking.engineer_id,
            besides=[booking.pk],
        ),
    )
    if not queries.may_review(actor, found.plan.line):
        raise errors.NotYourReview
    slots.put_at(booking, found.plan.line, found.wish)
    booking.engineer = found.engineer
    said = _speak(booking, found, actor=actor, at=at, override_reason=override_reason)
    if said < found.plan.line.reviews_needed:
        return _wait_for_others(booking, found, said, actor=actor, at=at)
    _allot(booking, found, actor=actor, at=at)
    _open_pilot(booking, project, actor, at)
    return booking


def _speak(
    booking: Booking, found: Examined, *, actor: Membership, at: datetime, override_reason: str
) -> int:
    """Refuse, or put the reviewer's word on record; how many have agreed by now."""
    against = [
        (field, error)
        for field, error in found.found
        # What an earlier reviewer or the asking operator set aside stays aside.
        if not (rules.overridable(error) and error.code in booking.overridden)
    ]
    late = booking.retrospective or found.wish.start < at
    if late and errors.OverrideMissing.code not in booking.overridden:
        against.append(("override_reason", errors.OverrideMissing()))
    aside = rules.weigh(against, override_reason=override_reason, may_override=True)
    if override_reason.strip():
        booking.overridden = sorted({*booking.overridden, *aside})
        booking.override_reason = override_reason.strip()
    with refusing(booking_review_once=errors.AlreadyReviewed()):
        Review.objects.create(
            booking=booking,
            round=booking.review_round,
            membership=actor,
            person_id=actor.person_id,
            decision=Review.Decision.APPROVE,
            reason=override_reason.strip(),
            overridden=aside,
            at=at,
        )
    return booking.reviews.filter(
        round=booking.review_round, decision=Review.Decision.APPROVE
    ).count()


PLACED = ("period", "line", "engineer", "engineer_s", "overridden", "override_reason")


def _wait_for_others(
    booking: Booking, found: Examined, said: int, *, actor: Membership, at: datetime
) -> Booking:
    booking.save(update_fields=PLACED)
    if booking.allocations.filter(live=True).exists():
        slots.take(booking, found.plan.machines, found.engineer)
    slots.record(
        "reviewed", booking, actor, at,
        line_id=booking.line_id, agreed=said, needed=found.plan.line.reviews_needed,
    )  # fmt: skip
    return booking


def _allot(booking: Booking, found: Examined, *, actor: Membership, at: datetime) -> None:
    tariff = found.tariff
    assert tariff is not None, "refused by of_line"
    booking.group = found.group
    priced = queries.price_of(booking, tariff)
    slots.take(booking, found.plan.machines, found.engineer)
    changes = {name: getattr(booking, name) for name in PLACED}
    advance(
        booking,
        Booking.Status.APPROVED,
        **changes,
        tariff=tariff,
        group=booking.group,
        price_fen=priced.total_fen,
        priced=queries.kept(priced.lines),
        hit_by=None,
        reviewed_by=actor,
        reviewed_at=at,
    )
    slots.record(
        "approved", booking, actor, at,
        line_id=booking.line_id, platform_id=found.plan.line.platform_id,
        price_fen=booking.price_fen, engineer_id=booking.engineer_id,
        **({"overridden": booking.overridden} if booking.overridden else {}),
    )  # fmt: skip
    line = found.plan.line
    charges.ask_deposit(booking, tariff.deposit_fen, line=line, actor=actor, at=at)


@command
def reject(*, booking_id: int, reason: str, actor_id: int, at: datetime) -> Booking:
    """Refuse a request, saying why; one reviewer against it is enough, and what it held is free.

    Raises: ReasonMissing, NotFound, NotYourRole, NotYourReview, AlreadyReviewed, MoveNotAllowed.
    """
    rules.require_reason(reason)
    actor, seen = for_review(booking_id, actor_id)
    slots.hold_lines([seen.line_id])
    booking = slots.still(seen)
    turn_down(booking, seen, reason=reason, actor=actor, at=at)
    waiting.offer_freed(line_id=seen.line_id, at=at)
    return booking


def turn_down(
    booking: Booking, seen: Booking, *, reason: str, actor: Membership, at: datetime
) -> None:
    """Refuse one locked request on its locked line.

    Raises: AlreadyReviewed, OfferOpen, MoveNotAllowed.
    """
    require_move(booking, Booking.Status.REJECTED)
    if waiting.is_open_offer(booking):
        raise errors.OfferOpen
    with refusing(booking_review_once=errors.AlreadyReviewed()):
        Review.objects.create(
            booking=booking,
            round=booking.review_round,
            membership=actor,
            person_id=actor.person_id,
            decision=Review.Decision.REJECT,
            reason=reason.strip(),
            at=at,
        )
    advance(
        booking,
        Booking.Status.REJECTED,
        review_reason=reason.strip(),
        reviewed_by=actor,
        reviewed_at=at,
    )
    slots.free(booking)
    slots.record("rejected", booking, actor, at, **of_series(booking))
    charges.return_deposit(booking, line=seen.line, actor=actor, at=at)


def of_series(booking: Booking) -> dict[str, Fact]:
    """The fact that tells a slot of a series, whose people are told once for all of it."""
    return {"series_id": booking.series_id} if booking.series_id else {}


def for_review(booking_id: int, actor_id: int) -> tuple[Membership, Booking]:
    """The reviewer, and the booking as it was seen before any lock.

    Raises: NotFound, NotYourRole, NotYourReview.
    """
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.APPROVE, Kind.BOOKING)
    seen = queries.visible_bookings(actor=actor).filter(pk=booking_id).first()
    if seen is None:
        raise NotFound
    if not queries.may_review(actor, seen.line):
        raise errors.NotYourReview
    return actor, seen


def _open_pilot(booking: Booking, project: Project, actor: Membership, at: datetime) -> None:
    if booking.engineer_id is not None:
        projects.admit(
            project_id=project.pk, membership_id=booking.engineer_id, actor_id=actor.pk, at=at
        )
    if project.status == Project.Status.RESOURCING:
        projects.pass_gate(
            project_id=project.pk,
            to=Project.Status.PILOT,
            actor_id=actor.pk,
            at=at,
            ref=f"booking.booking:{booking.pk}",
        )
