"""A schedule is accepted, whole or in part: placement by placement, each by a command of its own."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.scheduling import commands, queries
from pilotharbor.scheduling.models import Placement, Proposal


@dataclass(frozen=True, slots=True)
class Accepted:
    """How many placements were carried out, and how many were not; why stands with each."""

    done: int
    refused: int


def accept(
    *,
    proposal_id: int,
    actor_id: int,
    at: datetime,
    placement_ids: Collection[int] | None = None,
) -> Accepted:
    """Accept these placements of a schedule, or all that are open.

    Each goes through the booking's own command in a transaction of its own. One whose place another
    one of the schedule still holds comes again after it; what fits no longer is refused with its reason
    and stays open.

    Raises: NotFound, NotYourRole, PlanOver. Source: R-SCHED-16.
    """
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.APPROVE, Kind.BOOKING)
    seen = queries.visible_proposals(actor=actor)
    proposal = seen.filter(pk=proposal_id, platform=queries.platform_of(actor)).first()
    if proposal is None:
        raise NotFound
    if proposal.status not in Proposal.TO_DECIDE:
        raise commands.PlanOver
    rows = proposal.placements.filter(status__in=Placement.OPEN).order_by("start_at", "id")
    if placement_ids is not None:
        rows = rows.filter(pk__in=list(placement_ids))
    return _carry_out(list(rows.values_list("pk", flat=True)), actor_id=actor_id, at=at)


def _carry_out(left: list[int], *, actor_id: int, at: datetime) -> Accepted:
    done = 0
    while True:
        refused: dict[int, DomainError] = {}
        for pk in left:
            try:
                commands.carry_out(placement_id=pk, actor_id=actor_id, at=at)
            except (commands.PlanOver, commands.AlreadyDecided):
                # A colleague was quicker; what they decided stands.
                continue
            except DomainError as refusal:
                refused[pk] = refusal
            else:
                done += 1
        if not refused or len(refused) == len(left):
            break
        left = list(refused)
    for pk, why in refused.items():
        _note(pk, why, actor_id=actor_id, at=at)
    return Accepted(done, len(refused))


def _note(placement_id: int, refusal: DomainError, *, actor_id: int, at: datetime) -> None:
    said = " ".join(dict.fromkeys(refusal.problems.values())) or str(refusal)
    try:
        commands.note_refusal(
            placement_id=placement_id, code=refusal.code, said=said, actor_id=actor_id, at=at
        )
    except (commands.PlanOver, commands.AlreadyDecided):
        return
