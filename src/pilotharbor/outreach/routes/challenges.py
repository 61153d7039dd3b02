"""Challenges over HTTP: calls, needs, proposals, matching runs and their worksheets."""

from datetime import date, datetime
from typing import Annotated, Any, cast

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field, StringConstraints

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.http import Cursor, Limit
from pilotharbor.outreach import working
from pilotharbor.outreach.commands import challenges as commands
from pilotharbor.outreach.commands import needs, proposals, worksheets
from pilotharbor.outreach.models import Candidate, Challenge, MatchRun, Need, Proposal
from pilotharbor.outreach.needlist import ListedNeed
from pilotharbor.outreach.queries import challenges as queries
from pilotharbor.outreach.routes.bodies import In, ReasonIn, Text
from pilotharbor.parties.auth import ANYONE, ActorRequest, actor_of
from pilotharbor.parties.models import Membership

router = Router()
Short = Annotated[str, StringConstraints(max_length=200)]


class CallIn(In):
    """A challenge; the days come one after another."""

    title: Short
    field: Short = ""
    region: Short = ""
    rules: Annotated[str, StringConstraints(max_length=8000)]
    collect_date: date
    publish_date: date
    propose_date: date
    match_date: date
    sign_date: date
    close_date: date


class StepIn(In):
    """Where to go on to."""

    to: Short


class PutIn(In):
    """One's own published need."""

    demand_id: int


class ConfirmIn(In):
    """The need behind a row; none: a draft is written from the row."""

    demand_id: int | None = None


class ListedIn(In):
    """One row of a list."""

    title: Short
    words: Text
    organisation: Short = ""
    uscc: Short = ""


class ListIn(In):
    """A list of needs: all of it is loaded, or nothing."""

    needs: Annotated[list[ListedIn], Field(min_length=1, max_length=2000)]


class ChooseIn(In):
    """Which needs to publish."""

    need_ids: Annotated[list[int], Field(min_length=1, max_length=2000)]


class OfferIn(In):
    """A result and how it answers the need."""

    achievement_id: int
    words: Text


class TakeOnIn(In):
    """How a proposal went on; a signature has its amount in fen and its day."""

    to: Short
    words: Text = ""
    signed_fen: int | None = None
    signed_date: date | None = None


class RunIn(In):
    """How many results are kept for each need."""

    per_need: int = 10


class FunnelOut(Schema):
    """Each step is a part of the one before; the amount only for organiser and auditors."""

    collected: int
    published: int
    answered: int
    proposals: int
    matched: int
    intended: int
    signed: int
    signed_fen: int | None


class ChallengeOut(Schema):
    """A challenge and how far it is."""

    id: int
    title: str
    field: str
    region: str
    rules: str
    organiser_id: int
    status: str
    collect_date: date
    publish_date: date
    propose_date: date
    match_date: date
    sign_date: date
    close_date: date
    funnel: FunnelOut


class ChallengePage(Schema):
    """Some challenges."""

    items: list[ChallengeOut]
    next_cursor: str | None


class NeedOut(Schema):
    """A need of a challenge; ``demand_id`` once somebody has confirmed it."""

    id: int
    challenge_id: int
    number: int
    title: str
    words: str
    organisation_id: int | None
    organisation_name: str
    demand_id: int | None
    status: str
    left_out_reason: str


class NeedPage(Schema):
    """Some needs."""

    items: list[NeedOut]
    next_cursor: str | None


class ProposalOut(Schema):
    """A result offered to a need."""

    id: int
    need_id: int
    achievement_id: int
    words: str
    status: str
    offered_at: datetime
    intent_words: str
    signed_fen: int | None
    signed_date: date | None
    declined_reason: str


class ProposalPage(Schema):
    """Some proposals."""

    items: list[ProposalOut]
    next_cursor: str | None


class RunOut(Schema):
    """A matching of the whole list; ``index_at`` says as of when the market was looked at."""

    id: int
    challenge_id: int
    status: str
    per_need: int
    done: int
    total: int
    index_event_id: int
    index_at: datetime | None
    asked_at: datetime


class RowOut(Schema):
    """A row of the worksheet."""

    id: int
    need_id: int
    need_number: int
    achievement_id: int
    title: str
    rank: int
    score_bp: int
    standing_bp: int | None
    reasons: list[dict[str, Any]]
    status: str
    dismissed_reason: str
    lead_id: int | None


class RowPage(Schema):
    """Some rows of the worksheet."""

    items: list[RowOut]
    next_cursor: str | None


