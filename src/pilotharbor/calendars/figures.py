"""The indicators in words: value, part, whole, formula and source, for the page and the export."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from pilotharbor.calendars import words
from pilotharbor.calendars.engine.heat import share_bp
from pilotharbor.calendars.queries import BOOKED, Place, Use
from pilotharbor.kernel.sheets.write import Cell

NOTHING = "—"
WEEKDAYS = 7
HOURS = 24


@dataclass(frozen=True, slots=True)
class Indicator:
    """One figure with all that it takes to check it.

    ``part`` and ``whole`` are said with their units; ``formula`` and ``source`` as sentences
    """

    key: str
    name: str
    value: str
    part: str
    whole: str
    formula: str
    source: str
    note: str = ""


def indicators_of(use: Use) -> list[Indicator]:
    """All indicators of some lines over some days."""
    return [
        _utilisation(use),
        _of_open(use),
        _outside(use),
        _shared(use),
        _met(use),
        _waits(use),
        _missed(use),
    ]


def percent(bp: int | None) -> str:
    """Basis points as a percentage with one decimal, ``12.5%``."""
    if bp is None:
        return NOTHING
    tenth = Decimal(bp) / 100
    return f"{tenth.quantize(Decimal('0.1'), ROUND_HALF_UP)}%"


def hours(seconds: int) -> str:
    """Seconds as hours with their unit."""
    return _("{h} h").format(h=words.hours(seconds))


def _utilisation(use: Use) -> Indicator:
    return Indicator(
        "utilisation",
        _("Utilisation rate"),
        percent(share_bp(use.used, use.base_seconds)),
        hours(use.used),
        _("{h} of {n} lines").format(h=hours(use.base_seconds), n=len(use.lines)),
        _("Effective hours ÷ (lines × {base} h a year × days ÷ days of the year)").format(
            base=use.base.hours_a_year
        ),
        str(use.base.source),
        _("Effective hours are those recorded as used, counted once for each line."),
    )


def _of_open(use: Use) -> Indicator:
    return Indicator(
        "open_utilisation",
        _("Use of opening hours"),
        percent(share_bp(use.used, use.open)),
        hours(use.used),
        hours(use.open),
        _("Effective hours ÷ opening hours without public holidays, maintenance and outages"),
        _("PilotHarbor, R-CAL-11"),
    )


def _outside(use: Use) -> Indicator:
    return Indicator(
        "outside_hours",
        _("Hours for others"),
        hours(use.outside),
        hours(use.outside),
        hours(use.used),
        _(
            "Effective hours of projects whose enterprise, or else owner, is not the platform itself"
        ),
        _("Evaluation of shared research instruments"),
    )


def _shared(use: Use) -> Indicator:
    return Indicator(
        "sharing",
        _("Sharing rate"),
        percent(share_bp(use.outside, use.used)),
        hours(use.outside),
        hours(use.used),
        _("Hours for others ÷ effective hours"),
        _("Evaluation of shared research instruments"),
    )


def _met(use: Use) -> Indicator:
    told, met = use.decisions, use.decisions.met
    return Indicator(
        "met",
        _("Requests met"),
        percent(met.bp),
        _("{n} granted").format(n=told.granted),
        _("{n} decided or overtaken").format(n=met.whole),
        _("Granted ÷ (granted + refused + begun before anybody decided), by the day of asking"),
        _("PilotHarbor, R-CAL-13"),
        _("{refused} refused, {overtaken} overtaken; not counted: {withdrawn} withdrawn, {open} open.").format(
            refused=told.refused, overtaken=told.overtaken, withdrawn=told.withdrawn, open=told.open
        ),
    )  # fmt: skip


def _waits(use: Use) -> Indicator:
    waits = use.waits
    return Indicator(
        "review_time",
        _("Time of review"),
        NOTHING if waits.median is None else hours(waits.median),
        _("middle of {n}").format(n=waits.count),
        _("{n} decisions").format(n=waits.count),
        _("Median of the time from the request to its first decision, by the day of decision"),
        _("PilotHarbor, R-CAL-14"),
        ""
        if waits.ninth_tenth is None
        else _("Nine of ten within {h}.").format(h=hours(waits.ninth_tenth)),
    )


def _missed(use: Use) -> Indicator:
    return Indicator(
        "no_show",
        _("No-show rate"),
        percent(use.missed.bp),
        _("{n} missed").format(n=use.missed.part),
        _("{n} slots that are over").format(n=use.missed.whole),
        _("No-shows ÷ (no-shows + slots that were used), by the day the slot ended"),
        _("PilotHarbor, R-CAL-15"),
        _("{n} more are over and not accounted for yet.").format(n=use.unrecorded)
        if use.unrecorded
        else "",
    )


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One field of a heat map: its share, its shade from 0 to 10, and what it is made of."""

    text: str
    shade: int
    said: str


