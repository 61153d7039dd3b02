"""Search and matches over HTTP."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status
from pydantic import ConfigDict

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.http import Cursor, Limit
from pilotharbor.matching import commands, queries
from pilotharbor.matching.kinds import ACHIEVEMENT, DEMAND, LINE, RIGHT, SCENARIO
from pilotharbor.matching.marks import Narrowing
from pilotharbor.matching.models import Match, Subscription
from pilotharbor.matching.queries import Finds, Hit
from pilotharbor.parties.auth import ANYONE, ActorRequest, actor_of
from pilotharbor.technologies import queries as technologies
from pilotharbor.technologies.models import Cooperation
from pilotharbor.technologies.queries import Entry

router = Router()
LABELS = {
    "achievement": ACHIEVEMENT,
    "demand": DEMAND,
    "scenario": SCENARIO,
    "right": RIGHT,
    "line": LINE,
}
NAMES = {label: name for name, label in LABELS.items()}


class MatchIn(Schema):
    """A result and a need."""

    model_config = ConfigDict(extra="forbid")

    achievement_id: int
    demand_id: int


class ReasonIn(Schema):
    """Why."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(min_length=1, max_length=500)]


class NamedOut(Schema):
    """Something by its title."""

    id: int
    title: str


class HitOut(Schema):
    """A find; ``reasons`` say why it was found.

    ``score_bp`` beside the best find of this search, which has 10000; ``words_bp`` and ``meaning_bp``
    the same by words and by meaning alone, 0 if it was not found so.
    """

    kind: str
    id: int
    title: str
    snippet: str
    score_bp: int
    words_bp: int
    meaning_bp: int
    reasons: list[dict[str, str | None]]


class HitsOut(Schema):
    """Finds, best first. ``with_meaning`` false: by words alone, and ``why``, if it should not be so.

    ``meant``  how the text was probably meant to be written, or nothing
    """

    items: list[HitOut]
    with_meaning: bool
    why: str
    meant: str


class NarrowingIn(Schema):
    """What finds are narrowed to; codes of GB/T 4754 and GB/T 2260 take in all below them."""

    industry: Annotated[str, Field(max_length=5)] = ""
    region: Annotated[str, Field(max_length=6)] = ""
    trl_from: Annotated[int, Field(ge=1, le=9)] | None = None
    trl_to: Annotated[int, Field(ge=1, le=9)] | None = None
    cooperation: Cooperation | None = None

    def narrowing(self) -> Narrowing:
        """As the engine takes it."""
        ways = (self.cooperation.value,) if self.cooperation else ()
        return Narrowing(self.industry, self.region, self.trl_from, self.trl_to, ways)


class MatchOut(Schema):
    """A result and a need that someone put together."""

    id: int
    status: str
    score_bp: int
    reasons: list[dict[str, str | None]]
    achievement: NamedOut
    demand: NamedOut
    proposed_at: Any
    declined_reason: str


class MatchPage(Schema):
    """Some matches and where the next ones begin."""

    items: list[MatchOut]
    next_cursor: str | None


def hit_out(hit: Hit) -> dict[str, Any]:
    """A find as JSON."""
    return {
        "kind": NAMES[hit.kind],
        "id": hit.entry.pk,
        "title": hit.title,
        "snippet": hit.snippet,
        "score_bp": hit.score_bp,
        "words_bp": hit.words_bp,
        "meaning_bp": hit.meaning_bp,
        "reasons": hit.reasons,
    }


def finds_out(found: Finds) -> dict[str, Any]:
    """Finds as JSON."""
    items = [hit_out(hit) for hit in found.hits]
    said = {"with_meaning": found.with_meaning, "why": found.why, "meant": found.meant}
    return {"items": items, **said}


def match_out(match: Match) -> dict[str, Any]:
    """A match as JSON."""
    return {
        "id": match.pk,
        "status": match.status,
        "score_bp": match.score_bp,
        "reasons": match.reasons,
        "achievement": {"id": match.achievement_id, "title": match.achievement.title},
        "demand": {"id": match.demand_id, "title": match.demand.title},
        "proposed_at": match.proposed_at,
        "declined_reason": match.declined_reason,
    }


