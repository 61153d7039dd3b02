"""Accreditations and statistics over HTTP."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import StringConstraints

from pilotharbor.governance import commands, queries
from pilotharbor.governance.models import Accreditation
from pilotharbor.governance.statistics import Ratio, statistics
from pilotharbor.kernel import clock
from pilotharbor.kernel.http import Cursor, IdempotencyKey, Limit
from pilotharbor.kernel.pages import page
from pilotharbor.parties.auth import ANYONE, ActorRequest, actor_of

router = Router()

Reason = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class FilingIn(Schema):
    """An application."""

    kind: Annotated[str, StringConstraints(max_length=24)]
    statement: Annotated[str, StringConstraints(max_length=4000)]


class ReasonIn(Schema):
    """Why."""

    reason: Reason


class AccreditationOut(Schema):
    """An accreditation; the statement only for its platform, the bureau and auditors."""

    id: int
    platform_id: int
    kind: str
    status: str
    filed_at: datetime
    decided_at: datetime | None


class Accreditations(Schema):
    """A page of accreditations."""

    items: list[AccreditationOut]
    next_cursor: str | None


class FigureOut(Schema):
    """A count or a sum."""

    key: str
    label: str
    value: int
    unit: str


class RatioOut(Schema):
    """A ratio with both of its numbers; ``percent`` is empty where the whole is."""

    key: str
    label: str
    part: int
    whole: int
    percent: str | None
    of: str
    source: str


class BenchmarkOut(Schema):
    """A published ratio that must not be combined with another."""

    key: str
    label: str
    percent: str
    of: str
    source: str


class StatisticsOut(Schema):
    """Figures over ``reach``."""

    reach: str
    at: datetime
    figures: list[FigureOut]
    ratios: list[RatioOut]
    projects_by_status: list[FigureOut]
    benchmarks: list[BenchmarkOut]


@router.post("/accreditations", response={201: AccreditationOut})
def file(
    request: ActorRequest, body: FilingIn, idempotency_key: IdempotencyKey
) -> Status[Accreditation]:
    """File for one's own platform."""
    del idempotency_key
    filed = commands.file(**body.dict(), actor_id=request.auth.pk, at=clock.now(request))
    return Status(201, filed)


@router.post("/accreditations/{int:accreditation_id}/grant", response=AccreditationOut)
def grant(request: ActorRequest, accreditation_id: int) -> Accreditation:
    """Recognise the platform."""
    return commands.grant(
        accreditation_id=accreditation_id, actor_id=request.auth.pk, at=clock.now(request)
    )


@router.post("/accreditations/{int:accreditation_id}/refuse", response=AccreditationOut)
def refuse(request: ActorRequest, accreditation_id: int, body: ReasonIn) -> Accreditation:
    """Refuse, saying why."""
    return commands.refuse(
        accreditation_id=accreditation_id,
        **body.dict(),
        actor_id=request.auth.pk,
        at=clock.now(request),
    )


@router.post("/accreditations/{int:accreditation_id}/withdraw", response=AccreditationOut)
def withdraw(request: ActorRequest, accreditation_id: int, body: ReasonIn) -> Accreditation:
    """Take it back, saying why."""
    return commands.withdraw(
        accreditation_id=accreditation_id,
        **body.dict(),
        actor_id=request.auth.pk,
        at=clock.now(request),
    )


@router.get("/accreditations", response=Accreditations, auth=ANYONE)
def index(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """Granted ones for everybody, further ones for those concerned; newest first."""
    rows = queries.visible_accreditations(actor=actor_of(request))
    found = page(rows, by="-id", cursor=cursor, limit=limit)
    return {"items": found.items, "next_cursor": found.next_cursor}


def _percent(ratio: Ratio) -> str | None:
    if not ratio.whole:
        return None
    return f"{Decimal(100) * ratio.part / ratio.whole:.1f}"


@router.get("/statistics", response=StatisticsOut, auth=ANYONE)
def figures(request: HttpRequest) -> dict[str, Any]:
    """What the harbour, one's own organisation, or the public part of it adds up to."""
    told = statistics(actor=actor_of(request), at=clock.now(request))

    def figure(row: Any) -> dict[str, Any]:
        return {"key": row.key, "label": str(row.label), "value": row.value, "unit": row.unit}

    return {
        "reach": told.reach,
        "at": told.at,
        "figures": [figure(row) for row in told.figures],
        "ratios": [
            {
                "key": row.key,
                "label": str(row.label),
                "part": row.part,
                "whole": row.whole,
                "percent": _percent(row),
                "of": str(row.of),
                "source": str(row.source),
            }
            for row in told.ratios
        ],
        "projects_by_status": [figure(row) for row in told.by_status],
        "benchmarks": [
            {
                "key": row.key,
                "label": str(row.label),
                "percent": f"{Decimal(row.bp) / 100:f}",
                "of": str(row.of),
                "source": str(row.source),
            }
            for row in told.benchmarks
        ],
    }
