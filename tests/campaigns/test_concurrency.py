from functools import partial
from threading import Barrier

import pytest

from pilotharbor.agreements.models import Milestone
from pilotharbor.campaigns import queries
from pilotharbor.campaigns.commands import batches as batch_commands
from pilotharbor.campaigns.models import Batch, Campaign
from pilotharbor.kernel.models import Event
from pilotharbor.parties import queries as parties
from pilotharbor.projects.models import Project
from tests.factories.campaigns import bench
from tests.factories.race import race

pytestmark = pytest.mark.django_db(transaction=True)


def second() -> Milestone:
    return Milestone.objects.get(key="second_batch")


def test_two_batches_judged_at_once_are_the_first_and_the_second_release():
    b = bench()
    rivals = [b.record(number) for number in (1, 2)]

    outcomes = race(*(partial(b.judge_batch, batch) for batch in rivals))

    assert [type(o).__name__ for o in outcomes] == ["Batch", "Batch"], outcomes
    assert second().status == "reached"


def test_without_the_locks_the_second_release_is_nobodys(monkeypatch):
    """Control: the race is real, else the locks above would prove nothing."""
    b = bench()
    rivals = [b.record(number) for number in (1, 2)]
    pause = Barrier(2)

    def unlocked(*, campaign_id, actor_id):
        campaign = queries.whole(Campaign.objects.all()).get(pk=campaign_id)
        list(campaign.batches.all())
        pause.wait(timeout=20)
        project = Project.objects.get(pk=campaign.project_id)
        return parties.actor(actor_id=actor_id), project, campaign

    monkeypatch.setattr(batch_commands, "locked", unlocked)

    race(*(partial(b.judge_batch, batch) for batch in rivals))

    assert Batch.objects.filter(status="released").count() == 2
    assert second().status == "ahead"


def test_a_campaign_judged_twice_at_once_is_judged_once():
    b = bench()
    b.run_all(["99.6"] * 3)

    outcomes = race(b.judge, b.judge)

    assert sorted(type(o).__name__ for o in outcomes) == ["Campaign", "CampaignOver"], outcomes
    assert Event.objects.filter(name="campaigns.campaign.accepted").count() == 1


def test_one_number_is_recorded_once():
    b = bench()

    outcomes = race(partial(b.record, 1), partial(b.record, 1))

    assert sorted(type(o).__name__ for o in outcomes) == ["Batch", "BatchNumberTaken"], outcomes