@router.get("/search", response=HitsOut, auth=ANYONE)
def search(
    request: HttpRequest,
    narrowing: Query[NarrowingIn],
    q: Annotated[str, Query(max_length=20_000)] = "",
    kind: Literal["achievement", "demand", "scenario", "right", "line"] | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> dict[str, Any]:
    """Results and needs (or what ``kind`` says) one may see that answer the words best, with the reasons.

    What stands in quotation marks, set apart by blanks, must stand in a find as it is.
    """
    found = queries.find(
        text=q,
        actor=actor_of(request),
        kind=LABELS[kind] if kind else None,
        narrowing=narrowing.narrowing(),
        limit=limit,
    )
    return finds_out(found)


@router.get("/demands/{demand_id}/candidates", response=HitsOut, auth=ANYONE)
def results_for(
    request: HttpRequest,
    demand_id: int,
    narrowing: Query[NarrowingIn],
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> dict[str, Any]:
    """Results that may answer a need."""
    demands = technologies.visible_demands(actor=actor_of(request))
    return _candidates(request, demands.filter(pk=demand_id).first(), narrowing, limit)


@router.get("/achievements/{achievement_id}/candidates", response=HitsOut, auth=ANYONE)
def needs_for(
    request: HttpRequest,
    achievement_id: int,
    narrowing: Query[NarrowingIn],
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> dict[str, Any]:
    """Needs that a result may answer."""
    achievements = technologies.visible_achievements(actor=actor_of(request))
    return _candidates(request, achievements.filter(pk=achievement_id).first(), narrowing, limit)


def _candidates(
    request: HttpRequest, entry: Entry | None, narrowing: NarrowingIn, limit: int
) -> dict[str, Any]:
    if entry is None:
        raise NotFound
    found = queries.candidates(
        entry=entry, actor=actor_of(request), narrowing=narrowing.narrowing(), limit=limit
    )
    return finds_out(found)


@router.post("/matches", response={201: MatchOut})
def propose(request: ActorRequest, body: MatchIn) -> Status[Any]:
    """Propose a match; score and reasons are the engine's. 409 ``matching.already_matched``."""
    match = commands.propose(
        achievement_id=body.achievement_id,
        demand_id=body.demand_id,
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return Status(201, match_out(match))


@router.get("/matches", response=MatchPage)
def list_matches(
    request: ActorRequest, status: str = "", cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Matches one may see, newest first."""
    rows = queries.visible_matches(actor=request.auth)
    if status in Match.Status.values:
        rows = rows.filter(status=status)
    page = pages.page(rows, by="-id", cursor=cursor, limit=limit)
    return {"items": [match_out(m) for m in page.items], "next_cursor": page.next_cursor}


@router.get("/matches/{match_id}", response=MatchOut)
def get_match(request: ActorRequest, match_id: int) -> dict[str, Any]:
    """One match."""
    match = queries.visible_matches(actor=request.auth).filter(pk=match_id).first()
    if match is None:
        raise NotFound
    return match_out(match)


@router.post("/matches/{match_id}/accept", response=MatchOut)
def accept(request: ActorRequest, match_id: int) -> dict[str, Any]:
    """Agree, for the side that did not propose. 403 ``matching.not_your_match``."""
    match = commands.accept(match_id=match_id, actor_id=request.auth.pk, at=clock.now(request))
    return match_out(match)


@router.post("/matches/{match_id}/decline", response=MatchOut)
def decline(request: ActorRequest, match_id: int, body: ReasonIn) -> dict[str, Any]:
    """End the proposal, with the reason."""
    match = commands.decline(
        match_id=match_id, reason=body.reason, actor_id=request.auth.pk, at=clock.now(request)
    )
    return match_out(match)


class SubscriptionIn(Schema):
    """What to be told of: results or needs that fit words of one's own, or an entry."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["achievement", "demand"]
    text: Annotated[str, Field(max_length=500)] = ""
    achievement_id: int | None = None
    demand_id: int | None = None


class SubscriptionOut(Schema):
    """Something one is told of."""

    id: int
    kind: str
    text: str
    achievement_id: int | None
    demand_id: int | None
    begun_at: Any
    looked_at: Any


class SubscriptionsOut(Schema):
    """Everything one is told of, newest first."""

    items: list[SubscriptionOut]


def subscription_out(one: Subscription) -> dict[str, Any]:
    """A subscription as JSON."""
    return {
        "id": one.pk,
        "kind": NAMES[one.kind],
        "text": one.text,
        "achievement_id": one.achievement_id,
        "demand_id": one.demand_id,
        "begun_at": one.begun_at,
        "looked_at": one.looked_at,
    }


@router.get("/subscriptions", response=SubscriptionsOut)
def list_subscriptions(request: ActorRequest) -> dict[str, Any]:
    """What one is told of."""
    rows = Subscription.objects.filter(membership=request.auth).order_by("-pk")
    return {"items": [subscription_out(one) for one in rows]}


@router.post("/subscriptions", response={201: SubscriptionOut})
def subscribe(request: ActorRequest, body: SubscriptionIn) -> Status[Any]:
    """Be told of new fits. 409 ``matching.already_subscribed``, ``matching.too_many_subscriptions``."""
    made = commands.subscribe(
        kind=LABELS[body.kind],
        text=body.text,
        achievement_id=body.achievement_id,
        demand_id=body.demand_id,
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return Status(201, subscription_out(made))


@router.delete("/subscriptions/{subscription_id}", response={204: None})
def unsubscribe(request: ActorRequest, subscription_id: int) -> Status[Any]:
    """Be told no more."""
    commands.unsubscribe(
        subscription_id=subscription_id, actor_id=request.auth.pk, at=clock.now(request)
    )
    return Status(204, None)
