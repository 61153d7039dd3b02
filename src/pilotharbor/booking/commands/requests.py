"""A line is asked for, allotted, refused or given up."""

from datetime import datetime

from pilotharbor.booking import queries
from pilotharbor.booking.commands import rules
from pilotharbor.booking.commands.rules import Wish
from pilotharbor.booking.models import Allocation, Booking
from pilotharbor.facilities import queries as facilities
from pilotharbor.facilities.models import Equipment, Line
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Forbidden, Invalid, NotFound
from pilotharbor.kernel.states import advance, require_move
from pilotharbor.kernel.time import NaiveTime, period
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.projects import commands as projects
from pilotharbor.projects import queries as voyages
from pilotharbor.projects.models import Project


class NotYourReview(Forbidden):
    """Only an operator of the platform that owns this line decides on requests for it."""

    code = "booking.not_your_review"


class NotYoursToCancel(Forbidden):
    """Only the organisation that asked, or the platform of the line, gives a booking up."""

    code = "booking.not_yours_to_cancel"


class ReasonMissing(Invalid):
    """Say why: whoever planned with this will read it."""

    code = "booking.reason_missing"


@command
def request(
    *,
    line_id: int,
    project_id: int,
    start: datetime,
    end: datetime,
    billing: str,
    actor_id: int,
    at: datetime,
    batch_no: int | None = None,
    material: str = "",
    hazard: str = "",
    wants_engineer: bool = True,
    retrospective: bool = False,
) -> Booking:
    """Ask for a line over ``[start, end)``; the platform's operator decides.

    All reasons why it cannot be had are told at once, each at its field.

    Raises: NotFound, NotYourRole, the errors of ``rules``. Source: R-BOOK-2 to R-BOOK-5.
    """
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.WRITE, Kind.BOOKING)
    line = facilities.visible_lines(actor=actor).filter(pk=line_id).first()
    project = voyages.visible_projects(actor=actor).filter(pk=project_id).first()
    if line is None or project is None:
        raise NotFound
    rules.require_requester(actor, project)
    wish = Wish(line, project, start, end, retrospective, at)
    found = rules.of_time(wish)
    if not any(isinstance(error, NaiveTime) for _, error in found):
        machines = list(facilities.in_service(line_id=line.pk))
        found += rules.of_line(wish, machines, rules.tariff_for(wish))
        found += rules.of_slot(wish)
    rules.refuse(found + rules.of_project(wish))
    booking = Booking.objects.create(
        line=line,
        project=project,
        period=period(start, end),
        billing=Booking.Billing(billing),
        batch_no=batch_no,
        material=material.strip(),
        hazard=hazard.strip(),
        wants_engineer=wants_engineer,
        retrospective=retrospective,
        requested_by=actor,
        requested_at=at,
    )
    _record("requested", booking, actor, at, line_id=line.pk, platform_id=line.platform_id)
    return booking


@command
def approve(
    *,
    booking_id: int,
    actor_id: int,
    at: datetime,
    engineer_id: int | None = None,
    override_reason: str = "",
) -> Booking:
    """Allot the slot: every machine of the line in service, at the price of its first day.

    The first slot of a project opens its pilot. What has begun already is allotted only with a
    reason, which stays on record.

    Raises: NotFound, NotYourRole, NotYourReview, MoveNotAllowed, the errors of ``rules``.
    Source: R-BOOK-1, R-BOOK-4 to R-BOOK-7.
    """
    actor, seen = _for_review(booking_id, actor_id)
    # Rivals queue here, so a loser meets the rule or the constraint and never a deadlock.
    project = _locked_project(seen.project_id)
    machines = hold_line(line_id=seen.line_id)
    booking = _locked(booking_id)
    require_move(booking, Booking.Status.APPROVED)
    wish = Wish(
        seen.line, project, booking.period.lower, booking.period.upper, retrospective=True, at=at
    )
    tariff = rules.tariff_for(wish)
    found = rules.of_line(wish, machines, tariff) + rules.of_slot(wish)
    found += rules.of_project(wish) + rules.of_engineer(seen.line, engineer_id)
    if (booking.retrospective or wish.start < at) and not override_reason.strip():
        found.append(("override_reason", rules.OverrideMissing()))
    rules.refuse(found)
    assert tariff is not None, "refused by of_line"
    _allot(booking, machines)
    advance(
        booking,
        Booking.Status.APPROVED,
        tariff=tariff,
        price_fen=queries.price_by(booking, tariff),
        engineer_id=engineer_id,
        override_reason=override_reason.strip(),
        reviewed_by=actor,
        reviewed_at=at,
    )
    _record(
        "approved", booking, actor, at,
        line_id=booking.line_id, price_fen=booking.price_fen, engineer_id=engineer_id,
    )  # fmt: skip
    _open_pilot(booking, project, actor, at)
    return booking


