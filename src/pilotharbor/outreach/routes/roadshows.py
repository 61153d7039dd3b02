"""Roadshows over HTTP: plans, agendas, seats, points, intents."""

from datetime import datetime
from typing import Annotated, Any, Literal, cast

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.http import Cursor, Limit
from pilotharbor.outreach import tickets
from pilotharbor.outreach.commands import intents, pitches, registrations, scoring
from pilotharbor.outreach.commands import roadshows as commands
from pilotharbor.outreach.models import Intent, Pitch, Registration, Roadshow
from pilotharbor.outreach.queries import roadshows as queries
from pilotharbor.outreach.queries import scores
from pilotharbor.parties.auth import ANYONE, ActorRequest, actor_of
from pilotharbor.parties.models import Membership

router = Router()
Text = Annotated[str, StringConstraints(max_length=4000)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class In(Schema):
    """What is sent; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class SeriesIn(In):
    """A brand."""

    name: Text
    words: Text = ""


class PlanIn(In):
    """An event; times carry their zone, the weights are basis points and sum to 10000."""

    kind: Text = "roadshow"
    title: Text
    words: Text = ""
    language: Text = "zh"
    start: AwareDatetime
    end: AwareDatetime
    place: Text = ""
    online_url: Text = ""
    capacity: int
    register_until: AwareDatetime
    audience: Text = "public"
    series_id: int | None = None
    criteria_bp: dict[Key, int] = {}


class PitchIn(In):
    """An item of the agenda."""

    title: Text
    team: Text
    minutes: int
    achievement_id: int | None = None


class OrderIn(In):
    """The items still to come, in their order; those left out go from the agenda."""

    pitch_ids: Annotated[list[int], Field(max_length=200)]


class ReasonIn(In):
    """Why."""

    reason: Text


class JurorIn(In):
    """Whom to call to the jury."""

    membership_id: int


class GuestIn(In):
    """Somebody without an account; ``consent`` to keep name and organisation for the event."""

    name: Text
    organisation: Text
    consent: bool


class TicketIn(In):
    """The code of a seat."""

    ticket: Annotated[str, StringConstraints(max_length=300)]


class PointsIn(In):
    """Whole points from 0 to 100 for exactly the criteria of the giver."""

    points: dict[Key, int]
    comment: Text = ""


class IntentIn(In):
    """What is wanted of a pitch."""

    kind: Text
    words: Text


class FollowIn(In):
    """How an intent went on; ``signed_fen`` where it was signed."""

    to: Text
    note: Text = ""
    signed_fen: int | None = None


class SeriesOut(Schema):
    """A brand."""

    id: int
    name: str
    words: str
    organiser_id: int


class PitchOut(Schema):
    """An item; means in hundredths of a point and null while they are sealed."""

    id: int
    position: int
    title: str
    team: str
    minutes: int
    status: str
    achievement_id: int | None
    jury: int | None = None
    jury_count: int = 0
    audience: int | None = None
    audience_count: int = 0
    rank: int | None = None


class RoadshowOut(Schema):
    """An event; ``online_url`` only for who has a seat or runs it."""

    id: int
    kind: str
    title: str
    words: str
    language: str
    start: datetime
    end: datetime
    place: str
    online_url: str | None
    capacity: int
    seats_taken: int
    register_until: datetime
    audience: str
    series_id: int | None
    organiser_id: int
    status: str
    cancelled_reason: str
    criteria_bp: dict[str, int]
    pitches: list[PitchOut] = []


class Roadshows(Schema):
    """A page of events."""

    items: list[RoadshowOut]
    next_cursor: str | None


class SeatOut(Schema):
    """A seat, or a place in the queue; the ticket is for its holder alone."""

    id: int
    roadshow_id: int
    part: str
    status: str
    ticket: str | None
    name: str
    organisation: str
    checked_in_at: datetime | None


class Seats(Schema):
    """A page of who comes."""

    items: list[SeatOut]
    next_cursor: str | None


class ScoreOut(Schema):
    """Points as they were given; ``total`` in hundredths."""

    id: int
    pitch_id: int
    points: dict[str, int]
    total: int


class IntentOut(Schema):
    """What somebody wants of a pitch."""

    id: int
    pitch_id: int
    kind: str
    words: str
    status: str
    note: str
    signed_fen: int | None
    declared_by_id: int
    declared_at: datetime
    lead_id: int | None


class Intents(Schema):
    """A page of intents."""

    items: list[IntentOut]
    next_cursor: str | None


def _roadshow(
    roadshow: Roadshow, actor: Membership | None, *, with_agenda: bool = True
) -> dict[str, Any]:
    inside = queries.organises(actor, roadshow.organiser_id)
    mine = queries.registration_of_member(roadshow=roadshow, actor=actor) if with_agenda else None
    seated = mine is not None and mine.status in queries.SEATED
    return {
        **{
            name: getattr(roadshow, name)
            for name in (
                "id", "kind", "title", "words", "language", "place", "capacity", "seats_taken",
                "audience", "series_id", "organiser_id", "status", "cancelled_reason",
            )
        },
        "start": roadshow.period.lower,
        "end": roadshow.period.upper,
        "register_until": roadshow.register_until_at,
        "online_url": roadshow.online_url if inside or seated else None,
        "criteria_bp": {one["key"]: one["weight_bp"] for one in roadshow.criteria},
        "pitches": _agenda(roadshow, actor) if with_agenda else [],
    }  # fmt: skip


def _agenda(roadshow: Roadshow, actor: Membership | None) -> list[dict[str, Any]]:
    shown = scores.results(roadshow)
    opens = queries.openable([r.pitch for r in shown], actor=actor)
    return [
        {
            **_pitch(r.pitch, r.pitch.achievement_id if r.pitch.achievement_id in opens else None),
            "jury": r.jury, "jury_count": r.jury_count, "audience": r.audience,
            "audience_count": r.audience_count, "rank": r.rank,
        }
        for r in shown
    ]  # fmt: skip


def _pitch(pitch: Pitch, achievement_id: int | None) -> dict[str, Any]:
    names = ("id", "position", "title", "team", "minutes", "status")
    return {name: getattr(pitch, name) for name in names} | {"achievement_id": achievement_id}


def _seat(registration: Registration, *, with_ticket: bool) -> dict[str, Any]:
    member = registration.membership
    return {
        "id": registration.pk,
        "roadshow_id": registration.roadshow_id,
        "part": registration.part,
        "status": registration.status,
        "ticket": tickets.ticket_of(registration) if with_ticket else None,
        "name": member.person.name if member else registration.guest_name,
        "organisation": member.organisation.name if member else registration.guest_organisation,
        "checked_in_at": registration.checked_in_at,
    }


@router.post("/roadshow-series", response={201: SeriesOut})
def found_series(request: ActorRequest, body: SeriesIn) -> Status[Any]:
    """Give the roadshows of one's organisation a brand. 409 ``outreach.series_taken``."""
    made = commands.found_series(**body.dict(), actor_id=request.auth.pk, at=clock.now(request))
    return Status(201, made)


@router.post("/roadshows", response={201: RoadshowOut})
def plan(request: ActorRequest, body: PlanIn) -> Status[Any]:
    """Plan an event; nobody else sees it until it is opened."""
    content = cast("commands.Plan", body.dict())
    made = commands.plan(content=content, actor_id=request.auth.pk, at=clock.now(request))
    return Status(201, _roadshow(made, request.auth))


@router.get("/roadshows", response=Roadshows, auth=ANYONE)
def index(
    request: HttpRequest, kind: str = "", cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Events one may know of, newest first."""
    actor = actor_of(request)
    rows = queries.visible_roadshows(actor=actor)
    if kind in Roadshow.Kind.values:
        rows = rows.filter(kind=kind)
    found = pages.page(rows, by="-id", cursor=cursor, limit=limit)
    items = [_roadshow(row, actor, with_agenda=False) for row in found.items]
    return {"items": items, "next_cursor": found.next_cursor}


@router.get("/roadshows/{int:roadshow_id}", response=RoadshowOut, auth=ANYONE)
def detail(request: HttpRequest, roadshow_id: int) -> dict[str, Any]:
    """One event with its agenda and what was said of what is over."""
    actor = actor_of(request)
    return _roadshow(queries.visible_roadshow(actor=actor, roadshow_id=roadshow_id), actor)


@router.put("/roadshows/{int:roadshow_id}", response=RoadshowOut)
def revise(request: ActorRequest, roadshow_id: int, body: PlanIn) -> dict[str, Any]:
    """Change an event that has not begun."""
    content = cast("commands.Plan", body.dict())
    row = commands.revise(
        roadshow_id=roadshow_id, content=content, actor_id=request.auth.pk, at=clock.now(request)
    )
    return _roadshow(row, request.auth)


@router.post("/roadshows/{int:roadshow_id}/actions/cancel", response=RoadshowOut)
def cancel(request: ActorRequest, roadshow_id: int, body: ReasonIn) -> dict[str, Any]:
    """Call an event off, with the reason."""
    row = commands.cancel(
        roadshow_id=roadshow_id, reason=body.reason, actor_id=request.auth.pk, at=clock.now(request)
    )
    return _roadshow(row, request.auth)


STEPS = {"open": commands.open_up, "start": commands.start, "close": commands.close}


@router.post("/roadshows/{int:roadshow_id}/actions/{step}", response=RoadshowOut)
def go_on(
    request: ActorRequest, roadshow_id: int, step: Literal["open", "start", "close"]
) -> dict[str, Any]:
    """Announce, begin or end an event."""
    row = STEPS[step](roadshow_id=roadshow_id, actor_id=request.auth.pk, at=clock.now(request))
    return _roadshow(row, request.auth)


@router.post("/roadshows/{int:roadshow_id}/agenda/pitches", response={201: PitchOut})
def add_pitch(request: ActorRequest, roadshow_id: int, body: PitchIn) -> Status[Any]:
    """Put an item at the end of the agenda."""
    made = pitches.add(
        roadshow_id=roadshow_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )
    return Status(201, _pitch(made, made.achievement_id))


@router.put("/roadshows/{int:roadshow_id}/agenda", response=RoadshowOut)
def order(request: ActorRequest, roadshow_id: int, body: OrderIn) -> dict[str, Any]:
    """Put the items still to come into another order."""
    pitches.reorder(
        roadshow_id=roadshow_id, pitch_ids=body.pitch_ids, actor_id=request.auth.pk,
        at=clock.now(request),
    )  # fmt: skip
    row = queries.visible_roadshow(actor=request.auth, roadshow_id=roadshow_id)
    return _roadshow(row, request.auth)


@router.post("/pitches/{int:pitch_id}/begin", response=PitchOut)
def begin(request: ActorRequest, pitch_id: int) -> dict[str, Any]:
    """Let an item go on. 409 ``outreach.another_is_on``."""
    row = pitches.begin(pitch_id=pitch_id, actor_id=request.auth.pk, at=clock.now(request))
    return _pitch(row, row.achievement_id)


@router.post("/pitches/{int:pitch_id}/end", response=PitchOut)
def end(request: ActorRequest, pitch_id: int) -> dict[str, Any]:
    """End an item and unseal its points."""
    row = pitches.end(pitch_id=pitch_id, actor_id=request.auth.pk, at=clock.now(request))
    return _pitch(row, row.achievement_id)


@router.post("/pitches/{int:pitch_id}/scores", response=ScoreOut)
def score(request: ActorRequest, pitch_id: int, body: PointsIn) -> Any:
    """Give points, or others instead. 409 ``outreach.not_on_now``, 403 ``outreach.no_voice``."""
    return scoring.give(
        pitch_id=pitch_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )


@router.post("/roadshows/{int:roadshow_id}/seats/mine", response={201: SeatOut})
def register(request: ActorRequest, roadshow_id: int) -> Status[Any]:
    """Take a seat, or a place in the queue. 409 ``outreach.registration_closed``."""
    made = registrations.register(
        roadshow_id=roadshow_id, actor_id=request.auth.pk, at=clock.now(request)
    )
    return Status(201, _seat(made, with_ticket=True))


@router.post("/roadshows/{int:roadshow_id}/seats/guests", response={201: SeatOut})
def invite_guest(request: ActorRequest, roadshow_id: int, body: GuestIn) -> Status[Any]:
    """Give a seat to somebody without an account, as the organiser."""
    made = registrations.register_guest(
        roadshow_id=roadshow_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )
    return Status(201, _seat(made, with_ticket=True))


@router.post("/roadshows/{int:roadshow_id}/seats/jury", response={201: SeatOut})
def call_juror(request: ActorRequest, roadshow_id: int, body: JurorIn) -> Status[Any]:
    """Call somebody to the jury."""
    made = registrations.call_juror(
        roadshow_id=roadshow_id, membership_id=body.membership_id, actor_id=request.auth.pk,
        at=clock.now(request),
    )  # fmt: skip
    return Status(201, _seat(made, with_ticket=False))


@router.get("/roadshows/{int:roadshow_id}/seats", response=Seats)
def seats(
    request: ActorRequest, roadshow_id: int, cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Who comes: everybody for the organiser, else one's own seat."""
    roadshow = queries.visible_roadshow(actor=request.auth, roadshow_id=roadshow_id)
    rows = queries.visitors(roadshow)
    if not queries.sees_visitors(request.auth, roadshow):
        rows = rows.filter(membership=request.auth)
    found = pages.page(rows, by="id", cursor=cursor, limit=limit)
    items = [_seat(row, with_ticket=row.membership_id == request.auth.pk) for row in found.items]
    return {"items": items, "next_cursor": found.next_cursor}


@router.post("/seats/{int:registration_id}/give-back", response=SeatOut)
def give_back(request: ActorRequest, registration_id: int) -> dict[str, Any]:
    """Give a seat back; the longest waiting moves up."""
    row = registrations.withdraw(
        registration_id=registration_id, actor_id=request.auth.pk, at=clock.now(request)
    )
    return _seat(row, with_ticket=False)


@router.post("/tickets/check-in", response=SeatOut)
def check_in(request: ActorRequest, body: TicketIn) -> dict[str, Any]:
    """Let the holder of a ticket in, once. 409 ``outreach.checked_in_already``."""
    row = registrations.check_in(
        ticket=body.ticket, actor_id=request.auth.pk, at=clock.now(request)
    )
    return _seat(row, with_ticket=False)


@router.post("/pitches/{int:pitch_id}/intents", response={201: IntentOut})
def declare(request: ActorRequest, pitch_id: int, body: IntentIn) -> Status[Intent]:
    """Say what one wants of a pitch."""
    made = intents.declare(
        pitch_id=pitch_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )
    return Status(201, made)


@router.get("/roadshow-intents", response=Intents)
def intent_list(
    request: ActorRequest, status: str = "", cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Intents one may see, newest first."""
    rows = queries.visible_intents(actor=request.auth)
    if status in Intent.Status.values:
        rows = rows.filter(status=status)
    found = pages.page(rows, by="-id", cursor=cursor, limit=limit)
    return {"items": found.items, "next_cursor": found.next_cursor}


@router.post("/roadshow-intents/{int:intent_id}/follow", response=IntentOut)
def follow(request: ActorRequest, intent_id: int, body: FollowIn) -> Intent:
    """Write down how an intent went on."""
    return intents.follow(
        intent_id=intent_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )
