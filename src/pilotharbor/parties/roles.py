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


_RESEARCH = frozenset({
    Role.RESEARCHER, Role.TTO_OFFICER, Role.TECHNOLOGY_MANAGER, Role.INDUSTRY_ADVISOR, Role.EXPERT,
    Role.EQUIPMENT_ENGINEER,
})  # fmt: skip
_BUSINESS = frozenset({
    Role.ENTERPRISE_MEMBER, Role.TECHNOLOGY_MANAGER, Role.INDUSTRY_ADVISOR, Role.EXPERT,
    Role.EQUIPMENT_ENGINEER,
})  # fmt: skip
_MONEY = frozenset({Role.INVESTOR, Role.INDUSTRY_ADVISOR, Role.EXPERT})

# Which roles people of an organisation can have, by what the organisation is (R-PARTY-5).
ROLES_OF: dict[str, frozenset[Role]] = {
    OrganisationKind.UNIVERSITY: _RESEARCH,
    OrganisationKind.RESEARCH_INSTITUTE: _RESEARCH,
    OrganisationKind.HOSPITAL: _RESEARCH,
    OrganisationKind.ENTERPRISE: _BUSINESS,
    OrganisationKind.SPIN_OFF: _BUSINESS,
    OrganisationKind.SERVICE_PROVIDER: _BUSINESS,
    OrganisationKind.PILOT_PLATFORM: frozenset({
        Role.PLATFORM_OPERATOR, Role.MEMBER_PLATFORM, Role.EQUIPMENT_ENGINEER,
        Role.TECHNOLOGY_MANAGER, Role.INDUSTRY_ADVISOR, Role.EXPERT,
    }),
    OrganisationKind.TRANSFER_AGENCY: frozenset({
        Role.TECHNOLOGY_MANAGER, Role.INDUSTRY_ADVISOR, Role.EXPERT,
    }),
    OrganisationKind.INVESTOR: _MONEY,
    OrganisationKind.BANK: _MONEY,
    OrganisationKind.INSURER: _MONEY,
    OrganisationKind.GOVERNMENT_BUREAU: frozenset({Role.GOVERNMENT_OFFICER, Role.EXPERT}),
    OrganisationKind.AUDIT_BODY: frozenset({Role.AUDITOR}),
}  # fmt: skip
# Only the organisation that runs the harbour has these besides the roles of its kind.
HOST_ROLES = frozenset({Role.PLATFORM_OPERATOR, Role.SYSTEM_ADMINISTRATOR, Role.AUDITOR})
# The role of a person who registers an organisation, unless they say otherwise.
FIRST_ROLE: dict[str, Role] = {
    OrganisationKind.UNIVERSITY: Role.TTO_OFFICER,
    OrganisationKind.RESEARCH_INSTITUTE: Role.TTO_OFFICER,
    OrganisationKind.HOSPITAL: Role.TTO_OFFICER,
    OrganisationKind.ENTERPRISE: Role.ENTERPRISE_MEMBER,
    OrganisationKind.SPIN_OFF: Role.ENTERPRISE_MEMBER,
    OrganisationKind.SERVICE_PROVIDER: Role.ENTERPRISE_MEMBER,
    OrganisationKind.PILOT_PLATFORM: Role.PLATFORM_OPERATOR,
    OrganisationKind.TRANSFER_AGENCY: Role.TECHNOLOGY_MANAGER,
    OrganisationKind.INVESTOR: Role.INVESTOR,
    OrganisationKind.BANK: Role.INVESTOR,
    OrganisationKind.INSURER: Role.INVESTOR,
    OrganisationKind.GOVERNMENT_BUREAU: Role.GOVERNMENT_OFFICER,
    OrganisationKind.AUDIT_BODY: Role.AUDITOR,
}


def roles_of(*, kind: str, is_host: bool = False) -> frozenset[Role]:
    """The roles a member of such an organisation can have."""
    return ROLES_OF[kind] | (HOST_ROLES if is_host else frozenset())


WATERMARKED = frozenset({Confidentiality.PROJECT, Confidentiality.CORE})
CONFIDENTIAL = frozenset({Confidentiality.NDA, Confidentiality.PROJECT, Confidentiality.CORE})
