"""Which connectors are to run, and what are they to listen to?"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from pilotharbor.telemetry.models import Connector

_LAST = """
SELECT t.connector_id, t.address, l.at FROM telemetry_tag t
JOIN telemetry_latest l ON l.tag_id = t.id
WHERE t.connector_id = ANY(%s) AND t.status = 'active' ORDER BY t.connector_id, t.address
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A connector as the process that runs it needs to know it.

    ``version``   changes whenever anything does that the connection depends on
    ``last_at``   until when each address has been stored
    """

    id: int
    platform_id: int
    kind: str
    address: str
    topics: tuple[str, ...]
    username: str
    client_name: str
    secret_env: str
    secret_sealed: bytes | None
    last_at: dict[str, datetime | None]

    @property
    def version(self) -> tuple[object, ...]:
        """What the connection depends on."""
        nodes = tuple(sorted(self.last_at)) if self.kind == Connector.Kind.OPCUA else ()
        return (
            self.kind, self.address, self.topics, self.username, self.secret_env,
            self.secret_sealed, nodes,
        )  # fmt: skip


def to_run() -> list[Wanted]:
    """Every connector that is to run, with the addresses of its tags in use; two queries."""
    rows = list(Connector.objects.filter(status=Connector.Status.RUNNING).order_by("id"))
    last: dict[int, dict[str, datetime | None]] = {row.pk: {} for row in rows}
    with connection.cursor() as cursor:
        cursor.execute(_LAST, [list(last)])
        for connector_id, address, at in cursor.fetchall():
            last[connector_id][address] = at
    return [
        Wanted(
            row.pk, row.platform_id, row.kind, row.address, tuple(row.topics), row.username,
            row.client_name, row.secret_env,
            bytes(row.secret_sealed) if row.secret_sealed else None, last[row.pk],
        )
        for row in rows
    ]  # fmt: skip


def any_to_run() -> bool:
    """Whether a process for connectors is needed at all."""
    return Connector.objects.filter(status=Connector.Status.RUNNING).exists()


def platform_of(connector_id: int) -> int | None:
    """Whose connector this is or was."""
    return Connector.objects.filter(pk=connector_id).values_list("platform_id", flat=True).first()
