"""Everything that changes here: matches, subscriptions."""

from pilotharbor.matching.commands.matches import (
    AlreadyMatched,
    NotOnTheMarket,
    NotYourMatch,
    ReasonMissing,
    accept,
    decline,
    propose,
)
from pilotharbor.matching.commands.subscriptions import (
    AlreadySubscribed,
    NothingToLookFor,
    TooManySubscriptions,
    look,
    subscribe,
    unsubscribe,
)

__all__ = [
    "AlreadyMatched",
    "AlreadySubscribed",
    "NotOnTheMarket",
    "NotYourMatch",
    "NothingToLookFor",
    "ReasonMissing",
    "TooManySubscriptions",
    "accept",
    "decline",
    "look",
    "propose",
    "subscribe",
    "unsubscribe",
]
