"""Campaigns over HTTP: open, record, judge, report."""

from decimal import Decimal
from typing import Annotated, Any

from ninja import Field, Router, Schema, Status

from pilotharbor.campaigns import commands, queries, wording
from pilotharbor.campaigns.models import Batch, Campaign, Correction
from pilotharbor.kernel import clock
from pilotharbor.kernel.http import Cursor, IdempotencyKey, Limit
from pilotharbor.kernel.pages import page
from pilotharbor.parties.auth import ActorRequest

router = Router()
Id = Annotated[int, Field(ge=1, strict=True)]
Number = Annotated[str, Field(max_length=40)]


class CampaignIn(Schema):
    """On which line."""

    line_id: Id


class BatchIn(Schema):
    """A batch: each attribute's replicate values as decimal strings."""

    number: Annotated[int, Field(ge=1, le=9999, strict=True)]
    booking_id: Id | None = None
    scale_kg: Number | None = None
    results: Annotated[
        dict[str, Annotated[list[Number], Field(max_length=100)]], Field(max_length=80)
    ]
    note: Annotated[str, Field(max_length=1000)] = ""


class CorrectionIn(BatchIn):
    """The batch as it should have been recorded, whole, and why."""

    reason: Annotated[str, Field(min_length=1, max_length=500)]


def _bound(value: Decimal | None) -> str | None:
    return None if value is None else wording.number(value)


def _findings(batch: Batch, campaign: Campaign) -> list[dict[str, Any]]:
    return [
        {
            "attribute": found.limit.attribute,
            "unit": found.limit.unit,
            "replicate": found.replicate,
            "value": wording.number(found.value),
            "at_least": _bound(found.limit.at_least),
            "at_most": _bound(found.limit.at_most),
            "text": wording.finding(found),
        }
        for found in queries.findings_of(batch, campaign)
    ]


def batch_out(batch: Batch, campaign: Campaign) -> dict[str, Any]:
    """A batch as JSON; values are decimal strings."""
    values = queries.values_of(batch, campaign)
    return {
        "id": batch.pk,
        "campaign_id": batch.campaign_id,
        "number": batch.number,
        "status": batch.status,
        "booking_id": batch.booking_id,
        "scale_kg": _bound(batch.scale_kg),
        "recorded_at": batch.recorded_at,
        "recorded_by": batch.recorded_by.person.name,
        "judged_at": batch.judged_at,
        "judged_by": batch.judged_by.person.name if batch.judged_by else None,
        "note": batch.note,
        "results": {name: [wording.number(v) for v in row] for name, row in values.items()},
        "findings": _findings(batch, campaign),
    }


def _report(campaign: Campaign) -> dict[str, Any] | None:
    report = campaign.report
    if report is None:
        return None
    rendering = getattr(report, "rendering", None)
    return {
        "id": report.pk,
        "status": report.status,
        "sha256": rendering.sha256 if rendering else None,
        "issued_at": campaign.report_issued_at,
    }


def campaign_out(campaign: Campaign) -> dict[str, Any]:
    """A campaign as JSON: limits, batches, and how far acceptance has come."""
    progress = queries.progress_of(campaign)
    over = campaign.status != Campaign.Status.RUNNING
    return {
        "id": campaign.pk,
        "status": campaign.status,
        "project_id": campaign.project_id,
        "line_id": campaign.line_id,
        "opened_at": campaign.opened_at,
        "judged_at": campaign.judged_at,
        "reason": wording.verdict(campaign) if over else None,
        "consecutive_batches": campaign.consecutive_batches,
        "planned_batches": campaign.planned_batches,
        "limits": [
            {
                "attribute": row.attribute,
                "unit": row.unit,
                "at_least": _bound(row.at_least),
                "at_most": _bound(row.at_most),
            }
            for row in campaign.limits.all()
        ],
        "progress": {
            "judged": progress.judged,
            "released": progress.released,
            "in_a_row": len(progress.run),
            "needed": progress.needed,
            "met": progress.met,
            "lower_bound_95": f"{progress.bound:.3f}" if progress.bound is not None else None,
            "note": wording.small_numbers(campaign),
        },
        "batches": [batch_out(batch, campaign) for batch in campaign.batches.all()],
        "report": _report(campaign),
    }


def _read(request: ActorRequest, campaign_id: int) -> dict[str, Any]:
    return campaign_out(queries.visible_campaign(actor=request.auth, campaign_id=campaign_id))


