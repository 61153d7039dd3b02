"""A schedule is asked for, and discarded."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pilotharbor.facilities.models import Line
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Invalid, NotFound
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.time import period
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.scheduling import queries
from pilotharbor.scheduling.models import Proposal

LONGEST = timedelta(days=56)
SHORTEST_S, LONGEST_S = 1, 600


class BadHorizon(Invalid):
    """A schedule begins now or later and covers at most {days} days; choose other days."""

    code = "scheduling.bad_horizon"


class BadLimit(Invalid):
    """A search takes between {least} and {most} seconds; choose a time in between."""

    code = "scheduling.bad_limit"


class LinesElsewhere(Invalid):
    """Only lines of your own platform can take each other's work; choose among them."""

    code = "scheduling.lines_elsewhere"


class NothingWaits(Conflict):
    """Nothing waits to be planned in these days; choose other days, or wait for requests."""

    code = "scheduling.nothing_waits"


class SearchUnderWay(Conflict):
    """A schedule for this platform is being searched for; wait until it is there, or discard it first."""

    code = "scheduling.search_under_way"


@command
def propose(
    *,
    start: datetime,
    end: datetime,
    limit_s: int,
    actor_id: int,
    at: datetime,
    kind: str = Proposal.Kind.REQUESTS,
    swap_lines: Sequence[int] = (),
) -> Proposal:
    """Ask for a schedule of the actor's platform over ``[start, end)``; the worker searches for it.

    ``kind`` is ``requests`` or ``repair``; ``swap_lines`` may take each other's work. Earlier plans
    that nobody has decided on are overtaken.

    Raises: NotYourRole, NaiveTime, EmptyPeriod, BadHorizon, BadLimit, LinesElsewhere, NothingWaits,
    SearchUnderWay. Source: R-SCHED-9, R-SCHED-10, R-SCHED-20.
    """
    actor = _keeper(actor_id)
    horizon = period(start, end)
    if start < at or end - start > LONGEST:
        wrong = BadHorizon(days=LONGEST.days)
        wrong.problems["last_day"] = str(wrong)
        raise wrong
    if not SHORTEST_S <= limit_s <= LONGEST_S:
        bad = BadLimit(least=SHORTEST_S, most=LONGEST_S)
        bad.problems["limit_s"] = str(bad)
        raise bad
    kind = Proposal.Kind(kind)
    platform = Organisation.objects.select_for_update(no_key=True).get(
        pk=queries.platform_of(actor)
    )
    swaps = sorted(set(swap_lines))
    if Line.objects.filter(pk__in=swaps, platform=platform).count() != len(swaps):
        raise LinesElsewhere(problems={"swap_lines": str(LinesElsewhere())})
    if queries.under_way(platform_id=platform.pk) is not None:
        raise SearchUnderWay
    waiting = _waiting(kind, platform.pk, start, end, at)
    if not waiting:
        raise NothingWaits(problems={"last_day": str(NothingWaits())})
    _overtake(platform.pk, actor=actor, at=at)
    with refusing(scheduling_one_search_at_a_time=SearchUnderWay()):
        proposal = Proposal.objects.create(
            platform=platform, kind=kind, horizon=horizon, limit_s=limit_s, swap_lines=swaps,
            requests=waiting, asked_by=actor, asked_at=at,
        )  # fmt: skip
    record("asked", proposal, actor, at, kind=str(kind), requests=waiting, limit_s=limit_s)
    return proposal


def _waiting(kind: str, platform_id: int, start: datetime, end: datetime, at: datetime) -> int:
    if kind == Proposal.Kind.REPAIR:
        return queries.collided(platform_id=platform_id, start=start, end=end).count()
    return len(queries.requests_in(platform_id=platform_id, start=start, end=end, at=at))


def _overtake(platform_id: int, *, actor: Membership, at: datetime) -> None:
    earlier = Proposal.objects.select_for_update(no_key=True).filter(
        platform=platform_id, status__in=Proposal.TO_DECIDE
    )
    for one in earlier.order_by("id"):
        advance(one, Proposal.Status.OVERTAKEN, closed_at=at, closed_by=actor)
        record("overtaken", one, actor, at)


@command
def discard(*, proposal_id: int, actor_id: int, at: datetime) -> Proposal:
    """Throw a schedule away, or end its search; the requests stay as they are.

    Raises: NotFound, NotYourRole, MoveNotAllowed.
    """
    actor = _keeper(actor_id)
    proposal = locked(proposal_id, actor)
    advance(proposal, Proposal.Status.DISCARDED, closed_at=at, closed_by=actor)
    record("discarded", proposal, actor, at)
    return proposal


def _keeper(actor_id: int) -> Membership:
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.APPROVE, Kind.BOOKING)
    return actor


def locked(proposal_id: int, actor: Membership) -> Proposal:
    """A proposal of the actor's own platform, locked.

    Raises: NotFound, NotYourRole.
    """
    rights.require(actor, Verb.APPROVE, Kind.BOOKING)
    rows = Proposal.objects.select_for_update(no_key=True).filter(
        pk=proposal_id, platform=queries.platform_of(actor)
    )
    found = rows.first()
    if found is None:
        raise NotFound
    return found


def record(
    done: str, proposal: Proposal, actor: Membership | None, at: datetime, **facts: events.Fact
) -> None:
    """Put down what happened to a proposal."""
    events.record(
        f"scheduling.proposal.{done}", proposal, actor=actor, actor_id=None, at=at,
        project_id=None, platform_id=proposal.platform_id, **facts,
    )  # fmt: skip
