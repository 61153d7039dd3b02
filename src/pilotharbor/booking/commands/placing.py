"""A flexible wish finds its place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from pilotharbor.booking.commands.asking import Window
from pilotharbor.booking.engine.free import Stretch
from pilotharbor.booking.queries import free
from pilotharbor.facilities import queries as facilities
from pilotharbor.facilities.queries import LinePlan
from pilotharbor.parties.models import Membership


@dataclass(frozen=True, slots=True)
class Room:
    """What is free of a line over a stretch of time, and what is taken of it bit by bit."""

    plan: LinePlan
    taken: dict[int, list[Stretch]]

    @classmethod
    def of(
        cls,
        *,
        line_id: int,
        start: datetime,
        end: datetime,
        at: datetime,
        actor: Membership | None = None,
    ) -> Self:
        """The room of a line, in three statements.

        Raises: NotFound.
        """
        plan = facilities.plan_of(line_id=line_id, start=start, end=end, actor=actor)
        machines = [m.pk for m in plan.machines]
        return cls(plan, free.busy(equipment_ids=machines, start=start, end=end, at=at))

    def earliest(self, windows: Sequence[Window], length: timedelta) -> datetime | None:
        """Where the length first fits into the windows. Source: R-BOOK-18."""
        return free.earliest(self.plan, self.taken, windows, length)

    def take(self, start: datetime, end: datetime) -> None:
        """Count a stretch as taken from now on."""
        stretch = free.seconds(start), free.seconds(end)
        for machine in self.plan.machines:
            self.taken.setdefault(machine.pk, []).append(stretch)
