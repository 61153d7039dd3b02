"""Who is on duty when, and who may run which machine?"""

from pilotharbor.crew.queries.duty import (
    able_engineers,
    availability,
    engineer_problems,
    free_engineers,
)
from pilotharbor.crew.queries.qualified import unqualified

__all__ = [
    "able_engineers",
    "availability",
    "engineer_problems",
    "free_engineers",
    "unqualified",
]
