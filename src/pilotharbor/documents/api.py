"""Papers over HTTP: what they are, their hash and their bytes."""

from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema

from pilotharbor.documents import commands, printing, queries
from pilotharbor.documents.models import Document
from pilotharbor.kernel import clock
from pilotharbor.kernel.http import Cursor, Limit
from pilotharbor.kernel.pages import page
from pilotharbor.parties.auth import ActorRequest

router = Router()


class DocumentOut(Schema):
    """A paper; ``sha256`` and ``pages`` once it is printed."""

    id: int
    kind: str
    title: str
    number: str
    status: str
    language: str
    version: int
    confidentiality: str
    owner_id: int
    owner: str
    project_id: int | None
    subject_type: str
    subject_id: int
    asked_at: str
    sha256: str | None
    pages: int | None
    failure: str


def document_out(document: Document) -> dict[str, Any]:
    """A paper as JSON, without its bytes."""
    rendering = getattr(document, "rendering", None)
    return {
        "id": document.pk,
        "kind": document.kind,
        "title": document.title,
        "number": document.number,
        "status": document.status,
        "language": document.language,
        "version": document.version,
        "confidentiality": document.confidentiality,
        "owner_id": document.owner_id,
        "owner": document.owner.name,
        "project_id": document.project_id,
        "subject_type": document.subject_type,
        "subject_id": document.subject_id,
        "asked_at": document.asked_at.isoformat(),
        "sha256": rendering.sha256 if rendering else None,
        "pages": rendering.pages if rendering else None,
        "failure": document.failure,
    }


@router.get("/documents", response=dict[str, Any])
def documents(
    request: ActorRequest,
    project_id: int | None = None,
    kind: str = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """The papers the caller may read, newest first."""
    rows = queries.visible_documents(actor=request.auth)
    if project_id is not None:
        rows = rows.filter(project_id=project_id)
    if kind:
        rows = rows.filter(kind=kind)
    found = page(rows, by="-id", cursor=cursor, limit=limit)
    return {
        "items": [document_out(row) for row in found.items],
        "next_cursor": found.next_cursor,
    }


@router.get("/documents/{int:document_id}", response=DocumentOut)
def document(request: ActorRequest, document_id: int) -> dict[str, Any]:
    """One paper: whether it is printed, and its hash."""
    return document_out(queries.visible_document(actor=request.auth, document_id=document_id))


@router.get("/documents/{int:document_id}/file")
def document_file(
    request: ActorRequest, document_id: int, *, watermarked: bool = False
) -> HttpResponse:
    """The PDF. Issuer and named organisations get the signed bytes, others a watermarked copy.

    ``X-Document-Sha256`` is the hash of the signed bytes; ``X-Watermarked`` says which these are.
    """
    at = clock.now(request)
    found = commands.view(document_id=document_id, actor_id=request.auth.pk, at=at)
    return printing.pdf(found, actor=request.auth, at=at, copy=watermarked)


@router.post("/documents/{int:document_id}/retry", response=DocumentOut)
def retry(request: ActorRequest, document_id: int) -> dict[str, Any]:
    """Have a paper printed again whose printing failed."""
    commands.retry(document_id=document_id, actor_id=request.auth.pk, at=clock.now(request))
    return document_out(queries.visible_document(actor=request.auth, document_id=document_id))
