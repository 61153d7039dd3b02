"""What is known of a find in numbers, and how what was learnt moves it."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pilotharbor.kernel.later import later
from pilotharbor.matching.engine import facts
from pilotharbor.matching.engine.facts import Fact
from pilotharbor.matching.fitting import offer_of, wish_of
from pilotharbor.matching.models import RankingModel
from pilotharbor.matching.ranking import BP
from pilotharbor.technologies.models import Achievement, Demand

if TYPE_CHECKING:
    from pilotharbor.matching.engine import rerank
else:
    rerank = later("pilotharbor.matching.engine.rerank")

LEVELS = 8
DECADE_DAYS = 3653


def in_use() -> "rerank.Model | None":
    """The model that may move finds; none if none is proven, or operators switched it off."""
    kept = RankingModel.objects.filter(in_use=True).values_list("text", flat=True).first()
    if kept is None:
        return None
    try:
        model = rerank.loads(kept)
    except rerank.Unusable:
        return None
    return model if model.accepted else None


def looks(
    *,
    achievement: Achievement,
    demand: Demand,
    shares_bp: tuple[int, int, int],
    outcomes: Sequence[str],
    at: datetime,
) -> "rerank.Signals":
    """A find in numbers. ``shares_bp`` are score, words and meaning; ``outcomes`` those of the figures."""
    known = {fact.kind: fact for fact in facts.compare(wish_of(demand), offer_of(achievement))}
    asked = max(len(outcomes), 1)
    here, there = demand.region, achievement.region
    mine, theirs = demand.industry, achievement.industry
    published = achievement.published_at or at
    return rerank.Signals(
        base=shares_bp[0] / BP,
        words=shares_bp[1] / BP,
        meaning=shares_bp[2] / BP,
        met=sum(one == facts.MET for one in outcomes) / asked,
        unmet=sum(one == facts.UNMET for one in outcomes) / asked,
        readiness_gap=_gap(known.get("readiness")),
        same_city=float(bool(here) and here[:4] == there[:4] and not here.endswith("0000")),
        same_province=float(bool(here) and here[:2] == there[:2]),
        same_section=float(bool(mine) and mine[:1] == theirs[:1]),
        same_division=float(len(mine) > 2 and mine[:3] == theirs[:3]),
        cooperation=_shared(demand.cooperation, achievement.cooperation),
        within_budget=_within(known.get("price")),
        age=min(1.0, max(0.0, (at - published).days / DECADE_DAYS)),
    )


def _gap(fact: Fact | None) -> float:
    return min(1.0, (fact.amount or 0) / LEVELS) if fact is not None else 0.0


def _within(fact: Fact | None) -> float:
    if fact is None or fact.outcome == facts.UNKNOWN:
        return 0.5
    return 1.0 if fact.outcome == facts.MET else 0.0


def _shared(wanted: Sequence[str], offered: Sequence[str]) -> float:
    return len(set(wanted) & set(offered)) / len(wanted) if wanted else 0.0


def order(model: "rerank.Model", found: "Sequence[rerank.Signals]") -> list[tuple[int, float]]:
    """Places of the finds as the model moves them, best first, with their score."""
    moved = rerank.apply(model, [rerank.Candidate(place, one) for place, one in enumerate(found)])
    return [(hit.key, hit.score) for hit in moved]
