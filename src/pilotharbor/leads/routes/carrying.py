"""Who carries a lead, who would, and who did which step, for programs."""

from typing import Any

from ninja import Status

from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.http import NamedRouter
from pilotharbor.leads import commands, queries, schemas
from pilotharbor.leads.routes import shown
from pilotharbor.leads.schemas import claim_out
from pilotharbor.parties.auth import ActorRequest

router = NamedRouter("pilotharbor.leads.api")


@router.post("/leads/contest", response={201: schemas.ClaimOut})
def contest(request: ActorRequest, body: schemas.ContestIn) -> Status[Any]:
    """Say that a pair another manager carries is yours. 409 ``leads.nothing_to_contest``."""
    return Status(201, claim_out(commands.contest(**body.dict(), **shown.who(request))))


@router.post("/leads/{lead_id}/claim", response=schemas.LeadOut)
def claim(request: ActorRequest, lead_id: int) -> dict[str, Any]:
    """Take it out of the pool. 409 ``leads.taken`` when another was quicker."""
    commands.claim(lead_id=lead_id, **shown.who(request))
    return shown.lead(request, lead_id)


@router.post("/leads/{lead_id}/release", response=schemas.LeadOut)
def release(request: ActorRequest, lead_id: int, body: schemas.ReasonIn) -> dict[str, Any]:
    """Give it back to the pool, with the reason."""
    commands.release(lead_id=lead_id, reason=body.reason, **shown.who(request))
    return shown.lead(request, lead_id)


@router.post("/leads/{lead_id}/offer", response={201: schemas.ClaimOut})
def offer(request: ActorRequest, lead_id: int, body: schemas.OfferIn) -> Status[Any]:
    """Offer it to another manager, who accepts or declines."""
    return Status(
        201, claim_out(commands.offer(lead_id=lead_id, **body.dict(), **shown.who(request)))
    )


@router.post("/leads/{lead_id}/assign", response=schemas.LeadOut)
def assign(request: ActorRequest, lead_id: int, body: schemas.GiveIn) -> dict[str, Any]:
    """Give it to a manager, for operators."""
    commands.assign(lead_id=lead_id, **body.dict(), **shown.who(request))
    return shown.lead(request, lead_id)


@router.get("/leads/{lead_id}/claims", response=schemas.ClaimsOut)
def list_claims(request: ActorRequest, lead_id: int) -> dict[str, Any]:
    """Who held, was offered or contested it; for who carries it, operators and auditors."""
    lead = queries.visible_lead(actor=request.auth, lead_id=lead_id)
    if queries.standing(lead, request.auth) not in queries.READS_ALL:
        raise NotFound
    return {"items": [claim_out(row) for row in queries.claims_of(lead)]}


@router.post("/claims/{claim_id}/accept", response=schemas.LeadOut)
def accept_offer(request: ActorRequest, claim_id: int) -> dict[str, Any]:
    """Take over a lead that was offered."""
    return shown.lead(request, commands.accept_offer(claim_id=claim_id, **shown.who(request)).pk)


@router.post("/claims/{claim_id}/decline", response=schemas.ClaimOut)
def decline_offer(request: ActorRequest, claim_id: int, body: schemas.OutcomeIn) -> dict[str, Any]:
    """Leave an offered lead where it is."""
    return claim_out(
        commands.decline_offer(claim_id=claim_id, words=body.outcome, **shown.who(request))
    )


@router.post("/claims/{claim_id}/withdraw", response=schemas.ClaimOut)
def withdraw(request: ActorRequest, claim_id: int) -> dict[str, Any]:
    """Take back an offer or a contest of one's own."""
    return claim_out(commands.withdraw(claim_id=claim_id, **shown.who(request)))


@router.post("/claims/{claim_id}/decide", response=schemas.LeadOut)
def decide(request: ActorRequest, claim_id: int, body: schemas.DecisionIn) -> dict[str, Any]:
    """Decide a contest, for operators, with the reason."""
    return shown.lead(
        request, commands.decide(claim_id=claim_id, **body.dict(), **shown.who(request)).pk
    )


@router.get("/leads/{lead_id}/credits", response=schemas.PartsOut)
def get_credits(request: ActorRequest, lead_id: int) -> dict[str, Any]:
    """Who did which step, in basis points; for who carries it, operators and auditors."""
    lead = queries.visible_lead(actor=request.auth, lead_id=lead_id)
    if queries.standing(lead, request.auth) not in queries.READS_ALL:
        raise NotFound
    return {"frozen_at": lead.credits_frozen_at, "items": queries.credits(lead)}


@router.put("/leads/{lead_id}/credits/{step}", response=schemas.PartsOut)
def set_credits(
    request: ActorRequest, lead_id: int, step: str, body: schemas.CreditsIn
) -> dict[str, Any]:
    """Say who did a step; the parts sum to 10,000. 409 ``leads.credits_frozen`` once signed."""
    lead = commands.set_credits(
        lead_id=lead_id, step=step, shares=body.shares, **shown.who(request)
    )
    return {"frozen_at": lead.credits_frozen_at, "items": queries.credits(lead)}
