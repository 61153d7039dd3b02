"""What a case file says (schema ``pilotharbor.voyage/1``), and why one is refused."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from pilotharbor.agreements.models import Agreement as Agreed
from pilotharbor.agreements.models import Milestone as Due
from pilotharbor.agreements.models import RevenueShareTerm
from pilotharbor.agreements.terms import MOST_MILESTONES, MOST_PARTIES
from pilotharbor.assessment.commands.composition import MOST_CRITERIA, MOST_SEATS
from pilotharbor.campaigns.commands.batches import LARGEST_NUMBER
from pilotharbor.finance.models import Decision as Decided
from pilotharbor.kernel import codes, money
from pilotharbor.kernel.codes import BadCode
from pilotharbor.parties.roles import Confidentiality, OrganisationKind, Role
from pilotharbor.projects.commands.plans import MOST_BATCHES, MOST_LIMITS
from pilotharbor.technologies.content import LARGEST_BUDGET_FEN
from pilotharbor.technologies.models import IpAsset, TrlScale


def _jurisdiction(text: str) -> str:
    try:
        return codes.normalise_jurisdiction(text)
    except BadCode as exc:
        raise ValueError(str(exc)) from exc


def _text(most: int, least: int = 1) -> Any:
    return StringConstraints(strip_whitespace=True, min_length=least, max_length=most)


SCHEMA = "pilotharbor.voyage/1"
Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
Text = Annotated[str, _text(4000)]
Title = Annotated[str, _text(200)]
Name = Annotated[str, _text(80)]
# Amounts and numbers as far as the commands take them, so that nothing is refused on the way.
Fen = Annotated[int, Field(strict=True, ge=0, le=2**53)]
Price = Annotated[int, Field(strict=True, ge=0, le=10**15)]
Fee = Annotated[int, Field(strict=True, ge=1, le=money.LARGEST_FEN // money.BP)]
Budget = Annotated[int, Field(strict=True, ge=0, le=LARGEST_BUDGET_FEN)]
Bp = Annotated[int, Field(strict=True, ge=0, le=10_000)]
Share = Annotated[int, Field(strict=True, ge=1, le=10_000)]
Number = Annotated[Decimal, Field(allow_inf_nan=False, max_digits=24, decimal_places=9)]
Points = Annotated[Decimal, Field(allow_inf_nan=False, ge=0, le=100, decimal_places=4)]
BatchNo = Annotated[int, Field(strict=True, ge=1, le=LARGEST_NUMBER)]
Jurisdiction = Annotated[str, AfterValidator(_jurisdiction)]
Words = Annotated[list[Annotated[str, _text(60)]], Field(max_length=20)]


class Part(BaseModel):
    """A part of a case; fields it does not know are kept aside and named in a warning."""

    model_config = ConfigDict(extra="allow", populate_by_name=True)


class Organisation(Part):
    """Who takes part."""

    key: Key
    kind: OrganisationKind
    name: Title
    uscc: str
    state_funded: bool = False
    sme: bool = False
    jurisdiction: Jurisdiction = "CN"


class Person(Part):
    """Someone with a role; experts may come without an organisation."""

    key: Key
    role: Role
    name: Name
    org: Key | None = None
    field: Annotated[str, _text(80, least=0)] = ""


class Trl(Part):
    """Maturity on a named scale."""

    scale: TrlScale
    level: Annotated[int, Field(strict=True, ge=1, le=13)]
    evidence: Annotated[str, _text(500)]


class Ip(Part):
    """A right behind the achievement."""

    kind: IpAsset.Kind
    application_no: Annotated[str, Field(max_length=64)] = ""
    legal_status: IpAsset.LegalStatus = IpAsset.LegalStatus.NONE


class Achievement(Part):
    """What is disclosed."""

    owner: Key
    inventors: Annotated[list[Key], Field(max_length=50)] = []
    title: Title
    summary: Text
    keywords: Words = []
    industry: Annotated[str, Field(max_length=500)] = ""
    trl: Trl
    mrl: Annotated[int, Field(strict=True, ge=1, le=10)] | None = None
    ip: Annotated[list[Ip], Field(max_length=50)] = []
    confidentiality: Confidentiality = Confidentiality.PUBLIC


class Demand(Part):
    """What is wanted."""

    owner: Key
    title: Title
    summary: Text
    keywords: Words = []
    budget_fen: Budget | None = None


class Assessment(Part):
    """Who judges what, how it is weighed, and what passes."""

    panel: Annotated[list[Key], Field(min_length=1, max_length=MOST_SEATS)]
    scores: dict[str, dict[str, Points]]
    weights_bp: Annotated[
        dict[Annotated[str, _text(40)], Share], Field(min_length=1, max_length=MOST_CRITERIA)
    ]
    pass_mark: Points


class Milestone(Part):
    """A part of the fee and the evidence that makes it due."""

    key: Key
    share_bp: Share
    evidence: Due.Evidence
    nth: Annotated[int, Field(strict=True, ge=1)] = 1


class RevenueShare(Part):
    """The platform's share of later revenue."""

    payer: Key
    payee: Key
    rate_bp: Share
    base: RevenueShareTerm.Base = RevenueShareTerm.Base.NET_SALES
    starts: Literal["first_sale"] = Field(default="first_sale", alias="from")


