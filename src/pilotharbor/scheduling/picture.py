"""Where does everything of a schedule lie, line by line? Positions in percent, for a picture drawn on the server."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _

from pilotharbor.booking import queries as booking
from pilotharbor.facilities import queries as facilities
from pilotharbor.kernel.time import DAY, SHANGHAI, local_date, start_of
from pilotharbor.parties.models import Membership
from pilotharbor.scheduling.models import Placement, Proposal

# A picture shows so many days at least, and no more than that.
LEAST_DAYS, MOST_DAYS = 5, 56


@dataclass(frozen=True, slots=True)
class Bar:
    """Something on a line: ``kind`` decides how it looks, ``number`` leads to the list below."""

    kind: str
    x: str
    width: str
    middle: str
    number: int = 0
    words: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the picture: its ground, and what lies on it."""

    name: str
    line_id: int
    ground: Sequence[Bar]
    bars: Sequence[Bar]


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the axis."""

    x: str
    label: str
    weekday: str


@dataclass(frozen=True, slots=True)
class Picture:
    """All lines of a schedule over the days in which something of it lies."""

    days: Sequence[Day]
    rows: Sequence[Row]
    width: int
    moved: bool


class _Scale:
    def __init__(self, start: datetime, end: datetime) -> None:
        self.start, self.end = start, end
        self.whole = (end - start).total_seconds()

    def at(self, moment: datetime) -> float:
        inside = min(max(moment, self.start), self.end)
        return 100 * (inside - self.start).total_seconds() / self.whole

    def bar(self, kind: str, a: datetime, b: datetime, **more: object) -> Bar:
        x, width = self.at(a), self.at(b) - self.at(a)
        return Bar(kind, f"{x:.3f}%", f"{width:.3f}%", f"{x + width / 2:.3f}%", **more)  # type: ignore[arg-type]


def picture_of(
    proposal: Proposal,
    placements: Sequence[Placement],
    *,
    numbers: Mapping[int, int],
    names: Mapping[int, str],
    actor: Membership | None,
) -> Picture | None:
    """The lines that the schedule puts something on, with what is there already; nothing to draw: none."""
    put = [one for one in placements if one.line_id is not None]
    if not put:
        return None
    start, end = _days(proposal, put)
    scale = _Scale(start, end)
    ids = sorted({i for one in put for i in (one.line_id, one.from_line_id) if i is not None})
    plans = facilities.plans_of(line_ids=ids, start=start, end=end)
    of_line: defaultdict[int, list[Placement]] = defaultdict(list)
    moves = proposal.kind == Proposal.Kind.REPAIR
    left: defaultdict[int, list[Placement]] = defaultdict(list)
    for one in put:
        of_line[one.line_id or 0].append(one)
        if moves and one.status != Placement.Status.ACCEPTED:
            left[one.from_line_id].append(one)
    own = {one.booking_id for one in put}
    rows = []
    for pk, plan in sorted(plans.items(), key=lambda item: (item[1].line.name, item[0])):
        ground = [scale.bar("open", a, b) for a, b in plan.open_stretches(start, end)]
        ground += [scale.bar("shut", x.start, x.end) for x in plan.shut_during(start, end)]
        there = booking.calendar(line=plan.line, start=start, end=end, actor=actor)
        bars = [
            scale.bar("taken", slot.start, slot.end, words=_("Taken already"))
            for slot in there
            if slot.status != "submitted" and not (slot.booking and slot.booking.pk in own)
        ]
        bars += [
            scale.bar(
                "was", one.from_period.lower, one.from_period.upper,
                number=numbers[one.pk], words=_("Until now"),
            )
            for one in left[pk]
        ]  # fmt: skip
        bars += _of_plan(of_line[pk], scale, numbers, names)
        rows.append(Row(plan.line.name, pk, ground, bars))
    count = (local_date(end - DAY / 2) - local_date(start)).days + 1
    return Picture(_axis(scale, count), rows, count, moves)


def _of_plan(
    mine: Iterable[Placement], scale: _Scale, numbers: Mapping[int, int], names: Mapping[int, str]
) -> list[Bar]:
    return [
        scale.bar(
            one.status, one.start_at, one.end_at,
            number=numbers[one.pk], words=names[one.booking_id],
        )
        for one in mine
        if one.start_at is not None and one.end_at is not None
    ]  # fmt: skip


def _days(proposal: Proposal, put: Sequence[Placement]) -> tuple[datetime, datetime]:
    """Whole days around what was put, within the horizon's days where that is enough."""
    first = min(one.start_at for one in put if one.start_at)
    last = max(one.end_at for one in put if one.end_at)
    if proposal.kind == Proposal.Kind.REPAIR:
        first = min(first, *(one.from_period.lower for one in put))
        last = max(last, *(one.from_period.upper for one in put))
    start = start_of(local_date(first))
    end = start_of(local_date(last - DAY / 86400)) + DAY
    end = max(
        end, min(start + LEAST_DAYS * DAY, start_of(local_date(proposal.horizon.upper)) + DAY)
    )
    return start, min(end, start + MOST_DAYS * DAY)


def _axis(scale: _Scale, count: int) -> list[Day]:
    found = []
    # Beyond three weeks only every other day has room for its name.
    step = 1 if count <= 21 else 2 if count <= 42 else 4
    for n in range(0, count, step):
        day = (scale.start + n * DAY).astimezone(SHANGHAI)
        label = date_format(day, "n/j")
        found.append(Day(f"{scale.at(scale.start + n * DAY):.3f}%", label, date_format(day, "D")))
    return found
