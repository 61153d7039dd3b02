"""A platform with an operator, an engineer and a line, and somebody from outside."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from pilotharbor.facilities.models import Line
from pilotharbor.parties.models import Membership
from pilotharbor.parties.roles import Role
from tests.factories.crew import MONDAY, OperatorFactory
from tests.factories.facilities import working_line
from tests.factories.parties import MembershipFactory, OrganisationFactory

# A week before the Monday on which things happen.
NOW = MONDAY - timedelta(days=7)


@dataclass
class Plant:
    line: Line
    operator: Membership
    engineer: Membership
    outsider: Membership
    other_operator: Membership

    @property
    def by(self):
        return {"actor_id": self.operator.pk, "at": NOW}


def build() -> Plant:
    line = working_line(name="示例中试线")
    return Plant(
        line,
        OperatorFactory(organisation=line.platform),
        line.engineers.get().membership,
        MembershipFactory(
            role=Role.RESEARCHER, organisation=OrganisationFactory(kind="university")
        ),
        OperatorFactory(),
    )


@pytest.fixture
def plant() -> Plant:
    return build()


def at(hour: float, *, day: int = 0) -> datetime:
    """So many hours after Monday 08:00 in Shanghai, ``day`` days later."""
    return MONDAY + timedelta(days=day, hours=hour)
