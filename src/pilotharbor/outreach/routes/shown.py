"""How an event and its agenda look in JSON."""

from datetime import datetime
from typing import Any

from ninja import Schema

from pilotharbor.outreach.models import Pitch, Roadshow
from pilotharbor.outreach.queries import roadshows as queries
from pilotharbor.outreach.queries import scores
from pilotharbor.parties.models import Membership


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


def roadshow(
    roadshow: Roadshow, actor: Membership | None, *, with_agenda: bool = True
) -> dict[str, Any]:
    """An event as far as its reader may know it."""
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
        "pitches": agenda(roadshow, actor) if with_agenda else [],
    }  # fmt: skip


def agenda(roadshow: Roadshow, actor: Membership | None) -> list[dict[str, Any]]:
    """The agenda with what was said of what is over."""
    shown = scores.results(roadshow)
    opens = queries.openable([r.pitch for r in shown], actor=actor)
    return [
        {
            **pitch(r.pitch, r.pitch.achievement_id if r.pitch.achievement_id in opens else None),
            "jury": r.jury, "jury_count": r.jury_count, "audience": r.audience,
            "audience_count": r.audience_count, "rank": r.rank,
        }
        for r in shown
    ]  # fmt: skip


def pitch(pitch: Pitch, achievement_id: int | None) -> dict[str, Any]:
    """One item of an agenda."""
    names = ("id", "position", "title", "team", "minutes", "status")
    return {name: getattr(pitch, name) for name in names} | {"achievement_id": achievement_id}
