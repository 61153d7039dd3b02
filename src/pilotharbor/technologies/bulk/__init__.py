"""How do thousands of results and needs come in at once, come again, or go public together?"""

from pilotharbor.technologies.bulk.achievements import ACHIEVEMENT_FIELDS, import_achievements
from pilotharbor.technologies.bulk.approval import publish_submitted
from pilotharbor.technologies.bulk.demands import DEMAND_FIELDS, import_demands
from pilotharbor.technologies.bulk.rules import ImportedMeanwhile, ready

__all__ = [
    "ACHIEVEMENT_FIELDS",
    "DEMAND_FIELDS",
    "ImportedMeanwhile",
    "import_achievements",
    "import_demands",
    "publish_submitted",
    "ready",
]
