"""What the worker writes down of a search: begun, how far, done, failed; and what of broken ones."""

from collections.abc import Collection
from datetime import datetime, timedelta

from pilotharbor.booking.models import Booking
from pilotharbor.kernel.errors import Conflict
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.transactions import command
from pilotharbor.scheduling.commands.proposing import record
from pilotharbor.scheduling.facts import Situation
from pilotharbor.scheduling.models import Placement, Proposal
from pilotharbor.scheduling.searching import Result

# What reading, explaining and writing may take beside the search, before it counts as broken off.
GRACE = timedelta(seconds=90)
# How long a job may wait for its turn before it is put into the queue once more.
FORGOTTEN = timedelta(minutes=10)
ATTEMPTS = 3


class SearchOver(Conflict):
    """This search is over, or another worker has it."""

    code = "scheduling.search_over"


@command
def begin(*, proposal_id: int, actor_id: int, at: datetime) -> Proposal:
    """Take a waiting search on; of two workers one has it.

    Raises: SearchOver.
    """
    del actor_id  # Whoever asked for it; the worker acts by itself.
    proposal = _held(proposal_id)
    if proposal.status != Proposal.Status.QUEUED:
        raise SearchOver
    ends = at + timedelta(seconds=proposal.limit_s) + GRACE
    advance(
        proposal,
        Proposal.Status.SOLVING,
        attempt=proposal.attempt + 1,
        solve_ends_at=ends,
        best=None,
    )
    record("begun", proposal, None, at, attempt=proposal.attempt)
    return proposal


@command
def note_progress(
    *, proposal_id: int, attempt: int, best: int, tick_s: int, actor_id: int, at: datetime
) -> Proposal:
    """Say what the best schedule found so far costs, in ticks.

    Raises: SearchOver.
    """
    del actor_id, at
    proposal = _under_way(proposal_id, attempt)
    proposal.best, proposal.tick_s = best, tick_s
    proposal.save(update_fields=["best", "tick_s"])
    return proposal


@command
def complete(
    *,
    proposal_id: int,
    attempt: int,
    situation: Situation,
    result: Result,
    actor_id: int,
    at: datetime,
) -> Proposal:
    """Write the schedule that was found; bookings are not touched.

    Raises: SearchOver.
    """
    del actor_id
    proposal = _under_way(proposal_id, attempt)
    _write(proposal, situation, result)
    advance(
        proposal,
        Proposal.Status.READY,
        tick_s=result.tick_s,
        best=result.cost,
        cost=result.cost,
        bound=result.bound,
        gap_bp=result.gap_bp,
        took_ms=result.took_ms,
        waits_s=result.waits_s,
        first_come_waits_s=result.first_come_waits_s,
        first_come_placed=result.first_come_placed,
        snapshot=situation.digest,
        solved_at=at,
    )
    placed = sum(one.put is not None for one in result.answers)
    asked = len(result.answers) + len(situation.left_out)
    record("ready", proposal, None, at, placed=placed, requests=asked)
    return proposal


def _write(proposal: Proposal, situation: Situation, result: Result) -> None:
    ids = [one.booking_id for one in result.answers]
    bookings = Booking.objects.in_bulk([*ids, *(x.booking_id for x in situation.left_out)])
    # Those that stay where they are need nothing from anybody.
    wishes = {one.booking_id: one for one in situation.wanted}
    rows = []
    for answer in result.answers:
        put, booking = answer.put, bookings[answer.booking_id]
        was = wishes[answer.booking_id].was
        if put is not None and was == (put.line_id, put.start):
            continue
        rows.append(
            Placement(
                proposal=proposal,
                booking=booking,
                from_line_id=booking.line_id,
                from_period=booking.period,
                line_id=put.line_id if put else None,
                engineer_id=put.member_id if put else None,
                start_at=put.start if put else None,
                end_at=put.end if put else None,
                reasons=answer.reasons,
                status=Placement.Status.PROPOSED if put else Placement.Status.NO_PLACE,
            )
        )
    rows += [
        Placement(
            proposal=proposal,
            booking=bookings[one.booking_id],
            from_line_id=bookings[one.booking_id].line_id,
            from_period=bookings[one.booking_id].period,
            reasons=[{"kind": "stands", "code": code} for code in one.codes],
            status=Placement.Status.NO_PLACE,
        )
        for one in situation.left_out
    ]
    Placement.objects.bulk_create(rows)


@command
def fail(*, proposal_id: int, attempt: int, problem: str, actor_id: int, at: datetime) -> Proposal:
    """Say that a search came to nothing, and by which code.

    Raises: SearchOver.
    """
    del actor_id
    proposal = _under_way(proposal_id, attempt)
    _fail(proposal, problem, at)
    return proposal


@command
def mend(*, actor_id: int | None, at: datetime) -> Collection[int]:
    """Find searches that broke off with their worker: each is tried anew, and failed at last.

    The ids of those that have to be put into the queue. Source: R-SCHED-18.
    """
    del actor_id
    again = []
    rows = Proposal.objects.select_for_update(no_key=True, skip_locked=True)
    broken = rows.filter(status=Proposal.Status.SOLVING, solve_ends_at__lt=at)
    for one in broken.order_by("id"):
        if one.attempt >= ATTEMPTS:
            _fail(one, "broke_off", at)
        else:
            advance(one, Proposal.Status.QUEUED, solve_ends_at=at)
            record("broken_off", one, None, at, attempt=one.attempt)
            again.append(one.pk)
    forgotten = rows.filter(status=Proposal.Status.QUEUED, asked_at__lt=at - FORGOTTEN)
    again += forgotten.exclude(pk__in=again).values_list("pk", flat=True)
    return again


def _fail(proposal: Proposal, problem: str, at: datetime) -> None:
    advance(proposal, Proposal.Status.FAILED, problem=problem, closed_at=at)
    record("failed", proposal, None, at, problem=problem)


def _held(proposal_id: int) -> Proposal:
    return Proposal.objects.select_for_update(no_key=True).get(pk=proposal_id)


def _under_way(proposal_id: int, attempt: int) -> Proposal:
    proposal = _held(proposal_id)
    if proposal.status != Proposal.Status.SOLVING or proposal.attempt != attempt:
        raise SearchOver
    return proposal
