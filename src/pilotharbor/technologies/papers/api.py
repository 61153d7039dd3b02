"""Files of entries over HTTP."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile

from pilotharbor.kernel import clock
from pilotharbor.kernel.files.serving import served
from pilotharbor.parties.auth import ANYONE, ActorRequest, actor_of
from pilotharbor.technologies.commands import attachments as commands
from pilotharbor.technologies.commands import history as commands_history
from pilotharbor.technologies.models import Attachment, EntryVersion
from pilotharbor.technologies.papers import history, owners, queries, store

router = Router()
NOUNS = {"achievements": "achievement", "demands": "demand", "scenarios": "scenario"}


class AttachmentOut(Schema):
    """A file that opens for whoever asks."""

    id: int
    name: str
    about: str
    kind: str
    size: int
    sha256: str
    confidential: bool
    added_at: datetime


class FilesOut(Schema):
    """The files of an entry; ``closed`` counts those of a detail that is not open."""

    items: list[AttachmentOut]
    closed: int


class VersionOut(Schema):
    """A version as listed."""

    number: int
    level: str
    made_at: datetime
    made_by: str


class VersionFull(VersionOut):
    """A version with what it says to whoever asks; the detail is missing where it is closed."""

    content: dict[str, Any]


def _version(row: EntryVersion) -> dict[str, Any]:
    return {
        "number": row.number,
        "level": row.level,
        "made_at": row.made_at,
        "made_by": row.made_by.person.name,
    }


@router.get("/{market}/{entry_id}/versions", response=list[VersionOut])
def list_versions(request: ActorRequest, market: str, entry_id: int) -> list[dict[str, Any]]:
    """What a published entry said, latest first; 404 for who may not read its former versions."""
    found, at = owners.market(NOUNS.get(market, "")), clock.now(request)
    entry = found.one(entry_id, request.auth, at)
    rows = history.versions(noun=found.noun, entry=entry, actor=request.auth, at=at)
    return [_version(row) for row in rows]


@router.get("/{market}/{entry_id}/versions/{number}", response=VersionFull)
def get_version(request: ActorRequest, market: str, entry_id: int, number: int) -> dict[str, Any]:
    """One version; reading a confidential detail is recorded."""
    found, at = owners.market(NOUNS.get(market, "")), clock.now(request)
    row = commands_history.view_versions(
        noun=found.noun, entry_id=entry_id, numbers=[number], actor_id=request.auth.pk, at=at
    )[0]
    entry = found.one(entry_id, request.auth, at)
    said = history.content(row, noun=found.noun, entry=entry, actor=request.auth, at=at)
    return _version(row) | {"content": said}


def _out(row: Attachment) -> dict[str, Any]:
    same = ("id", "name", "about", "kind", "size", "sha256", "confidential", "added_at")
    return {name: getattr(row, name) for name in same}


@router.get("/{market}/{entry_id}/attachments", response=FilesOut, auth=ANYONE)
def list_attachments(request: HttpRequest, market: str, entry_id: int) -> dict[str, Any]:
    """The files of one of the ``achievements``, ``demands`` or ``scenarios``."""
    actor, at = actor_of(request), clock.now(request)
    found = owners.market(NOUNS.get(market, ""))
    entry = found.one(entry_id, actor, at)
    seen = queries.files(noun=found.noun, entry=entry, actor=actor, at=at)
    return {"items": [_out(row) for row in seen.shown], "closed": seen.closed}


@router.post("/{market}/{entry_id}/attachments", response={201: AttachmentOut})
def add_attachment(
    request: ActorRequest,
    market: str,
    entry_id: int,
    file: File[UploadedFile],
    confidential: Form[bool] = True,
    about: Form[str] = "",
) -> Status[Any]:
    """Add a file as ``multipart/form-data``; 20 MB at most, judged by its content.

    422 ``technologies.file_refused`` says why; 409 ``technologies.too_many_files`` or
    ``technologies.same_file``.
    """
    found = owners.market(NOUNS.get(market, ""))
    with store.staged(file.chunks(), name=file.name or "") as staged:
        made = commands.add_attachment(
            noun=found.noun,
            entry_id=entry_id,
            file=staged,
            confidential=confidential,
            about=about,
            actor_id=request.auth.pk,
            at=clock.now(request),
        )
    return Status(201, _out(made))


@router.get("/attachments/{attachment_id}", response={200: None}, auth=ANYONE)
def read_attachment(request: HttpRequest, attachment_id: int) -> HttpResponse:
    """The file itself; opening a confidential one is recorded."""
    actor, at = actor_of(request), clock.now(request)
    if actor:
        made = commands.open_attachment(attachment_id=attachment_id, actor_id=actor.pk, at=at)
    else:
        made, _entry, _market = queries.attachment(attachment_id=attachment_id, actor=None, at=at)
    return served(sha256=made.sha256, name=made.name, kind=made.kind, size=made.size)


@router.delete("/attachments/{attachment_id}", response={204: None})
def remove_attachment(request: ActorRequest, attachment_id: int) -> Status[None]:
    """Take a file off its entry."""
    commands.remove_attachment(
        attachment_id=attachment_id, actor_id=request.auth.pk, at=clock.now(request)
    )
    return Status(204, None)
