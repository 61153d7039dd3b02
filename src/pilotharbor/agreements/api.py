"""Agreements over HTTP: draft, offer, sign, void, read."""

from typing import Annotated, Any

from ninja import Field, Router, Schema, Status

from pilotharbor.agreements import commands, queries, statute
from pilotharbor.agreements.models import Agreement, Milestone, Party
from pilotharbor.agreements.terms import MilestoneTerm, RevenueShare, Terms
from pilotharbor.kernel import clock, money
from pilotharbor.kernel.http import Cursor, IdempotencyKey, Limit
from pilotharbor.kernel.pages import page
from pilotharbor.parties.auth import ActorRequest

router = Router()
Fen = Annotated[int, Field(ge=0, le=2**53, strict=True)]
Bp = Annotated[int, Field(ge=0, le=10_000, strict=True)]
Id = Annotated[int, Field(ge=1, strict=True)]
Word = Annotated[str, Field(max_length=40)]
Reason = Annotated[str, Field(min_length=1, max_length=500)]


class MilestoneIn(Schema):
    """A part of the fee and the evidence it waits for."""

    key: Annotated[str, Field(min_length=1, max_length=40)]
    share_bp: Bp
    evidence: Word
    nth: Annotated[int, Field(ge=1, le=1000, strict=True)] = 1


class RevenueShareIn(Schema):
    """A share of later revenue."""

    payer_id: Id
    payee_id: Id
    rate_bp: Bp
    base: Word = "net_sales"
    starts: Word = "first_sale"


class AgreementIn(Schema):
    """The terms of a draft; amounts in fen, rates in basis points."""

    kind: Word
    parties: Annotated[list[Id], Field(max_length=20)]
    fee_fen: Fen
    vat_bp: Bp
    fee_includes_vat: bool = True
    milestones: Annotated[list[MilestoneIn], Field(max_length=50)]
    improvement_ip: Word
    governing_statute_note: bool = True
    revenue_share: RevenueShareIn | None = None
    title: Annotated[str, Field(max_length=200)] = ""

    def terms(self) -> Terms:
        """The same as the command takes it."""
        share = self.revenue_share
        return Terms(
            kind=self.kind,
            party_ids=self.parties,
            fee_fen=self.fee_fen,
            vat_bp=self.vat_bp,
            fee_includes_vat=self.fee_includes_vat,
            milestones=[
                MilestoneTerm(m.key, m.share_bp, m.evidence, m.nth) for m in self.milestones
            ],
            improvement_ip=self.improvement_ip,
            governing_statute_note=self.governing_statute_note,
            revenue_share=RevenueShare(**share.dict()) if share else None,
            title=self.title,
        )


class AmendIn(AgreementIn):
    """The terms of a draft, whole; ``version`` is the one they were made from."""

    version: Annotated[int, Field(ge=1, strict=True)] | None = None


class ReasonIn(Schema):
    """Why."""

    reason: Reason


