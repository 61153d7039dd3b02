"""Which files of an entry may somebody see, and which of them open?"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from pilotharbor.kernel.errors import NotFound
from pilotharbor.parties.models import Membership
from pilotharbor.technologies.models import Attachment, EntryVersion
from pilotharbor.technologies.papers import owners, store

# So long after it was taken off, a file is not served but can still be had back by hand.
KEPT_FOR = timedelta(days=90)


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


def let_go(*, at: datetime) -> list[int]:
    """The files taken off long ago whose bytes are still there, longest ago first."""
    rows = Attachment.objects.filter(removed_at__lte=at - KEPT_FOR).order_by("removed_at", "id")
    return [pk for pk, digest in rows.values_list("id", "sha256") if store.path_of(digest).exists()]


def still_needed(*, digest: str, at: datetime) -> bool:
    """Whether bytes belong to an entry, did so lately, or are named by what a published entry said.

    Source: R-TECH-34.
    """
    rows = Attachment.objects.filter(sha256=digest)
    if rows.filter(Q(removed_at__isnull=True) | Q(removed_at__gt=at - KEPT_FOR)).exists():
        return True
    return any(_in_a_version(row) for row in rows)


def _in_a_version(row: Attachment) -> bool:
    market, entry_id = owners.of(row)
    said = EntryVersion.objects.filter(**{f"{market.noun}_id": entry_id})
    return said.filter(content__contains={"files": [row.name]}).exists()
