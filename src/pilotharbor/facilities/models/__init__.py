"""Lines, their equipment and engineers, when they are open, and what they cost."""

from pilotharbor.facilities.models.equipment import (
    Equipment,
    EquipmentLink,
    EquipmentPaper,
    EquipmentQualification,
)
from pilotharbor.facilities.models.hours import Closure, OpeningHours
from pilotharbor.facilities.models.lines import Line, LineEngineer, SafetyItem, Site, SiteKind
from pilotharbor.facilities.models.prices import Consumable, Tariff

__all__ = [
    "Closure",
    "Consumable",
    "Equipment",
    "EquipmentLink",
    "EquipmentPaper",
    "EquipmentQualification",
    "Line",
    "LineEngineer",
    "OpeningHours",
    "SafetyItem",
    "Site",
    "SiteKind",
    "Tariff",
]
