"""Price notices over HTTP."""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status
from pydantic import ConfigDict

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.http import Cursor, Limit
from pilotharbor.kernel.time import local_date
from pilotharbor.parties import doors
from pilotharbor.parties.auth import ANYONE, ActorRequest, actor_of
from pilotharbor.parties.models import Membership
from pilotharbor.technologies.commands import notices as commands
from pilotharbor.technologies.commands import objections
from pilotharbor.technologies.models import PriceNotice
from pilotharbor.technologies.notices import queries

router = Router()
Line = Annotated[str, Field(max_length=500)]
Text = Annotated[str, Field(max_length=4_000)]


class Strict(Schema):
    """A body in which a misspelt field is an error, not silence."""

    model_config = ConfigDict(extra="forbid")


class NoticeChanges(Strict):
    """What a notice says; what is left out comes from the result, or stays."""

    title: Line | None = None
    summary: Text | None = None
    way: Line | None = None
    price_fen: int | None = None
    taker: Line | None = None
    relation: Line | None = None
    relation_note: Line | None = None
    places: Line | None = None
    first_date: date | None = None
    last_date: date | None = None


class NoticeIn(NoticeChanges):
    """A notice to be drafted; ``corrects`` is the notice it stands in the place of."""

    corrects: int | None = None


class NoteIn(Strict):
    """Why it is taken back."""

    note: Annotated[str, Field(max_length=1_000)]


class ObjectionIn(Strict):
    """Who objects, how they are reached, and to what."""

    name: Line
    contact: Line
    text: Text


class AnswerIn(Strict):
    """What the office found."""

    upheld: bool
    answer: Text


class RuleIn(Strict):
    """A rule that holds from a day on."""

    jurisdiction: Annotated[str, Field(max_length=16)]
    from_date: date
    least_days: int
    binding: bool
    source: Line


class RuleOut(Schema):
    """A rule; ``until_date`` is the first day on which it no longer holds."""

    id: int
    jurisdiction: str
    from_date: date | None
    until_date: date | None
    least_days: int
    binding: bool
    source: str


class ObjectionOut(Schema):
    """An objection; who, how and what are null but for the office and auditors."""

    id: int
    status: str
    raised_at: datetime
    answer: str
    answered_at: datetime | None
    name: str | None
    contact: str | None
    text: str | None


class NoticeOut(Schema):
    """A price notice with its objections."""

    id: int
    achievement_id: int
    owner: str
    status: str
    title: str
    summary: str
    way: str
    price_fen: int
    taker: str
    relation: str
    relation_note: str
    places: str
    first_date: date
    last_date: date
    jurisdiction: str
    least_days: int | None
    rule_source: str
    corrects: int | None
    opened_at: datetime | None
    ended_at: datetime | None
    end_note: str
    objections: list[ObjectionOut]


class NoticePage(Schema):
    """Some notices and where the next ones begin."""

    items: list[NoticeOut]
    next_cursor: str | None


def _out(notice: PriceNotice, actor: Membership | None) -> dict[str, Any]:
    reads = queries.reads_objections(notice=notice, actor=actor)
    same = (
        "id", "achievement_id", "status", "title", "summary", "way", "price_fen", "taker",
        "relation", "relation_note", "places", "jurisdiction", "least_days", "rule_source",
        "opened_at", "ended_at", "end_note",
    )  # fmt: skip
    rows = sorted(notice.objections.all(), key=lambda row: row.pk)
    return {
        **{name: getattr(notice, name) for name in same},
        "owner": notice.achievement.owner.name,
        "first_date": local_date(notice.period.lower),
        "last_date": queries.last_day(notice),
        "corrects": notice.corrects_id,
        "objections": [
            {
                "id": row.pk,
                "status": row.status,
                "raised_at": row.raised_at,
                "answer": row.answer,
                "answered_at": row.answered_at,
                "name": row.name if reads else None,
                "contact": row.contact if reads else None,
                "text": row.text if reads else None,
            }
            for row in rows
        ],
    }


def _one(actor: Membership | None, pk: int) -> dict[str, Any]:
    return _out(queries.notice(notice_id=pk, actor=actor), actor)


def _content(body: NoticeChanges) -> Any:
    said = body.dict(exclude_unset=True, exclude={"corrects"})
    return {name: value for name, value in said.items() if value is not None}


