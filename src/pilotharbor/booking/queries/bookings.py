"""Who gets which equipment when, and what is still free?"""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from pilotharbor.booking.engine import free
from pilotharbor.booking.models import Allocation, Booking, Waiting
from pilotharbor.facilities import queries as facilities
from pilotharbor.facilities.models import Line
from pilotharbor.kernel.time import period
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Reach, Scope, Verb
from pilotharbor.parties.roles import Role
from pilotharbor.projects import queries as projects
from pilotharbor.projects.models import Project, TeamMember

# The far end of an open stretch.
LAST = datetime(9999, 1, 1, tzinfo=UTC)
WAITING = (Booking.Status.SUBMITTED,)
AHEAD = (Booking.Status.APPROVED, Booking.Status.IN_USE)
# Who asks for equipment on behalf of a project they are a party of.
REQUESTERS = frozenset({
    Role.RESEARCHER, Role.ENTERPRISE_MEMBER, Role.PLATFORM_OPERATOR, Role.MEMBER_PLATFORM,
})  # fmt: skip


def _own(actor: Membership) -> Q:
    mine = actor.organisation_id
    return (
        Q(line__platform=mine)
        | Q(requested_by__organisation=mine)
        | Q(project__owner=mine)
        | Q(project__enterprise=mine)
        | Q(project__platform=mine)
    )


def _assigned(actor: Membership) -> Q:
    team = TeamMember.objects.filter(
        project=OuterRef("project_id"), membership=actor, scope=TeamMember.Scope.TEAM
    )
    return (
        Q(project__technology_manager=actor) | Q(project__industry_advisor=actor) | Q(Exists(team))
    )


# A scope that is missing here opens no row: aggregates are counted by governance.
SCOPES: dict[Scope, Reach] = {
    Scope.OWN: _own,
    Scope.ASSIGNED: _assigned,
    Scope.ALL: lambda _actor: ~Q(pk__in=[]),
}


def visible_bookings(*, actor: Membership | None) -> QuerySet[Booking]:
    """The bookings the actor may read, with the names a list shows. Source: R-BOOK-8."""
    rows = Booking.objects.select_related(
        "line__platform",
        "project",
        "tariff",
        "requested_by__person",
        "requested_by__organisation",
        "used_by__person",
        "engineer__person",
        "quote__tariff",
        "usage",
    )
    return rows.filter(rights.reach(actor, Verb.READ, Kind.BOOKING, SCOPES))


def taken(*, line_id: int, start: datetime, end: datetime) -> QuerySet[Allocation]:
    """Machines of a line that are taken for any of ``[start, end)``, earliest first."""
    return Allocation.objects.filter(
        equipment__line_id=line_id, live=True, period__overlap=period(start, end)
    ).order_by("period", "id")


def may_request(actor: Membership | None, project: Project) -> bool:
    """Whether the actor may ask for equipment on behalf of this project."""
    return rights.acts_as(actor, *REQUESTERS) and projects.is_party(actor, project)


def bookable_projects(*, actor: Membership | None) -> QuerySet[Project]:
    """The projects the actor may book for now."""
    if not rights.acts_as(actor, *REQUESTERS):
        return Project.objects.none()
    mine = actor.organisation_id
    return (
        projects.visible_projects(actor=actor)
        .filter(Q(owner=mine) | Q(enterprise=mine) | Q(platform=mine))
        .filter(status__in=projects.BOOKABLE)
        .order_by("title", "id")
    )


def may_review(actor: Membership | None, line: Line) -> bool:
    """Whether the actor decides on requests for this line: an operator of its platform."""
    return (
        actor is not None
        and rights.may(actor, Verb.APPROVE, Kind.BOOKING)
        and actor.organisation_id == line.platform_id
    )


def may_run(actor: Membership, line: Line) -> bool:
    """Whether the actor starts bookings and records their usage: line engineers and operators."""
    return may_review(actor, line) or facilities.runs(membership_id=actor.pk, line_id=line.pk)


def engineers_line(actor: Membership, line: Line) -> bool:
    """Whether the actor is an engineer of this line, and so stands by when it starts."""
    return facilities.runs(membership_id=actor.pk, line_id=line.pk)


def may_check_in(actor: Membership, booking: Booking) -> bool:
    """Whether the actor checks in: who comes, who asked, or who runs the line. Source: R-BOOK-29."""
    user = booking.used_by or booking.requested_by
    ours = user.person_id == actor.person_id
    return ours or may_cancel(actor, booking) or may_run(actor, booking.line)


