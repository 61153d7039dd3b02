"""The roles a person can have in an organisation and the kinds of organisations (domain.md §7.1)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a membership lets its person be; one membership carries one role."""

    RESEARCHER = "researcher", _("Researcher")
    TTO_OFFICER = "tto_officer", _("Technology transfer officer")
    ENTERPRISE_MEMBER = "enterprise_member", _("Enterprise member")
    INVESTOR = "investor", _("Investor, bank or insurer")
    TECHNOLOGY_MANAGER = "technology_manager", _("Technology manager")
    INDUSTRY_ADVISOR = "industry_advisor", _("Industry advisor")
    EXPERT = "expert", _("Review expert")
    EQUIPMENT_ENGINEER = "equipment_engineer", _("Equipment engineer")
    PLATFORM_OPERATOR = "platform_operator", _("Platform operator")
    MEMBER_PLATFORM = "member_platform", _("Member platform (1+N)")
    GOVERNMENT_OFFICER = "government_officer", _("Government officer")
    AUDITOR = "auditor", _("Auditor")
    SYSTEM_ADMINISTRATOR = "system_administrator", _("System administrator")


class OrganisationKind(models.TextChoices):
    """What an organisation is."""

    UNIVERSITY = "university", _("University")
    RESEARCH_INSTITUTE = "research_institute", _("Research institute")
    HOSPITAL = "hospital", _("Medical institution")
    ENTERPRISE = "enterprise", _("Enterprise")
    SPIN_OFF = "spin_off", _("Spin-off company")
    PILOT_PLATFORM = "pilot_platform", _("Pilot-plant platform")
    SERVICE_PROVIDER = "service_provider", _("Service provider")
    TRANSFER_AGENCY = "transfer_agency", _("Technology transfer agency")
    INVESTOR = "investor", _("Investor")
    BANK = "bank", _("Bank")
    INSURER = "insurer", _("Insurer")
    GOVERNMENT_BUREAU = "government_bureau", _("Government bureau")
    AUDIT_BODY = "audit_body", _("Audit body")


class Confidentiality(models.TextChoices):
    """Who may read the detail of a result or paper (domain.md §7.2); state secrets never enter."""

    PUBLIC = "public", _("Public")
    MEMBERS = "members", _("Platform members")
    NDA = "nda", _("Under NDA")
    PROJECT = "project", _("Project team")
    CORE = "core", _("Core (named people)")


WATERMARKED = frozenset({Confidentiality.PROJECT, Confidentiality.CORE})
CONFIDENTIAL = frozenset({Confidentiality.NDA, Confidentiality.PROJECT, Confidentiality.CORE})
