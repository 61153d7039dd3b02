"""What do a need and a result say of themselves that can be compared, and what would make them fit better?"""

from collections.abc import Iterable, Sequence

from pilotharbor.matching.engine import facts
from pilotharbor.matching.engine.facts import Fact, Offer, Wish
from pilotharbor.technologies.models import Achievement, Demand, TrlScale
from pilotharbor.technologies.queries import Entry

type Reason = dict[str, str | None]

# What the owner of the other side could add, by the fact that is not known.
MISSING = {"readiness": "say_readiness", "price": "say_price", "ways": "say_ways"}


def wish_of(demand: Demand) -> Wish:
    """What a need asks for besides its words."""
    return Wish(
        readiness=demand.trl_wanted,
        budget_fen=demand.budget_fen,
        ways=tuple(demand.cooperation),
        industry=demand.industry,
        region=demand.region,
    )


def offer_of(achievement: Achievement, *, blind: bool = False) -> Offer:
    """What a result offers besides its words; to a blind reviewer not where it comes from."""
    on_nine = achievement.trl_scale == TrlScale.TRL_9
    return Offer(
        readiness=achievement.trl_level if on_nine else None,
        price_fen=achievement.price_fen,
        ways=tuple(achievement.cooperation),
        industry=achievement.industry,
        region="" if blind else achievement.region,
    )


def compare(one: Entry, other: Entry, *, blind: bool = False) -> list[Fact]:
    """The facts of a pair, whichever of them is the need."""
    if isinstance(one, Demand) and isinstance(other, Achievement):
        return facts.compare(wish_of(one), offer_of(other, blind=blind))
    if isinstance(one, Achievement) and isinstance(other, Demand):
        return facts.compare(wish_of(other), offer_of(one, blind=blind))
    return []


def as_json(found: Iterable[Fact]) -> list[Reason]:
    """Facts as reasons are kept and sent."""
    return [
        {
            "kind": fact.kind,
            "outcome": fact.outcome,
            "asked": fact.asked,
            "said": fact.said,
            "amount": None if fact.amount is None else str(fact.amount),
        }
        for fact in found
    ]


def improvements(found: Sequence[Reason]) -> list[Reason]:
    """What would let these two be judged better, or fit better: one thing each.

    ``what``  say_readiness, say_price, say_ways, say_figure, raise_readiness, close_figure
    """
    wanted: list[Reason] = []
    for reason in found:
        kind, outcome = reason["kind"] or "", reason.get("outcome")
        if kind == "figure" and outcome != facts.MET:
            what = "say_figure" if outcome == facts.UNKNOWN else "close_figure"
            wanted.append(
                {"what": what, "attribute": reason["attribute"], "asked": reason["asked"]}
            )
        elif outcome == facts.UNKNOWN and kind in MISSING:
            wanted.append({"what": MISSING[kind], "asked": reason["asked"]})
        elif kind == "readiness" and outcome == facts.UNMET:
            wanted.append({"what": "raise_readiness", "asked": reason["asked"]})
    return wanted