def may_move(actor: Membership, booking: Booking) -> bool:
    """Whether the actor may move it or hand it over: who asked, or the reviewer; no query.

    Only an operator changes the end of a slot that is in use. Source: R-BOOK-24.
    """
    if booking.status == Booking.Status.IN_USE:
        return may_review(actor, booking.line)
    movable = booking.status in (Booking.Status.SUBMITTED, Booking.Status.APPROVED)
    return movable and may_cancel(actor, booking)


def may_cancel(actor: Membership, booking: Booking) -> bool:
    """Whether the actor may give the booking up: the organisation that asked, or the reviewer."""
    ours = actor.organisation_id == booking.requested_by.organisation_id
    asked = ours and rights.acts_as(actor, *REQUESTERS)
    return asked or may_review(actor, booking.line)


def review_queue(*, actor: Membership) -> QuerySet[Booking]:
    """Requests that wait for the actor's decision, the earliest slot first."""
    if not rights.may(actor, Verb.APPROVE, Kind.BOOKING):
        return Booking.objects.none()
    return (
        visible_bookings(actor=actor)
        .filter(line__platform=actor.organisation_id, status__in=WAITING)
        # What is offered to who waits is no request yet.
        .exclude(waiting__status="offered")
        .order_by("period", "id")
    )


def to_run(*, actor: Membership, start: datetime, end: datetime) -> QuerySet[Booking]:
    """Slots that touch ``[start, end)`` or are still in use, on lines the actor runs."""
    lines = Q(line__engineers__membership=actor)
    if rights.may(actor, Verb.APPROVE, Kind.BOOKING):
        lines |= Q(line__platform=actor.organisation_id)
    due = Q(status=Booking.Status.IN_USE) | Q(period__overlap=period(start, end))
    return (
        visible_bookings(actor=actor)
        .filter(lines, due, status__in=[*AHEAD, Booking.Status.COMPLETED])
        .order_by("period", "id")
        .distinct()
    )


def overdue(*, actor: Membership, start: datetime) -> QuerySet[Booking]:
    """Slots that ended before ``start`` and whose usage nobody has recorded."""
    lines = Q(line__engineers__membership=actor)
    if rights.may(actor, Verb.APPROVE, Kind.BOOKING):
        lines |= Q(line__platform=actor.organisation_id)
    return (
        visible_bookings(actor=actor)
        .filter(lines, status=Booking.Status.APPROVED, period__fully_lt=period(start, LAST))
        .order_by("period", "id")
        .distinct()
    )


def lines_to_tidy(*, at: datetime) -> list[int]:
    """Lines on which a request holds its time no longer, or somebody waits in vain by now."""
    expired = Booking.objects.filter(
        Exists(Allocation.objects.filter(booking=OuterRef("pk"), live=True)),
        status=Booking.Status.SUBMITTED,
        hold_ends_at__lte=at,
    )
    return sorted(set(expired.values_list("line_id", flat=True)))


def overrunning(*, at: datetime) -> list[int]:
    """Slots still in use whose end was before ``at``, and of which nobody has said so yet."""
    rows = Booking.objects.filter(
        status=Booking.Status.IN_USE, overran_at=None, period__endswith__lte=at
    )
    return list(rows.order_by("id").values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class Proposed:
    """A usage as the machines' own signals tell it; ``seconds`` that any of them ran."""

    start: datetime
    end: datetime
    seconds: int


def proposed_usage(booking: Booking) -> Proposed | None:
    """From the first start to the last stop of the machines in this slot. Source: R-BOOK-33."""
    runs = [(run.lower, run.upper) for run in booking.runs.values_list("period", flat=True)]
    if not runs:
        return None
    spans = free.merged((int(a.timestamp()), int(b.timestamp())) for a, b in runs)
    return Proposed(
        min(a for a, _b in runs), max(b for _a, b in runs), sum(b - a for a, b in spans)
    )


def lines_sharing(*, booking_id: int) -> list[int]:
    """Other lines that wait for machines which this booking had: machines linked to theirs."""
    machines = Allocation.objects.filter(
        booking_id=booking_id, equipment__isnull=False
    ).values_list("equipment_id", flat=True)
    own = Booking.objects.filter(pk=booking_id).values_list("line_id", flat=True)
    waited_for = (
        Waiting.objects.filter(status=Waiting.Status.WAITING)
        .exclude(line_id__in=own)
        .values_list("line_id", flat=True)
    )
    lines = sorted(set(waited_for))
    if not lines:
        return []
    had = set(machines)
    return [
        line_id
        for line_id in lines
        if had & set(facilities.taken_by(line_id=line_id).values_list("pk", flat=True))
    ]
