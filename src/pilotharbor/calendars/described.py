"""What the head of a page of open services says to search engines; nothing but what everybody reads."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from pilotharbor.calendars.queries import Rates
from pilotharbor.facilities.models import Line
from pilotharbor.kernel import money
from pilotharbor.kernel.regions import PROVINCES
from pilotharbor.kernel.time import SHANGHAI
from pilotharbor.technologies import industries
from pilotharbor.technologies.findable.queries import (
    DESCRIPTION,
    LANGUAGES,
    Described,
    address,
)

SCHEMA = "https://schema.org"
# Units of UN/CEFACT where there is one, words elsewhere.
_UNITS = (
    ("hour_fen", "HUR", ""),
    ("batch_fen", "", "batch"),
    ("sample_fen", "", "sample"),
)


def services() -> Described:
    """The head of the list."""
    return _described(
        reverse("service_list"),
        _("Open services"),
        _(
            "Pilot lines that take bookings from everybody: what they do, at which scale, when they"
            " are free next and what they cost."
        ),
        {},
    )


def service(
    line: Line,
    *,
    rates: Rates | None,
    free_at: datetime | None,
    codes: Sequence[str],
    language: str = "",
) -> Described:
    """The head of the page of one open line.

    ``language`` is the one its address asks for, if it does. Source: R-CAL-44.
    """
    path = reverse("service_detail", args=[line.pk])
    said = " ".join(line.description.split()) or f"{line.platform.name} · {line.name}"
    return _described(
        path, f"{line.name} · {line.platform.name}", said,
        _structured(line, path, rates, free_at, codes), language,
    )  # fmt: skip


def _described(
    path: str, title: str, said: str, structured: dict[str, Any], language: str = ""
) -> Described:
    asked = language if language in LANGUAGES.values() else ""
    return Described(
        title=title,
        description=said if len(said) <= DESCRIPTION else said[: DESCRIPTION - 1] + "…",
        canonical=address(path, asked),
        alternates=tuple((tag, address(path, code)) for tag, code in LANGUAGES.items()),
        plain=address(path),
        structured=structured,
    )


def _structured(
    line: Line, path: str, rates: Rates | None, free_at: datetime | None, codes: Sequence[str]
) -> dict[str, Any]:
    """The line as a Service of schema.org with what somebody from outside pays."""
    platform = line.platform
    provider = {"@type": "Organization", "name": platform.name, "url": platform.website}
    province = PROVINCES.get(platform.region[:2])
    said: dict[str, Any] = {
        "@context": SCHEMA,
        "@type": "Service",
        "@id": address(path),
        "url": address(path),
        "name": line.name,
        "serviceType": "中试服务",
        "description": line.description,
        "category": [industries.name_of(code) for code in codes],
        "provider": {name: value for name, value in provider.items() if value},
        "areaServed": {"@type": "AdministrativeArea", "name": province.zh} if province else None,
        "offers": _offer(path, platform.name, rates, free_at),
    }
    return {name: value for name, value in said.items() if value}


def _offer(
    path: str, seller: str, rates: Rates | None, free_at: datetime | None
) -> dict[str, Any] | None:
    if rates is None:
        return None
    prices = [
        {
            "@type": "UnitPriceSpecification", "priceCurrency": "CNY",
            "price": money.plain_yuan(fen),
            **({"unitCode": code} if code else {"unitText": word}),
        }
        for name, code, word in _UNITS
        if (fen := getattr(rates, name)) is not None
    ]  # fmt: skip
    offer: dict[str, Any] = {
        "@type": "Offer",
        "url": address(path),
        "priceSpecification": prices,
        "availability": f"{SCHEMA}/InStock" if free_at else f"{SCHEMA}/SoldOut",
        "availabilityStarts": free_at.astimezone(SHANGHAI).isoformat() if free_at else "",
        "seller": {"@type": "Organization", "name": seller},
    }
    return {name: value for name, value in offer.items() if value}
