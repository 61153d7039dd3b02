"""Asking for a paper, printing it, and what is recorded of its readers."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import models
from django.db.models import Max

from pilotharbor.documents import press, queries
from pilotharbor.documents.models import Document, Rendering
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership
from pilotharbor.parties.roles import Confidentiality


class AskedTwice(Conflict):
    """This version of the paper has been asked for already."""

    code = "documents.asked_twice"


class NotPrintedYet(Conflict):
    """The paper is still being printed; try again in a moment."""

    code = "documents.not_printed_yet"


@command
def ask(
    *,
    kind: str,
    title: str,
    template: str,
    payload: Mapping[str, Any],
    subject: models.Model,
    project_id: int | None,
    owner_id: int,
    reader_ids: Iterable[int] = (),
    people_ids: Iterable[int] = (),
    confidentiality: str = Confidentiality.PROJECT,
    actor_id: int | None,
    at: datetime,
    language: str = "zh-hans",
) -> Document:
    """Ask for a paper with these values; a worker prints it after the commit.

    Every new asking about the same subject is a further version; the earlier ones stay.

    Raises: AskedTwice.
    """
    press.path_of(template)
    label = subject._meta.label_lower  # noqa: SLF001
    asked_twice = AskedTwice(kind=kind, subject_id=subject.pk)
    with refusing(documents_document_version_once=asked_twice):
        document = Document.objects.create(
            kind=kind,
            title=title[:200],
            template=template,
            language=language,
            payload=dict(payload),
            subject_type=label,
            subject_id=subject.pk,
            project_id=project_id,
            owner_id=owner_id,
            confidentiality=confidentiality,
            version=_next_version(kind, label, subject.pk, language),
            asked_at=at,
        )
    document.readers.set(sorted(set(reader_ids)))
    document.people.set(sorted(set(people_ids)))
    _record("asked", document, actor_id, at)
    return document


def _next_version(kind: str, label: str, subject_id: int, language: str) -> int:
    last = Document.objects.filter(
        kind=kind, subject_type=label, subject_id=subject_id, language=language
    ).aggregate(last=Max("version"))["last"]
    return int(last or 0) + 1


def _record(
    what: str, document: Document, actor_id: int | None, at: datetime, **facts: str
) -> None:
    actor = Membership.objects.filter(pk=actor_id).first() if actor_id else None
    events.record(
        f"documents.document.{what}",
        document,
        actor=actor,
        actor_id=None,
        at=at,
        project_id=document.project_id,
        kind=document.kind,
        about=document.subject_type,
        about_id=document.subject_id,
        **facts,
    )


def sheet_of(document: Document, *, watermark: str = "") -> press.Sheet:
    """What the press is given for a document: its frozen values and what its head says."""
    head = {
        "number": document.number,
        "title": document.title,
        "version": document.version,
        "owner": document.owner.name,
        "confidentiality": document.confidentiality,
        "date": press.instant(document.asked_at),
    }
    return press.Sheet(
        template=document.template,
        values={**document.payload, "head": head},
        language=document.language,
        at=document.asked_at,
        watermark=watermark,
    )


@command
def render(*, document_id: int, actor_id: int | None, at: datetime) -> Document:
    """Print a document that was asked for; a refusal of the press is kept with it.

    Printing again changes nothing: the same values and instant give the same bytes, and only the
    first are kept.
    """
    document = (
        Document.objects.select_for_update(of=["self"], no_key=True)
        .select_related("owner")
        .get(pk=document_id)
    )
    if document.status != Document.Status.ASKED:
        return document
    try:
        printed = press.print_pdf(sheet_of(document))
    except press.PressError as exc:
        advance(document, Document.Status.FAILED, failure=str(exc)[:2000])
        _record("failed", document, actor_id, at)
        return document
    digest = sha256(printed.content).hexdigest()
    Rendering.objects.create(
        document=document,
        sha256=digest,
        pages=printed.pages,
        content=printed.content,
        rendered_at=at,
    )
    advance(document, Document.Status.RENDERED, failure="")
    _record("rendered", document, actor_id, at, sha256=digest)
    return document


@command
def retry(*, document_id: int, actor_id: int, at: datetime) -> Document:
    """Have a paper printed again whose printing failed.

    Raises: NotFound, MoveNotAllowed.
    """
    actor = parties.actor(actor_id=actor_id)
    queries.visible_document(actor=actor, document_id=document_id)
    document = Document.objects.select_for_update(no_key=True).get(pk=document_id)
    advance(document, Document.Status.ASKED, failure="")
    _record("asked", document, actor_id, at)
    return document


@command
def view(*, document_id: int, actor_id: int | None, at: datetime) -> Document:
    """Open a paper for reading; every reading of a confidential one is recorded.

    Raises: NotFound, NotPrintedYet.
    Source: R-DOC-3.
    """
    actor = parties.actor(actor_id=actor_id) if actor_id else None
    document = queries.visible_document(actor=actor, document_id=document_id)
    if document.status != Document.Status.RENDERED:
        raise NotPrintedYet(document_id=document_id)
    if queries.is_confidential(document):
        _record("viewed", document, actor_id, at)
    return document


@command
def open_to(*, project_id: int, membership_ids: Iterable[int]) -> None:
    """Let exactly these people, beside the organisations, read the papers a project has."""
    named = sorted(set(membership_ids))
    for document in Document.objects.filter(project_id=project_id).order_by("id"):
        document.people.set(named)
