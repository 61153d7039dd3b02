"""What a case file says (schema ``pilotharbor.voyage/1``), and why one is refused."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

SCHEMA = "pilotharbor.voyage/1"
Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
Fen = Annotated[int, Field(strict=True, ge=0, le=2**53)]
Bp = Annotated[int, Field(strict=True, ge=0, le=10_000)]
Number = Annotated[Decimal, Field(allow_inf_nan=False, max_digits=24)]


class Part(BaseModel):
    """A part of a case; fields it does not know are kept aside and named in a warning."""

    model_config = ConfigDict(extra="allow", populate_by_name=True)


class Organisation(Part):
    """Who takes part."""

    key: Key
    kind: Key
    name: Text
    uscc: str
    state_funded: bool = False
    sme: bool = False
    jurisdiction: str = "CN"


class Person(Part):
    """Someone with a role; experts may come without an organisation."""

    key: Key
    role: Key
    name: Text
    org: Key | None = None
    field: str = ""


class Trl(Part):
    """Maturity on a named scale."""

    scale: str
    level: Annotated[int, Field(strict=True, ge=1, le=13)]
    evidence: Text


class Ip(Part):
    """A right behind the achievement."""

    kind: str
    application_no: str = ""
    legal_status: str = "none"


class Achievement(Part):
    """What is disclosed."""

    owner: Key
    inventors: list[Key] = []
    title: Text
    summary: Text
    keywords: list[str] = []
    industry: str = ""
    trl: Trl
    mrl: Annotated[int, Field(strict=True, ge=1, le=10)] | None = None
    ip: list[Ip] = []
    confidentiality: str = "public"


class Demand(Part):
    """What is wanted."""

    owner: Key
    title: Text
    summary: Text
    keywords: list[str] = []
    budget_fen: Fen | None = None


class Assessment(Part):
    """Who judges what, how it is weighed, and what passes."""

    panel: Annotated[list[Key], Field(min_length=1)]
    scores: dict[str, dict[str, Annotated[Number, Field(ge=0, le=100)]]]
    weights_bp: dict[str, Bp]
    pass_mark: Annotated[Number, Field(ge=0, le=100)]


class Milestone(Part):
    """A part of the fee and the evidence that makes it due."""

    key: Key
    share_bp: Bp
    evidence: Literal[
        "agreement_signed", "batch_released", "acceptance_met", "report_issued", "decision_made"
    ]
    nth: Annotated[int, Field(strict=True, ge=1)] = 1


class RevenueShare(Part):
    """The platform's share of later revenue."""

    payer: Key
    payee: Key
    rate_bp: Annotated[int, Field(strict=True, ge=1, le=10_000)]
    base: Literal["net_sales", "profit"] = "net_sales"
    starts: str = Field(default="first_sale", alias="from")


class Agreement(Part):
    """The tripartite agreement."""

    kind: str
    parties: Annotated[list[Key], Field(min_length=2)]
    fee_fen: Fen
    vat_bp: Bp
    fee_includes_vat: bool = True
    milestones: Annotated[list[Milestone], Field(min_length=1)]
    improvement_ip: str = "statute"
    governing_statute_note: bool = True
    revenue_share: RevenueShare | None = None


class Booking(Part):
    """When a batch has the line."""

    batch: Annotated[int, Field(strict=True, ge=1)]
    start: datetime
    end: datetime


class Limit(Part):
    """One attribute's limits."""

    attribute: Key
    unit: str = ""
    at_least: Number | None = None
    at_most: Number | None = None


class Result(Part):
    """A batch's measured values: every further field is an attribute."""

    batch: Annotated[int, Field(strict=True, ge=1)]
    scale_kg: Annotated[Number, Field(gt=0)] | None = None

    @property
    def values(self) -> dict[str, Any]:
        """Attribute → list of measured values, as the file has them."""
        return self.model_extra or {}


class Pilot(Part):
    """Line, tariff, bookings, what counts as success and what was measured."""

    line: Text
    hourly_fen: Fen
    batch_fen: Fen
    billing: Literal["batch", "hour"]
    bookings: Annotated[list[Booking], Field(min_length=1)]
    acceptance: Annotated[list[Limit], Field(min_length=1)]
    consecutive_batches: Annotated[int, Field(strict=True, ge=1)]
    results: list[Result]


class InventorReward(Part):
    """``of`` is ``<organisation>_equity``: that share of its stake goes to the inventors."""

    of: str
    share_bp: Bp
    basis: str


class Decision(Part):
    """What is founded, with which equity."""

    outcome: Literal["spin_off", "licence", "retry", "stop"]
    company: Key | None = None
    investment_fen: Fen = 0
    equity_bp: dict[str, Bp] = {}
    inventor_reward: InventorReward | None = None
    reason: str = ""


class FollowUp(Part):
    """A task after the decision."""

    kind: Key
    owner: Key
    title: str = ""


class Revenue(Part):
    """Net sales of one period."""

    period: str
    net_sales_fen: Fen


class Expect(BaseModel):
    """What must come out; what is left out is not compared."""

    model_config = ConfigDict(extra="forbid")
    usage_fen: list[int] | None = None
    metered_hours: list[Decimal] | None = None
    panel_score: Decimal | None = None
    passed_assessment: bool | None = None
    acceptance_met: bool | None = None
    invoices_gross_fen: list[int] | None = None
    invoices_net_fen: list[int] | None = None
    net_fen: int | None = None
    vat_fen: int | None = None
    equity_bp: dict[str, int] | None = None
    revenue_share_fen: list[int] | None = None


class Case(Part):
    """One voyage."""

    schema_: Literal["pilotharbor.voyage/1"] = Field(alias="schema")
    id: Key
    title: Text
    organisations: Annotated[list[Organisation], Field(min_length=1)]
    people: Annotated[list[Person], Field(min_length=1)]
    achievement: Achievement
    demand: Demand
    assessment: Assessment
    agreement: Agreement
    pilot: Pilot
    decision: Decision | None = None
    follow_up: list[FollowUp] = []
    revenue: list[Revenue] = []
    expect: Expect = Expect()

    def organisation(self, key: str) -> Organisation:
        """The organisation of that key."""
        return next(o for o in self.organisations if o.key == key)

    def person(self, key: str) -> Person:
        """The person of that key."""
        return next(p for p in self.people if p.key == key)

    def platform(self) -> Organisation:
        """The pilot platform of the case: the first of that kind."""
        return next(o for o in self.organisations if o.kind == "pilot_platform")

    def with_role(self, role: str, org: str | None = None) -> Person | None:
        """The first person in a role (of an organisation)."""
        fitting = (p for p in self.people if p.role == role and (org is None or p.org == org))
        return next(fitting, None)


def strangers(part: BaseModel, path: str = "") -> Iterator[str]:
    """Paths of fields the schema does not know."""
    if not isinstance(part, Result):
        for name in part.model_extra or {}:
            yield f"{path}{name}"
    for name in type(part).model_fields:
        value = getattr(part, name)
        for i, inner in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(inner, BaseModel):
                index = f"[{i}]" if isinstance(value, list) else ""
                yield from strangers(inner, f"{path}{name}{index}.")
