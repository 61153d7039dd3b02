"""What is there to learn from, and what was learnt last?"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count

from pilotharbor.kernel.later import later
from pilotharbor.matching.models import Outcome, RankingModel

if TYPE_CHECKING:
    from pilotharbor.matching.engine import learning, rerank
else:
    learning = later("pilotharbor.matching.engine.learning")
    rerank = later("pilotharbor.matching.engine.rerank")


@dataclass(frozen=True, slots=True)
class SoFar:
    """How many outcomes there are to learn from, of how many needs and organisations; and the least."""

    outcomes: int
    needs: int
    organisations: int
    least_outcomes: int
    least_needs: int
    least_organisations: int


def outcomes_so_far() -> SoFar:
    """What there is to learn from."""
    found = Outcome.objects.aggregate(
        outcomes=Count("pk"),
        needs=Count("demand", distinct=True),
        organisations=Count("demand__owner", distinct=True),
    )
    return SoFar(
        **found,
        least_outcomes=learning.LEAST_EXAMPLES,
        least_needs=learning.LEAST_NEEDS,
        least_organisations=learning.LEAST_ORGANISATIONS,
    )


@dataclass(frozen=True, slots=True)
class Learnt:
    """The newest model and the evidence for it; none where it cannot be read any more."""

    kept: RankingModel
    evidence: "rerank.Evidence | None"


def newest_ranking() -> Learnt | None:
    """What was learnt last."""
    kept = RankingModel.objects.order_by("-pk").first()
    if kept is None:
        return None
    try:
        return Learnt(kept, rerank.loads(kept.text).evidence)
    except rerank.Unusable:
        return Learnt(kept, None)


def examples() -> "list[learning.Example]":
    """All outcomes as they are learnt from."""
    rows = Outcome.objects.values_list("demand_id", "demand__owner_id", "signals", "grade")
    return [
        learning.Example(need, organisation, rerank.Signals(**signals), grade)
        for need, organisation, signals, grade in rows.order_by("pk")
    ]
