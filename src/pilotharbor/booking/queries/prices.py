"""What does a slot cost, by the terms that were agreed?"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Self, cast

from pilotharbor.booking.models import Booking
from pilotharbor.facilities import pricing
from pilotharbor.facilities import queries as facilities
from pilotharbor.facilities.models import Tariff
from pilotharbor.kernel.time import HOUR, SECOND, local_date
from pilotharbor.parties.models import Organisation
from pilotharbor.projects.models import Project

type KeptLines = list[dict[str, str | int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What of a wish decides its price, beside its stretch.

    ``engineer_s``   seconds of an engineer's help; ``None``: all of the slot
    ``consumables``  ``{id, name, unit, quantity, unit_fen}``, quantities as decimal strings
    """

    billing: str
    batches: int = 1
    samples: int = 0
    engineer_s: int | None = 0
    consumables: tuple[dict[str, Any], ...] = ()

    @classmethod
    def of(cls, booking: Booking) -> Self:
        """What a booking was asked for with."""
        return cls(
            billing=booking.billing,
            batches=booking.batches,
            samples=booking.samples,
            engineer_s=booking.engineer_s,
            consumables=tuple(booking.consumables),
        )

    def kept(self) -> dict[str, Any]:
        """The same for a JSON column."""
        return {
            "billing": self.billing,
            "batches": self.batches,
            "samples": self.samples,
            "engineer_s": self.engineer_s,
            "consumables": list(self.consumables),
        }

    @classmethod
    def kept_in(cls, row: dict[str, Any]) -> Self:
        """What ``kept`` wrote."""
        return cls(**row | {"consumables": tuple(row.get("consumables", ()))})


def payer_of(project: Project) -> Organisation:
    """Whose price it is: the enterprise of the project, or else the owner of its result."""
    return project.enterprise or project.owner


def group_of(project: Project, tariff: Tariff, *, platform_id: int) -> str:
    """The group a project is priced in at a platform. Source: R-BOOK-20."""
    payer = payer_of(project)
    return pricing.group_of(
        facilities.terms_of(tariff),
        member=facilities.is_member(payer, platform_id=platform_id),
        sme=payer.sme,
    )


def price(
    tariff: Tariff, asked: Asked, *, start: datetime, end: datetime, group: str
) -> pricing.Priced:
    """What ``[start, end)`` costs by a tariff; lines of nothing are left out. Source: R-BOOK-7."""
    whole = (end - start) // SECOND
    ask = pricing.Ask(
        start=start,
        end=end,
        billing=cast("pricing.Billing", asked.billing),
        batches=asked.batches,
        samples=asked.samples,
        engineer_seconds=whole if asked.engineer_s is None else asked.engineer_s,
        consumables=tuple(
            (row["name"], Decimal(row["quantity"]), row["unit_fen"]) for row in asked.consumables
        ),
        group=cast("pricing.Group", group or "outside"),
    )
    found = pricing.price(facilities.terms_of(tariff), ask)
    lines = tuple(line for line in found.lines if line.kind != "engineer" or line.unit_fen)
    return replace(found, lines=lines)


def kept(lines: Iterable[pricing.PriceLine]) -> KeptLines:
    """Lines of a price for a JSON column, quantities as decimal strings."""
    return [
        {
            "kind": line.kind,
            "name": line.name,
            "quantity": f"{line.quantity.normalize():f}",
            "unit": line.unit,
            "unit_fen": line.unit_fen,
            "bp": line.bp,
            "amount_fen": line.amount_fen,
        }
        for line in lines
    ]


def price_of(booking: Booking, tariff: Tariff) -> pricing.Priced:
    """What a booking's slot costs by a tariff."""
    return price(
        tariff,
        Asked.of(booking),
        start=booking.period.lower,
        end=booking.period.upper,
        group=booking.group,
    )


def expected_fen(booking: Booking) -> int | None:
    """What a request will cost once allotted; nothing where its day has no price."""
    if booking.price_fen is not None:
        return booking.price_fen
    tariff = booking.quote.tariff if booking.quote else None
    if tariff is None:
        day = local_date(booking.period.lower)
        tariff = facilities.tariff_on(line_id=booking.line_id, day=day)
    return None if tariff is None else price_of(booking, tariff).total_fen


def cancel_fee_fen(booking: Booking, *, at: datetime) -> int:
    """What giving up a slot costs now; a request that was not allotted costs nothing.

    Source: R-BOOK-22.
    """
    if booking.status != Booking.Status.APPROVED or booking.tariff is None:
        return 0
    hours = (booking.period.lower - at) / HOUR
    terms = facilities.terms_of(booking.tariff)
    return pricing.cancellation_fen(terms, booking.price_fen or 0, hours_before=hours)
