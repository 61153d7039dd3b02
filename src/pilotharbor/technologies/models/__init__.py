"""Achievements, demands and the intellectual property behind them."""

from pilotharbor.technologies.models.achievements import Achievement, Inventor, IpAsset
from pilotharbor.technologies.models.demands import Demand
from pilotharbor.technologies.models.market import MOVES, Cooperation, Pricing, Status, TrlScale
from pilotharbor.technologies.models.readers import Reader

__all__ = [
    "MOVES",
    "Achievement",
    "Cooperation",
    "Demand",
    "Inventor",
    "IpAsset",
    "Pricing",
    "Reader",
    "Status",
    "TrlScale",
]
