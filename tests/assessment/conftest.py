"""Whether a rule on panels holds is said by the test that needs it."""

from datetime import date

import pytest
from psycopg.types.range import DateRange

from pilotharbor.assessment.models import PanelRule


@pytest.fixture
def no_rule(db):
    """A day on which no rule asks for more than one expert."""
    PanelRule.objects.all().delete()


@pytest.fixture
def rule(db):
    """At least three experts of three fields."""
    PanelRule.objects.all().delete()
    span = DateRange(date(2020, 1, 1), None)
    return PanelRule.objects.create(validity=span, min_experts=3, min_fields=3, source="S0-35")
