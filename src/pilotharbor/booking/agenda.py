"""A stretch of days drawn from its slots: what is free at a glance, and what is taken."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from pilotharbor.booking.queries import Slot
from pilotharbor.kernel.time import DAY, SHANGHAI, start_of

MINUTES = 24 * 60
# A day with at most this much taken still counts as largely free.
LIGHT = MINUTES // 3


@dataclass(frozen=True, slots=True)
class Bar:
    """One slot on one day: minutes from midnight ``x`` for ``width`` minutes."""

    x: int
    width: int
    slot: Slot


@dataclass(slots=True)
class Day:
    """A day in Shanghai: its bars and how many minutes nobody has been given."""

    date: date
    today: bool
    past: bool
    bars: list[Bar] = field(default_factory=list)
    taken: int = 0

    @property
    def free_hours(self) -> str:
        """Hours nobody has been given, one decimal at most."""
        return f"{(MINUTES - self.taken) / 60:.1f}".removesuffix(".0")

    @property
    def state(self) -> str:
        """``free``, ``partly`` or ``full``."""
        if self.taken == 0:
            return "free"
        return "full" if self.taken >= MINUTES else "partly"


def days(first: date, count: int, slots: Sequence[Slot], *, now: datetime) -> list[Day]:
    """The days from ``first`` on, with the slots that touch them."""
    today = now.astimezone(SHANGHAI).date()
    drawn = []
    for n in range(count):
        day = first + timedelta(days=n)
        one = Day(day, today=day == today, past=day < today)
        begin = start_of(day)
        for slot in slots:
            bar = _bar(slot, begin)
            if bar is None:
                continue
            one.bars.append(bar)
            if slot.status != "submitted":
                one.taken += bar.width
        drawn.append(one)
    return drawn


def _bar(slot: Slot, begin: datetime) -> Bar | None:
    start, end = max(slot.start, begin), min(slot.end, begin + DAY)
    if end <= start:
        return None
    x = int((start - begin).total_seconds() // 60)
    # A slot of seconds is still seen.
    return Bar(x, max(int((end - start).total_seconds() // 60), 1), slot)


def week_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def month_grid(day: date) -> tuple[date, int]:
    """The first Monday and the number of days of the weeks that show the month of ``day``."""
    first = day.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    monday = week_of(first)
    weeks = -(-(after - monday).days // 7)
    return monday, weeks * 7
