"""Which schedules were proposed, what would one be made of, and who may ask for it?"""

from pilotharbor.scheduling.queries.proposals import (
    keeps_plans,
    platform_of,
    under_way,
    visible_proposals,
)
from pilotharbor.scheduling.queries.waiting import (
    collided,
    movable,
    requests_in,
    waiting_of,
    windows_within,
)

__all__ = [
    "collided",
    "keeps_plans",
    "movable",
    "platform_of",
    "requests_in",
    "under_way",
    "visible_proposals",
    "waiting_of",
    "windows_within",
]
