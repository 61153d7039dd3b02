"""What of an entry is everybody's, in the words that search engines read?

All of it is asked for as nobody: whatever the public does not see is not here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Max, QuerySet
from django.db.models.functions import Greatest
from django.urls import reverse

from pilotharbor.kernel import money
from pilotharbor.parties.roles import Confidentiality
from pilotharbor.technologies import queries
from pilotharbor.technologies.models import Achievement, Demand, PriceNotice, Scenario, Status
from pilotharbor.technologies.notices import queries as notices
from pilotharbor.technologies.scenarios import queries as scenarios

DESCRIPTION = 160
# Addresses with a language in them; without one the page speaks as the reader's browser asks.
LANGUAGES = {"zh-Hans": "zh-hans", "en": "en"}
TYPES = {"achievement": "Product", "demand": "Demand", "scenario": "CreativeWork"}


@dataclass(frozen=True, slots=True)
class Described:
    """What stands in the head of a public page.

    ``canonical``   the address of this page in this language; ``alternates`` in each language
    ``structured``  the entry in the words of schema.org, or empty
    """

    title: str
    description: str
    canonical: str
    alternates: tuple[tuple[str, str], ...]
    plain: str
    structured: dict[str, Any]


def public_entries(noun: str) -> QuerySet[Any]:
    """The published entries of a kind that everybody reads, with when they last said something else.

    Source: R-TECH-50.
    """
    rows: QuerySet[Any]
    if noun == "price_notice":
        return notices.visible_notices(actor=None).annotate(
            changed_at=Greatest("opened_at", "ended_at", Max("objections__answered_at"))
        )
    if noun == "scenario":
        rows = scenarios.visible_scenarios(actor=None).filter(status__in=scenarios.SHOWN)
    elif noun == "achievement":
        rows = queries.visible_achievements(actor=None).filter(status=Status.PUBLISHED)
    else:
        rows = queries.visible_demands(actor=None).filter(status=Status.PUBLISHED)
    rows = rows.filter(confidentiality=Confidentiality.PUBLIC)
    return rows.annotate(changed_at=Greatest("published_at", Max("versions__made_at")))


def is_public(entry: Achievement | Demand | Scenario | PriceNotice) -> bool:
    """Whether everybody reads this entry, now."""
    noun = noun_of(entry)
    return bool(public_entries(noun).filter(pk=entry.pk).exists())


def noun_of(entry: Achievement | Demand | Scenario | PriceNotice) -> str:
    """What its kind is called in addresses and in the sitemap."""
    if isinstance(entry, PriceNotice):
        return "price_notice"
    return str(type(entry)._meta.model_name)  # noqa: SLF001


def path_of(noun: str, pk: int) -> str:
    """The path of its page."""
    return reverse(noun if noun == "price_notice" else f"{noun}_detail", args=[pk])


def address(path: str, language: str = "") -> str:
    """A whole address on this harbour, as it is set up and not as a request claims."""
    asked = f"?lang={language}" if language else ""
    return settings.PUBLIC_URL.rstrip("/") + path + asked


def described(
    entry: Achievement | Demand | Scenario | PriceNotice, *, language: str = ""
) -> Described | None:
    """What the head of its page says to everybody, ``None`` where it is not everybody's.

    ``language`` is the one its address asks for, if it does.
    """
    if not is_public(entry):
        return None
    noun = noun_of(entry)
    path = path_of(noun, entry.pk)
    said = " ".join(entry.summary.split())
    short = said if len(said) <= DESCRIPTION else said[: DESCRIPTION - 1] + "…"
    asked = language if language in LANGUAGES.values() else ""
    return Described(
        title=entry.title,
        description=short,
        canonical=address(path, asked),
        alternates=tuple((tag, address(path, code)) for tag, code in LANGUAGES.items()),
        plain=address(path),
        structured={} if isinstance(entry, PriceNotice) else _structured(noun, entry, path),
    )


def _structured(noun: str, entry: Any, path: str) -> dict[str, Any]:
    owner = {"@type": "Organization", "name": entry.owner.name}
    said: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": TYPES[noun],
        "@id": address(path),
        "url": address(path),
        "name": entry.title,
        "description": entry.summary,
    }
    if noun == "achievement":
        said |= {"keywords": ", ".join(entry.keywords), "manufacturer": owner}
        said |= {"category": entry.industry, "releaseDate": _day(entry.published_at)}
        if entry.price_fen is not None:
            said["offers"] = {
                "@type": "Offer", "url": address(path), "priceCurrency": "CNY",
                "price": money.plain_yuan(entry.price_fen),
                "availability": "https://schema.org/InStock", "seller": owner,
            }  # fmt: skip
    elif noun == "demand":
        said |= {"seller": owner, "availabilityStarts": _day(entry.published_at)}
        said["itemOffered"] = {"@type": "Product", "name": entry.title}
    else:
        said |= {"keywords": ", ".join(entry.keywords), "creator": owner}
        said["datePublished"] = _day(entry.published_at)
    return {name: value for name, value in said.items() if value}


def _day(at: datetime | None) -> str:
    return at.date().isoformat() if at else ""
