"""Everything that changes here: matches, subscriptions, what is learnt."""

from pilotharbor.matching.commands.learning import (
    NotProven,
    NotYoursToSwitch,
    learn,
    note_outcome,
    switch_learning,
)
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
    "NotProven",
    "NotYourMatch",
    "NotYoursToSwitch",
    "NothingToLookFor",
    "ReasonMissing",
    "TooManySubscriptions",
    "accept",
    "decline",
    "learn",
    "look",
    "note_outcome",
    "propose",
    "subscribe",
    "switch_learning",
    "unsubscribe",
]
