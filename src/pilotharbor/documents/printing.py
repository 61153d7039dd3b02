"""How does a paper leave the house: the signed bytes, or a copy that says who reads it?"""

from datetime import datetime
from typing import Any

from django.core import signing
from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header

from pilotharbor.documents import commands, press, queries
from pilotharbor.documents.commands import NotPrintedYet, sheet_of
from pilotharbor.documents.models import Document
from pilotharbor.kernel.time import SHANGHAI
from pilotharbor.parties.models import Membership

SALT = "documents.reading"
READING_SECONDS = 3600


def open_sheets(document: Document, *, actor: Membership, at: datetime) -> list[dict[str, Any]]:
    """Open a printed paper for reading in a page: number and address of each page's image.

    The reading is recorded here; the addresses hold for this reader and an hour, and carry the
    instant that stands in the watermark.
    """
    commands.view(document_id=document.pk, actor_id=actor.pk, at=at)
    reading = signing.dumps([document.pk, actor.pk, at.isoformat()], salt=SALT)
    rendering = getattr(document, "rendering", None)
    return [
        {
            "number": n,
            "url": reverse("document_page", args=[document.pk, n]) + f"?reading={reading}",
        }
        for n in range(1, (rendering.pages if rendering else 0) + 1)
    ]


def reading_of(signed: str, *, document_id: int, actor: Membership) -> datetime | None:
    """The instant of the reading an address carries; ``None`` when it is not this reader's."""
    try:
        which, reader, at = signing.loads(signed, salt=SALT, max_age=READING_SECONDS)
    except signing.BadSignature:
        return None
    if (which, reader) != (document_id, actor.pk):
        return None
    return datetime.fromisoformat(str(at))


def stamp(*, actor: Membership | None, at: datetime) -> str:
    """What a watermark says: who reads it, for whom, and when."""
    when = f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    if actor is None:
        return when
    return f"{actor.person.name} · {actor.organisation.name} · {when}"


def pdf(
    document: Document, *, actor: Membership | None, at: datetime, copy: bool = False
) -> HttpResponse:
    """The PDF of a printed paper, as an answer that no cache keeps.

    Raises: NotPrintedYet.
    """
    paper = queries.paper_of(document)
    if paper is None:
        raise NotPrintedYet(document_id=document.pk)
    stamped = copy or not queries.holds_original(actor=actor, document=document)
    content = paper.content
    if stamped:
        whole = Document.objects.select_related("owner").get(pk=document.pk)
        content = press.print_pdf(sheet_of(whole, watermark=stamp(actor=actor, at=at))).content
    answer = HttpResponse(content, content_type="application/pdf")
    name = f"{document.number}.pdf"
    answer["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    answer["Cache-Control"] = "private, no-store"
    answer["X-Document-Sha256"] = paper.sha256
    answer["X-Watermarked"] = "1" if stamped else "0"
    return answer


def page_images(document: Document, *, actor: Membership | None, at: datetime) -> list[bytes]:
    """Every page as an SVG image, watermarked where the level asks for it."""
    whole = Document.objects.select_related("owner").get(pk=document.pk)
    mark = stamp(actor=actor, at=at) if document.is_watermarked else ""
    return press.print_pages(sheet_of(whole, watermark=mark))
