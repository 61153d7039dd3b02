import pytest

from pilotharbor.leads.models import Lead, Problem, Visit
from pilotharbor.web.demonstration import brokering
from tests.conftest import AT
from tests.factories.leads import exchange
from tests.factories.technologies import AchievementFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_demonstration_shows_leads_in_every_stage():
    m = exchange()
    for _ in range(8):
        AchievementFactory(owner=m.university, disclosed_by=m.inventor)

    brokering.load(at=AT, say=lambda _text: None)

    assert sorted(Lead.objects.values_list("status", flat=True)) == sorted(
        [*(stage for stage, _days, _words in brokering.STORIES), "found"]
    )
    assert (Visit.objects.count(), Problem.objects.filter(status="offered").count()) == (1, 1)


def test_an_empty_harbour_stays_empty():
    brokering.load(at=AT, say=lambda _text: None)

    assert not Lead.objects.exists()
