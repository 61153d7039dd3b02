"""The smallest valid projects, with the people who carry them."""

from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from pilotharbor.parties.roles import OrganisationKind, Role
from pilotharbor.projects.models import Plan, Project, Task, TeamMember
from pilotharbor.technologies.models import Achievement, Demand
from tests.factories.parties import MembershipFactory, OrganisationFactory

AT = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)


class PublishedAchievementFactory(DjangoModelFactory):
    class Meta:
        model = Achievement

    owner = factory.SubFactory(OrganisationFactory, kind=OrganisationKind.UNIVERSITY)
    title = factory.Sequence(lambda n: f"示例成果{n}")
    summary = "摘要"
    status = Achievement.Status.PUBLISHED
    disclosed_by = factory.SubFactory(
        MembershipFactory, organisation=factory.SelfAttribute("..owner"), role=Role.RESEARCHER
    )
    disclosed_at = AT
    published_at = AT


class PublishedDemandFactory(DjangoModelFactory):
    class Meta:
        model = Demand

    owner = factory.SubFactory(OrganisationFactory)
    title = factory.Sequence(lambda n: f"示例需求{n}")
    summary = "摘要"
    status = Demand.Status.PUBLISHED
    posted_by = factory.SubFactory(MembershipFactory, organisation=factory.SelfAttribute("..owner"))
    posted_at = AT
    published_at = AT


class ProjectFactory(DjangoModelFactory):
    """A proposed project of an own platform, owner and enterprise, without stewards."""

    class Meta:
        model = Project

    title = factory.Sequence(lambda n: f"示例中试项目{n}")
    achievement = factory.SubFactory(PublishedAchievementFactory)
    demand = factory.SubFactory(PublishedDemandFactory)
    platform = factory.SubFactory(OrganisationFactory, kind=OrganisationKind.PILOT_PLATFORM)
    owner = factory.SelfAttribute("achievement.owner")
    enterprise = factory.SelfAttribute("demand.owner")
    proposed_at = AT

    class Params:
        stewarded = factory.Trait(
            technology_manager=factory.SubFactory(
                MembershipFactory,
                role=Role.TECHNOLOGY_MANAGER,
                organisation=factory.SelfAttribute("..platform"),
            ),
            industry_advisor=factory.SubFactory(
                MembershipFactory,
                role=Role.INDUSTRY_ADVISOR,
                organisation=factory.SelfAttribute("..platform"),
            ),
        )


class TeamMemberFactory(DjangoModelFactory):
    class Meta:
        model = TeamMember

    project = factory.SubFactory(ProjectFactory)
    membership = factory.SubFactory(MembershipFactory)
    added_at = AT


class PlanFactory(DjangoModelFactory):
    class Meta:
        model = Plan

    project = factory.SubFactory(ProjectFactory, stewarded=True, status=Project.Status.PLANNING)
    budget_fen = 80_000_000
    acceptance = [{"attribute": "purity", "unit": "%", "at_least": "99.5"}]
    consecutive_batches = 3
    planned_batches = 3
    written_by = factory.SelfAttribute("project.technology_manager")
    written_at = AT


class TaskFactory(DjangoModelFactory):
    class Meta:
        model = Task

    project = factory.SubFactory(ProjectFactory, stewarded=True)
    kind = "gmp_scale_up"
    owner = factory.SelfAttribute("project.enterprise")
    created_at = AT


def operator_of(project: Project):
    """A platform operator of the project's platform."""
    return MembershipFactory(organisation=project.platform, role=Role.PLATFORM_OPERATOR)


def someone(role: str, organisation=None):
    """A member in a role, of the organisation or of one of their own."""
    if organisation is None:
        return MembershipFactory(role=role)
    return MembershipFactory(role=role, organisation=organisation)
