"""How scenarios and answers look in JSON."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Field, Schema

from pilotharbor.technologies.models import Scenario, ScenarioAnswer
from pilotharbor.technologies.scenarios.queries import Reading
from pilotharbor.technologies.schemas import (
    Level,
    Line,
    MarketFilters,
    OwnerOut,
    Strict,
    Text,
    Ways,
    Words,
)

Direction = Literal["scenario_seeks_product", "product_seeks_scenario"]
Frontier = Literal[
    "", "semiconductors", "displays", "future_manufacturing", "future_information",
    "future_materials", "future_energy", "future_space", "future_health",
]  # fmt: skip
Reason = Annotated[str, Field(min_length=1, max_length=500)]


class ScenarioIn(Strict):
    """A scenario that looks for a product, or a product that looks for a scenario."""

    direction: Direction
    title: Line
    summary: Text
    conditions: Text = ""
    detail: Text = ""
    keywords: Words = []
    industry: Line = ""
    region: Line = ""
    frontier: Frontier = ""
    domestic_substitution: bool = False
    budget_fen: int | None = None
    cooperation: Ways = []
    answers_until_date: date | None = None
    confidentiality: Level = "public"


class ScenarioChanges(Strict):
    """What changes; fields left out stay."""

    direction: Direction | None = None
    title: Line | None = None
    summary: Text | None = None
    conditions: Text | None = None
    detail: Text | None = None
    keywords: Words | None = None
    industry: Line | None = None
    region: Line | None = None
    frontier: Frontier | None = None
    domestic_substitution: bool | None = None
    budget_fen: int | None = None
    cooperation: Ways | None = None
    answers_until_date: date | None = None
    confidentiality: Level | None = None


class AnswerIn(Strict):
    """What an organisation offers; it may rest on one of its results or rights."""

    offer: Annotated[str, Field(min_length=1, max_length=4000)]
    achievement_id: int | None = None
    ip_asset_id: int | None = None


class ReasonIn(Strict):
    """Why."""

    reason: Reason


class TrialIn(Strict):
    """How a trial went."""

    passed: bool
    note: Annotated[str, Field(min_length=1, max_length=4000)]
    trial_date: date


class OrderIn(Strict):
    """The first order, in fen."""

    amount_fen: int
    order_date: date


class ScenarioFilters(MarketFilters):
    """Scenarios also by who looks for whom, strategic field and domestic substitution."""

    direction: str = ""
    frontier: str = ""
    domestic: bool = False


class ScenarioOut(Schema):
    """A scenario as listed."""

    id: int
    status: str
    direction: str
    title: str
    summary: str
    conditions: str
    keywords: list[str]
    industry: str
    region: str
    frontier: str
    domestic_substitution: bool
    budget_fen: int | None
    cooperation: list[str]
    answers_until_date: date | None
    confidentiality: str
    owner: OwnerOut
    published_at: datetime | None
    unveiled_at: datetime | None
    trial_passed: bool | None
    order_date: date | None


class AnswerOut(Schema):
    """An answer as its scenario's owner and its own organisation read it."""

    id: int
    status: str
    organisation: OwnerOut
    offer: str
    achievement_id: int | None
    ip_asset_id: int | None
    offered_at: datetime
    decline_reason: str
    trial_note: str
    trial_date: date | None


class ScenarioFull(ScenarioOut):
    """A scenario with what its reader may read: ``detail`` is null where it is closed.

    ``order_fen`` and ``chosen_id`` are null for those who neither own it nor were chosen.
    """

    detail: str | None
    detail_open: bool
    wants_nda: bool
    review_note: str
    closing_reason: str
    chosen_id: int | None
    order_fen: int | None
    answers: list[AnswerOut]


def scenario_out(entry: Scenario) -> dict[str, Any]:
    """A scenario as listed."""
    names = set(ScenarioOut.model_fields) - {"id", "owner"}
    return {
        "id": entry.pk,
        "owner": {"id": entry.owner_id, "name": entry.owner.name},
        **{name: getattr(entry, name) for name in names},
    }


def answer_out(answer: ScenarioAnswer) -> dict[str, Any]:
    """An answer."""
    names = set(AnswerOut.model_fields) - {"id", "organisation"}
    return {
        "id": answer.pk,
        "organisation": {"id": answer.organisation_id, "name": answer.organisation.name},
        **{name: getattr(answer, name) for name in names},
    }


def scenario_full(
    entry: Scenario, reading: Reading, answers: list[ScenarioAnswer], *, insider: bool
) -> dict[str, Any]:
    """A scenario with what its reader may read of it and of the answers."""
    party = insider or any(one.pk == entry.chosen_id for one in answers)
    return {
        **scenario_out(entry),
        "detail": entry.detail if reading.detail else None,
        "detail_open": reading.detail,
        "wants_nda": reading.wants_nda,
        "review_note": entry.review_note if insider else "",
        "closing_reason": entry.closing_reason if insider or answers else "",
        "chosen_id": entry.chosen_id if party else None,
        "order_fen": entry.order_fen if party else None,
        "answers": [answer_out(one) for one in answers],
    }
