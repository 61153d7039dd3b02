"""A plant with several lines, bookings of various people on them, and who looks at them."""

from datetime import datetime, timedelta

from pilotharbor.booking.models import Allocation, Booking
from pilotharbor.facilities.models import Line
from pilotharbor.parties.roles import Role
from pilotharbor.projects.models import Project
from tests.factories.booking import NOW, Dock, dock, on
from tests.factories.facilities import working_line
from tests.factories.parties import MembershipFactory
from tests.factories.projects import ProjectFactory


def second_line(d: Dock, **fields) -> Line:
    """Another line of the same platform."""
    return working_line(platform=d.line.platform, **fields)


def stranger(d: Dock, *, line: Line | None = None) -> Dock:
    """People and project of others, who book a line of the same platform."""
    project = ProjectFactory(stewarded=True, status=Project.Status.PILOT, platform=d.line.platform)
    return Dock(
        line=line or d.line,
        project=project,
        researcher=MembershipFactory(organisation=project.owner, role=Role.RESEARCHER),
        buyer=MembershipFactory(organisation=project.enterprise, role=Role.ENTERPRISE_MEMBER),
        operator=d.operator,
        engineer=d.engineer,
    )


def row(d: Dock, start: datetime, hours: float, **fields) -> Booking:
    """A booking written straight into the table, with its machines where it takes them."""
    end = start + timedelta(hours=hours)
    status = fields.pop("status", "approved")
    line = fields.pop("line", d.line)
    allotted = status not in {"submitted", "rejected", "cancelled"}
    fixed = {"price_fen": 0, "tariff": line.tariffs.first(), "reviewed_by": d.operator}
    booking = Booking.objects.create(
        line=line, project=d.project, period=(start, end), billing="hour", status=status,
        requested_by=d.buyer, requested_at=fields.pop("requested_at", NOW),
        **(fixed if allotted else {}),
        **({"reviewed_at": NOW} if allotted and "reviewed_at" not in fields else {}),
        **({"started_at": start} if status in {"in_use", "completed"} else {}),
        **({"cancel_reason": "x"} if status in {"cancelled", "no_show"} else {}),
        **({"review_reason": "x"} if status == "rejected" else {}),
        **fields,
    )  # fmt: skip
    if status in Booking.LIVE:
        Allocation.objects.bulk_create(
            Allocation(booking=booking, equipment=machine, period=(start, end))
            for machine in line.equipment.all()
        )
    booking.refresh_from_db()
    return booking


__all__ = ["NOW", "Dock", "dock", "on", "row", "second_line", "stranger"]
