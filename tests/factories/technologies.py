"""The smallest valid results and needs, and the people around them."""

from types import SimpleNamespace

import factory
from factory.django import DjangoModelFactory

from pilotharbor.parties.roles import OrganisationKind, Role
from pilotharbor.technologies.models import Achievement, Demand, Inventor, Reader
from tests.factories.parties import JOINED, MembershipFactory, OrganisationFactory


class AchievementFactory(DjangoModelFactory):
    class Meta:
        model = Achievement

    title = factory.Sequence(lambda n: f"示例成果{n}")
    summary = "一种示例工艺。"
    owner = factory.SubFactory(OrganisationFactory, kind=OrganisationKind.UNIVERSITY)
    disclosed_by = factory.SubFactory(
        MembershipFactory, role=Role.RESEARCHER, organisation=factory.SelfAttribute("..owner")
    )
    disclosed_at = JOINED
    status = Achievement.Status.PUBLISHED
    published_at = JOINED


class DemandFactory(DjangoModelFactory):
    class Meta:
        model = Demand

    title = factory.Sequence(lambda n: f"示例需求{n}")
    summary = "需要一种示例工艺。"
    owner = factory.SubFactory(OrganisationFactory)
    posted_by = factory.SubFactory(MembershipFactory, organisation=factory.SelfAttribute("..owner"))
    posted_at = JOINED
    status = Demand.Status.PUBLISHED
    published_at = JOINED


def market(*, confidentiality="public", status="published", **fields):
    """A university with a result, a company with a need, and everyone who may come by."""
    host = OrganisationFactory(
        kind=OrganisationKind.PILOT_PLATFORM, is_host=True, name="示例中试港"
    )
    university = OrganisationFactory(kind=OrganisationKind.UNIVERSITY, name="示例大学")
    company = OrganisationFactory(name="示例电池股份有限公司")
    stranger = OrganisationFactory(name="示例旁观有限公司")

    def member(organisation, role):
        return MembershipFactory(organisation=organisation, role=role)

    inventor = member(university, Role.RESEARCHER)
    achievement = AchievementFactory(
        owner=university, disclosed_by=inventor, title="硫化物固态电解质的公斤级制备",
        summary="离子电导率高的硫化物固态电解质。", detail="烧结温度与助剂配比",
        confidentiality=confidentiality, status=status, **fields,
    )  # fmt: skip
    Inventor.objects.create(achievement=achievement, membership=inventor, position=1)
    buyer = member(company, Role.ENTERPRISE_MEMBER)
    demand = DemandFactory(
        owner=company, posted_by=buyer, title="固态电解质粉体公斤级稳定供样",
        summary="需要批间离子电导率波动小的固态电解质，用于软包电池验证。",
    )  # fmt: skip
    return SimpleNamespace(
        host=host, university=university, company=company, achievement=achievement, demand=demand,
        inventor=inventor, colleague=member(university, Role.RESEARCHER),
        tto=member(university, Role.TTO_OFFICER), buyer=buyer,
        outsider=member(stranger, Role.ENTERPRISE_MEMBER),
        manager=member(host, Role.TECHNOLOGY_MANAGER), advisor=member(host, Role.INDUSTRY_ADVISOR),
        operator=member(host, Role.PLATFORM_OPERATOR), expert=member(stranger, Role.EXPERT),
        auditor=member(OrganisationFactory(kind=OrganisationKind.AUDIT_BODY), Role.AUDITOR),
        administrator=member(host, Role.SYSTEM_ADMINISTRATOR),
    )  # fmt: skip


def let_in(achievement, membership, via=Reader.Via.PROJECT):
    return Reader.objects.create(
        achievement=achievement, membership=membership, via=via, admitted_at=JOINED
    )
