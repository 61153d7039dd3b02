"""Is this an address at which a connector can call, and what may it subscribe to?"""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from pilotharbor.kernel.errors import Invalid
from pilotharbor.telemetry.models import Connector

PORTS = {"mqtt": 1883, "mqtts": 8883, "opc.tcp": 4840}
SCHEMES = {Connector.Kind.MQTT: ("mqtt", "mqtts"), Connector.Kind.OPCUA: ("opc.tcp",)}
MOST_TOPICS, LONGEST_TOPIC = 50, 200
# No other variable: what stands in them goes to whoever the connector calls.
SECRET_NAME = re.compile(r"PILOTHARBOR_CONNECTOR_[A-Z0-9_]{1,50}", re.ASCII)
_HOST = re.compile(r"[A-Za-z0-9.\-_:\[\]]+")


class AddressMalformed(Invalid):
    """Write the address like {example}; the password stands in a field of its own."""

    code = "telemetry.address_malformed"


class TopicMalformed(Invalid):
    """“{topic}” is not a topic to subscribe to: at most 200 characters, “+” alone in its level, “#” alone at the end."""

    code = "telemetry.topic_malformed"


class TopicsMissing(Invalid):
    """An MQTT connector subscribes to between one and fifty topics; an OPC UA connector to the nodes of its tags."""

    code = "telemetry.topics_missing"


class SecretNameMalformed(Invalid):
    """The variable that holds the password must be called PILOTHARBOR_CONNECTOR_ and a name of your choice."""

    code = "telemetry.secret_name_malformed"


class Endpoint(NamedTuple):
    """Where a connector calls."""

    scheme: str
    host: str
    port: int

    @property
    def encrypted(self) -> bool:
        """Whether by TLS."""
        return self.scheme == "mqtts"


def endpoint(kind: str, address: str) -> Endpoint:
    """The parts of an address.

    Raises: AddressMalformed.
    """
    schemes = SCHEMES[Connector.Kind(kind)]
    error = AddressMalformed(example=f"{schemes[0]}://host:{PORTS[schemes[0]]}")
    error.problems["address"] = str(error)
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise error from None
    sound = (
        parts.scheme in schemes
        and parts.hostname
        and "@" not in address
        and _HOST.fullmatch(parts.netloc)
        and not any(c.isspace() for c in address)
        and not parts.query
        and not parts.fragment
        and (kind == Connector.Kind.OPCUA or parts.path in {"", "/"})
        and port != 0
    )
    if not sound:
        raise error
    return Endpoint(parts.scheme, str(parts.hostname), port or PORTS[parts.scheme])


def refuse_topics(kind: str, topics: list[str]) -> None:
    """Refuse what no broker would take as a subscription.

    Raises: TopicsMissing, TopicMalformed.
    """
    wanted = range(1, MOST_TOPICS + 1) if kind == Connector.Kind.MQTT else range(1)
    if len(topics) not in wanted:
        raise TopicsMissing(problems={"topics": str(TopicsMissing())})
    for topic in topics:
        levels = topic.split("/")
        if (
            not topic
            or len(topic) > LONGEST_TOPIC
            or any("#" in level for level in levels[:-1])
            or any(len(level) > 1 and ("+" in level or "#" in level) for level in levels)
            or any(not c.isprintable() for c in topic)
        ):
            error = TopicMalformed(topic=topic[:60])
            error.problems["topics"] = str(error)
            raise error


def refuse_secret_name(name: str) -> None:
    """Refuse the names of variables that are not meant for connectors.

    Raises: SecretNameMalformed.
    """
    if name and not SECRET_NAME.fullmatch(name):
        raise SecretNameMalformed(problems={"secret_env": str(SecretNameMalformed())})
