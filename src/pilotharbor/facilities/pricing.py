"""What does it cost? Pure: terms and what is asked for in, lines of a price out.

Every line is rounded once, half up, to whole fen; the total is the sum of the lines. What is below
the minimum of a booking is made up by a line of its own. Days and clock times are Shanghai's.
Source: R-FAC-14 to R-FAC-18.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Literal

from pilotharbor.facilities import holidays
from pilotharbor.kernel.money import BP, bp_of, half_up
from pilotharbor.kernel.time import SECOND, SHANGHAI, local_date

type Billing = Literal["hour", "batch", "sample", "mixed"]
type Group = Literal["member", "sme", "outside"]
type LineKind = Literal["hour", "peak", "batch", "sample", "engineer", "consumable", "minimum"]

HOUR_SECONDS = 3600
MIDNIGHT = time()


@dataclass(frozen=True, slots=True)
class Terms:
    """The columns of a tariff; sums in fen, parts in basis points."""

    hourly_fen: int
    batch_fen: int
    sample_fen: int = 0
    peak_hourly_fen: int | None = None
    peak_weekdays: tuple[int, ...] = ()
    peak_from: time | None = None
    peak_to: time | None = None
    member_bp: int = BP
    sme_bp: int = BP
    outside_bp: int = BP
    engineer_hourly_fen: int = 0
    minimum_fen: int = 0
    deposit_fen: int = 0
    free_cancel_hours: int = 0
    late_cancel_bp: int = 0
    no_show_bp: int = 0


@dataclass(frozen=True, slots=True)
class Ask:
    """What is to be priced: a stretch ``[start, end)`` and what goes with it.

    ``consumables``  name, quantity, fen for one unit
    """

    start: datetime
    end: datetime
    billing: Billing
    batches: int = 1
    samples: int = 0
    engineer_seconds: int = 0
    consumables: tuple[tuple[str, Decimal, int], ...] = ()
    group: Group = "outside"


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One line of a price: ``quantity`` of ``unit`` at ``unit_fen``, of which ``bp`` is paid.

    ``quantity`` of hours is rounded to four decimals for reading; the amount is not computed from it.
    ``name`` is that of a consumable.
    """

    kind: LineKind
    quantity: Decimal
    unit: str
    unit_fen: int
    amount_fen: int
    bp: int = BP
    name: str = ""


@dataclass(frozen=True, slots=True)
class Priced:
    """A price: its lines and their sum."""

    lines: tuple[PriceLine, ...]
    total_fen: int


def price(terms: Terms, ask: Ask) -> Priced:
    """What ``ask`` costs under ``terms``."""
    bp = share_of(terms, ask.group)
    lines: list[PriceLine] = []
    if ask.billing in {"hour", "mixed"}:
        lines += _hours(terms, ask, bp)
    if ask.billing in {"batch", "mixed"} and ask.batches:
        lines.append(_counted("batch", ask.batches, terms.batch_fen, bp))
    if ask.billing in {"sample", "mixed"} and ask.samples:
        lines.append(_counted("sample", ask.samples, terms.sample_fen, bp))
    if ask.engineer_seconds:
        lines.append(_timed("engineer", ask.engineer_seconds, terms.engineer_hourly_fen, BP))
    for name, quantity, unit_fen in ask.consumables:
        if quantity:
            exact = Fraction(quantity) * unit_fen
            amount = half_up(exact.numerator, exact.denominator)
            lines.append(PriceLine("consumable", quantity, "", unit_fen, amount, name=name))
    total = sum(line.amount_fen for line in lines)
    if total < terms.minimum_fen:
        missing = terms.minimum_fen - total
        lines.append(PriceLine("minimum", Decimal(1), "booking", missing, missing))
        total = terms.minimum_fen
    return Priced(tuple(lines), total)


def share_of(terms: Terms, group: Group) -> int:
    """What a group pays of the price of use, in basis points."""
    return {"member": terms.member_bp, "sme": terms.sme_bp, "outside": terms.outside_bp}[group]


def group_of(terms: Terms, *, member: bool, sme: bool) -> Group:
    """The group an organisation is priced in: a member first, else the lower price it may have."""
    if member:
        return "member"
    return "sme" if sme and terms.sme_bp <= terms.outside_bp else "outside"


def peak_seconds(terms: Terms, start: datetime, end: datetime) -> int:
    """How many seconds of ``[start, end)`` lie inside the peak window.

    A public holiday has no peak; a make-up workday counts as a Monday.
    """
    if terms.peak_hourly_fen is None or end <= start:
        return 0
    seconds = 0
    day, last = local_date(start), local_date(end)
    while day <= last:
        weekday = holidays.weekday_of(day)
        counts = holidays.MONDAY if weekday == holidays.MAKE_UP else weekday
        if counts in terms.peak_weekdays and not holidays.is_off(day):
            opens = datetime.combine(day, terms.peak_from or MIDNIGHT, SHANGHAI)
            closing = terms.peak_to or MIDNIGHT
            ends_on = day + timedelta(days=1) if closing == MIDNIGHT else day
            closes = datetime.combine(ends_on, closing, SHANGHAI)
            inside = min(closes.astimezone(UTC), end) - max(opens.astimezone(UTC), start)
            seconds += max(inside // SECOND, 0)
        day += timedelta(days=1)
    return seconds


def cancellation_fen(terms: Terms, total_fen: int, *, hours_before: float) -> int:
    """What giving up a slot costs, so many hours before it begins."""
    if hours_before >= terms.free_cancel_hours:
        return 0
    return bp_of(total_fen, terms.late_cancel_bp)


def no_show_fen(terms: Terms, total_fen: int) -> int:
    """What it costs when nobody comes."""
    return bp_of(total_fen, terms.no_show_bp)


def _hours(terms: Terms, ask: Ask, bp: int) -> list[PriceLine]:
    whole = max((ask.end - ask.start) // SECOND, 0)
    peak = peak_seconds(terms, ask.start, ask.end)
    found = []
    if whole - peak or not peak:
        found.append(_timed("hour", whole - peak, terms.hourly_fen, bp))
    if peak and terms.peak_hourly_fen is not None:
        found.append(_timed("peak", peak, terms.peak_hourly_fen, bp))
    return found


def _timed(kind: LineKind, seconds: int, hourly_fen: int, bp: int) -> PriceLine:
    amount = half_up(hourly_fen * seconds * bp, HOUR_SECONDS * BP)
    hours = (Decimal(seconds) / HOUR_SECONDS).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    return PriceLine(kind, hours, "hour", hourly_fen, amount, bp)


def _counted(kind: LineKind, count: int, unit_fen: int, bp: int) -> PriceLine:
    return PriceLine(kind, Decimal(count), kind, unit_fen, bp_of(unit_fen * count, bp), bp)
