"""Which part of the fee falls due now that this evidence exists?"""

from datetime import datetime

from pilotharbor.agreements.models import Agreement, Milestone
from pilotharbor.kernel import events
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.transactions import command
from pilotharbor.parties.models import Membership
from pilotharbor.projects.models import Project


@command
def reach_milestones(
    *,
    project_id: int,
    evidence: str,
    nth: int = 1,
    ref: str,
    actor_id: int | None,
    at: datetime,
) -> list[Milestone]:
    """Mark the milestones of the project's signed agreement that waited for this evidence.

    ``ref`` names the evidence (``campaigns.batch:7``). The same evidence told again changes
    nothing. Rights were asked by the command whose act made the evidence.
    Source: R-AGR-8.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project_id)
    waiting = (
        Milestone.objects.select_for_update(of=["self"], no_key=True)
        .filter(
            agreement__project_id=project_id,
            agreement__status=Agreement.Status.SIGNED,
            evidence=evidence,
            nth=nth,
            status=Milestone.Status.AHEAD,
        )
        .order_by("agreement_id", "position")
    )
    actor = Membership.objects.filter(pk=actor_id).first() if actor_id else None
    reached = list(waiting)
    for milestone in reached:
        advance(milestone, Milestone.Status.REACHED, reached_at=at, evidence_ref=ref)
        events.record(
            "agreements.milestone.reached",
            milestone,
            actor=actor,
            at=at,
            project_id=project_id,
            milestone_id=milestone.pk,
            agreement_id=milestone.agreement_id,
            key=milestone.key,
            ref=ref,
        )
    return reached
