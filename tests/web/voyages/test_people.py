"""How people are offered where somebody is chosen."""

import pytest

from pilotharbor.parties.roles import Role
from pilotharbor.projects.forms import StewardsForm, people
from tests.factories.parties import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


def test_namesakes_are_told_apart_by_their_mail_and_nobody_else_shows_it():
    body = OrganisationFactory(kind="pilot_platform")
    twins = [
        MembershipFactory(role=Role.TECHNOLOGY_MANAGER, organisation=body, person__name="何工")
        for _n in range(2)
    ]
    alone = MembershipFactory(role=Role.TECHNOLOGY_MANAGER, person__name="孙工")

    managers = people(roles=(Role.TECHNOLOGY_MANAGER,))
    form = StewardsForm(managers=managers, advisors=people(roles=(Role.INDUSTRY_ADVISOR,)))
    labels = [label for _value, label in form.fields["technology_manager_id"].choices]

    assert all(any(twin.person.email in label for label in labels) for twin in twins)
    assert not any(alone.person.email in label for label in labels)
