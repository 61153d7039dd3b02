"""How results and needs look in JSON."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import ConfigDict

from pilotharbor.technologies.models import Achievement, Demand, IpAsset
from pilotharbor.technologies.queries import Filters, Reading

Text = Annotated[str, Field(max_length=20_000)]
Line = Annotated[str, Field(max_length=500)]
Words = Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=50)]
Level = Literal["public", "members", "nda", "project", "core"]
Way = Literal[
    "transfer", "licence", "equity", "joint_implementation", "commissioned_development",
    "joint_development", "consulting", "service",
]  # fmt: skip
Ways = Annotated[list[Way], Field(max_length=8)]
Price = Literal["negotiable", "agreement", "listing", "auction"]
Ids = Annotated[list[int], Field(max_length=50)]


class Strict(Schema):
    """A body in which a misspelt field is an error, not silence."""

    model_config = ConfigDict(extra="forbid")


class MarketFilters(Schema):
    """What a list is narrowed to; what is left out does not narrow. Amounts are in fen."""

    q: str = ""
    industry: str = ""
    region: str = ""
    trl_from: int | None = None
    trl_to: int | None = None
    cooperation: str = ""
    fen_from: int | None = None
    fen_to: int | None = None
    confidentiality: str = ""
    owner: int | None = None
    status: str = ""

    def given(self) -> Filters:
        """As the question takes them."""
        return Filters(**self.dict())


class AchievementFilters(MarketFilters):
    """Results also by discipline: a code of GB/T 13745 or words."""

    discipline: str = ""


class TrlIn(Strict):
    """Maturity on a named scale, with what it rests on."""

    scale: Annotated[str, Field(max_length=8)]
    level: int
    evidence: Line = ""


class RightIn(Strict):
    """A right that belongs to the result."""

    kind: Annotated[str, Field(max_length=24)]
    application_no: Annotated[str, Field(max_length=64)] = ""
    legal_status: Annotated[str, Field(max_length=16)] = IpAsset.LegalStatus.NONE


class AchievementIn(Strict):
    """A result to be disclosed."""

    title: Line
    summary: Text
    detail: Text = ""
    keywords: Words = []
    industry: Line = ""
    discipline: Line = ""
    discipline_code: Line = ""
    region: Line = ""
    trl: TrlIn | None = None
    mrl: int | None = None
    ip: Annotated[list[RightIn], Field(max_length=100)] = []
    confidentiality: Level = "public"
    inventors: Ids = []
    cooperation: Ways = []
    pricing: Price = "negotiable"
    price_fen: int | None = None


class AchievementChanges(Strict):
    """What changes; fields left out stay."""

    title: Line | None = None
    summary: Text | None = None
    detail: Text | None = None
    keywords: Words | None = None
    industry: Line | None = None
    discipline: Line | None = None
    discipline_code: Line | None = None
    region: Line | None = None
    trl: TrlIn | None = None
    mrl: int | None = None
    ip: Annotated[list[RightIn], Field(max_length=100)] | None = None
    confidentiality: Level | None = None
    inventors: Ids | None = None
    cooperation: Ways | None = None
    pricing: Price | None = None
    price_fen: int | None = None


class DemandIn(Strict):
    """A need to be posted."""

    title: Line
    summary: Text
    detail: Text = ""
    keywords: Words = []
    industry: Line = ""
    region: Line = ""
    budget_fen: int | None = None
    confidentiality: Level = "public"
    cooperation: Ways = []
    trl_wanted: int | None = None


class DemandChanges(Strict):
    """What changes; fields left out stay."""

    title: Line | None = None
    summary: Text | None = None
    detail: Text | None = None
    keywords: Words | None = None
    industry: Line | None = None
    region: Line | None = None
    budget_fen: int | None = None
    confidentiality: Level | None = None
    cooperation: Ways | None = None
    trl_wanted: int | None = None


class NoteIn(Strict):
    """What should be changed."""

    note: Annotated[str, Field(min_length=1, max_length=500)]


class ReaderIn(Strict):
    """Who may read."""

    membership_id: int


class OwnerOut(Schema):
    """An organisation by name."""

    id: int
    name: str


class RightOut(Schema):
    """A right; ``number_checked`` is false where the check digit is wrong or cannot be checked."""

    kind: str
    application_no: str
    legal_status: str
    number_checked: bool


class PersonOut(Schema):
    """An inventor."""

    membership_id: int
    name: str


class TrlOut(Schema):
    """Maturity on a named scale."""

    scale: str
    level: int
    evidence: str


class EntryOut(Schema):
    """What a result and a need have in common; ``owner`` is null for blind reviewers."""

    id: int
    status: str
    title: str
    summary: str
    keywords: list[str]
    industry: str
    region: str
    confidentiality: str
    owner: OwnerOut | None
    published_at: datetime | None
    cooperation: list[str]


class AchievementOut(EntryOut):
    """A result as listed."""

    discipline: str
    discipline_code: str
    trl: TrlOut | None
    mrl: int | None
    pricing: str
    price_fen: int | None


class AchievementFull(AchievementOut):
    """A result with what its reader may read: ``detail`` is null where it is closed."""

    detail: str | None
    detail_open: bool
    wants_nda: bool
    review_note: str
    ip: list[RightOut]
    inventors: list[PersonOut]


class DemandOut(EntryOut):
    """A need as listed."""

    budget_fen: int | None
    trl_wanted: int | None


class DemandFull(DemandOut):
    """A need with what its reader may read."""

    detail: str | None
    detail_open: bool
    wants_nda: bool
    review_note: str


class Page[T](Schema):
    """Some rows and where the next ones begin."""

    items: list[T]
    next_cursor: str | None


def _entry(entry: Achievement | Demand, *, blind: bool) -> dict[str, Any]:
    return {
        "id": entry.pk,
        "status": entry.status,
        "title": entry.title,
        "summary": entry.summary,
        "keywords": entry.keywords,
        "industry": entry.industry,
        "region": "" if blind else entry.region,
        "confidentiality": entry.confidentiality,
        "owner": None if blind else {"id": entry.owner_id, "name": entry.owner.name},
        "published_at": entry.published_at,
        "cooperation": entry.cooperation,
    }


def achievement_out(entry: Achievement, *, blind: bool = False) -> dict[str, Any]:
    """A result as listed."""
    trl = None
    if entry.trl_level is not None:
        trl = {"scale": entry.trl_scale, "level": entry.trl_level, "evidence": entry.trl_evidence}
    return {
        **_entry(entry, blind=blind),
        "discipline": entry.discipline,
        "discipline_code": entry.discipline_code,
        "trl": trl,
        "mrl": entry.mrl,
        "pricing": entry.pricing,
        "price_fen": entry.price_fen,
    }


def demand_out(entry: Demand) -> dict[str, Any]:
    """A need as listed."""
    return {
        **_entry(entry, blind=False),
        "budget_fen": entry.budget_fen,
        "trl_wanted": entry.trl_wanted,
    }


def _opened(entry: Achievement | Demand, reading: Reading, *, insider: bool) -> dict[str, Any]:
    return {
        "detail": entry.detail if reading.detail else None,
        "detail_open": reading.detail,
        "wants_nda": reading.wants_nda,
        "review_note": entry.review_note if insider else "",
    }


def achievement_full(entry: Achievement, reading: Reading, *, insider: bool) -> dict[str, Any]:
    """A result with what its reader may read."""
    rights: Iterable[IpAsset] = entry.ip_assets.order_by("id")
    people = entry.inventors.select_related("membership__person").order_by("position")
    return {
        **achievement_out(entry, blind=reading.blind),
        **_opened(entry, reading, insider=insider),
        # A number leads to its owner in any patent register.
        "ip": [
            {
                "kind": right.kind,
                "application_no": "" if reading.blind else right.application_no,
                "legal_status": right.legal_status,
                "number_checked": right.number_checked,
            }
            for right in rights
        ],
        "inventors": []
        if reading.blind
        else [{"membership_id": p.membership_id, "name": p.membership.person.name} for p in people],
    }


def demand_full(entry: Demand, reading: Reading, *, insider: bool) -> dict[str, Any]:
    """A need with what its reader may read."""
    return {**demand_out(entry), **_opened(entry, reading, insider=insider)}
