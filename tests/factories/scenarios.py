"""A published scenario, who wrote it and who may answer it."""

from datetime import timedelta
from types import SimpleNamespace

import factory
from factory.django import DjangoModelFactory

from pilotharbor.parties.roles import OrganisationKind, Role
from pilotharbor.technologies.models import IpAsset, Scenario, ScenarioAnswer
from tests.factories.parties import JOINED, MembershipFactory, OrganisationFactory
from tests.factories.technologies import AchievementFactory


class ScenarioFactory(DjangoModelFactory):
    class Meta:
        model = Scenario

    title = factory.Sequence(lambda n: f"示例场景{n}")
    summary = "产线上需要一台国产检测设备，开动率 ≥ 98 %。"
    direction = "scenario_seeks_product"
    owner = factory.SubFactory(OrganisationFactory)
    posted_by = factory.SubFactory(MembershipFactory, organisation=factory.SelfAttribute("..owner"))
    posted_at = JOINED
    status = Scenario.Status.PUBLISHED
    published_at = JOINED


class AnswerFactory(DjangoModelFactory):
    class Meta:
        model = ScenarioAnswer

    scenario = factory.SubFactory(ScenarioFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    offered_by = factory.SubFactory(
        MembershipFactory, organisation=factory.SelfAttribute("..organisation")
    )
    offer = "我们的设备已在两条产线上运行。"
    offered_at = JOINED


def stage(*, answers=2, **fields):
    """A company's published scenario with answers, and everyone who may come by."""
    host = OrganisationFactory(
        kind=OrganisationKind.PILOT_PLATFORM, is_host=True, name="示例中试港"
    )
    company = OrganisationFactory(name="示例显示股份有限公司")

    def member(organisation, role=Role.ENTERPRISE_MEMBER):
        return MembershipFactory(organisation=organisation, role=role)

    owner = member(company)
    scenario = ScenarioFactory(owner=company, posted_by=owner, title="面板线国产检测机", **fields)
    university = OrganisationFactory(kind=OrganisationKind.UNIVERSITY, name="示例大学")
    inventor = member(university, Role.RESEARCHER)
    result = AchievementFactory(owner=university, disclosed_by=inventor, title="缺陷检测算法")
    asset = IpAsset.objects.create(achievement=result, kind="software")
    offered = [AnswerFactory(scenario=scenario) for _ in range(answers)]
    return SimpleNamespace(
        host=host, company=company, owner=owner, colleague=member(company), scenario=scenario,
        university=university, inventor=inventor, tto=member(university, Role.TTO_OFFICER),
        result=result, asset=asset, answers=offered, rivals=[a.offered_by for a in offered],
        stranger=member(OrganisationFactory()), manager=member(host, Role.TECHNOLOGY_MANAGER),
        operator=member(host, Role.PLATFORM_OPERATOR),
        auditor=member(OrganisationFactory(kind=OrganisationKind.AUDIT_BODY), Role.AUDITOR),
        bureau=member(
            OrganisationFactory(kind=OrganisationKind.GOVERNMENT_BUREAU), Role.GOVERNMENT_OFFICER
        ),
        administrator=member(host, Role.SYSTEM_ADMINISTRATOR), day=timedelta(days=1),
    )  # fmt: skip
