"""Bookings, prices and reasons as programs read them, and what programs send."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from ninja import Field, Schema

from pilotharbor.booking import queries
from pilotharbor.booking.commands import Ask
from pilotharbor.booking.models import Booking, Charge, Quote, Review, Series, Usage, Waiting
from pilotharbor.facilities.pricing import Priced
from pilotharbor.parties.models import Membership

Reason = Annotated[str, Field(min_length=1, max_length=500)]
Note = Annotated[str, Field(max_length=500)]
Short = Annotated[str, Field(max_length=200)]
Count = Annotated[int, Field(ge=0, le=32767)]
Quantity = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=4)]
Seconds = Annotated[int, Field(ge=0, le=31 * 86400)]


class Window(Schema):
    """A stretch ``[start, end)``; times carry their zone."""

    start: datetime
    end: datetime


class AskIn(Schema):
    """What is asked for beside line, project and time."""

    billing: Literal["batch", "hour", "sample", "mixed"]
    batch_no: Annotated[int, Field(ge=1, le=32767)] | None = None
    material: Short = ""
    hazard: Short = ""
    wants_engineer: bool = True
    batches: Count | None = None
    samples: Count = 0
    engineer_s: Seconds | None = None
    consumables: dict[int, Quantity] = Field(default_factory=dict, max_length=50)
    batch_kg: Quantity | None = None
    acknowledged: list[int] = Field(default_factory=list, max_length=200)
    used_by_id: int | None = None
    quote_id: int | None = None

    def ask(self) -> Ask:
        """The same for a command."""
        return Ask(**{name: getattr(self, name) for name in AskIn.model_fields})


class WhenIn(AskIn):
    """An exact time, or ``duration_s`` seconds somewhere within windows."""

    line_id: int
    project_id: int
    start: datetime | None = None
    end: datetime | None = None
    windows: list[Window] = Field(default_factory=list, max_length=100)
    duration_s: Annotated[int, Field(ge=1, le=31 * 86400)] | None = None
    retrospective: bool = False

    def pairs(self) -> list[tuple[datetime, datetime]]:
        """The windows as pairs."""
        return [(one.start, one.end) for one in self.windows]


class ReasonIn(Schema):
    """Why."""

    reason: Reason


class ApprovalIn(Schema):
    """Who runs it, and why what stands against it is set aside."""

    engineer_id: int | None = None
    override_reason: Note = ""


def usage(row: Usage) -> dict[str, Any]:
    """What was used and what it costs."""
    return {
        "id": row.pk,
        "start": row.period.lower,
        "end": row.period.upper,
        "seconds": row.seconds,
        "hours": row.hours,
        "amount_fen": row.amount_fen,
        "priced": row.priced,
        "note": row.note,
    }


def booking(row: Booking) -> dict[str, Any]:
    """One booking of a list."""
    used = getattr(row, "usage", None)
    return {
        "id": row.pk,
        "status": row.status,
        "line_id": row.line_id,
        "line_name": row.line.name,
        "project_id": row.project_id,
        "project_title": row.project.title,
        "start": row.period.lower,
        "end": row.period.upper,
        "billing": row.billing,
        "batch_no": row.batch_no,
        "material": row.material,
        "hazard": row.hazard,
        "wants_engineer": row.wants_engineer,
        "retrospective": row.retrospective,
        "price_fen": row.price_fen,
        "priced": row.priced,
        "group": row.group,
        "tariff_id": row.tariff_id,
        "engineer_id": row.engineer_id,
        "requested_by": row.requested_by_id,
        "used_by": row.used_by_id or row.requested_by_id,
        "review_reason": row.review_reason,
        "override_reason": row.override_reason,
        "overridden": row.overridden,
        "cancel_reason": row.cancel_reason,
        "flexible": row.flexible,
        "windows": [{"start": a, "end": b} for a, b in row.windows],
        "duration_s": row.duration_s,
        "hold_ends_at": row.hold_ends_at,
        "batches": row.batches,
        "samples": row.samples,
        "engineer_s": row.engineer_s,
        "consumables": row.consumables,
        "batch_kg": f"{row.batch_kg.normalize():f}" if row.batch_kg is not None else None,
        "series_id": row.series_id,
        "quote_id": row.quote_id,
        "waiting_id": row.waiting_id,
        "hit_by": row.hit_by,
        "checked_in_at": row.checked_in_at,
        "started_at": row.started_at,
        "overran_at": row.overran_at,
        "usage": usage(used) if used else None,
    }


def detail(row: Booking, *, actor: Membership, at: datetime) -> dict[str, Any]:
    """One booking with what was said of it, what it cost beside its use, and what giving it up costs."""
    run = queries.proposed_usage(row) if row.status in queries.AHEAD else None
    cancel = row.status in {"submitted", "approved"} and queries.may_cancel(actor, row)
    return booking(row) | {
        "reviews": [_review(one) for one in row.reviews.order_by("id")],
        "reviews_needed": row.line.reviews_needed,
        "charges": [_charge(one) for one in row.charges.order_by("id")],
        "cancel_fee_fen": queries.cancel_fee_fen(row, at=at) if cancel else None,
        "proposed_usage": None
        if run is None
        else {"start": run.start, "end": run.end, "seconds": run.seconds},
    }


def _review(row: Review) -> dict[str, Any]:
    return {
        "membership_id": row.membership_id,
        "decision": row.decision,
        "reason": row.reason,
        "overridden": row.overridden,
        "round": row.round,
        "at": row.at,
    }


def _charge(row: Charge) -> dict[str, Any]:
    return {"id": row.pk, "kind": row.kind, "amount_fen": row.amount_fen, "made_at": row.made_at}


def priced(found: Priced | None) -> dict[str, Any] | None:
    """A price with its lines."""
    if found is None:
        return None
    return {"total_fen": found.total_fen, "lines": queries.kept(found.lines)}


def quote(row: Quote) -> dict[str, Any]:
    """One quote."""
    return {
        "id": row.pk,
        "line_id": row.line_id,
        "project_id": row.project_id,
        "start": row.period.lower,
        "end": row.period.upper,
        "tariff_id": row.tariff_id,
        "group": row.group,
        "total_fen": row.total_fen,
        "lines": row.priced,
        "asked_at": row.asked_at,
        "valid_until": row.valid_until_at,
    }


def series(row: Series, slots: list[Booking]) -> dict[str, Any]:
    """One series with its slots."""
    return {
        "id": row.pk,
        "line_id": row.line_id,
        "project_id": row.project_id,
        "rule": row.rule,
        "every": row.every,
        "bookings": [booking(one) for one in slots],
    }


def waiting(row: Waiting) -> dict[str, Any]:
    """One place in a queue, with what is offered."""
    offer = row.offers.order_by("-id").first()
    return {
        "id": row.pk,
        "line_id": row.line_id,
        "line_name": row.line.name,
        "project_id": row.project_id,
        "status": row.status,
        "windows": [{"start": a, "end": b} for a, b in row.windows],
        "duration_s": row.duration_s,
        "asked_at": row.asked_at,
        "before": queries.before_in_line(row) if row.status == Waiting.Status.WAITING else None,
        "offer_ends_at": row.offer_ends_at,
        "booking_id": offer.pk if offer else None,
    }