def _challenge(row: Challenge, actor: Membership | None) -> dict[str, Any]:
    names = ("id", "title", "field", "region", "rules", "organiser_id", "status", *commands.DATES)
    figures = queries.funnel(row)
    shown = {name: getattr(figures, name) for name in FunnelOut.model_fields}
    if not queries.sees_all(actor, row):
        shown["signed_fen"] = None
    return {name: getattr(row, name) for name in names} | {"funnel": shown}


def _row(row: Candidate) -> dict[str, Any]:
    names = (
        "id",
        "need_id",
        "achievement_id",
        "rank",
        "score_bp",
        "standing_bp",
        "reasons",
        "status",
    )
    return {name: getattr(row, name) for name in (*names, "dismissed_reason", "lead_id")} | {
        "need_number": row.need.number,
        "title": row.achievement.title,
    }


@router.get("/challenges", response=ChallengePage, auth=ANYONE)
def index(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """Every challenge, newest first."""
    found = pages.page(queries.challenges(), by="-id", cursor=cursor, limit=limit)
    actor = actor_of(request)
    return {
        "items": [_challenge(row, actor) for row in found.items],
        "next_cursor": found.next_cursor,
    }


@router.post("/challenges", response={201: ChallengeOut})
def open_challenge(request: ActorRequest, body: CallIn) -> Status[Any]:
    """Call for needs. 403 ``outreach.not_an_organiser``."""
    content = cast("commands.Call", body.dict())
    made = commands.open_challenge(content=content, actor_id=request.auth.pk, at=clock.now(request))
    return Status(201, _challenge(made, request.auth))


@router.get("/challenges/{int:challenge_id}", response=ChallengeOut, auth=ANYONE)
def detail(request: HttpRequest, challenge_id: int) -> dict[str, Any]:
    """One challenge with its figures."""
    return _challenge(queries.challenge(challenge_id=challenge_id), actor_of(request))


@router.put("/challenges/{int:challenge_id}", response=ChallengeOut)
def revise(request: ActorRequest, challenge_id: int, body: CallIn) -> dict[str, Any]:
    """Change title, rules or days."""
    row = commands.revise_challenge(
        challenge_id=challenge_id, content=cast("commands.Call", body.dict()),
        actor_id=request.auth.pk, at=clock.now(request),
    )  # fmt: skip
    return _challenge(row, request.auth)


@router.post("/challenges/{int:challenge_id}/go-on", response=ChallengeOut)
def go_on(request: ActorRequest, challenge_id: int, body: StepIn) -> dict[str, Any]:
    """Take a challenge to its next step, or close it."""
    row = commands.go_on(
        challenge_id=challenge_id, to=body.to, actor_id=request.auth.pk, at=clock.now(request)
    )
    return _challenge(row, request.auth)


@router.get("/challenges/{int:challenge_id}/needs", response=NeedPage, auth=ANYONE)
def need_list(
    request: HttpRequest, challenge_id: int, cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Needs one may see, by number."""
    of = queries.challenge(challenge_id=challenge_id)
    rows = queries.visible_needs(actor=actor_of(request)).filter(challenge=of)
    found = pages.page(rows, by="number", cursor=cursor, limit=limit)
    return {"items": found.items, "next_cursor": found.next_cursor}


@router.post("/challenges/{int:challenge_id}/needs", response={201: NeedOut})
def put_in(request: ActorRequest, challenge_id: int, body: PutIn) -> Status[Need]:
    """Put a published need of one's own in. 409 ``outreach.not_collecting``."""
    made = needs.put_in(
        challenge_id=challenge_id, demand_id=body.demand_id, actor_id=request.auth.pk,
        at=clock.now(request),
    )  # fmt: skip
    return Status(201, made)


@router.post("/challenges/{int:challenge_id}/needs/list", response={201: list[NeedOut]})
def load(request: ActorRequest, challenge_id: int, body: ListIn) -> Status[list[Need]]:
    """Load a list of needs, all of it or nothing. 422 ``outreach.bad_list``."""
    made = needs.load(
        challenge_id=challenge_id, rows=[ListedNeed(**one.dict()) for one in body.needs],
        actor_id=request.auth.pk, at=clock.now(request),
    )  # fmt: skip
    return Status(201, made)


@router.post("/challenges/{int:challenge_id}/needs/choose", response=list[NeedOut])
def choose(request: ActorRequest, challenge_id: int, body: ChooseIn) -> list[Need]:
    """Choose collected needs to be published with the challenge."""
    return needs.choose(
        challenge_id=challenge_id, need_ids=body.need_ids, actor_id=request.auth.pk,
        at=clock.now(request),
    )  # fmt: skip


@router.post("/challenge-needs/{int:need_id}/confirm", response=NeedOut)
def confirm(request: ActorRequest, need_id: int, body: ConfirmIn) -> Need:
    """Confirm a row of a list as one's own."""
    return needs.confirm(
        need_id=need_id, demand_id=body.demand_id, actor_id=request.auth.pk, at=clock.now(request)
    )


@router.post("/challenge-needs/{int:need_id}/leave-out", response=NeedOut)
def leave_out(request: ActorRequest, need_id: int, body: ReasonIn) -> Need:
    """Leave a need out, with the reason."""
    return needs.leave_out(
        need_id=need_id, reason=body.reason, actor_id=request.auth.pk, at=clock.now(request)
    )


@router.post("/challenge-needs/{int:need_id}/proposals", response={201: ProposalOut})
def offer(request: ActorRequest, need_id: int, body: OfferIn) -> Status[Proposal]:
    """Offer a published result of one's own. 409 ``outreach.not_taking_proposals``."""
    made = proposals.offer(
        need_id=need_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )
    return Status(201, made)


@router.get("/challenge-proposals", response=ProposalPage)
def proposal_list(
    request: ActorRequest, need_id: int | None = None, cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Proposals one may see, newest first."""
    rows = queries.visible_proposals(actor=request.auth)
    if need_id is not None:
        rows = rows.filter(need_id=need_id)
    found = pages.page(rows, by="-id", cursor=cursor, limit=limit)
    return {"items": found.items, "next_cursor": found.next_cursor}


@router.post("/challenge-proposals/{int:proposal_id}/take-on", response=ProposalOut)
def take_on(request: ActorRequest, proposal_id: int, body: TakeOnIn) -> Proposal:
    """Take a proposal one step further."""
    return proposals.take_on(
        proposal_id=proposal_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )


@router.post("/challenges/{int:challenge_id}/runs", response={202: RunOut})
def ask_run(request: ActorRequest, challenge_id: int, body: RunIn) -> Status[MatchRun]:
    """Match the whole list; the worker carries it out. 409 ``outreach.run_open``."""
    at = clock.now(request)
    run = worksheets.ask_run(
        challenge_id=challenge_id, per_need=body.per_need, actor_id=request.auth.pk, at=at
    )
    working.start(run, actor_id=request.auth.pk, at=at)
    return Status(202, run)


@router.get("/challenge-runs/{int:run_id}", response=RunOut)
def run_detail(request: ActorRequest, run_id: int) -> MatchRun:
    """How far a run is."""
    return queries.visible_run(actor=request.auth, run_id=run_id)


@router.get("/challenge-runs/{int:run_id}/rows", response=RowPage)
def rows_of(
    request: ActorRequest,
    run_id: int,
    status: str = "",
    need: Annotated[int | None, Query(ge=1)] = None,
    best: Annotated[int | None, Query(ge=1, le=50)] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """The worksheet as far as one may see it today, need by need, best first."""
    run = queries.visible_run(actor=request.auth, run_id=run_id)
    wanted = queries.Wanted(status=status, need=need, best=best)
    rows = queries.worksheet(run=run, actor=request.auth, wanted=wanted)
    found = pages.page(rows, by="id", cursor=cursor, limit=limit)
    return {"items": [_row(one) for one in found.items], "next_cursor": found.next_cursor}


@router.post("/challenge-rows/{int:candidate_id}/dismiss", response=RowOut)
def dismiss(request: ActorRequest, candidate_id: int, body: ReasonIn) -> dict[str, Any]:
    """Say why a result does not fit."""
    row = worksheets.dismiss(
        candidate_id=candidate_id, reason=body.reason, actor_id=request.auth.pk,
        at=clock.now(request),
    )  # fmt: skip
    return _row(row)


STEPS = {
    "invite": worksheets.invite,
    "lead": worksheets.make_lead,
    "take-back": worksheets.take_back,
}


@router.post("/challenge-rows/{int:candidate_id}/steps/{step}", response=RowOut)
def row_step(request: ActorRequest, candidate_id: int, step: str) -> dict[str, Any]:
    """``invite`` the owner, make a ``lead``, or ``take-back`` a dismissal."""
    if step not in STEPS:
        raise NotFound
    row = STEPS[step](candidate_id=candidate_id, actor_id=request.auth.pk, at=clock.now(request))
    return _row(row)
