"""What a line costs, for programs: tariffs, consumables, safety lists, and a price reckoned at once."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, Literal, cast

from ninja import Field, Router, Schema, Status

from pilotharbor.facilities import commands, pricing, queries
from pilotharbor.facilities.routes import shared
from pilotharbor.facilities.routes.shared import Fen, Name
from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import Conflict, Invalid
from pilotharbor.kernel.time import local_date, period
from pilotharbor.parties.auth import ANYONE, ActorRequest, actor_of
from pilotharbor.parties.models import Membership

router = Router()
Count = Annotated[int, Field(ge=0, le=1_000_000, strict=True)]
Part = Annotated[int, Field(ge=0, le=100_000, strict=True)]
Fee = Annotated[int, Field(ge=0, le=10_000, strict=True)]


class NoPriceThatDay(Conflict):
    """This line has no price on that day; ask its platform to set one first."""

    code = "facilities.no_price_that_day"


class ConsumableUnknown(Invalid):
    """This line offers no such consumable; choose one of its own."""

    code = "facilities.consumable_unknown"


class TariffIn(Schema):
    """Terms from ``valid_from`` until before ``valid_to``; parts and fees in 1/10,000."""

    valid_from: date
    valid_to: date | None = None
    hourly_fen: Fen
    batch_fen: Fen
    sample_fen: Fen = 0
    peak_hourly_fen: Fen | None = None
    peak_weekdays: Annotated[list[int], Field(max_length=7)] = []
    peak_from: time | None = None
    peak_to: time | None = None
    member_bp: Part = 10_000
    sme_bp: Part = 10_000
    outside_bp: Part = 10_000
    engineer_hourly_fen: Fen = 0
    minimum_fen: Fen = 0
    deposit_fen: Fen = 0
    free_cancel_hours: Annotated[int, Field(ge=0, le=8_784, strict=True)] = 0
    late_cancel_bp: Fee = 0
    no_show_bp: Fee = 0


class TariffEndIn(Schema):
    """The first day on which a tariff is no longer valid."""

    valid_to: date


class ConsumableIn(Schema):
    """Something a booking may use up."""

    name: Name
    unit: Annotated[str, Field(min_length=1, max_length=20)]
    unit_fen: Fen


class RepriceIn(Schema):
    """Another price of one unit."""

    unit_fen: Fen


class SafetyIn(Schema):
    """One more thing to acknowledge before work begins."""

    topic: Literal["chemicals", "environment", "fire", "pressure", "protection", "waste", "other"]
    text: Annotated[str, Field(min_length=1, max_length=500)]
    only_with_hazard: bool = True
    reference: Annotated[str, Field(max_length=120)] = ""
    last_day: date | None = None


class UsedUp(Schema):
    """How much of a consumable."""

    consumable_id: int
    quantity: Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=3)]


class AskIn(Schema):
    """What is to be priced."""

    start: datetime
    end: datetime
    billing: Literal["hour", "batch", "sample", "mixed"]
    batches: Count = 1
    samples: Count = 0
    engineer_hours: Annotated[Decimal, Field(ge=0, max_digits=8, decimal_places=2)] = Decimal(0)
    consumables: Annotated[list[UsedUp], Field(max_length=50)] = []


@router.post("/lines/{int:line_id}/tariffs", response={201: Any})
def set_tariff(request: ActorRequest, line_id: int, body: TariffIn) -> Status[Any]:
    """Say what the line costs. 409 ``facilities.tariff_overlaps`` where a price exists."""
    tariff = commands.set_tariff(
        line_id=line_id, actor_id=request.auth.pk, at=clock.now(request), **body.dict()
    )
    return Status(201, shared.tariff(tariff) | {"line_id": line_id, "status": "valid"})


@router.post("/tariffs/{int:tariff_id}/end")
def end_tariff(request: ActorRequest, tariff_id: int, body: TariffEndIn) -> dict[str, Any]:
    """Let a tariff end earlier."""
    tariff = commands.end_tariff(
        tariff_id=tariff_id,
        valid_to=body.valid_to,
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return shared.tariff(tariff)


@router.post("/lines/{int:line_id}/price", auth=ANYONE)
def price(request: ActorRequest, line_id: int, body: AskIn) -> dict[str, Any]:
    """What a stretch would cost the caller by the tariff of its first day; nothing is written.

    The public is priced as an outsider. 409 ``facilities.no_price_that_day``.
    """
    period(body.start, body.end)
    actor = actor_of(request)
    shared.seen_line(actor, line_id)
    plan = queries.plan_of(line_id=line_id, start=body.start, end=body.end)
    if plan.tariff is None:
        raise NoPriceThatDay(problems={"start": str(NoPriceThatDay())})
    terms = queries.terms_of(plan.tariff)
    priced = pricing.price(
        terms,
        pricing.Ask(
            start=body.start,
            end=body.end,
            billing=body.billing,
            batches=body.batches,
            samples=body.samples,
            engineer_seconds=int(body.engineer_hours * pricing.HOUR_SECONDS),
            consumables=_used(plan, body),
            group=_group(terms, actor, plan.line.platform_id),
        ),
    )
    return {
        "tariff_id": plan.tariff.pk,
        "total_fen": priced.total_fen,
        "deposit_fen": terms.deposit_fen,
        "lines": [
            {
                "kind": one.kind,
                "name": one.name,
                "quantity": one.quantity,
                "unit_fen": one.unit_fen,
                "bp": one.bp,
                "amount_fen": one.amount_fen,
            }
            for one in priced.lines
        ],
    }


def _used(plan: queries.LinePlan, body: AskIn) -> tuple[tuple[str, Decimal, int], ...]:
    offered = {one.pk: one for one in plan.consumables}
    unknown = {
        f"consumables.{n}": str(ConsumableUnknown())
        for n, one in enumerate(body.consumables)
        if one.consumable_id not in offered
    }
    if unknown:
        raise ConsumableUnknown(problems=unknown)
    return tuple(
        (
            offered[one.consumable_id].name,
            one.quantity,
            offered[one.consumable_id].unit_fen,
        )
        for one in body.consumables
    )


def _group(terms: pricing.Terms, actor: Membership | None, platform_id: int) -> pricing.Group:
    if actor is None:
        return "outside"
    ours = queries.is_member(actor.organisation, platform_id=platform_id)
    return pricing.group_of(terms, member=ours, sme=actor.organisation.sme)


@router.get("/lines/{int:line_id}/consumables", auth=ANYONE)
def consumables(request: ActorRequest, line_id: int) -> dict[str, Any]:
    """What a booking of the line may use up, by name."""
    line = shared.seen_line(actor_of(request), line_id)
    rows = line.consumables.filter(withdrawn_at=None).order_by("name")
    return {"items": [shared.consumable(one) for one in rows]}


@router.post("/lines/{int:line_id}/consumables", response={201: Any})
def add_consumable(request: ActorRequest, line_id: int, body: ConsumableIn) -> Status[Any]:
    """Offer something. 409 ``facilities.consumable_taken`` where the name exists."""
    made = commands.add_consumable(
        line_id=line_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )
    return Status(201, shared.consumable(made))


@router.post("/consumables/{int:consumable_id}/reprice", response={201: Any})
def reprice_consumable(request: ActorRequest, consumable_id: int, body: RepriceIn) -> Status[Any]:
    """Give it another price: a new row, the old one is withdrawn."""
    made = commands.reprice_consumable(
        consumable_id=consumable_id,
        unit_fen=body.unit_fen,
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return Status(201, shared.consumable(made))


@router.post("/consumables/{int:consumable_id}/withdraw")
def withdraw_consumable(request: ActorRequest, consumable_id: int) -> dict[str, Any]:
    """Offer it no more."""
    return shared.consumable(
        commands.withdraw_consumable(
            consumable_id=consumable_id, actor_id=request.auth.pk, at=clock.now(request)
        )
    )


@router.get("/lines/{int:line_id}/safety-items", auth=ANYONE)
def safety_items(request: ActorRequest, line_id: int) -> dict[str, Any]:
    """What is to be acknowledged before work on the line begins, in order."""
    line = shared.seen_line(actor_of(request), line_id)
    today = local_date(clock.now(request))
    rows = line.safety_items.filter(withdrawn_at=None).order_by("position", "id")
    return {"items": [shared.safety_item(one, today=today) for one in rows]}


@router.post("/lines/{int:line_id}/safety-items", response={201: Any})
def add_safety_item(request: ActorRequest, line_id: int, body: SafetyIn) -> Status[Any]:
    """Put one more thing on the list."""
    at = clock.now(request)
    made = commands.add_safety_item(
        line_id=line_id,
        fields=cast("commands.SafetyFields", body.dict()),
        actor_id=request.auth.pk,
        at=at,
    )
    return Status(201, shared.safety_item(made, today=local_date(at)))


@router.post("/safety-items/{int:item_id}/withdraw")
def withdraw_safety_item(request: ActorRequest, item_id: int) -> dict[str, Any]:
    """Take it off the list."""
    at = clock.now(request)
    gone = commands.withdraw_safety_item(item_id=item_id, actor_id=request.auth.pk, at=at)
    return shared.safety_item(gone, today=local_date(at))
