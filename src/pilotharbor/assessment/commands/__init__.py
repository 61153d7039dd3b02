"""Everything that can happen in an assessment: panels, scores, statements, the pilot decision."""

from pilotharbor.assessment.commands.panels import (
    BadPanel,
    Conflicted,
    NotAnExpert,
    NotAssessing,
    NotTheConvener,
    PanelOpen,
    SeatsOpen,
    close,
    convene,
)
from pilotharbor.assessment.commands.scores import (
    AlreadyScored,
    BadScores,
    PanelClosed,
    ScoresMissing,
    score,
)
from pilotharbor.assessment.commands.verdicts import (
    AlreadyDecided,
    BadLevel,
    NotPassed,
    NoTrlStatement,
    ReasonsMissing,
    decide_pilot,
    state_trl,
)

__all__ = [
    "AlreadyDecided",
    "AlreadyScored",
    "BadLevel",
    "BadPanel",
    "BadScores",
    "Conflicted",
    "NoTrlStatement",
    "NotAnExpert",
    "NotAssessing",
    "NotPassed",
    "NotTheConvener",
    "PanelClosed",
    "PanelOpen",
    "ReasonsMissing",
    "ScoresMissing",
    "SeatsOpen",
    "close",
    "convene",
    "decide_pilot",
    "score",
    "state_trl",
]
