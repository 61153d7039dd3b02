"""Series and roadshows, challenges and their needs, coaching: what is kept of each."""

from pilotharbor.outreach.models.challenges import Candidate, Challenge, MatchRun, Need, Proposal
from pilotharbor.outreach.models.coaching import CoachingOrder
from pilotharbor.outreach.models.roadshows import Pitch, Roadshow, Series
from pilotharbor.outreach.models.visitors import Intent, Registration, Score

__all__ = [
    "Candidate",
    "Challenge",
    "CoachingOrder",
    "Intent",
    "MatchRun",
    "Need",
    "Pitch",
    "Proposal",
    "Registration",
    "Roadshow",
    "Score",
    "Series",
]
