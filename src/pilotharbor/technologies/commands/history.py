"""Reading what an entry said before is reading its detail: it leaves the same trace."""

from datetime import datetime

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import queries as parties
from pilotharbor.technologies.models import EntryVersion
from pilotharbor.technologies.papers import history, owners


@command
def view_versions(
    *, noun: str, entry_id: int, numbers: list[int], actor_id: int, at: datetime
) -> list[EntryVersion]:
    """Open versions of an entry in the order asked for; a confidential detail is recorded.

    Raises: NotFound.
    Source: R-TECH-33.
    """
    actor = parties.actor(actor_id=actor_id)
    market = owners.market(noun)
    entry = market.one(entry_id, actor, at)
    rows = history.versions(noun=noun, entry=entry, actor=actor, at=at)
    found = {row.number: row for row in rows.filter(number__in=numbers)}
    missing = [number for number in numbers if number not in found]
    if missing:
        raise NotFound
    opened = [
        row
        for row in found.values()
        if row.content.get("detail")
        and history.detail_open(row, noun=noun, entry=entry, actor=actor, at=at)
    ]
    if opened and (
        market.reading(entry, actor, at).recorded
        or any(history.was_confidential(row) for row in opened)
    ):
        events.record(
            f"technologies.{noun}.detail_viewed", entry, actor=actor, at=at,
            level=entry.confidentiality, versions=sorted(row.number for row in opened),
        )  # fmt: skip
    return [found[number] for number in numbers]
