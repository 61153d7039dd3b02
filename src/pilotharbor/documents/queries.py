"""Which papers may one read, and which of them may one hold in the original?"""

from dataclasses import dataclass

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from pilotharbor.documents.models import Document, Rendering
from pilotharbor.kernel.errors import NotFound
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.rights import Kind, Scope, Verb
from pilotharbor.parties.roles import CONFIDENTIAL, Confidentiality

# The column of the matrix that says who may read a kind of paper.
COLUMNS: dict[str, Kind] = {
    Document.Kind.AGREEMENT: Kind.AGREEMENT,
    Document.Kind.SIGNATURES: Kind.AGREEMENT,
    Document.Kind.PILOT_REPORT: Kind.PROJECT,
    Document.Kind.ASSESSMENT_REPORT: Kind.REVIEW,
    Document.Kind.INVOICE: Kind.FINANCE,
}
# Scopes in which a paper is opened to the person by name only (R-DOC-2).
BY_NAME = frozenset({Scope.ASSIGNED, Scope.GRANTED})


def visible_documents(*, actor: Membership | None) -> QuerySet[Document]:
    """The papers the actor may read, without their values and bytes.

    Source: R-DOC-2.
    """
    shown = Q(confidentiality=Confidentiality.PUBLIC)
    if actor is not None:
        shown |= Q(confidentiality=Confidentiality.MEMBERS)
        for kind, column in COLUMNS.items():
            reach = _reach(actor, rights.scopes(actor, Verb.READ, column))
            shown |= Q(kind=kind) & reach
    return (
        Document.objects.filter(shown)
        .select_related("owner", "rendering")
        .defer("payload", "rendering__content")
    )


def _reach(actor: Membership, scopes: frozenset[Scope]) -> Q:
    if Scope.ALL in scopes:
        return Q()
    named = Q(Exists(_named(Document.people.through, membership=actor.pk)))
    reach = named if scopes & BY_NAME else Q(pk=None)
    if Scope.OWN in scopes:
        # Papers at level core are opened name by name also in the organisations they speak of.
        theirs = Q(Exists(_named(Document.readers.through, organisation=actor.organisation_id)))
        reach |= Q(owner=actor.organisation_id) | named
        reach |= theirs & ~Q(confidentiality=Confidentiality.CORE)
    return reach


def _named(through: type[Model], **who: int) -> QuerySet[Model]:
    return through._default_manager.filter(document=OuterRef("pk"), **who)  # noqa: SLF001


def visible_document(*, actor: Membership | None, document_id: int) -> Document:
    """One paper the actor may read.

    Raises: NotFound.
    """
    found = visible_documents(actor=actor).filter(pk=document_id).first()
    if found is None:
        raise NotFound
    return found


def holds_original(*, actor: Membership | None, document: Document) -> bool:
    """Whether the actor gets the very bytes that were signed, not a watermarked copy.

    Source: R-DOC-3: the issuer and the organisations named in it; below the top two levels anyone
    who may read it.
    """
    if not document.is_watermarked:
        return True
    return actor is not None and (
        document.owner_id == actor.organisation_id
        or document.readers.filter(pk=actor.organisation_id).exists()
    )


def is_confidential(document: Document) -> bool:
    """Whether every reading of it is recorded."""
    return document.confidentiality in CONFIDENTIAL


@dataclass(frozen=True, slots=True)
class Paper:
    """The bytes of a rendered paper and their hash."""

    sha256: str
    content: bytes
    pages: int


def paper_of(document: Document) -> Paper | None:
    """What was rendered, or ``None`` while it has not been."""
    found = Rendering.objects.filter(document=document).first()
    return Paper(found.sha256, bytes(found.content), found.pages) if found else None


def sha256_of(*, document_id: int) -> str | None:
    """The hash of a paper's bytes, without loading them."""
    return (
        Rendering.objects.filter(document_id=document_id).values_list("sha256", flat=True).first()
    )


def of_subject(*, subject_type: str, subject_id: int) -> QuerySet[Document]:
    """Papers about one thing, oldest first."""
    return Document.objects.filter(subject_type=subject_type, subject_id=subject_id).order_by("id")


def readers_of(document: Document) -> list[Organisation]:
    """The organisations named in a paper, by id."""
    return list(document.readers.order_by("id"))
