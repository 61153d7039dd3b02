"""Samples that programs send."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from ninja import Router

from pilotharbor.kernel import clock
from pilotharbor.kernel.http import IdempotencyKey
from pilotharbor.kernel.later import later
from pilotharbor.parties.auth import ActorRequest
from pilotharbor.telemetry import commands
from pilotharbor.telemetry.models import Refusal

if TYPE_CHECKING:
    from pilotharbor.telemetry.engine import reading
else:
    reading = later("pilotharbor.telemetry.engine.reading")

router = Router()


@router.post(
    "/telemetry/samples",
    response={200: Any, 422: Any},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "properties": {
                            "samples": {
                                "type": "array",
                                "items": {
                                    "type": "object",
                                    "required": ["tag", "at", "value"],
                                    "properties": {
                                        "tag": {"type": "string"},
                                        "at": {"type": "string", "format": "date-time"},
                                        "value": {"type": "number"},
                                    },
                                },
                            }
                        },
                    }
                },
                "text/csv": {"schema": {"type": "string", "example": "tag,at,value\n"}},
            },
        }
    },
)
def send_samples(request: ActorRequest, key: IdempotencyKey) -> Any:
    """Store samples of one's own platform's tags, as JSON or as CSV with a head ``tag,at,value``.

    What can be taken is taken; the rest is counted by tag and reason. 422 ``telemetry.nothing_taken``
    where nothing could be.
    """
    del key
    form = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    found: Iterator[Any] = (
        reading.table(request.body) if form == "text/csv" else reading.document(request.body)
    )
    taken = commands.send(
        found=reading.Parcel(found), actor_id=request.auth.pk, at=clock.now(request)
    )
    if taken.refused and not taken.stored and not taken.repeated:
        reasons = sorted({str(Refusal.Reason(one.reason).label) for one in taken.refused})
        raise commands.NothingTaken(
            reasons=_("; ").join(reasons),
            problems={one.place or "body": _said(one.reason, one.number) for one in taken.refused},
        )
    return {
        "stored": taken.stored,
        "late": taken.late,
        "repeated": taken.repeated,
        "refused": [
            {
                "tag": one.place,
                "reason": one.reason,
                "detail": str(Refusal.Reason(one.reason).label),
                "count": one.number,
                "example": one.example,
            }
            for one in taken.refused
        ],
    }


def _said(reason: str, number: int) -> str:
    return f"{Refusal.Reason(reason).label} ({number})"
