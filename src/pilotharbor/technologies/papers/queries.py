"""Which files of an entry may somebody see, and which of them open?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pilotharbor.kernel.errors import NotFound
from pilotharbor.parties.models import Membership
from pilotharbor.technologies.models import Attachment
from pilotharbor.technologies.papers import owners


@dataclass(frozen=True, slots=True)
class Files:
    """The files of an entry as one person sees them.

    ``shown`` those that open; ``closed`` how many come with a detail that is not open to them
    """

    shown: list[Attachment]
    closed: int


def live(noun: str, entry_id: int) -> Any:
    """The files of an entry that were not taken off, earliest first."""
    rows = Attachment.objects.filter(**{f"{noun}_id": entry_id}, removed_at__isnull=True)
    return rows.order_by("id")


def files(*, noun: str, entry: Any, actor: Membership | None, at: datetime) -> Files:
    """What somebody who sees the entry sees of its files; a blind reader none, for they tell names.

    Source: R-TECH-31.
    """
    reading = owners.market(noun).reading(entry, actor, at)
    if getattr(reading, "blind", False):
        return Files([], 0)
    rows = list(live(noun, entry.pk))
    if reading.detail:
        return Files(rows, 0)
    shown = [row for row in rows if not row.confidential]
    return Files(shown, len(rows) - len(shown))


def attachment(
    *, attachment_id: int, actor: Membership | None, at: datetime
) -> tuple[Attachment, Any, owners.Market]:
    """One file that opens for the actor, with its entry.

    Raises: NotFound, also for a file of a detail that is closed.
    """
    found = Attachment.objects.filter(pk=attachment_id, removed_at__isnull=True).first()
    if found is None:
        raise NotFound
    market, entry_id = owners.of(found)
    entry = market.one(entry_id, actor, at)
    seen = files(noun=market.noun, entry=entry, actor=actor, at=at)
    if found.pk not in {row.pk for row in seen.shown}:
        raise NotFound
    return found, entry, market


def leaves_a_trace(
    *, attachment: Attachment, entry: Any, actor: Membership | None, at: datetime
) -> bool:
    """Whether opening it is recorded: a confidential file of a confidential detail."""
    market, _pk = owners.of(attachment)
    return attachment.confidential and market.reading(entry, actor, at).recorded
