"""The smallest valid leads, and managers beside those of the market."""

from types import SimpleNamespace
from typing import Any

from pilotharbor.leads import commands
from pilotharbor.leads.commands import Contact
from pilotharbor.parties.roles import OrganisationKind, Role
from tests.conftest import AT
from tests.factories.parties import MembershipFactory, OrganisationFactory
from tests.factories.technologies import market


def exchange(**fields: Any) -> SimpleNamespace:
    """The market, with a second and an interested manager."""
    m = market(**fields)
    agency = OrganisationFactory(kind=OrganisationKind.TRANSFER_AGENCY, name="示例技术转移公司")
    m.agency = agency
    m.other = MembershipFactory(organisation=agency, role=Role.TECHNOLOGY_MANAGER)
    m.insider = MembershipFactory(organisation=m.university, role=Role.TECHNOLOGY_MANAGER)
    m.official = MembershipFactory(
        organisation=OrganisationFactory(kind=OrganisationKind.GOVERNMENT_BUREAU),
        role=Role.GOVERNMENT_OFFICER,
    )
    m.colleague_buyer = MembershipFactory(organisation=m.company, role=Role.ENTERPRISE_MEMBER)
    return m


def opened(m, actor=None, *, at=AT, **given):
    """A lead of the market's pair, carried by the host's manager unless said otherwise."""
    given = given or {"achievement_id": m.achievement.pk, "demand_id": m.demand.pk}
    return commands.open_lead(actor_id=(actor or m.manager).pk, at=at, **given)


def pooled(m, *, at=AT):
    """The same lead in the pool."""
    return opened(m, m.operator, at=at)


def contact(kind="call", side="both", shared="", words="约好下周见面", **more) -> Contact:
    """A contact as the log takes it."""
    return Contact(kind=kind, side=side, shared=shared, words=words, **more)


def log(lead, actor, *, at=AT, **given):
    return commands.log(lead_id=lead.pk, contact=contact(**given), actor_id=actor.pk, at=at)


def brought_to(lead, stage, actor, *, at=AT):
    """Move a fresh lead on, step by step, to a stage before the signature."""
    for to in ("contacted", "met", "evaluated", "negotiating"):
        if to == "contacted":
            log(lead, actor, at=at)
        elif to == "met":
            log(lead, actor, at=at, kind="meeting", words="在企业见面")
        if to != "contacted":
            commands.move(lead_id=lead.pk, to=to, actor_id=actor.pk, at=at)
        if to == stage:
            break
    lead.refresh_from_db()
    return lead
