"""A platform with a line, a project that may book it, and the people around."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pilotharbor.booking import commands
from pilotharbor.booking.models import Booking
from pilotharbor.facilities.models import Line
from pilotharbor.kernel.time import SHANGHAI
from pilotharbor.parties.models import Membership
from pilotharbor.parties.roles import Role
from pilotharbor.projects.models import Project
from tests.factories.facilities import working_line
from tests.factories.parties import MembershipFactory
from tests.factories.projects import ProjectFactory

# Sunday noon; the slots of the tests are in the week after.
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=SHANGHAI)


def on(day: int, hour: int = 8, minute: int = 0) -> datetime:
    """An hour of a day in March 2026, in Shanghai."""
    return datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)


@dataclass
class Dock:
    """One line, one project on its platform, and who acts."""

    line: Line
    project: Project
    researcher: Membership
    buyer: Membership
    operator: Membership
    engineer: Membership

    def request(self, start=None, end=None, *, actor=None, at=NOW, **fields) -> Booking:
        start = start or on(2)
        return commands.request(
            line_id=fields.pop("line_id", self.line.pk),
            project_id=fields.pop("project_id", self.project.pk),
            start=start,
            end=end or start + timedelta(hours=58),
            billing=fields.pop("billing", "batch"),
            actor_id=(actor or self.researcher).pk,
            at=at,
            **fields,
        )

    def approve(self, booking, *, actor=None, at=NOW, **fields) -> Booking:
        return commands.approve(
            booking_id=booking.pk, actor_id=(actor or self.operator).pk, at=at, **fields
        )

    def allot(self, start=None, end=None, **fields) -> Booking:
        return self.approve(self.request(start, end, **fields))

    def use(self, booking, start, end, *, actor=None, at=None):
        return commands.record_usage(
            booking_id=booking.pk,
            start=start,
            end=end,
            actor_id=(actor or self.engineer).pk,
            at=at or end,
        )


def dock(status=Project.Status.RESOURCING, **line) -> Dock:
    """A dock whose project stands at ``status``."""
    project = ProjectFactory(stewarded=True, status=status)
    line = working_line(platform=project.platform, **line)
    return Dock(
        line=line,
        project=project,
        researcher=MembershipFactory(organisation=project.owner, role=Role.RESEARCHER),
        buyer=MembershipFactory(organisation=project.enterprise, role=Role.ENTERPRISE_MEMBER),
        operator=MembershipFactory(organisation=project.platform, role=Role.PLATFORM_OPERATOR),
        engineer=line.engineers.get().membership,
    )