class Agreement(Part):
    """The tripartite agreement."""

    kind: Agreed.Kind
    parties: Annotated[list[Key], Field(min_length=2, max_length=MOST_PARTIES)]
    fee_fen: Fee
    vat_bp: Bp
    fee_includes_vat: bool = True
    milestones: Annotated[list[Milestone], Field(min_length=1, max_length=MOST_MILESTONES)]
    improvement_ip: Agreed.ImprovementIp = Agreed.ImprovementIp.STATUTE
    governing_statute_note: bool = True
    revenue_share: RevenueShare | None = None


class Booking(Part):
    """When a batch has the line."""

    batch: BatchNo
    start: datetime
    end: datetime


class Limit(Part):
    """One attribute's limits."""

    attribute: Key
    unit: Annotated[str, _text(24, least=0)] = ""
    at_least: Number | None = None
    at_most: Number | None = None


class Result(Part):
    """A batch's measured values: every further field is an attribute."""

    batch: BatchNo
    scale_kg: (
        Annotated[Decimal, Field(gt=0, allow_inf_nan=False, max_digits=16, decimal_places=6)] | None
    ) = None

    @property
    def values(self) -> dict[str, Any]:
        """Attribute → list of measured values, as the file has them."""
        return self.model_extra or {}


class Pilot(Part):
    """Line, tariff, bookings, what counts as success and what was measured."""

    line: Annotated[str, _text(120)]
    hourly_fen: Price
    batch_fen: Price
    billing: Literal["batch", "hour"]
    bookings: Annotated[list[Booking], Field(min_length=1, max_length=MOST_BATCHES)]
    acceptance: Annotated[list[Limit], Field(min_length=1, max_length=MOST_LIMITS)]
    consecutive_batches: Annotated[int, Field(strict=True, ge=1, le=MOST_BATCHES)]
    results: list[Result]


class InventorReward(Part):
    """``of`` is ``<organisation>_equity``: that share of its stake goes to the inventors."""

    of: str
    share_bp: Bp
    basis: Jurisdiction


class Decision(Part):
    """What is founded, with which equity."""

    outcome: Decided.Outcome
    company: Key | None = None
    investment_fen: Fen = 0
    equity_bp: dict[str, Bp] = {}
    inventor_reward: InventorReward | None = None
    reason: Annotated[str, _text(1000, least=0)] = ""


class FollowUp(Part):
    """A task after the decision."""

    kind: Key
    owner: Key
    title: Annotated[str, _text(200, least=0)] = ""


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
    title: Title
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
