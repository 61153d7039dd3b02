"""Everything that can happen to a campaign: opened, batches recorded, corrected and judged, report issued."""

from pilotharbor.campaigns.commands.batches import (
    BadResults,
    BatchNumberTaken,
    BookingTaken,
    BookingUnusable,
    judge_batch,
    record_batch,
)
from pilotharbor.campaigns.commands.campaign import (
    CampaignExists,
    CampaignOver,
    LineElsewhere,
    NotEnoughBatches,
    NotYourCampaign,
    PlanMissing,
    WrongStep,
    judge,
    open_campaign,
)
from pilotharbor.campaigns.commands.corrections import (
    CorrectionReasonMissing,
    JudgedAlready,
    NothingCorrected,
    correct_batch,
)
from pilotharbor.campaigns.commands.reports import (
    NotJudged,
    ReportAsked,
    ask_report,
    issue_report,
)

__all__ = [
    "BadResults",
    "BatchNumberTaken",
    "BookingTaken",
    "BookingUnusable",
    "CampaignExists",
    "CampaignOver",
    "CorrectionReasonMissing",
    "JudgedAlready",
    "LineElsewhere",
    "NotEnoughBatches",
    "NotJudged",
    "NotYourCampaign",
    "NothingCorrected",
    "PlanMissing",
    "ReportAsked",
    "WrongStep",
    "ask_report",
    "correct_batch",
    "issue_report",
    "judge",
    "judge_batch",
    "open_campaign",
    "record_batch",
]
