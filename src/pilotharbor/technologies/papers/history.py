"""Who may read what a published entry said before, and how much of it?"""

from copy import copy
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from pilotharbor.kernel.errors import NotFound
from pilotharbor.parties.models import Membership
from pilotharbor.parties.roles import CONFIDENTIAL, Confidentiality
from pilotharbor.technologies.models import EntryVersion
from pilotharbor.technologies.papers import owners

# What opens with the detail alone.
CLOSED = ("detail", "files", "answers")


def reads(*, noun: str, entry: Any, actor: Membership | None, at: datetime) -> bool:
    """Whether the actor reads former versions: who writes, approves or reads the detail.

    Not the public, and not blind: what was taken out again is no longer published.
    Source: R-TECH-33.
    """
    if actor is None:
        return False
    market = owners.market(noun)
    if market.writes(entry, actor) or market.approves(entry, actor):
        return True
    reading = market.reading(entry, actor, at)
    if not reading.detail or getattr(reading, "blind", False):
        return False
    # A public detail is open to everybody; its history only to members of the platform.
    member = copy(entry)
    member.confidentiality = Confidentiality.MEMBERS
    return (
        entry.confidentiality != Confidentiality.PUBLIC or market.reading(member, actor, at).detail
    )


def versions(
    *, noun: str, entry: Any, actor: Membership | None, at: datetime
) -> QuerySet[EntryVersion]:
    """The versions of an entry, latest first.

    Raises: NotFound for who may not read them.
    """
    if not reads(noun=noun, entry=entry, actor=actor, at=at):
        raise NotFound
    rows = EntryVersion.objects.filter(**{f"{noun}_id": entry.pk}).order_by("-number")
    return rows.select_related("made_by__person")


def detail_open(
    version: EntryVersion, *, noun: str, entry: Any, actor: Membership | None, at: datetime
) -> bool:
    """Whether the detail of a version is open: at the level of today and at that of its own day."""
    market = owners.market(noun)
    then = copy(entry)
    then.confidentiality = version.level
    return all(market.reading(one, actor, at).detail for one in (entry, then))


def content(
    version: EntryVersion, *, noun: str, entry: Any, actor: Membership | None, at: datetime
) -> dict[str, Any]:
    """What a version says to the actor: without the detail and the files where they are closed."""
    if detail_open(version, noun=noun, entry=entry, actor=actor, at=at):
        return dict(version.content)
    return {name: said for name, said in version.content.items() if name not in CLOSED}


def was_confidential(version: EntryVersion) -> bool:
    """Whether its detail was of a level at which each reading is recorded."""
    return version.level in CONFIDENTIAL
