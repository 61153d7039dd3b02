"""Achievements, demands and the intellectual property behind them."""

from pilotharbor.technologies.models.achievements import Achievement, Inventor, IpAsset
from pilotharbor.technologies.models.demands import Demand
from pilotharbor.technologies.models.market import MOVES, Cooperation, Pricing, Status, TrlScale
from pilotharbor.technologies.models.notices import NoticeRule, Objection, PriceNotice
from pilotharbor.technologies.models.papers import Attachment, EntryVersion
from pilotharbor.technologies.models.readers import Reader
from pilotharbor.technologies.models.scenarios import (
    Direction,
    Frontier,
    Scenario,
    ScenarioAnswer,
)

__all__ = [
    "MOVES",
    "Achievement",
    "Attachment",
    "Cooperation",
    "Demand",
    "Direction",
    "EntryVersion",
    "Frontier",
    "Inventor",
    "IpAsset",
    "NoticeRule",
    "Objection",
    "PriceNotice",
    "Pricing",
    "Reader",
    "Scenario",
    "ScenarioAnswer",
    "Status",
    "TrlScale",
]
