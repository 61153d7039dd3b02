"""The gatherings of the demonstration play through the commands, whoever is there."""

from datetime import UTC, datetime

import pytest

from pilotharbor.matching import index
from pilotharbor.outreach.models import (
    Candidate,
    Challenge,
    CoachingOrder,
    Intent,
    Proposal,
    Roadshow,
    Score,
)
from pilotharbor.web.demonstration import gatherings
from tests.factories.technologies import AchievementFactory, market

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 3, tzinfo=UTC)


def test_every_page_has_something_to_show():
    m = market()
    AchievementFactory(
        owner=m.university, title="抗体纯化介质", summary="国产抗体纯化介质，动态载量高。"
    )
    index.rebuild()

    gatherings.load(at=NOW, say=lambda _said: None)

    assert sorted(Roadshow.objects.values_list("status", flat=True)) == ["closed", "open", "open"]
    assert Score.objects.count() >= 2
    assert Challenge.objects.get().status == "proposing"
    assert Proposal.objects.get().status == "matched"
    assert (Candidate.objects.exists(), Intent.objects.count()) == (True, 1)
    assert CoachingOrder.objects.get().equity["shares"] == 10_000_000


def test_a_harbour_without_people_gets_none():
    gatherings.load(at=NOW, say=lambda _said: None)

    assert not Roadshow.objects.exists()
