"""Who gets which equipment when, and what is still free?"""

from datetime import UTC, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from pilotharbor.booking.models import Allocation, Booking
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
