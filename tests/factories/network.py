"""The smallest valid sources, and a harvester's view of what a repository answers."""

from functools import cache
from pathlib import Path

import factory
from django.test import Client
from factory.django import DjangoModelFactory
from lxml import etree

from pilotharbor.kernel.models import Event
from pilotharbor.network.commands import records
from pilotharbor.network.models import HarvestRun, Source
from pilotharbor.parties.roles import OrganisationKind, Role
from tests.factories.parties import JOINED, MembershipFactory, OrganisationFactory

SCHEMAS = Path(__file__).parents[1] / "network" / "schemas"
NS = {
    "o": "http://www.openarchives.org/OAI/2.0/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "p": "urn:pilotharbor:market:1",
}


class _NoNetwork(etree.Resolver):
    """What our own schema takes from the W3C lies beside the other schemas here."""

    def resolve(self, system_url, public_id, context):
        if system_url.startswith("http"):
            return self.resolve_filename(str(SCHEMAS / "xml.xsd"), context)
        return None


@cache
def schema() -> etree.XMLSchema:
    """The structure every response must have."""
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_NoNetwork())
    return etree.XMLSchema(etree.parse(str(SCHEMAS / "oai_pmh.xsd"), parser))


def checked(content: bytes) -> etree._Element:
    """The response, of whatever content, proved to have the structure of the protocol."""
    root = etree.fromstring(content)
    schema().assertValid(root)
    return root


def ask(**arguments: str) -> etree._Element:
    """What the provider answers; ``from_`` is ``from``."""
    given = {name.rstrip("_"): value for name, value in arguments.items()}
    answer = Client().get("/oai", given)
    assert answer.status_code == 200
    return checked(answer.content)


def error(root: etree._Element) -> str | None:
    """The code of the refusal in a response."""
    found = root.find("o:error", NS)
    return None if found is None else found.get("code")


def headers(root: etree._Element) -> list[tuple[str, str | None]]:
    """Identifier and status of every record in a response."""
    found = root.findall(".//o:header", NS)
    return [(one.findtext("o:identifier", namespaces=NS), one.get("status")) for one in found]


def recorded(*entries, at):
    """Let the records follow as if each of these entries had just been told of."""
    events = [Event(subject_type=e._meta.label_lower, subject_id=e.pk) for e in entries]
    records.reflect(events=events, at=at)


class SourceFactory(DjangoModelFactory):
    class Meta:
        model = Source

    name = factory.Sequence(lambda n: f"示例机构库{n}")
    base_url = factory.Sequence(lambda n: f"https://repository{n}.example.org/oai")
    organisation = factory.SubFactory(OrganisationFactory, kind=OrganisationKind.UNIVERSITY)
    author = factory.SubFactory(
        MembershipFactory,
        role=Role.TTO_OFFICER,
        organisation=factory.SelfAttribute("..organisation"),
    )
    granularity = "YYYY-MM-DDThh:mm:ssZ"
    added_by = factory.SubFactory(
        MembershipFactory,
        role=Role.PLATFORM_OPERATOR,
        organisation=factory.SubFactory(
            OrganisationFactory, kind=OrganisationKind.PILOT_PLATFORM, is_host=True
        ),
    )
    added_at = JOINED


class HarvestRunFactory(DjangoModelFactory):
    class Meta:
        model = HarvestRun

    source = factory.SubFactory(SourceFactory)
    requested_by = factory.SelfAttribute("source.added_by")
    requested_at = JOINED
    told_at = JOINED
