"""A plant with two lines, one engineer and requests that wait, and a plan for them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pilotharbor.booking import commands as booking
from pilotharbor.booking.models import Booking
from pilotharbor.facilities.models import Line
from pilotharbor.projects.models import Project
from pilotharbor.scheduling import commands, solving
from pilotharbor.scheduling.models import Proposal
from tests.factories.booking import NOW, Dock, dock, on
from tests.factories.calendars import stranger
from tests.factories.facilities import working_line

HOUR = timedelta(hours=1)


@dataclass
class Plant:
    """Two lines of one platform that share their engineer, and two parties who ask."""

    d: Dock
    other: Line
    rival: Dock

    def ask(self, hours, *windows, line=None, by=None, at=NOW, **fields) -> Booking:
        """A request of so many hours within windows; by the first party unless told."""
        d = by or self.d
        return booking.request(
            line_id=(line or self.d.line).pk, project_id=d.project.pk, windows=windows,
            duration_s=hours * 3600, billing="hour", actor_id=d.researcher.pk, at=at, **fields,
        )  # fmt: skip

    def propose(self, first=None, last=None, **fields) -> Proposal:
        return commands.propose(
            start=first or on(2, 0), end=last or on(7, 0), limit_s=fields.pop("limit_s", 1),
            actor_id=fields.pop("actor", self.d.operator).pk, at=fields.pop("at", NOW), **fields,
        )  # fmt: skip

    def solve(self, proposal: Proposal, at: datetime = NOW) -> Proposal:
        solving.carry_out(proposal_id=proposal.pk, clock=lambda: at)
        proposal.refresh_from_db()
        return proposal

    def plan(self, *args, **fields) -> Proposal:
        return self.solve(self.propose(*args, **fields))


def plant(**line) -> Plant:
    d = dock(status=Project.Status.PILOT, **line)
    other = working_line(platform=d.line.platform, **line)
    other.engineers.update(membership=d.engineer)
    return Plant(d, other, stranger(d))


__all__ = ["HOUR", "NOW", "Plant", "on", "plant"]
