import pytest

from pilotharbor.kernel import feeder
from pilotharbor.parties.models import Notification
from pilotharbor.technologies import commands
from tests.conftest import AT
from tests.factories.technologies import market

pytestmark = pytest.mark.django_db(transaction=True)


def told(kind):
    feeder.drain()
    return {n.person_id for n in Notification.objects.filter(kind=kind)}


def test_the_office_hears_of_a_submission_and_the_author_of_the_outcome():
    m = market(status="draft", published_at=None)
    pk = m.achievement.pk

    commands.submit(achievement_id=pk, actor_id=m.inventor.pk, at=AT)
    assert told("technologies.achievement.submitted") == {m.tto.person_id}
    commands.return_(achievement_id=pk, note="补充", actor_id=m.tto.pk, at=AT)
    assert told("technologies.achievement.returned") == {m.inventor.person_id}
    commands.name_reader(
        achievement_id=pk, membership_id=m.outsider.pk, actor_id=m.inventor.pk, at=AT
    )
    assert told("technologies.achievement.reader_named") == {m.outsider.person_id}


def test_the_operators_hear_of_a_need():
    m = market()
    need = commands.post(content={"title": "供样", "summary": "公斤级"}, actor_id=m.buyer.pk, at=AT)

    commands.submit_demand(demand_id=need.pk, actor_id=m.buyer.pk, at=AT)
    commands.publish_demand(demand_id=need.pk, actor_id=m.operator.pk, at=AT)

    assert told("technologies.demand.submitted") == {m.operator.person_id}
    assert told("technologies.demand.published") == {m.buyer.person_id}
