"""Which results answer each of these texts? One seam between a list of needs and the finder."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from pilotharbor.kernel.models import Event
from pilotharbor.matching import queries as matching
from pilotharbor.matching.fitting import Reason
from pilotharbor.matching.kinds import ACHIEVEMENT, RIGHT
from pilotharbor.matching.marks import Narrowing
from pilotharbor.matching.models import IndexEntry
from pilotharbor.matching.queries import Hit
from pilotharbor.matching.ranking import Asking
from pilotharbor.parties.models import Membership

# So many of one's own results are offered first to a need.
NEAREST = 20


@dataclass(frozen=True, slots=True)
class Found:
    """A result that may answer a text: how well beside the best one, how far it stands out, and why."""

    achievement_id: int
    score_bp: int
    reasons: list[Reason]
    standing_bp: int | None = None


def find(texts: Sequence[str], *, actor: Membership, limit: int) -> list[list[Found]]:
    """For each text the published results the actor may see that answer it best, best first.

    A result answers by its own words or by those of its patents and other rights. All texts go to the
    finder at once; it filters by the actor's sight before it ranks (R-MATCH-1).
    """
    asking = Asking(actor, (ACHIEVEMENT, RIGHT))
    answers = matching.find_all(texts=texts, asking=asking, limit=limit)
    return [_results(matching.worth_showing(one.hits)) for one in answers]


def nearest(text: str, *, actor: Membership) -> list[int]:
    """The actor's own organisation's results that come nearest to a text, by their words."""
    narrowing = Narrowing(owner=actor.organisation_id)
    asking = Asking(actor, (ACHIEVEMENT,), narrowing, meaning=False)
    (found,) = matching.find_all(texts=[text], asking=asking, limit=NEAREST, with_figures=False)
    return [hit.entry.pk for hit in found.hits]


def _results(hits: Sequence[Hit]) -> list[Found]:
    """Each result once, by whatever of it answers best."""
    found: dict[int, Found] = {}
    for hit in hits:
        pk = hit.entry.achievement_id if hit.kind == RIGHT else hit.entry.pk
        found.setdefault(pk, Found(pk, hit.score_bp, hit.reasons, hit.standing_bp))
    return list(found.values())


def index_state() -> tuple[int, datetime | None]:
    """The newest event the index reflects, and when that happened."""
    newest = IndexEntry.objects.aggregate(newest=Max("event_id"))["newest"] or 0
    rows = Event.objects.filter(pk__lte=newest).order_by("-pk")
    return newest, rows.values_list("at", flat=True).first()
