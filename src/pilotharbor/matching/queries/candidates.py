"""What on the other side may fit this entry, in which order, and how well does it?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pilotharbor.kernel.later import later
from pilotharbor.matching import fitting, learnt
from pilotharbor.matching.engine import figures, reasons, score
from pilotharbor.matching.findable import label_of
from pilotharbor.matching.fitting import Reason
from pilotharbor.matching.kinds import ACHIEVEMENT, DEMAND
from pilotharbor.matching.marks import Narrowing
from pilotharbor.matching.queries.finding import EVERYTHING, Finds, Hit, find_all, text_of
from pilotharbor.matching.ranking import Asking, query_of, ranked
from pilotharbor.parties.models import Membership
from pilotharbor.technologies.models import Achievement, Demand
from pilotharbor.technologies.queries import Entry

if TYPE_CHECKING:
    from pilotharbor.matching.engine import rerank
else:
    rerank = later("pilotharbor.matching.engine.rerank")

# Among so many what was learnt may move finds.
RERANKED = 50


def candidates(
    *,
    entry: Any,
    actor: Membership | None,
    kind: str = "",
    narrowing: Narrowing = EVERYTHING,
    limit: int = 20,
) -> Finds:
    """What is published on the other side and may fit, with the reasons; best first.

    ``kind``  which other side, if not the usual one: results for a need, needs for a result
    """
    other = kind or (DEMAND if isinstance(entry, Achievement) else ACHIEVEMENT)
    asking = Asking(actor, (other,), narrowing)
    model = learnt.in_use() if {label_of(entry), other} == {ACHIEVEMENT, DEMAND} else None
    depth = limit if model is None else max(limit, RERANKED)
    (found,) = find_all(texts=[text_of(entry)], asking=asking, limit=depth, of=entry)
    if model is None:
        return found
    return replace(found, hits=_moved(found.hits, entry, model)[:limit], learnt=True)


def _moved(hits: Sequence[Hit], entry: Entry, model: "rerank.Model") -> list[Hit]:
    """The finds as what was learnt from outcomes moves them (R-MATCH-10)."""
    numbers = [_signals(hit, entry) for hit in hits]
    order = learnt.order(model, numbers)
    best = max((score for _, score in order), default=1.0) or 1.0
    return [
        replace(hits[place], score_bp=min(10_000, max(0, round(10_000 * score / best))))
        for place, score in order
    ]


def _signals(hit: Hit, entry: Entry, at: datetime | None = None) -> "rerank.Signals":
    pair = {label_of(entry): entry, hit.kind: hit.entry}
    achievement, demand = pair[ACHIEVEMENT], pair[DEMAND]
    return learnt.looks(
        achievement=achievement,
        demand=demand,
        shares_bp=(hit.score_bp, hit.words_bp, hit.meaning_bp),
        outcomes=[figure.outcome for figure in hit.figures],
        # Without an instant everything counts as published now: age then tells none apart.
        at=at or achievement.published_at,
    )


def signals_of(*, achievement_id: int, demand_id: int, at: datetime) -> "rerank.Signals | None":
    """How a result looks among all the finds for a need, whoever asks; nothing if it is not published.

    For learning only, never shown: what it says of the pair is numbers.
    """
    demand = Demand.objects.filter(pk=demand_id).first()
    if demand is None:
        return None
    asking = Asking(None, (ACHIEVEMENT,), everyone=True)
    text = text_of(demand)
    (found,) = ranked(texts=[text], asking=asking, limit=RERANKED)
    at_place = {p.object_id: number for number, p in enumerate(found.places)}
    number = at_place.get(achievement_id)
    place = None if number is None else found.places[number]
    achievement = Achievement.objects.filter(pk=achievement_id).first()
    if achievement is None or achievement.status != achievement.Status.PUBLISHED:
        return None
    shares = (place.score_bp, place.words_bp, place.meaning_bp) if place else (0, 0, 0)
    outcomes = [f.outcome for f in figures.compare(text, text_of(achievement))]
    looks = learnt.looks(
        achievement=achievement, demand=demand, shares_bp=shares, outcomes=outcomes, at=at
    )
    return looks if number is None else replace(looks, shown=rerank.seen_at(number))


def candidates_for_demand(
    *, demand: Demand, actor: Membership | None, limit: int = 20
) -> list[Hit]:
    """Published results that may answer a need, with the reasons; best first."""
    return candidates(entry=demand, actor=actor, limit=limit).hits


def candidates_for_achievement(
    *, achievement: Achievement, actor: Membership | None, limit: int = 20
) -> list[Hit]:
    """Published needs that a result may answer, with the reasons; best first."""
    return candidates(entry=achievement, actor=actor, limit=limit).hits


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a result answers a need, and why."""

    score_bp: int
    reasons: list[Reason]


def fit(*, achievement: Achievement, demand: Demand) -> Fit:
    """How well this result answers this need by its words.

    Source: R-MATCH-3.
    """
    asked = text_of(demand)
    query, _common = query_of(asked)
    flat = score.weighted_flat(achievement.title, achievement.keywords, achievement.summary)
    points = query.score(flat, score.length_of(flat))
    theirs = text_of(achievement)
    said = reasons.as_json(reasons.shared_phrases(asked, theirs), figures.compare(asked, theirs))
    facts = fitting.as_json(fitting.compare(demand, achievement))
    return Fit(query.share_bp(points), [*said, *facts])
