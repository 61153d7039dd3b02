"""Sources and their runs over HTTP; the provider itself speaks OAI-PMH at ``/oai``."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Router, Schema, Status
from pydantic import ConfigDict, StringConstraints

from pilotharbor.kernel import clock
from pilotharbor.kernel.http import Cursor, IdempotencyKey, Limit
from pilotharbor.kernel.pages import page
from pilotharbor.network import commands, desk, queries, wording
from pilotharbor.network.models import HarvestFault, HarvestRun, Source
from pilotharbor.parties.auth import ActorRequest

router = Router()


class SourceIn(Schema):
    """A repository that speaks OAI-PMH 2.0, and in whose name its results arrive."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, StringConstraints(max_length=120)]
    base_url: Annotated[str, StringConstraints(max_length=500)]
    set_spec: Annotated[str, StringConstraints(max_length=120)] = ""
    prefix: Literal["oai_dc", "pilotharbor"] = "oai_dc"
    author_id: int
    every_hours: Literal[0, 24, 168] = 0


class SourceOut(Schema):
    """A source; ``harvested_at``: what changed before has been taken."""

    id: int
    name: str
    base_url: str
    set_spec: str
    prefix: str
    organisation_id: int
    author_id: int
    every_hours: int
    active: bool
    repository: str
    granularity: str
    harvested_at: datetime | None


class Sources(Schema):
    """A page of sources."""

    items: list[SourceOut]
    next_cursor: str | None


class RunOut(Schema):
    """One going through a source; ``reason`` and ``detail`` say why it failed."""

    id: int
    source_id: int
    status: str
    requested_at: datetime
    since_at: datetime | None
    ended_at: datetime | None
    pages: int
    created: int
    updated: int
    unchanged: int
    withdrawn: int
    bad: int
    reason: str
    detail: str


class Runs(Schema):
    """A page of runs."""

    items: list[RunOut]
    next_cursor: str | None


class FaultOut(Schema):
    """A record that was not taken, on which page, and why; ``said`` by language."""

    page: int
    identifier: str
    kind: str
    why: str
    said: dict[str, str]


class Faults(Schema):
    """A page of records that were not taken."""

    items: list[FaultOut]
    next_cursor: str | None


@router.get("/harvest-sources", response=Sources)
def sources(request: ActorRequest, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """From where results arrive; newest first."""
    rows = queries.visible_sources(actor=request.auth)
    found = page(rows, by="-id", cursor=cursor, limit=limit)
    return {"items": found.items, "next_cursor": found.next_cursor}


@router.post("/harvest-sources", response={201: SourceOut})
def add(request: ActorRequest, body: SourceIn, idempotency_key: IdempotencyKey) -> Status[Source]:
    """Ask a repository who it is, and fetch from it from now on."""
    del idempotency_key
    given: Any = body.dict()
    return Status(201, desk.add(given=given, actor=request.auth, at=clock.now(request)))


@router.get("/harvest-sources/{int:source_id}", response=SourceOut)
def source(request: ActorRequest, source_id: int) -> Source:
    """One source."""
    return queries.source(actor=request.auth, source_id=source_id)


@router.put("/harvest-sources/{int:source_id}", response=SourceOut)
def change(request: ActorRequest, source_id: int, body: SourceIn) -> Source:
    """Say all of it anew; the repository is asked who it is."""
    given: Any = body.dict()
    return desk.change(source_id=source_id, given=given, actor=request.auth, at=clock.now(request))


@router.post("/harvest-sources/{int:source_id}/pause", response=SourceOut)
def pause(request: ActorRequest, source_id: int) -> Source:
    """Fetch nothing from it any more."""
    return commands.pause_source(
        source_id=source_id, actor_id=request.auth.pk, at=clock.now(request)
    )


@router.post("/harvest-sources/{int:source_id}/resume", response=SourceOut)
def resume(request: ActorRequest, source_id: int) -> Source:
    """Fetch from it again."""
    return commands.resume_source(
        source_id=source_id, actor_id=request.auth.pk, at=clock.now(request)
    )


@router.post("/harvest-sources/{int:source_id}/runs", response={202: RunOut})
def run_now(
    request: ActorRequest, source_id: int, idempotency_key: IdempotencyKey
) -> Status[HarvestRun]:
    """Ask for what has changed since last time; the worker fetches it."""
    del idempotency_key
    run = commands.request_run(source_id=source_id, actor_id=request.auth.pk, at=clock.now(request))
    return Status(202, run)


@router.get("/harvest-sources/{int:source_id}/runs", response=Runs)
def runs(
    request: ActorRequest, source_id: int, cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """The runs of a source, newest first."""
    one = queries.source(actor=request.auth, source_id=source_id)
    rows = queries.visible_runs(actor=request.auth).filter(source=one)
    found = page(rows, by="-id", cursor=cursor, limit=limit)
    return {"items": found.items, "next_cursor": found.next_cursor}


@router.get("/harvest-runs/{int:run_id}", response=RunOut)
def run(request: ActorRequest, run_id: int) -> HarvestRun:
    """One run."""
    return queries.run(actor=request.auth, run_id=run_id)


@router.get("/harvest-runs/{int:run_id}/faults", response=Faults)
def faults(
    request: ActorRequest, run_id: int, cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """The records a run did not take, in their order."""
    one = queries.run(actor=request.auth, run_id=run_id)
    found = page(queries.faults(one), by="id", cursor=cursor, limit=limit)
    return {"items": [_fault(row) for row in found.items], "next_cursor": found.next_cursor}


def _fault(row: HarvestFault) -> dict[str, Any]:
    return {
        "page": row.page,
        "identifier": row.identifier,
        "kind": row.kind,
        "why": str(wording.fault(row.kind)),
        "said": row.said,
    }