class SignatureIn(Schema):
    """The hash of the very paper one has read."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")]


def _party_out(party: Party) -> dict[str, Any]:
    return {
        "organisation_id": party.organisation_id,
        "name": party.organisation.name,
        "signed": party.signed_at is not None,
        "signed_at": party.signed_at,
        "signed_by": party.signed_by.person.name if party.signed_by else None,
        "sha256": party.signed_sha256 or None,
    }


def _milestone_out(milestone: Milestone, amount_fen: int) -> dict[str, Any]:
    return {
        "id": milestone.pk,
        "key": milestone.key,
        "share_bp": milestone.share_bp,
        "amount_fen": amount_fen,
        "evidence": milestone.evidence,
        "nth": milestone.nth,
        "status": milestone.status,
        "reached_at": milestone.reached_at,
        "evidence_ref": milestone.evidence_ref or None,
    }


def _document_out(agreement: Agreement) -> dict[str, Any] | None:
    document = agreement.document
    if document is None:
        return None
    rendering = getattr(document, "rendering", None)
    return {
        "id": document.pk,
        "status": document.status,
        "sha256": rendering.sha256 if rendering else None,
        "pages": rendering.pages if rendering else None,
    }


def _share_out(agreement: Agreement) -> dict[str, Any] | None:
    share = getattr(agreement, "revenue_share", None)
    if share is None:
        return None
    return {
        "payer_id": share.payer_id,
        "payee_id": share.payee_id,
        "rate_bp": share.rate_bp,
        "base": share.base,
        "starts": share.starts,
    }


def _remarks(found: list[statute.Departure]) -> list[dict[str, str]]:
    return [{"clause": d.clause, "statute": d.statute, "text": d.text} for d in found]


def agreement_out(agreement: Agreement) -> dict[str, Any]:
    """An agreement as JSON; milestones carry their part of the fee in fen."""
    parties, rows = list(agreement.parties.all()), list(agreement.milestones.all())
    amounts = money.cumulative(agreement.fee_fen, [row.share_bp for row in rows])
    return {
        "id": agreement.pk,
        "status": agreement.status,
        "kind": agreement.kind,
        "title": agreement.title,
        "version": agreement.version,
        "project_id": agreement.project_id,
        "fee_fen": agreement.fee_fen,
        "vat_bp": agreement.vat_bp,
        "fee_includes_vat": agreement.fee_includes_vat,
        "improvement_ip": agreement.improvement_ip,
        "governing_statute_note": agreement.governing_statute_note,
        "drafted_at": agreement.drafted_at,
        "offered_at": agreement.offered_at,
        "signed_at": agreement.signed_at,
        "void_reason": agreement.void_reason or None,
        "document": _document_out(agreement),
        "parties": [_party_out(party) for party in parties],
        "milestones": [_milestone_out(row, fen) for row, fen in zip(rows, amounts, strict=True)],
        "revenue_share": _share_out(agreement),
        "departures": _remarks(statute.departures(improvement_ip=agreement.improvement_ip)),
        "reminders": _remarks(
            statute.reminders(state_funded=[p.organisation.state_funded for p in parties])
        ),
    }


def _read(request: ActorRequest, agreement_id: int) -> dict[str, Any]:
    return agreement_out(queries.visible_agreement(actor=request.auth, agreement_id=agreement_id))


@router.get("/agreements")
def agreements(
    request: ActorRequest,
    project_id: int | None = None,
    status: str = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """The agreements the caller may read, newest first."""
    rows = queries.whole(queries.visible_agreements(actor=request.auth))
    if project_id is not None:
        rows = rows.filter(project_id=project_id)
    if status:
        rows = rows.filter(status=status)
    found = page(rows, by="-id", cursor=cursor, limit=limit)
    return {"items": [agreement_out(a) for a in found.items], "next_cursor": found.next_cursor}


@router.get("/agreements/{int:agreement_id}")
def agreement(request: ActorRequest, agreement_id: int) -> dict[str, Any]:
    """One agreement: its paper, who has signed, and where it departs from the statute."""
    return _read(request, agreement_id)


@router.post("/projects/{int:project_id}/agreements", response={201: dict[str, Any]})
def draft(
    request: ActorRequest, project_id: int, body: AgreementIn, idempotency_key: IdempotencyKey
) -> Status[dict[str, Any]]:
    """Draft an agreement over the project's plan; the platform's operators only."""
    del idempotency_key
    made = commands.draft(
        project_id=project_id,
        terms=body.terms(),
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return Status(201, _read(request, made.pk))


@router.put("/agreements/{int:agreement_id}")
def amend(request: ActorRequest, agreement_id: int, body: AmendIn) -> dict[str, Any]:
    """Put other terms into a draft. 409 ``agreements.changed_meanwhile`` for an older version."""
    commands.amend(
        agreement_id=agreement_id,
        terms=body.terms(),
        version=body.version,
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return _read(request, agreement_id)


@router.post("/agreements/{int:agreement_id}/offer")
def offer(
    request: ActorRequest, agreement_id: int, idempotency_key: IdempotencyKey
) -> dict[str, Any]:
    """Offer the draft for signature; its paper is printed at once."""
    del idempotency_key
    commands.offer(agreement_id=agreement_id, actor_id=request.auth.pk, at=clock.now(request))
    return _read(request, agreement_id)


@router.post("/agreements/{int:agreement_id}/sign")
def sign(
    request: ActorRequest, agreement_id: int, body: SignatureIn, idempotency_key: IdempotencyKey
) -> dict[str, Any]:
    """Sign for one's own organisation. 409 ``agreements.other_paper`` for any other hash."""
    del idempotency_key
    commands.sign(
        agreement_id=agreement_id,
        sha256=body.sha256,
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return _read(request, agreement_id)


@router.post("/agreements/{int:agreement_id}/void")
def void(request: ActorRequest, agreement_id: int, body: ReasonIn) -> dict[str, Any]:
    """Give up a draft or an offer, with a reason."""
    commands.void(
        agreement_id=agreement_id,
        reason=body.reason,
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return _read(request, agreement_id)
