"""How do many results, needs and scenarios come in at once, come again, or go public together?"""

from pilotharbor.technologies.bulk.achievements import ACHIEVEMENT_FIELDS, import_achievements
from pilotharbor.technologies.bulk.approval import publish_submitted
from pilotharbor.technologies.bulk.demands import DEMAND_FIELDS, import_demands
from pilotharbor.technologies.bulk.rules import ImportedMeanwhile, ready
from pilotharbor.technologies.bulk.scenarios import (
    SCENARIO_FIELDS,
    import_scenarios,
    may_import_scenarios,
    ready_scenario,
)

__all__ = [
    "ACHIEVEMENT_FIELDS",
    "DEMAND_FIELDS",
    "SCENARIO_FIELDS",
    "ImportedMeanwhile",
    "import_achievements",
    "import_demands",
    "import_scenarios",
    "may_import_scenarios",
    "publish_submitted",
    "ready",
    "ready_scenario",
]
