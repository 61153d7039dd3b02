"""The smallest valid panels."""

from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from pilotharbor.assessment.models import Criterion, Panel, Seat, TrlStatement
from pilotharbor.parties.roles import OrganisationKind, Role
from pilotharbor.projects.models import Project
from tests.factories.parties import MembershipFactory, OrganisationFactory
from tests.factories.projects import AT, ProjectFactory, operator_of

WEIGHTS = {"technical": 4000, "market": 3500, "risk": 2500}


class ExpertFactory(MembershipFactory):
    """A review expert of a service organisation of their own."""

    organisation = factory.SubFactory(OrganisationFactory, kind=OrganisationKind.SERVICE_PROVIDER)
    role = Role.EXPERT


def assessed_project(**changes):
    """A project that waits for its panel."""
    return ProjectFactory(stewarded=True, status=Project.Status.ASSESSMENT, **changes)


class PanelFactory(DjangoModelFactory):
    class Meta:
        model = Panel
        skip_postgeneration_save = True

    project = factory.LazyFunction(assessed_project)
    pass_mark = Decimal(75)
    convened_by = factory.LazyAttribute(lambda panel: operator_of(panel.project))
    convened_at = AT

    @factory.post_generation
    def seats(self, create, extracted, **kwargs):
        for i, (key, weight) in enumerate(WEIGHTS.items(), 1):
            Criterion.objects.create(panel=self, key=key, weight_bp=weight, position=i)
        for field in extracted if extracted is not None else ("药学", "化学工程", "临床医学"):
            Seat.objects.create(panel=self, expert=ExpertFactory(), field=field)


class TrlStatementFactory(DjangoModelFactory):
    class Meta:
        model = TrlStatement

    project = factory.LazyFunction(assessed_project)
    scale = "TRL-9"
    level = 4
    evidence = "动物实验报告"
    stated_by = factory.LazyAttribute(lambda stated: operator_of(stated.project))
    stated_at = AT
