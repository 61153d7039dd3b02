"""What can be found: the kinds of entry, by the label of their model."""

from pilotharbor.parties.rights import Kind

ACHIEVEMENT = "technologies.achievement"
DEMAND = "technologies.demand"
# Label → whose rights decide who finds it.
KINDS = {ACHIEVEMENT: Kind.ACHIEVEMENT, DEMAND: Kind.DEMAND}
