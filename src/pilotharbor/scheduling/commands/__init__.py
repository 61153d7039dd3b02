"""Everything that can happen to a schedule: asked for, searched for, accepted in whole or part, discarded."""

from pilotharbor.scheduling.commands.accepting import (
    AlreadyDecided,
    PlanOver,
    RequestChanged,
    carry_out,
    note_refusal,
)
from pilotharbor.scheduling.commands.keeping import (
    Alike,
    MinutesOutOfRange,
    WordsMissing,
    keep_apart,
    let_together,
    set_changeover,
)
from pilotharbor.scheduling.commands.proposing import (
    BadHorizon,
    BadLimit,
    LinesElsewhere,
    NothingWaits,
    SearchUnderWay,
    discard,
    propose,
)
from pilotharbor.scheduling.commands.solving import (
    SearchOver,
    begin,
    complete,
    fail,
    mend,
    note_progress,
)

__all__ = [
    "Alike",
    "AlreadyDecided",
    "BadHorizon",
    "BadLimit",
    "LinesElsewhere",
    "MinutesOutOfRange",
    "NothingWaits",
    "PlanOver",
    "RequestChanged",
    "SearchOver",
    "SearchUnderWay",
    "WordsMissing",
    "begin",
    "carry_out",
    "complete",
    "discard",
    "fail",
    "keep_apart",
    "let_together",
    "mend",
    "note_progress",
    "note_refusal",
    "propose",
    "set_changeover",
]