@router.get("/price-notices", response=NoticePage, auth=ANYONE)
def list_notices(
    request: HttpRequest,
    q: str = "",
    status: str = "",
    achievement: int | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Notices that are or were public, newest first; one's own office sees its drafts too."""
    actor = actor_of(request)
    rows = queries.visible_notices(actor=actor).prefetch_related("objections")
    if achievement is not None:
        rows = rows.filter(achievement_id=achievement)
    rows = queries.filtered(rows, queries.Wanted(q=q, status=status))
    page = pages.page(rows, by="-id", cursor=cursor, limit=limit)
    return {"items": [_out(n, actor) for n in page.items], "next_cursor": page.next_cursor}


@router.get("/price-notices/{notice_id}", response=NoticeOut, auth=ANYONE)
def get_notice(request: HttpRequest, notice_id: int) -> dict[str, Any]:
    """One notice."""
    return _one(actor_of(request), notice_id)


@router.post("/achievements/{achievement_id}/price-notices", response={201: NoticeOut})
def draft(request: ActorRequest, achievement_id: int, body: NoticeIn) -> Status[Any]:
    """Draft a notice for a result of one's organisation.

    422 ``technologies.content_wrong`` with one error a field, 409
    ``technologies.already_corrected``.
    """
    made = commands.draft_notice(
        achievement_id=achievement_id,
        content=_content(body),
        corrects_id=body.corrects,
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return Status(201, _one(request.auth, made.pk))


@router.patch("/price-notices/{notice_id}", response=NoticeOut)
def revise(request: ActorRequest, notice_id: int, body: NoticeChanges) -> dict[str, Any]:
    """Change a draft. 409 ``technologies.notice_is_open`` once it is public."""
    commands.revise_notice(
        notice_id=notice_id,
        content=_content(body),
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return _one(request.auth, notice_id)


@router.post("/price-notices/{notice_id}/open", response=NoticeOut)
def open_(request: ActorRequest, notice_id: int) -> dict[str, Any]:
    """Make it public. 422 ``technologies.notice_too_short`` with the day it must last to."""
    commands.open_notice(notice_id=notice_id, actor_id=request.auth.pk, at=clock.now(request))
    return _one(request.auth, notice_id)


@router.post("/price-notices/{notice_id}/withdraw", response=NoticeOut)
def withdraw(request: ActorRequest, notice_id: int, body: NoteIn) -> dict[str, Any]:
    """Take it back, saying why."""
    commands.withdraw_notice(
        notice_id=notice_id, note=body.note, actor_id=request.auth.pk, at=clock.now(request)
    )
    return _one(request.auth, notice_id)


@router.post("/price-notices/{notice_id}/conclude", response=NoticeOut)
def conclude(request: ActorRequest, notice_id: int) -> dict[str, Any]:
    """Confirm its end. 409 ``technologies.notice_not_over`` or ``technologies.objection_open``."""
    commands.conclude_notice(notice_id=notice_id, actor_id=request.auth.pk, at=clock.now(request))
    return _one(request.auth, notice_id)


@router.post("/price-notices/{notice_id}/objections", response={201: NoticeOut}, auth=ANYONE)
def object_(request: HttpRequest, notice_id: int, body: ObjectionIn) -> Status[Any]:
    """Object, with a name; no sign-in is needed. 429 for too many from one address."""
    doors.limited(request, action="raise_objection")
    actor = actor_of(request)
    objections.raise_objection(
        notice_id=notice_id,
        **body.dict(),
        actor_id=actor.pk if actor else None,
        at=clock.now(request),
    )
    return Status(201, _one(actor, notice_id))


@router.post("/objections/{objection_id}/answer", response=NoticeOut)
def answer(request: ActorRequest, objection_id: int, body: AnswerIn) -> dict[str, Any]:
    """Answer an objection; upheld, it takes the notice back."""
    made = objections.answer_objection(
        objection_id=objection_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )
    return _one(request.auth, made.notice_id)


def _rule(rule: Any) -> dict[str, Any]:
    same = ("id", "jurisdiction", "least_days", "binding", "source")
    days = {"from_date": rule.validity.lower, "until_date": rule.validity.upper}
    return {name: getattr(rule, name) for name in same} | days


@router.get("/notice-rules", response=list[RuleOut], auth=ANYONE)
def list_rules(request: HttpRequest) -> list[dict[str, Any]]:
    """How long a notice is public, by jurisdiction and day."""
    del request
    return [_rule(rule) for rule in queries.rules()]


@router.post("/notice-rules", response={201: RuleOut})
def set_rule(request: ActorRequest, body: RuleIn) -> Status[Any]:
    """Let another rule hold from a day on; the host's operators only."""
    made = objections.set_notice_rule(
        **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )
    return Status(201, _rule(made))
