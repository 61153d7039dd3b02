"""What can be found: the kinds of entry, by the label of their model."""

ACHIEVEMENT = "technologies.achievement"
DEMAND = "technologies.demand"
SCENARIO = "technologies.scenario"
RIGHT = "technologies.ipasset"
LINE = "facilities.line"
EXPERT = "parties.membership"
# What a search without further words looks for.
USUAL = (ACHIEVEMENT, DEMAND)
