"""A client that others wrote harvests a real server of ours, page after page."""

import pytest
from oaipmh_scythe import Scythe
from oaipmh_scythe.config import HTTPConfig
from oaipmh_scythe.exceptions import BadResumptionToken, IdDoesNotExist, NoRecordsMatch

from pilotharbor.network.models import OaiRecord
from pilotharbor.parties.roles import Role
from pilotharbor.technologies import commands as technologies
from tests.factories.network import recorded
from tests.factories.parties import MembershipFactory
from tests.factories.technologies import AchievementFactory, DemandFactory, market
from tests.factories.worker import work

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client(live_server, settings):
    settings.PUBLIC_URL = live_server.url
    with Scythe(f"{live_server.url}/oai") as scythe:
        yield scythe


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_it_finds_everything_public_and_nothing_else(live_server, method, at):
    owner = AchievementFactory().owner
    results = AchievementFactory.create_batch(120, owner=owner, industry="C2613")
    hidden = AchievementFactory(owner=owner, confidentiality="members")
    recorded(*results, hidden, DemandFactory(), at=at)

    with Scythe(f"{live_server.url}/oai", http_config=HTTPConfig(http_method=method)) as client:
        found = list(client.list_records(metadata_prefix="oai_dc", set_="industry:C:C26"))
        names = list(client.list_identifiers(metadata_prefix="pilotharbor"))
        sets = {one.setSpec for one in client.list_sets()}
        formats = [one.metadataPrefix for one in client.list_metadata_formats()]
        identity = client.identify()

    assert {one.metadata["title"][0] for one in found} == {one.title for one in results}
    assert len(names) == 121
    assert sets >= {"industry", "industry:C", "kind:need"}
    assert formats == ["oai_dc", "pilotharbor"]
    assert identity.deletedRecord == "persistent"


def test_it_understands_our_refusals(client):
    with pytest.raises(NoRecordsMatch):
        list(client.list_records(metadata_prefix="oai_dc"))
    with pytest.raises(IdDoesNotExist):
        client.get_record(identifier="oai:a.b:result/1")
    with pytest.raises(BadResumptionToken):
        list(client.list_records(resumption_token="x"))


def test_it_hears_of_a_life_from_publication_to_withdrawal(client, at):
    """Through the commands and the worker, as in a harbour."""
    here = market(status="submitted", keywords=["电池"])
    office = MembershipFactory(organisation=here.university, role=Role.TTO_OFFICER)
    pk = here.achievement.pk
    technologies.publish(achievement_id=pk, actor_id=office.pk, at=at)
    work()
    name = OaiRecord.objects.get().identifier

    public = client.get_record(identifier=name)
    technologies.revise(
        achievement_id=pk, content={"confidentiality": "nda"}, actor_id=office.pk, at=at
    )
    at_once = client.get_record(identifier=name)
    work()
    closed = client.get_record(identifier=name)
    technologies.revise(
        achievement_id=pk, content={"confidentiality": "public"}, actor_id=office.pk, at=at
    )
    work()
    again = client.get_record(identifier=name)
    technologies.withdraw(achievement_id=pk, actor_id=office.pk, at=at)
    work()
    gone = list(client.list_records(set_="kind:result"))

    assert public.metadata["title"] == [here.achievement.title]
    assert (public.deleted, again.deleted) == (False, False)
    assert (at_once.deleted, closed.deleted) == (True, True)
    assert [(r.header.identifier, r.deleted) for r in gone] == [(name, True)]
    assert OaiRecord.objects.count() == 1
