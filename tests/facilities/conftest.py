import pytest

from pilotharbor.parties.roles import OrganisationKind, Role
from tests.factories.facilities import working_line
from tests.factories.parties import MembershipFactory, OrganisationFactory


@pytest.fixture
def platform():
    return OrganisationFactory(kind=OrganisationKind.PILOT_PLATFORM)


@pytest.fixture
def operator(platform):
    return MembershipFactory(organisation=platform, role=Role.PLATFORM_OPERATOR)


@pytest.fixture
def engineer(platform):
    return MembershipFactory(organisation=platform, role=Role.EQUIPMENT_ENGINEER)


@pytest.fixture
def stranger():
    elsewhere = OrganisationFactory(kind=OrganisationKind.PILOT_PLATFORM)
    return MembershipFactory(organisation=elsewhere, role=Role.PLATFORM_OPERATOR)


@pytest.fixture
def line(platform):
    return working_line(platform=platform)


@pytest.fixture
def machine(line):
    return line.equipment.order_by("id").first()


@pytest.fixture
def by(at):
    """Who does it, and when, as commands ask."""
    return lambda actor: {"actor_id": actor.pk, "at": at}
