"""Which lines are open to everybody, what do they cost a visitor, and when is there room next?

All of it is asked for as nobody: what the public does not see cannot be found by any filter either.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet

from pilotharbor.booking.queries.free import STEP_S, busy, earliest
from pilotharbor.calendars.models import Showing
from pilotharbor.facilities import pricing
from pilotharbor.facilities import queries as facilities
from pilotharbor.facilities.models import Equipment, Line
from pilotharbor.kernel.money import bp_of

# What a visitor asks about: half a day's work, in the coming weeks.
LENGTH, AHEAD = timedelta(hours=4), timedelta(days=28)
# Sizes of a batch in kilogram, half-open, by the words the field uses.
SCALES: dict[str, tuple[Decimal, Decimal | None]] = {
    "gram": (Decimal(0), Decimal(1)),
    "kilogram": (Decimal(1), Decimal(100)),
    "hundred": (Decimal(100), Decimal(1000)),
    "tonne": (Decimal(1000), None),
}


@dataclass(frozen=True, slots=True)
class Sought:
    """What a visitor looks for; empty where it does not matter.

    ``region``    the first two digits of GB/T 2260; ``industry`` a division of GB/T 4754
    ``scale``     a key of ``SCALES``
    """

    q: str = ""
    region: str = ""
    industry: str = ""
    scale: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out."""
        return self != Sought()


@dataclass(frozen=True, slots=True)
class Rates:
    """What somebody from outside pays today, in fen; ``None`` where the line has no such price.

    ``hour_fen`` is that outside the peak; ``minimum_fen`` the least for one booking
    ``until``     the day from which another price is known to hold
    """

    hour_fen: int | None
    peak_fen: int | None
    batch_fen: int | None
    sample_fen: int | None
    engineer_fen: int | None
    minimum_fen: int | None
    until: date | None


def open_lines(sought: Sought | None = None) -> QuerySet[Line]:
    """Lines that take bookings, of working platforms, that fit what is looked for.

    Source: R-FAC-6, R-CAL-40.
    """
    wanted = sought or Sought()
    rows = facilities.visible_lines(actor=None)
    for word in wanted.q.split():
        rows = rows.filter(_says(word))
    if wanted.region:
        rows = rows.filter(platform__region__startswith=wanted.region)
    if wanted.industry:
        rows = rows.filter(
            pk__in=Showing.objects.filter(industries__contains=[wanted.industry]).values("line")
        )
    if wanted.scale in SCALES:
        rows = rows.filter(_takes(*SCALES[wanted.scale]))
    return rows


def _says(word: str) -> Q:
    shared = Equipment.objects.filter(
        Q(name__icontains=word) | Q(model__icontains=word), is_shared=True
    ).exclude(status=Equipment.Status.RETIRED)
    return (
        Q(name__icontains=word)
        | Q(description__icontains=word)
        | Q(platform__name__icontains=word)
        | Q(pk__in=shared.exclude(line=None).values("line"))
    )


def _takes(low: Decimal, high: Decimal | None) -> Q:
    """Lines whose batches may be of this size; those that say nothing are not known to."""
    said = Q(batch_kg_min__isnull=False) | Q(batch_kg_max__isnull=False)
    reaches = Q(batch_kg_max__isnull=True) | Q(batch_kg_max__gte=low)
    if high is None:
        return said & reaches
    return said & reaches & (Q(batch_kg_min__isnull=True) | Q(batch_kg_min__lt=high))


def rates(line: Line, day: date) -> Rates | None:
    """The prices of a line with its tariffs for somebody from outside. Source: R-FAC-14, R-CAL-41."""
    tariff = next((t for t in line.tariffs.all() if day in t.validity), None)
    if tariff is None:
        return None
    share = pricing.share_of(facilities.terms_of(tariff), "outside")

    def paid(fen: int | None, bp: int = share) -> int | None:
        return bp_of(fen, bp) if fen else None

    return Rates(
        hour_fen=paid(tariff.hourly_fen),
        peak_fen=paid(tariff.peak_hourly_fen),
        batch_fen=paid(tariff.batch_fen),
        sample_fen=paid(tariff.sample_fen),
        engineer_fen=tariff.engineer_hourly_fen or None,
        minimum_fen=tariff.minimum_fen or None,
        until=tariff.validity.upper,
    )


def next_free(*, line_ids: Sequence[int], at: datetime) -> dict[int, datetime | None]:
    """When each open line can first be had for half a day; ``None``: not within four weeks.

    Four statements however many lines. Who has the line meanwhile is nowhere in it.

    Source: R-BOOK-26, R-CAL-42.
    """
    # Nobody begins at 17:22: proposals are on the quarter hour.
    start = datetime.fromtimestamp(-(-int(at.timestamp()) // STEP_S) * STEP_S, UTC)
    end = start + AHEAD
    plans = facilities.plans_of(line_ids=line_ids, start=start, end=end)
    machines = {m.pk for plan in plans.values() for m in plan.machines}
    taken = busy(equipment_ids=machines, start=start, end=end, at=at)
    return {
        pk: earliest(plan, taken, [(start, end)], LENGTH) if plan.machines else None
        for pk, plan in plans.items()
    }


def industries_of(line_ids: Sequence[int]) -> dict[int, list[str]]:
    """For which industries each line is meant, by its platform's word."""
    rows = Showing.objects.filter(line__in=line_ids)
    return dict(rows.values_list("line_id", "industries"))


def offered() -> tuple[set[str], set[str]]:
    """The provinces and industries that occur among open lines."""
    lines = open_lines()
    regions = lines.order_by().values_list("platform__region", flat=True).distinct()
    trades = Showing.objects.filter(line__in=lines.values("pk")).values_list(
        "industries", flat=True
    )
    return {one[:2] for one in regions if one}, {code for codes in trades for code in codes}
