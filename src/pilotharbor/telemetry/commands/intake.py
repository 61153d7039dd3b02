"""What may come in as samples, from connectors and from programs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.db.models import F

from pilotharbor.facilities import queries as facilities
from pilotharbor.kernel import secrecy
from pilotharbor.kernel.errors import Invalid
from pilotharbor.kernel.later import later
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.rights import Kind, NotYourRole, Verb
from pilotharbor.telemetry import queries
from pilotharbor.telemetry.commands import flags, series, watching
from pilotharbor.telemetry.models import ConnectorHealth, Tag

if TYPE_CHECKING:
    from pilotharbor.telemetry.engine import sorting
    from pilotharbor.telemetry.engine.reading import Parcel
else:
    sorting = later("pilotharbor.telemetry.engine.sorting")

# Clocks of machines are never quite right; what is further ahead would hide what comes after it.
AHEAD = timedelta(minutes=2)
MOST_PLACES = 500
ELSEWHERE = "…"


class NothingTaken(Invalid):
    """None of the samples could be taken: {reasons}."""

    code = "telemetry.nothing_taken"


class Line(NamedTuple):
    """What was refused: where, why, how often, and what it looked like."""

    place: str
    reason: str
    number: int
    example: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of what came: samples stored, come again, and refused."""

    stored: int = 0
    late: int = 0
    repeated: int = 0
    refused: list[Line] = field(default_factory=list)


def oldest(at: datetime) -> datetime:
    """From when on samples are kept; a day more than that stays until it is dropped."""
    return at - timedelta(days=settings.TELEMETRY_DAYS)


@command
def take_in(
    *,
    found: "Parcel",
    platform_id: int,
    connector_id: int | None,
    at: datetime,
) -> Taken:
    """Store readings of one platform's tags and count the rest; each sample once, however often it comes.

    ``connector_id``  the connector they came through; ``None`` where they name tags by key.
    Source: R-TELE-1 to R-TELE-9.
    """
    places = _places(platform_id, connector_id)
    done = sorting.sort_out(
        found, places,
        oldest=series.microseconds(oldest(at)), newest=series.microseconds(at + AHEAD),
    )  # fmt: skip
    taken = Taken()
    if len(done.samples):
        stored = series.store(done.samples)
        flags.raise_flags(stored.judged)
        if len(stored.late):
            flags.fill_gaps(stored.late, stored.known)
        watching.watch(stored, at=at)
        taken = Taken(len(stored.fresh) + len(stored.late), len(stored.late), stored.repeated)
    taken.refused.extend(_refuse(done.refused, platform_id, connector_id, at))
    if connector_id is not None:
        ConnectorHealth.objects.filter(connector_id=connector_id).update(
            taken=F("taken") + taken.stored, repeated=F("repeated") + taken.repeated
        )
    return taken


@command
def send(*, found: "Parcel", actor_id: int, at: datetime) -> Taken:
    """Take samples that a program of the platform's staff sends, by the keys of tags.

    Raises: NotYourRole.
    """
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.WRITE, Kind.BOOKING)
    if not rights.acts_as(actor, *facilities.EQUIPMENT_KEEPERS):
        raise NotYourRole(role=actor.role, kind=Kind.BOOKING.value)
    return take_in(found=found, platform_id=actor.organisation_id, connector_id=None, at=at)


def _places(platform_id: int, connector_id: int | None) -> dict[str, "sorting.Place"]:
    """The tags by the name under which their samples come."""
    rows = Tag.objects.filter(platform_id=platform_id)
    name = "key"
    if connector_id is not None:
        rows, name = rows.filter(connector_id=connector_id), "address"
    return {
        place: sorting.Place(pk, status == Tag.Status.ACTIVE)
        for place, pk, status in rows.values_list(name, "id", "status")
    }


def _refuse(
    refused: Mapping[tuple[str, str], "sorting.Count"],
    platform_id: int,
    connector_id: int | None,
    at: datetime,
) -> list[Line]:
    """Count what was refused, at no more than some hundred places."""
    if not refused:
        return []
    rows = queries.refusals_of(platform_id=platform_id, connector_id=connector_id)
    known = set(rows.values_list("place", "reason"))
    counted: dict[tuple[str, str], Line] = {}
    for (place, reason), count in refused.items():
        where = _storable(place)
        if (where, reason) not in known and len(known) >= MOST_PLACES:
            where = ELSEWHERE
        known.add((where, reason))
        before = counted.get((where, reason))
        number = count.number + (before.number if before else 0)
        counted[where, reason] = Line(where, reason, number, _storable(count.example))
    _count(list(counted.values()), platform_id, connector_id, at)
    return sorted(counted.values())


_COUNT = """
INSERT INTO telemetry_refusal AS known
    (platform_id, connector_id, place, reason, example, count, first_at, last_at)
SELECT %s, %s, place, reason, example, number, %s, %s
FROM unnest(%s::text[], %s::text[], %s::text[], %s::int8[]) AS n(place, reason, example, number)
ORDER BY place, reason
ON CONFLICT (platform_id, connector_id, place, reason) DO UPDATE SET
    count = known.count + excluded.count, last_at = excluded.last_at, example = excluded.example
"""


def _count(lines: list[Line], platform_id: int, connector_id: int | None, at: datetime) -> None:
    columns = [
        [getattr(line, name) for line in lines] for name in ("place", "reason", "example", "number")
    ]
    series.ask(_COUNT, [platform_id, connector_id, at, at, *columns], rows=False)


def _storable(text: str) -> str:
    """Nothing that carries a state-secret marking is kept, not even as the name of a topic."""
    return "▮" if secrecy.marking_in(text) else text
