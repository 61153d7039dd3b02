"""What nobody asks for and must happen all the same: room for samples, keys, retention, health."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q

from pilotharbor.kernel.transactions import command
from pilotharbor.telemetry.commands import series, watching
from pilotharbor.telemetry.models import Connector, ConnectorHealth, Tag

DAYS_AHEAD = 7
# A day is given its key when hardly anything for it can still be on its way.
SEALED_AFTER = timedelta(hours=2)
# After so long without its signal a machine's run is over, at its last sample.
SILENT_AFTER = timedelta(hours=24)
HELD = timedelta(seconds=30)
_SILENT = """
SELECT tag_id FROM telemetry_latest WHERE run_since IS NOT NULL AND at < %s ORDER BY tag_id
"""


@command
def make_room(*, at: datetime) -> int:
    """Make the partitions of today and the next days, if any tag is in use; how many."""
    if not Tag.objects.filter(status=Tag.Status.ACTIVE).exists():
        return 0
    made: int = _one("SELECT telemetry_make_room(%s, %s)", [at, at + timedelta(days=DAYS_AHEAD)])
    return made


@command
def seal_day(*, at: datetime) -> str:
    """Give the oldest day that is over and lacks it its key; its name, empty when there is none."""
    return str(_one("SELECT telemetry_seal(%s)", [at - SEALED_AFTER]) or "")


@command
def let_go(*, at: datetime) -> list[str]:
    """Drop the partitions that nobody keeps any longer; their names."""
    samples = at - timedelta(days=settings.TELEMETRY_DAYS + 1)
    minutes = at - timedelta(days=settings.TELEMETRY_MINUTE_DAYS + 1)
    gone: list[str] = _one("SELECT telemetry_let_go(%s, %s)", [samples, minutes])
    return gone


@command
def end_silent_runs(*, at: datetime) -> int:
    """End the runs of machines whose signal has been away for a day; how many."""
    silent = [tag_id for (tag_id,) in series.ask(_SILENT, [at - SILENT_AFTER])]
    for tag_id, known in series.lock(silent).items() if silent else ():
        if known.run_since is None or known.at is None:
            continue
        if series.instant(known.at) < at - SILENT_AFTER:
            watching.end_run(tag_id, series.instant(known.at), at=at)
            series.remember_run(tag_id=tag_id, run_since=None, turn_since=None)
    return len(silent)


def _one(statement: str, params: list[datetime]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchone()[0]


@dataclass(frozen=True, slots=True)
class Pulse:
    """How a connector does right now, as its process knows it."""

    state: str
    problem: str
    detail: str
    waiting: int
    waiting_bytes: int
    last_message_at: datetime | None


@command
def hold(*, connector_id: int, holder: str, pulse: Pulse, at: datetime) -> bool:
    """Hold a connector for half a minute more and say how it does; whether it is the caller's.

    One process runs a connector at a time: another gets it when the holder has been silent.
    """
    health = ConnectorHealth.objects.select_for_update(no_key=True, of=("self",)).filter(
        Q(held_until_at__isnull=True) | Q(held_until_at__lt=at) | Q(holder=holder),
        connector_id=connector_id, connector__status=Connector.Status.RUNNING,
    ).first()  # fmt: skip
    if health is None:
        return False
    if health.state != pulse.state or health.state_since_at is None:
        health.state, health.state_since_at = pulse.state, at
    health.problem, health.detail, health.holder = pulse.problem, pulse.detail[:200], holder
    health.held_until_at, health.seen_at = at + HELD, at
    health.waiting, health.waiting_bytes = pulse.waiting, pulse.waiting_bytes
    if pulse.last_message_at is not None:
        health.last_message_at = pulse.last_message_at
    health.save(
        update_fields=[
            "state", "state_since_at", "problem", "detail", "holder", "held_until_at", "seen_at",
            "waiting", "waiting_bytes", "last_message_at",
        ]
    )  # fmt: skip
    return True


@command
def let_connector_go(*, connector_id: int, holder: str, at: datetime) -> None:
    """Say that this process runs the connector no longer."""
    ConnectorHealth.objects.filter(connector_id=connector_id, holder=holder).update(
        state=ConnectorHealth.State.STOPPED, state_since_at=at, held_until_at=None, seen_at=at,
        problem="",
        detail="",
    )  # fmt: skip
