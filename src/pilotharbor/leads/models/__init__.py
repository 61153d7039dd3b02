"""Leads, who carries them, visits to enterprises, and the people who do that for a living."""

from pilotharbor.leads.models.carrying import Claim, Credit, Policy
from pilotharbor.leads.models.field import Problem, Team, TeamMember, Visit
from pilotharbor.leads.models.leads import LIVE, OVER, Lead, LogEntry, Paper, Side
from pilotharbor.leads.models.profiles import ManagerProfile, Qualification

__all__ = [
    "LIVE",
    "OVER",
    "Claim",
    "Credit",
    "Lead",
    "LogEntry",
    "ManagerProfile",
    "Paper",
    "Policy",
    "Problem",
    "Qualification",
    "Side",
    "Team",
    "TeamMember",
    "Visit",
]
