"""What can happen to a connector."""

import secrets
from datetime import datetime
from typing import TypedDict

from pilotharbor.facilities import queries as facilities
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, NotYourRole, Verb
from pilotharbor.parties.roles import OrganisationKind
from pilotharbor.telemetry import addresses, queries, sealing
from pilotharbor.telemetry.models import Connector, ConnectorHealth, Tag

MOST_CONNECTORS = 50


class ConnectorFields(TypedDict, total=False):
    """What one may say about a connector.

    ``password``  kept sealed; empty leaves it as it is. ``secret_env`` names a variable instead.
    """

    name: str
    kind: str
    address: str
    topics: list[str]
    username: str
    password: str
    secret_env: str


class NotYourConnector(Forbidden):
    """Only the operators of the platform that owns this connector may do that."""

    code = "telemetry.not_your_connector"


class PlatformsOnly(Forbidden):
    """Only a pilot-plant platform has connectors; your organisation is registered as something else."""

    code = "telemetry.platforms_only"


class TooManyConnectors(Conflict):
    """A platform has at most fifty connectors."""

    code = "telemetry.too_many_connectors"


class KindFixed(Conflict):
    """A connector stays what it is: remove it and add another one."""

    code = "telemetry.kind_fixed"


class TwoSecrets(Invalid):
    """Give the password here or in a variable of the environment, not both."""

    code = "telemetry.two_secrets"


class StillTags(Conflict):
    """{count} tags still listen to this connector; give them another one or retire them first."""

    code = "telemetry.still_tags"


def _keeper(actor_id: int) -> Membership:
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.WRITE, Kind.BOOKING)
    if not rights.acts_as(actor, *facilities.LINE_KEEPERS):
        raise NotYourRole(role=actor.role, kind=Kind.BOOKING.value)
    return actor


def _locked(connector_id: int, actor: Membership) -> Connector:
    found = queries.visible_connectors(actor=actor).filter(pk=connector_id).first()
    if found is None:
        raise NotFound
    if not facilities.keeps_lines(actor, platform_id=found.platform_id):
        raise NotYourConnector
    return Connector.objects.select_for_update(no_key=True).get(pk=connector_id)


def _apply(connector: Connector, fields: ConnectorFields) -> list[str]:
    """Set what is given, refuse what cannot be, and keep the secret; the names of what changed."""
    password, variable = fields.get("password", ""), fields.get("secret_env", "")
    if password and variable:
        raise TwoSecrets(problems={"secret_env": str(TwoSecrets())})
    before = connector.address
    changed: list[str] = []
    for name in ("name", "kind", "address", "topics", "username"):
        if name in fields and getattr(connector, name) != fields[name]:
            setattr(connector, name, fields[name])
            changed.append(name)
    here = addresses.endpoint(connector.kind, connector.address)
    addresses.refuse_topics(connector.kind, connector.topics)
    addresses.refuse_secret_name(variable)
    moved = bool(before) and here != addresses.endpoint(connector.kind, before)
    if moved and (connector.secret_sealed or connector.secret_env) and not (password or variable):
        # Whoever points a connector elsewhere must know the password, or it would be told to anybody.
        connector.secret_sealed, connector.secret_env = None, ""
        changed.append("secret")
    if password:
        connector.secret_env = ""
        connector.secret_sealed = sealing.seal(password, owner=connector.client_name)
        changed.append("secret")
    elif "secret_env" in fields and variable != connector.secret_env:
        if variable:
            connector.secret_sealed = None
        connector.secret_env = variable
        changed.append("secret")
    return changed


@command
def register_connector(*, fields: ConnectorFields, actor_id: int, at: datetime) -> Connector:
    """Let the actor's platform fetch signals from a broker or server.

    Raises: NotYourRole, PlatformsOnly, TooManyConnectors, AddressMalformed, TopicsMissing,
    TopicMalformed, SecretNameMalformed, TwoSecrets. Source: R-TELE-2.
    """
    actor = _keeper(actor_id)
    if actor.organisation.kind != OrganisationKind.PILOT_PLATFORM:
        raise PlatformsOnly
    mine = Connector.objects.filter(platform=actor.organisation)
    if mine.exclude(status=Connector.Status.REMOVED).count() >= MOST_CONNECTORS:
        raise TooManyConnectors
    connector = Connector(
        platform=actor.organisation, client_name=f"pilotharbor-{secrets.token_hex(6)}"
    )
    _apply(connector, fields)
    connector.save(force_insert=True)
    ConnectorHealth.objects.create(connector=connector)
    events.record(
        "telemetry.connector.registered", connector, actor=actor, at=at,
        platform_id=connector.platform_id,
    )  # fmt: skip
    return connector


@command
def revise_connector(
    *, connector_id: int, fields: ConnectorFields, actor_id: int, at: datetime
) -> Connector:
    """Change what is said about a connector; the process that runs it follows within seconds.

    A password is given up when the address changes and it is not given again.

    Raises: NotYourRole, NotFound, NotYourConnector, KindFixed, and as ``register_connector``.
    """
    actor = _keeper(actor_id)
    connector = _locked(connector_id, actor)
    if fields.get("kind", connector.kind) != connector.kind:
        raise KindFixed
    changed = _apply(connector, fields)
    connector.save()
    if changed:
        events.record(
            "telemetry.connector.revised",
            connector,
            actor=actor,
            at=at,
            fields=sorted(set(changed)),
        )
    return connector


@command
def pause_connector(*, connector_id: int, actor_id: int, at: datetime) -> Connector:
    """Fetch nothing for now; a broker keeps for us what comes meanwhile as long as it likes.

    Raises: NotYourRole, NotFound, NotYourConnector, MoveNotAllowed.
    """
    return _move(connector_id, Connector.Status.PAUSED, "paused", actor_id, at)


@command
def resume_connector(*, connector_id: int, actor_id: int, at: datetime) -> Connector:
    """Fetch again.

    Raises: NotYourRole, NotFound, NotYourConnector, MoveNotAllowed.
    """
    return _move(connector_id, Connector.Status.RUNNING, "resumed", actor_id, at)


@command
def remove_connector(*, connector_id: int, actor_id: int, at: datetime) -> Connector:
    """Let a connector go for good; its password is destroyed, what it brought stays.

    Raises: NotYourRole, NotFound, NotYourConnector, StillTags, MoveNotAllowed.
    """
    actor = _keeper(actor_id)
    connector = _locked(connector_id, actor)
    listening = connector.tags.filter(status=Tag.Status.ACTIVE).count()
    if listening:
        raise StillTags(count=listening)
    connector.secret_sealed, connector.secret_env = None, ""
    connector.save(update_fields=["secret_sealed", "secret_env"])
    advance(connector, Connector.Status.REMOVED)
    events.record("telemetry.connector.removed", connector, actor=actor, at=at)
    return connector


def _move(connector_id: int, to: str, done: str, actor_id: int, at: datetime) -> Connector:
    actor = _keeper(actor_id)
    connector = _locked(connector_id, actor)
    advance(connector, to)
    events.record(f"telemetry.connector.{done}", connector, actor=actor, at=at)
    return connector
