"""Which results answer each of these texts? One seam between a list of needs and the finder."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from pilotharbor.kernel.models import Event
from pilotharbor.matching import queries as matching
from pilotharbor.matching.fitting import Reason
from pilotharbor.matching.kinds import ACHIEVEMENT
from pilotharbor.matching.models import IndexEntry
from pilotharbor.matching.ranking import Asking
from pilotharbor.parties.models import Membership


@dataclass(frozen=True, slots=True)
class Found:
    """A result that may answer a text: how well, and why."""

    achievement_id: int
    score_bp: int
    reasons: list[Reason]


def find(texts: Sequence[str], *, actor: Membership, limit: int) -> list[list[Found]]:
    """For each text the published results the actor may see that answer it best, best first.

    All texts go to the finder at once; it filters by the actor's sight before it ranks (R-MATCH-1).
    """
    asking = Asking(actor, (ACHIEVEMENT,))
    answers = matching.find_all(texts=texts, asking=asking, limit=limit)
    return [
        [Found(hit.entry.pk, hit.score_bp, hit.reasons) for hit in matching.worth_showing(one.hits)]
        for one in answers
    ]


def index_state() -> tuple[int, datetime | None]:
    """The newest event the index reflects, and when that happened."""
    newest = IndexEntry.objects.aggregate(newest=Max("event_id"))["newest"] or 0
    return newest, Event.objects.filter(pk=newest).values_list("at", flat=True).first()
