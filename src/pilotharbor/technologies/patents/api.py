"""Patents and other rights over HTTP."""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Router, Schema
from pydantic import ConfigDict

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.http import Cursor, Limit
from pilotharbor.parties.auth import ANYONE, ActorRequest, actor_of
from pilotharbor.technologies.commands import patents as commands
from pilotharbor.technologies.models import IpAsset
from pilotharbor.technologies.patents import queries, terms

router = Router()
Line = Annotated[str, Field(max_length=500)]


class RightChanges(Schema):
    """What a register says of a right; fields left out stay, ``null`` empties a day."""

    model_config = ConfigDict(extra="forbid")

    title: Line | None = None
    abstract: Annotated[str, Field(max_length=4_000)] | None = None
    publication_no: Line | None = None
    filing_date: date | None = None
    publication_date: date | None = None
    grant_date: date | None = None
    applicant: Line | None = None
    right_holder: Line | None = None
    ipc: Annotated[list[Line], Field(max_length=50)] | None = None
    cpc: Annotated[list[Line], Field(max_length=50)] | None = None
    priority: Line | None = None
    priority_no: Line | None = None
    family: Line | None = None
    legal_status: Line | None = None


class RightFull(Schema):
    """A right; ``last_date`` is computed from the filing date by ``term_source``.

    ``family_key``  what the entries of one family have in common
    """

    id: int
    achievement_id: int
    achievement_title: str
    owner: str
    kind: str
    application_no: str
    number_checked: bool
    legal_status: str
    title: str
    abstract: str
    publication_no: str
    filing_date: date | None
    publication_date: date | None
    grant_date: date | None
    applicant: str
    right_holder: str
    ipc: list[str]
    cpc: list[str]
    priority: str
    priority_no: str
    family: str
    family_key: str
    last_date: date | None
    term_years: int | None
    term_source: str
    last_at: datetime | None


class RightPage(Schema):
    """Some rights and where the next ones begin."""

    items: list[RightFull]
    next_cursor: str | None


def _out(right: IpAsset) -> dict[str, Any]:
    same = (
        "id", "achievement_id", "kind", "application_no", "number_checked", "legal_status", "title",
        "abstract", "publication_no", "filing_date", "publication_date", "grant_date", "applicant",
        "right_holder", "ipc", "cpc", "priority", "priority_no", "family", "family_key",
    )  # fmt: skip
    term = terms.term_of(right.kind, right.filing_date)
    return {
        **{name: getattr(right, name) for name in same},
        "achievement_title": right.achievement.title,
        "owner": right.achievement.owner.name,
        "last_date": terms.last_day(right.kind, right.filing_date),
        "term_years": term.years if term else None,
        "term_source": term.source if term else "",
        "last_at": getattr(right, "last_at", None),
    }


@router.get("/rights", response=RightPage, auth=ANYONE)
def list_rights(
    request: HttpRequest,
    q: str = "",
    kind: str = "",
    status: str = "",
    ipc: str = "",
    cpc: str = "",
    family: str = "",
    owner: int | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Rights of the results one may see, newest first; ``ipc`` and ``cpc`` are beginnings of symbols,
    ``family`` is a ``family_key``.
    """  # noqa: D205 - one sentence
    wanted = queries.Wanted(
        q=q, kind=kind, status=status, ipc=ipc, owner=owner, cpc=cpc, family=family
    )
    rows = queries.filtered(queries.visible_rights(actor=actor_of(request)), wanted)
    page = pages.page(rows, by="-id", cursor=cursor, limit=limit)
    return {"items": [_out(r) for r in page.items], "next_cursor": page.next_cursor}


@router.get("/rights/dormant", response=RightPage)
def list_dormant(
    request: ActorRequest, years: str = "", cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Patents in force that nobody touched for ``years``; 404 for whom the list is not."""
    rows = queries.dormant(
        actor=request.auth, at=clock.now(request), years=queries.years_asleep(years)
    )
    page = pages.page(rows.order_by(), by="id", cursor=cursor, limit=limit)
    return {"items": [_out(r) for r in page.items], "next_cursor": page.next_cursor}


@router.get("/rights/{right_id}", response=RightFull, auth=ANYONE)
def get_right(request: HttpRequest, right_id: int) -> dict[str, Any]:
    """One right."""
    return _out(queries.right(right_id=right_id, actor=actor_of(request)))


@router.patch("/rights/{right_id}", response=RightFull)
def describe_right(request: ActorRequest, right_id: int, body: RightChanges) -> dict[str, Any]:
    """Write down what a register says. 422 ``technologies.content_wrong`` by field."""
    said = body.dict(exclude_unset=True)
    given: Any = {k: v for k, v in said.items() if v is not None or k in commands.DAYS}
    commands.describe_right(
        right_id=right_id, content=given, actor_id=request.auth.pk, at=clock.now(request)
    )
    return _out(queries.right(right_id=right_id, actor=request.auth))
