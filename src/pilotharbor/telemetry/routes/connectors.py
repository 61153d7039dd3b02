"""Connectors and what they could not take."""

from typing import Annotated, Any, Literal, cast

from ninja import Field, Router, Schema, Status

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.http import Cursor, Limit
from pilotharbor.parties.auth import ActorRequest
from pilotharbor.telemetry import commands, queries
from pilotharbor.telemetry.models import Connector

router = Router()

Name = Annotated[str, Field(min_length=1, max_length=120)]
Address = Annotated[str, Field(max_length=300)]


class ConnectorIn(Schema):
    """A broker or server to fetch signals from; the password is kept sealed and never shown."""

    name: Name
    kind: Literal["mqtt", "opcua"]
    address: Address
    topics: list[Annotated[str, Field(max_length=200)]] = []
    username: Annotated[str, Field(max_length=120)] = ""
    password: Annotated[str, Field(max_length=500)] = ""
    secret_env: Annotated[str, Field(max_length=80)] = ""


class ConnectorPatch(Schema):
    """What changes about a connector; what is left out stays."""

    name: Name = ""
    address: Address = ""
    topics: list[Annotated[str, Field(max_length=200)]] = []
    username: Annotated[str, Field(max_length=120)] = ""
    password: Annotated[str, Field(max_length=500)] = ""
    secret_env: Annotated[str, Field(max_length=80)] = ""


def _connector(connector: Connector) -> dict[str, Any]:
    health = connector.health
    return {
        "id": connector.pk,
        "platform_id": connector.platform_id,
        "name": connector.name,
        "kind": connector.kind,
        "address": connector.address,
        "topics": connector.topics,
        "username": connector.username,
        "has_password": bool(connector.secret_sealed or connector.secret_env),
        "secret_env": connector.secret_env,
        "status": connector.status,
        "state": health.state,
        "problem": health.problem,
        "last_message_at": health.last_message_at,
        "waiting": health.waiting,
        "taken": health.taken,
        "repeated": health.repeated,
    }


@router.get("/telemetry/connectors")
def connectors(request: ActorRequest, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """Connectors one sees, by id, with how they do."""
    rows = queries.visible_connectors(actor=request.auth)
    page = pages.page(rows, by="id", cursor=cursor, limit=limit)
    return {"items": [_connector(c) for c in page.items], "next_cursor": page.next_cursor}


@router.get("/telemetry/connectors/{int:connector_id}/refusals")
def refusals(request: ActorRequest, connector_id: int) -> dict[str, Any]:
    """What came through a connector and was not taken, with how often."""
    connector = queries.visible_connectors(actor=request.auth).filter(pk=connector_id).first()
    if connector is None:
        raise NotFound
    rows = queries.refusals_of(platform_id=connector.platform_id, connector_id=connector.pk)
    return {
        "items": [
            {
                "place": r.place,
                "reason": r.reason,
                "count": r.count,
                "example": r.example,
                "first_at": r.first_at,
                "last_at": r.last_at,
            }
            for r in rows[:600]
        ]
    }


@router.post("/telemetry/connectors", response={201: Any})
def register_connector(request: ActorRequest, body: ConnectorIn) -> Status[Any]:
    """Fetch signals from a broker or server."""
    connector = commands.register_connector(
        fields=cast("commands.ConnectorFields", body.dict()),
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return Status(201, _connector(connector))


@router.patch("/telemetry/connectors/{int:connector_id}")
def revise_connector(
    request: ActorRequest, connector_id: int, body: ConnectorPatch
) -> dict[str, Any]:
    """Change what is said about a connector."""
    connector = commands.revise_connector(
        connector_id=connector_id,
        fields=cast("commands.ConnectorFields", body.dict(exclude_unset=True)),
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return _connector(connector)


@router.post("/telemetry/connectors/{int:connector_id}/{verb}")
def move_connector(
    request: ActorRequest, connector_id: int, verb: Literal["pause", "resume", "remove"]
) -> dict[str, Any]:
    """Fetch nothing for now, fetch again, or let the connector go."""
    move = {
        "pause": commands.pause_connector,
        "resume": commands.resume_connector,
        "remove": commands.remove_connector,
    }[verb]
    return _connector(
        move(connector_id=connector_id, actor_id=request.auth.pk, at=clock.now(request))
    )
