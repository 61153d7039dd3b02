"""The papers' room of a lead."""

from datetime import datetime
from urllib.parse import urlsplit

from pilotharbor.documents import queries as documents
from pilotharbor.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.leads import queries
from pilotharbor.leads.commands.access import LONG, seen, tidy, told
from pilotharbor.leads.models import Paper


class RoomClosed(Forbidden):
    """Only the two sides and the manager put papers into this room, as long as the lead is open."""

    code = "leads.room_closed"


class NotAPaper(Invalid):
    """Choose a paper of the harbour, or give a title and, if there is one, an https link."""

    code = "leads.not_a_paper"


class ThereAlready(Conflict):
    """This paper is in the room already."""

    code = "leads.paper_there"


@command
def add_paper(
    *,
    lead_id: int,
    actor_id: int,
    at: datetime,
    document_id: int | None = None,
    title: str = "",
    link: str = "",
    words: str = "",
) -> Paper:
    """Put a paper the actor may read, a link or a note into the room; both sides see that it is there.

    A paper of the harbour opens only to those whom its own rules let in.

    Raises: NotFound, RoomClosed, NotAPaper, ThereAlready.
    Source: R-LEAD-9.
    """
    actor, lead = seen(lead_id=lead_id, actor_id=actor_id)
    if not queries.fills_room(lead, actor):
        raise RoomClosed
    document = None
    if document_id is not None:
        document = documents.visible_document(actor=actor, document_id=document_id)
    named, to = tidy(title)[:200], tidy(link)[:500]
    if document is None and (not named or not _is_link(to)):
        raise NotAPaper(problems={"title" if not named else "link": str(NotAPaper())})
    with refusing(leads_paper_once=ThereAlready()):
        paper = Paper.objects.create(
            lead=lead, document=document, title=named, link="" if document else to,
            words=tidy(words)[:LONG], added_by=actor, added_at=at,
        )  # fmt: skip
    told("paper_added", lead, actor, at, paper_id=paper.pk, document_id=document_id)
    return paper


def _is_link(text: str) -> bool:
    if not text:
        return True
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname)


@command
def remove_paper(*, paper_id: int, actor_id: int, at: datetime) -> Paper:
    """Take a paper out again, for who put it in and who carries the lead; it stays on record.

    Raises: NotFound, RoomClosed.
    """
    row = Paper.objects.filter(pk=paper_id, removed_at=None).first()
    if row is None:
        raise NotFound
    actor, lead = seen(lead_id=row.lead_id, actor_id=actor_id)
    if not queries.opens_room(lead, actor):
        raise NotFound
    if actor.pk not in {row.added_by_id, lead.manager_id}:
        raise RoomClosed
    row.removed_at = at
    row.save(update_fields=["removed_at"])
    told("paper_removed", lead, actor, at, paper_id=row.pk)
    return row