def cell(part: int, whole: int) -> HeatCell:
    """A field that says its part and whole; what was not open at all stays empty."""
    bp = share_bp(part, whole)
    said = _("{part} of {whole} h").format(part=words.hours(part), whole=words.hours(whole))
    if bp is None:
        return HeatCell(NOTHING if not part else "+", 0, said)
    # The nearest whole percent, half up, in integers.
    return HeatCell(f"{(bp + 50) // 100}", min((bp + 500) // 1000, 10), said)


def week_map(use: Use) -> list[tuple[int, list[HeatCell]]]:
    """Rows of hours 0 to 23, each with its seven weekdays."""
    return [
        (hour, [cell(use.week_used[d][hour], use.week_open[d][hour]) for d in range(WEEKDAYS)])
        for hour in range(HOURS)
    ]


def day_map(use: Use) -> list[tuple[Place, HeatCell, list[HeatCell]]]:
    """Rows of lines: the line, its days together, and each day."""
    return [
        (
            one.place,
            cell(one.used, one.open),
            [cell(a, b) for a, b in zip(one.used_days, one.open_days, strict=True)],
        )
        for one in use.lines
    ]


def indicator_table(use: Use) -> tuple[list[str], Iterator[Sequence[Cell]]]:
    """The indicators as a table to take along."""
    heads = [
        _("Indicator"), _("Value"), _("Part"), _("Whole"), _("Formula"), _("Source"), _("Remark"),
    ]  # fmt: skip
    rows = (
        [i.name, i.value, i.part, i.whole, i.formula, i.source, i.note] for i in indicators_of(use)
    )
    return heads, rows


def week_table(use: Use) -> tuple[list[str], Iterator[Sequence[Cell]]]:
    """Hour by weekday: seconds used and open, exact."""
    heads = [_("Weekday"), _("Hour"), _basis(use), _("Seconds open"), _("Share in basis points")]
    rows = (
        [weekday + 1, hour, used, opens, share_bp(used, opens)]
        for weekday in range(WEEKDAYS)
        for hour in range(HOURS)
        for used, opens in [(use.week_used[weekday][hour], use.week_open[weekday][hour])]
    )
    return heads, rows


def day_table(use: Use) -> tuple[list[str], Iterator[Sequence[Cell]]]:
    """Day by line: seconds used and open, exact."""
    heads = [
        _("Platform"), _("Line"), _("Day"), _basis(use), _("Seconds open"),
        _("Share in basis points"),
    ]  # fmt: skip
    rows = (
        [one.place.platform, one.place.name, day, used, opens, share_bp(used, opens)]
        for one in use.lines
        for day, used, opens in zip(days_of(use), one.used_days, one.open_days, strict=True)
    )
    return heads, rows


def days_of(use: Use) -> list[date]:
    """The days of a report in order."""
    return [use.first + timedelta(days=n) for n in range((use.after - use.first).days)]


def _basis(use: Use) -> str:
    return _("Seconds booked") if use.basis == BOOKED else _("Seconds used")
