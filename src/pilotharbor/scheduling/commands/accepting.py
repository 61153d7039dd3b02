"""One placement of a schedule is accepted: the booking command decides, and what it says is kept.

Each placement is a command of its own, so that what is refused leaves nothing half-written and takes
nothing else with it (``pilotharbor.scheduling.accepting``).
"""

from datetime import datetime

from pilotharbor.booking import commands as booking
from pilotharbor.booking.models import Booking
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, NotFound
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership
from pilotharbor.scheduling.commands.proposing import locked, record
from pilotharbor.scheduling.models import Placement, Proposal

MOST_SAID = 1000


class PlanOver(Conflict):
    """This schedule is closed or not ready; ask for a new one."""

    code = "scheduling.plan_over"


class AlreadyDecided(Conflict):
    """Somebody has decided on this placement already."""

    code = "scheduling.already_decided"


class RequestChanged(Conflict):
    """It was changed after the schedule was made; decide on it by itself, or ask for a new plan."""

    code = "scheduling.request_changed"


@command
def carry_out(*, placement_id: int, actor_id: int, at: datetime) -> Placement:
    """Put one booking where the schedule has it, through the booking's own command.

    A request is agreed to at that place, an allotted slot is moved there.

    Raises: NotFound, NotYourRole, PlanOver, AlreadyDecided, RequestChanged, and whatever
    ``booking.commands.place`` and ``move`` raise. Source: R-SCHED-16, R-SCHED-17.
    """
    actor = parties.actor(actor_id=actor_id)
    proposal, placement = _open(placement_id, actor)
    start, end = placement.start_at, placement.end_at
    if placement.status not in Placement.OPEN or start is None or end is None:
        raise AlreadyDecided
    booking.stand(booking_ids=[placement.booking_id], line_ids=[placement.line_id or 0])
    now = Booking.objects.get(pk=placement.booking_id)
    _require_same(now, placement)
    if now.status == Booking.Status.APPROVED:
        found = booking.move(
            booking_id=now.pk, start=start, end=end,
            line_id=placement.line_id, actor_id=actor_id, at=at,
        )  # fmt: skip
    else:
        found = booking.place(
            booking_id=now.pk, start=start, end=end,
            line_id=placement.line_id, engineer_id=placement.engineer_id, actor_id=actor_id, at=at,
        )  # fmt: skip
    agreed = found.status == Booking.Status.SUBMITTED
    to = Placement.Status.AGREED if agreed else Placement.Status.ACCEPTED
    advance(placement, to, outcome="", said="", decided_by=actor, decided_at=at)
    # The project's timeline tells of the booking itself, so this one is of the platform alone.
    events.record(
        "scheduling.placement.accepted", placement, actor=actor, at=at, booking_id=found.pk, proposal_id=proposal.pk,
        line_id=placement.line_id, start=start.isoformat(),
    )  # fmt: skip
    _settle(proposal, actor, at)
    return placement


@command
def note_refusal(
    *, placement_id: int, code: str, said: str, actor_id: int, at: datetime
) -> Placement:
    """Keep why a placement could not be carried out; its booking stays as it is.

    Raises: NotFound, NotYourRole, PlanOver, AlreadyDecided.
    """
    actor = parties.actor(actor_id=actor_id)
    proposal, placement = _open(placement_id, actor)
    if placement.status not in Placement.OPEN:
        raise AlreadyDecided
    advance(
        placement,
        Placement.Status.REFUSED,
        outcome=code,
        said=said[:MOST_SAID],
        decided_by=actor,
        decided_at=at,
    )
    events.record(
        "scheduling.placement.refused", placement, actor=actor, at=at,
        booking_id=placement.booking_id, proposal_id=proposal.pk, code=code,
    )  # fmt: skip
    return placement


def _open(placement_id: int, actor: Membership) -> tuple[Proposal, Placement]:
    """The schedule, locked before anything of bookings, and the placement."""
    of = Placement.objects.filter(pk=placement_id).values_list("proposal_id", flat=True).first()
    if of is None:
        raise NotFound
    proposal = locked(of, actor)
    if proposal.status not in Proposal.TO_DECIDE:
        raise PlanOver
    return proposal, Placement.objects.select_for_update(no_key=True).get(pk=placement_id)


def _require_same(now: Booking, placement: Placement) -> None:
    """An exact wish that was moved meanwhile is another wish; a flexible one lies where it may."""
    moved = now.period != placement.from_period or now.line_id != placement.from_line_id
    if moved and (not now.flexible or now.status == Booking.Status.APPROVED):
        raise RequestChanged


def _settle(proposal: Proposal, actor: Membership, at: datetime) -> None:
    if proposal.placements.filter(status__in=Placement.OPEN).exists():
        if proposal.status == Proposal.Status.READY:
            advance(proposal, Proposal.Status.PARTLY)
        return
    advance(proposal, Proposal.Status.ACCEPTED, closed_at=at, closed_by=actor)
    record("accepted", proposal, actor, at)
