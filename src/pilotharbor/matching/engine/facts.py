"""What besides words speaks for a pair: readiness, price, ways to work together, field and distance.

Each is met, unmet or unknown; a place is neither. What nobody asks for is not among them.
"""

from dataclasses import dataclass
from typing import Literal

from pilotharbor.matching.engine.places import distance_km

type Outcome = Literal["met", "unmet", "unknown", "informs"]

MET: Outcome = "met"
UNMET: Outcome = "unmet"
UNKNOWN: Outcome = "unknown"
INFORMS: Outcome = "informs"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a need says of itself; ``readiness`` on the nine-level scale, ``budget_fen`` in fen."""

    readiness: int | None = None
    budget_fen: int | None = None
    ways: tuple[str, ...] = ()
    industry: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a result says of itself; ``price_fen`` in fen, empty where it is to be negotiated."""

    readiness: int | None = None
    price_fen: int | None = None
    ways: tuple[str, ...] = ()
    industry: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One of them: what is asked, what is said, and whether that meets it.

    ``kind``    readiness, price, ways, field or place
    ``amount``  levels too few; kilometres between the provinces
    """

    kind: str
    outcome: Outcome
    asked: str = ""
    said: str = ""
    amount: int | None = None


def compare(wish: Wish, offer: Offer) -> list[Fact]:
    """The facts of a pair, what decides first."""
    found = [_readiness(wish, offer), _price(wish, offer), _ways(wish, offer),
             _field(wish, offer), _place(wish, offer)]  # fmt: skip
    return [fact for fact in found if fact is not None]


def _readiness(wish: Wish, offer: Offer) -> Fact | None:
    if wish.readiness is None:
        return None
    if offer.readiness is None:
        return Fact("readiness", UNKNOWN, str(wish.readiness))
    lacking = max(0, wish.readiness - offer.readiness)
    outcome: Outcome = UNMET if lacking else MET
    return Fact("readiness", outcome, str(wish.readiness), str(offer.readiness), lacking)


def _price(wish: Wish, offer: Offer) -> Fact | None:
    if wish.budget_fen is None:
        return None
    if offer.price_fen is None:
        return Fact("price", UNKNOWN, str(wish.budget_fen))
    outcome: Outcome = MET if offer.price_fen <= wish.budget_fen else UNMET
    return Fact("price", outcome, str(wish.budget_fen), str(offer.price_fen))


def _ways(wish: Wish, offer: Offer) -> Fact | None:
    if not wish.ways:
        return None
    asked = ",".join(wish.ways)
    if not offer.ways:
        return Fact("ways", UNKNOWN, asked)
    both = [way for way in wish.ways if way in offer.ways]
    if both:
        return Fact("ways", MET, asked, ",".join(both))
    return Fact("ways", UNMET, asked, ",".join(offer.ways))


def _field(wish: Wish, offer: Offer) -> Fact | None:
    """The division of GB/T 4754, C26; the section where nothing more is said."""
    if not wish.industry or not offer.industry:
        return None
    size = min(3, len(wish.industry), len(offer.industry))
    same = wish.industry[:size] == offer.industry[:size]
    return Fact("field", MET if same else INFORMS, wish.industry, offer.industry)


def _place(wish: Wish, offer: Offer) -> Fact | None:
    apart = distance_km(wish.region, offer.region)
    if apart is None:
        return None
    return Fact("place", INFORMS, wish.region, offer.region, apart)