@command
def reject(*, booking_id: int, reason: str, actor_id: int, at: datetime) -> Booking:
    """Refuse a request, saying why.

    Raises: ReasonMissing, NotFound, NotYourRole, NotYourReview, MoveNotAllowed.
    """
    _require_reason(reason)
    actor, _ = _for_review(booking_id, actor_id)
    booking = _locked(booking_id)
    advance(
        booking,
        Booking.Status.REJECTED,
        review_reason=reason.strip(),
        reviewed_by=actor,
        reviewed_at=at,
    )
    _record("rejected", booking, actor, at)
    return booking


@command
def cancel(*, booking_id: int, reason: str, actor_id: int, at: datetime) -> Booking:
    """Give a request or a slot up; its time is free again.

    Raises: ReasonMissing, NotFound, NotYoursToCancel, MoveNotAllowed. Source: R-BOOK-9.
    """
    _require_reason(reason)
    actor = parties.actor(actor_id=actor_id)
    seen = queries.visible_bookings(actor=actor).filter(pk=booking_id).first()
    if seen is None:
        raise NotFound
    if not queries.may_cancel(actor, seen):
        raise NotYoursToCancel
    booking = _locked(booking_id)
    advance(booking, Booking.Status.CANCELLED, cancel_reason=reason.strip())
    free(booking)
    _record("cancelled", booking, actor, at)
    return booking


def hold_line(*, line_id: int) -> list[Equipment]:
    """Lock a line and then its machines in service by id; what one booking takes."""
    Line.objects.select_for_update(no_key=True).get(pk=line_id)
    return list(facilities.in_service(line_id=line_id).select_for_update(no_key=True))


def free(booking: Booking) -> None:
    """Let go of the machines a booking took."""
    booking.allocations.filter(live=True).update(live=False)


def _allot(booking: Booking, machines: list[Equipment]) -> None:
    taken = rules.slot_taken(booking.period.lower, booking.period.upper)
    taken.problems["start"] = str(taken)
    with refusing(booking_no_double_booking=taken):
        Allocation.objects.bulk_create(
            Allocation(booking=booking, equipment=machine, period=booking.period)
            for machine in machines
        )


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


def _for_review(booking_id: int, actor_id: int) -> tuple[Membership, Booking]:
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.APPROVE, Kind.BOOKING)
    seen = queries.visible_bookings(actor=actor).filter(pk=booking_id).first()
    if seen is None:
        raise NotFound
    if not queries.may_review(actor, seen.line):
        raise NotYourReview
    return actor, seen


def _locked_project(project_id: int) -> Project:
    return (
        Project.objects.select_for_update(no_key=True, of=("self",))
        .select_related("owner", "enterprise", "platform")
        .get(pk=project_id)
    )


def _locked(booking_id: int) -> Booking:
    return Booking.objects.select_for_update(no_key=True).get(pk=booking_id)


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing(problems={"reason": str(ReasonMissing())})


def _record(
    done: str, booking: Booking, actor: Membership, at: datetime, **facts: int | None
) -> None:
    events.record(
        f"booking.booking.{done}",
        booking,
        actor=actor,
        at=at,
        project_id=booking.project_id,
        **facts,
    )
