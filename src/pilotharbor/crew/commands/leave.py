"""When an engineer is away: asked for, decided, taken back."""

from datetime import datetime, timedelta

from pilotharbor.crew import queries
from pilotharbor.crew.commands.cutting import meeting, take_away, whose_time, work_out
from pilotharbor.crew.commands.shifts import EARLIEST, LATEST, named
from pilotharbor.crew.commands.standing import keeper, locked_member, require_own, said
from pilotharbor.crew.models import Leave
from pilotharbor.facilities import queries as facilities
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from pilotharbor.kernel.states import advance, require_move
from pilotharbor.kernel.time import period
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.roles import Role

LONGEST = timedelta(days=366)


class LeaveTooLong(Invalid):
    """One leave takes at most a year; look at its last day."""

    code = "crew.leave_too_long"


class LeaveTooFar(Invalid):
    """Ask for leave from a month back until two years ahead; look at the year."""

    code = "crew.leave_too_far"


class LeaveOverlaps(Conflict):
    """There is leave already, asked for or granted, that overlaps: {taken}. Withdraw that first."""

    code = "crew.leave_overlaps"


class LeaveMeetsShifts(Conflict):
    """{engineer} is on shift then: {taken}. Grant it together with taking these shifts away, or refuse it."""

    code = "crew.leave_meets_shifts"


class OwnLeave(Forbidden):
    """Nobody decides on their own leave; ask another operator."""

    code = "crew.own_leave"


class LeaveOver(Conflict):
    """This leave is over and stays on record."""

    code = "crew.leave_over"


class NotYourLeave(Forbidden):
    """Leave is asked for by the engineer whose it is, or entered by an operator of the platform."""

    code = "crew.not_your_leave"


@command
def ask_leave(
    *,
    kind: str,
    start: datetime,
    end: datetime,
    reason: str = "",
    membership_id: int | None = None,
    actor_id: int,
    at: datetime,
) -> Leave:
    """Ask for ``[start, end)`` off, for oneself or, as an operator, for an engineer of the platform.

    Raises: NotFound, NotYourLeave, NaiveTime, EmptyPeriod, LeaveTooLong, LeaveTooFar,
    LeaveOverlaps. Source: R-CREW-6.
    """
    actor = parties.actor(actor_id=actor_id)
    wanted = period(start, end)
    if end - start > LONGEST:
        raise LeaveTooLong(problems={"end": str(LeaveTooLong())})
    if not at - EARLIEST <= start <= at + LATEST:
        raise LeaveTooFar(problems={"start": str(LeaveTooFar())})
    member = _whose(actor, membership_id or actor.pk)
    there = Leave.objects.filter(
        membership=member, status__in=Leave.OPEN, period__overlap=wanted
    ).order_by("period")
    overlaps = LeaveOverlaps(taken=named(list(there)))
    overlaps.problems["start"] = str(overlaps)
    if there:
        raise overlaps
    with refusing(crew_leave_no_overlap=overlaps):
        leave = Leave.objects.create(
            membership=member, kind=kind, period=wanted, reason=reason.strip(), asked_by=actor, asked_at=at
        )  # fmt: skip
    events.record("crew.leave.asked", leave, actor=actor, at=at, **whose_time(leave))
    return leave


@command
def approve_leave(
    *, leave_id: int, take_shifts: bool = False, reason: str = "", actor_id: int, at: datetime
) -> Leave:
    """Grant leave; with ``take_shifts`` the shifts it meets are taken away, the pieces beside it stay.

    Raises: NotYourRole, NotFound, NotYourCrew, OwnLeave, MoveNotAllowed, LeaveMeetsShifts. Source: R-CREW-5, R-CREW-6.
    """
    leave, member, actor = _to_decide(leave_id, actor_id)
    require_move(leave, Leave.Status.APPROVED)
    met = list(
        queries.shifts().filter(membership=member, period__overlap=leave.period).order_by("period")
    )
    if met and not take_shifts:
        error = LeaveMeetsShifts(
            engineer=member.person.name, taken=named(met), shift_ids=[shift.pk for shift in met]
        )
        error.problems["take_shifts"] = str(error)
        raise error
    whole = take_away(met, leave, at=at)
    advance(
        leave,
        Leave.Status.APPROVED,
        decided_by=actor,
        decided_at=at,
        decision_reason=reason.strip(),
    )
    work_out(whole, actor=actor, at=at)
    events.record(
        "crew.leave.approved", leave, actor=actor, at=at, shifts=len(met), **whose_time(leave)
    )
    return leave


@command
def refuse_leave(*, leave_id: int, reason: str, actor_id: int, at: datetime) -> Leave:
    """Say no, and why.

    Raises: NotYourRole, WhyMissing, NotFound, NotYourCrew, OwnLeave, MoveNotAllowed. Source: R-CREW-6.
    """
    reason = said(reason)
    leave, _, actor = _to_decide(leave_id, actor_id)
    advance(leave, Leave.Status.REFUSED, decided_by=actor, decided_at=at, decision_reason=reason)
    events.record("crew.leave.refused", leave, actor=actor, at=at, **whose_time(leave))
    return leave


@command
def withdraw_leave(*, leave_id: int, actor_id: int, at: datetime) -> Leave:
    """Take leave back; granted leave that has begun ends now. The shifts it took count again.

    Raises: NotFound, NotYourLeave, LeaveOver, MoveNotAllowed. Source: R-CREW-5.
    """
    actor = parties.actor(actor_id=actor_id)
    found = queries.visible_leave(actor=actor).filter(pk=leave_id).first()
    if found is None:
        raise NotFound
    _whose(actor, found.membership_id)
    leave = Leave.objects.get(pk=leave_id)
    require_move(leave, Leave.Status.WITHDRAWN)
    granted = leave.status == Leave.Status.APPROVED
    if granted and leave.period.upper <= at:
        raise LeaveOver
    facts = whose_time(leave)
    whole = meeting(leave, at=at) if granted else set()
    if granted and leave.period.lower < at:
        leave.period = period(leave.period.lower, at)
        leave.save(update_fields=["period"])
        done = "ended"
    else:
        advance(leave, Leave.Status.WITHDRAWN)
        done = "withdrawn"
    back = work_out(whole, actor=actor, at=at)
    events.record(f"crew.leave.{done}", leave, actor=actor, at=at, shifts=len(back), **facts)
    return leave


def _whose(actor: Membership, membership_id: int) -> Membership:
    """The locked engineer on whose leave the actor may act: themselves, or one of their platform.

    Raises: NotYourLeave.
    """
    if membership_id == actor.pk:
        if not rights.acts_as(actor, Role.EQUIPMENT_ENGINEER):
            raise NotYourLeave
        return locked_member(membership_id=actor.pk)
    member = locked_member(membership_id=membership_id)
    if not facilities.keeps_lines(actor, platform_id=member.organisation_id):
        raise NotYourLeave
    if (
        not facilities.engineers_to_choose(platform_id=member.organisation_id)
        .filter(pk=member.pk)
        .exists()
    ):
        raise NotYourLeave
    return member


def _to_decide(leave_id: int, actor_id: int) -> tuple[Leave, Membership, Membership]:
    actor = keeper(actor_id=actor_id)
    found = Leave.objects.select_related("membership").filter(pk=leave_id).first()
    if found is None:
        raise NotFound
    require_own(actor, platform_id=found.membership.organisation_id)
    if found.membership.person_id == actor.person_id:
        raise OwnLeave
    member = locked_member(membership_id=found.membership_id)
    return Leave.objects.get(pk=leave_id), member, actor