def _read_batch(request: ActorRequest, batch: Batch) -> dict[str, Any]:
    campaign = queries.visible_campaign(actor=request.auth, campaign_id=batch.campaign_id)
    found = next(b for b in campaign.batches.all() if b.pk == batch.pk)
    corrections = [_correction(one) for one in queries.corrections_of(found)]
    return batch_out(found, campaign) | {"corrections": corrections}


def _correction(correction: Correction) -> dict[str, Any]:
    replaced: dict[str, list[str]] = {}
    for one in correction.replaced.all():
        replaced.setdefault(one.limit.attribute, []).append(wording.number(one.value))
    return {
        "id": correction.pk,
        "reason": correction.reason,
        "changed": correction.changed,
        "before": correction.before,
        "replaced": replaced,
        "corrected_by": correction.corrected_by.person.name,
        "corrected_at": correction.corrected_at,
    }


@router.get("/campaigns")
def campaigns(
    request: ActorRequest,
    project_id: int | None = None,
    status: str = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """The campaigns the caller may read, newest first."""
    rows = queries.whole(queries.visible_campaigns(actor=request.auth))
    if project_id is not None:
        rows = rows.filter(project_id=project_id)
    if status:
        rows = rows.filter(status=status)
    found = page(rows, by="-id", cursor=cursor, limit=limit)
    return {"items": [campaign_out(c) for c in found.items], "next_cursor": found.next_cursor}


@router.get("/campaigns/{int:campaign_id}")
def campaign(request: ActorRequest, campaign_id: int) -> dict[str, Any]:
    """One campaign with its batches and verdict."""
    return _read(request, campaign_id)


@router.post("/projects/{int:project_id}/campaign", response={201: dict[str, Any]})
def open_campaign(
    request: ActorRequest, project_id: int, body: CampaignIn, idempotency_key: IdempotencyKey
) -> Status[dict[str, Any]]:
    """Open the project's campaign on a line, by the acceptance criteria of its plan."""
    del idempotency_key
    opened = commands.open_campaign(
        project_id=project_id,
        line_id=body.line_id,
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return Status(201, _read(request, opened.pk))


@router.post("/campaigns/{int:campaign_id}/batches", response={201: dict[str, Any]})
def record_batch(
    request: ActorRequest, campaign_id: int, body: BatchIn, idempotency_key: IdempotencyKey
) -> Status[dict[str, Any]]:
    """Record a batch with its measured values."""
    del idempotency_key
    batch = commands.record_batch(
        campaign_id=campaign_id,
        **body.dict(),
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return Status(201, _read_batch(request, batch))


@router.post("/batches/{int:batch_id}/corrections", response={201: dict[str, Any]})
def correct_batch(
    request: ActorRequest, batch_id: int, body: CorrectionIn, idempotency_key: IdempotencyKey
) -> Status[dict[str, Any]]:
    """Record a batch anew before it is judged; what stood there is kept with the reason."""
    del idempotency_key
    batch = commands.correct_batch(
        batch_id=batch_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )
    return Status(201, _read_batch(request, batch))


@router.post("/batches/{int:batch_id}/judge")
def judge_batch(
    request: ActorRequest, batch_id: int, idempotency_key: IdempotencyKey
) -> dict[str, Any]:
    """Release the batch, or reject it with its findings."""
    del idempotency_key
    batch = commands.judge_batch(batch_id=batch_id, actor_id=request.auth.pk, at=clock.now(request))
    return _read_batch(request, batch)


@router.post("/campaigns/{int:campaign_id}/judge")
def judge(
    request: ActorRequest, campaign_id: int, idempotency_key: IdempotencyKey
) -> dict[str, Any]:
    """Judge the campaign: ``accepted`` or ``failed``, with the reason."""
    del idempotency_key
    commands.judge(campaign_id=campaign_id, actor_id=request.auth.pk, at=clock.now(request))
    return _read(request, campaign_id)


@router.post("/campaigns/{int:campaign_id}/report", response={202: dict[str, Any]})
def report(
    request: ActorRequest, campaign_id: int, idempotency_key: IdempotencyKey
) -> Status[dict[str, Any]]:
    """Ask for the pilot report; it is issued once it is printed."""
    del idempotency_key
    commands.ask_report(campaign_id=campaign_id, actor_id=request.auth.pk, at=clock.now(request))
    return Status(202, _read(request, campaign_id))
