"""What goes with a request, the same at every door."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from pilotharbor.booking.commands import errors
from pilotharbor.booking.commands.rules import Found
from pilotharbor.booking.engine import free
from pilotharbor.booking.models import Booking
from pilotharbor.booking.queries import Asked
from pilotharbor.facilities.queries import LinePlan
from pilotharbor.kernel.time import HOUR, NaiveTime

type Window = tuple[datetime, datetime]

MOST_WINDOWS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is asked for beside line, project and time.

    ``batches``      ``None``: one where it is charged by the batch, otherwise none
    ``engineer_s``   seconds of an engineer's help; ``None``: all of the slot where one is wanted
    ``consumables``  id → quantity
    ``acknowledged`` ids of safety requirements that were read and acknowledged
    ``used_by_id``   the membership that comes; ``None``: who asks
    """

    billing: str
    batch_no: int | None = None
    material: str = ""
    hazard: str = ""
    wants_engineer: bool = True
    batches: int | None = None
    samples: int = 0
    engineer_s: int | None = None
    consumables: Mapping[int, Decimal] = field(default_factory=dict)
    batch_kg: Decimal | None = None
    acknowledged: Sequence[int] = ()
    used_by_id: int | None = None
    quote_id: int | None = None

    def asked(self, plan: LinePlan, quoted: Iterable[dict[str, Any]] = ()) -> tuple[Asked, Found]:
        """What of it has a price on this line, and what the line does not have.

        What was ``quoted`` keeps its price, also where the line has it no longer.
        """
        found: Found = []
        rows: list[dict[str, Any]] = []
        goods = {
            one.pk: {"id": one.pk, "name": one.name, "unit": one.unit, "unit_fen": one.unit_fen}
            for one in plan.consumables
        } | {row["id"]: row for row in quoted}
        for pk, quantity in self.consumables.items():
            if (one := goods.get(pk)) is None:
                found.append(("consumables", errors.NotUsedUp(name=str(pk))))
            elif quantity > 0:
                rows.append({**one, "quantity": f"{quantity:f}"})
        by_batch = 1 if self.billing == Booking.Billing.BATCH else 0
        asked = Asked(
            billing=self.billing,
            batches=by_batch if self.batches is None else self.batches,
            samples=self.samples,
            engineer_s=self.engineer_s if self.wants_engineer else 0,
            consumables=tuple(rows),
        )
        return asked, found

    def kept(self) -> dict[str, Any]:
        """The same for a JSON column."""
        return {
            "billing": self.billing,
            "batch_no": self.batch_no,
            "material": self.material,
            "hazard": self.hazard,
            "wants_engineer": self.wants_engineer,
            "batches": self.batches,
            "samples": self.samples,
            "engineer_s": self.engineer_s,
            "consumables": {str(pk): f"{q:f}" for pk, q in self.consumables.items()},
            "batch_kg": f"{self.batch_kg:f}" if self.batch_kg is not None else None,
            "acknowledged": list(self.acknowledged),
            "used_by_id": self.used_by_id,
        }


def ask_kept_in(row: Mapping[str, Any]) -> Ask:
    """What ``Ask.kept`` wrote."""
    kilograms = row.get("batch_kg")
    return replace(
        Ask(billing=row["billing"]),
        **dict(row)
        | {
            "consumables": {int(pk): Decimal(q) for pk, q in row.get("consumables", {}).items()},
            "batch_kg": Decimal(kilograms) if kilograms is not None else None,
        },
    )


def sound_windows(
    windows: Iterable[Window], *, duration_s: int, at: datetime
) -> tuple[list[Window], Found]:
    """The windows in order, joined where they touch, without what is over or too short.

    Source: R-BOOK-18.
    """
    given = list(windows)
    if len(given) > MOST_WINDOWS:
        return [], [("windows", errors.TooManyWindows(most=MOST_WINDOWS))]
    if any(one.tzinfo is None for pair in given for one in pair):
        return [], [("windows", NaiveTime())]
    now = -int(-at.timestamp() // 1)
    spans = free.merged((max(int(a.timestamp()), now), int(b.timestamp())) for a, b in given)
    kept = [(a, b) for a, b in spans if b - a >= duration_s > 0]
    if not kept:
        length = timedelta(seconds=duration_s)
        return [], [("windows", errors.WindowsUnsound(hours=hours_of(length)))]
    return [
        (datetime.fromtimestamp(a, at.tzinfo), datetime.fromtimestamp(b, at.tzinfo))
        for a, b in kept
    ], []


def hours_of(length: timedelta) -> str:
    """A length in hours as people write it, one decimal at most."""
    return f"{length / HOUR:.1f}".removesuffix(".0")
