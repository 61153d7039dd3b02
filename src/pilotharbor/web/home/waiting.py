"""What waits for this person: one question per kind of work, each asked only where it may be done."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from pilotharbor.agreements.models import Agreement, Party
from pilotharbor.assessment.models import Panel, Seat
from pilotharbor.booking.models import Booking
from pilotharbor.governance.models import Accreditation
from pilotharbor.kernel.time import local_date
from pilotharbor.matching.models import Match
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.roles import Role
from pilotharbor.projects import queries as projects
from pilotharbor.projects.models import Project, Task
from pilotharbor.technologies.models import Achievement, Demand

MOST = 8
SOON = timedelta(days=7)


@dataclass(frozen=True)
class Waiting:
    """One thing to do: what, where, and by when if there is a day."""

    what: str
    title: str
    url: str
    due: date | datetime | None = None


type Ask = Callable[[Membership, datetime], Iterator[Waiting]]


def waiting_for(actor: Membership, at: datetime) -> list[Waiting]:
    """Everything that waits for the acting membership, what is due first on top."""
    found = [item for ask in ASKED[Role(actor.role)] for item in ask(actor, at)]
    return sorted(found, key=lambda w: (w.due is None, _day(w.due)))


def _day(due: date | datetime | None) -> date:
    if due is None:
        return date.max
    return local_date(due) if isinstance(due, datetime) else due


def _first[M: Achievement | Demand | Organisation](rows: QuerySet[M]) -> QuerySet[M]:
    return rows.order_by("id")[:MOST]


def organisations_to_approve(actor: Membership, at: datetime) -> Iterator[Waiting]:
    """Applicants, for the host's operators."""
    del at
    if actor.organisation.is_host:
        applied = Organisation.objects.filter(status=Organisation.Status.APPLIED)
        for row in _first(applied):
            yield Waiting(_("Approve this organisation"), row.name, f"/organisations/{row.pk}")


def achievements_to_review(actor: Membership, at: datetime) -> Iterator[Waiting]:
    """Results of one's own organisation under review."""
    del at
    mine = Achievement.objects.filter(owner_id=actor.organisation_id, status="submitted")
    for row in _first(mine):
        yield Waiting(_("Review this result"), row.title, f"/achievements/{row.pk}")


def demands_to_review(actor: Membership, at: datetime) -> Iterator[Waiting]:
    """Needs under review, for operators."""
    del actor, at
    for row in _first(Demand.objects.filter(status="submitted")):
        yield Waiting(_("Review this need"), row.title, f"/demands/{row.pk}")


def returned_entries(actor: Membership, at: datetime) -> Iterator[Waiting]:
    """One's own entries that came back with a note."""
    del at
    results = Achievement.objects.filter(disclosed_by=actor, status="returned")
    for result in _first(results):
        yield Waiting(_("Revise this result"), result.title, f"/achievements/{result.pk}")
    for need in _first(Demand.objects.filter(posted_by=actor, status="returned")):
        yield Waiting(_("Revise this need"), need.title, f"/demands/{need.pk}")


def matches_to_answer(actor: Membership, at: datetime) -> Iterator[Waiting]:
    """Matches proposed for one's own needs."""
    del at
    proposed = Match.objects.filter(
        demand__owner_id=actor.organisation_id, status=Match.Status.PROPOSED
    )
    for row in proposed.select_related("achievement").order_by("id")[:MOST]:
        yield Waiting(_("Answer this match"), row.achievement.title, f"/matches/{row.pk}")


def agreements_to_sign(actor: Membership, at: datetime) -> Iterator[Waiting]:
    """Agreements offered that one's own organisation has not signed."""
    del at
    unsigned = Party.objects.filter(
        organisation_id=actor.organisation_id,
        signed_at=None,
        agreement__status=Agreement.Status.OFFERED,
    )
    for row in unsigned.select_related("agreement").order_by("id")[:MOST]:
        yield Waiting(
            _("Sign this agreement"), row.agreement.title, f"/agreements/{row.agreement_id}"
        )


def seats_to_score(actor: Membership, at: datetime) -> Iterator[Waiting]:
    """Panels that wait for this expert's scores."""
    del at
    seats = Seat.objects.filter(expert=actor, submitted_at=None, panel__status=Panel.Status.OPEN)
    for row in seats.select_related("panel").order_by("id")[:MOST]:
        title = _("Panel no. {n}").format(n=row.panel_id)
        yield Waiting(_("Score independently"), title, f"/panels/{row.panel_id}")


def panels_to_close(actor: Membership, at: datetime) -> Iterator[Waiting]:
    """Panels of one's platform whose scores are all in."""
    del at
    ready = Panel.objects.filter(
        project__platform_id=actor.organisation_id, status=Panel.Status.OPEN
    ).exclude(seats__submitted_at=None)
    for row in ready.select_related("project").order_by("id")[:MOST]:
        yield Waiting(_("Close this panel"), row.project.title, f"/panels/{row.pk}")


def bookings_to_review(actor: Membership, at: datetime) -> Iterator[Waiting]:
    """Requests for one's platform's lines."""
    del at
    asked = Booking.objects.filter(
        line__platform_id=actor.organisation_id, status=Booking.Status.SUBMITTED
    )
    for row in asked.select_related("line").order_by("period")[:MOST]:
        yield Waiting(
            _("Review this booking"), row.line.name, f"/bookings/{row.pk}", row.period.lower
        )


def bookings_to_run(actor: Membership, at: datetime) -> Iterator[Waiting]:
    """Approved or running bookings of this engineer that begin soon."""
    mine = Booking.objects.filter(
        line__engineers__membership=actor,
        status__in=[Booking.Status.APPROVED, Booking.Status.IN_USE],
        period__startswith__lt=at + SOON,
    )
    for row in mine.select_related("line").order_by("period")[:MOST]:
        yield Waiting(_("Run this booking"), row.line.name, f"/bookings/{row.pk}", row.period.lower)


def projects_to_carry(actor: Membership, at: datetime) -> Iterator[Waiting]:
    """Open projects one stewards, with the step each stands on."""
    del at
    carried = Project.objects.filter(technology_manager=actor) | Project.objects.filter(
        industry_advisor=actor
    )
    for row in carried.exclude(status__in=["closed", "ended"]).order_by("id")[:MOST]:
        yield Waiting(str(row.get_status_display()), row.title, f"/projects/{row.pk}")


def projects_to_decide(actor: Membership, at: datetime) -> Iterator[Waiting]:
    """Projects of one's platform that stand at their decision."""
    del at
    open_ones = Project.objects.filter(
        platform_id=actor.organisation_id, status=Project.Status.DECISION
    )
    for row in open_ones.order_by("id")[:MOST]:
        yield Waiting(_("Decide this project"), row.title, f"/projects/{row.pk}")


def tasks_to_do(actor: Membership, at: datetime) -> Iterator[Waiting]:
    """Open tasks one's organisation owes."""
    del at
    owed = Task.objects.filter(owner_id=actor.organisation_id, status=Task.Status.OPEN)
    visible = owed.filter(project__in=projects.visible_projects(actor=actor))
    for row in visible.order_by("due_date", "id")[:MOST]:
        yield Waiting(_("Settle this task"), row.title, f"/projects/{row.project_id}", row.due_date)


def accreditations_to_decide(actor: Membership, at: datetime) -> Iterator[Waiting]:
    """Applications for accreditation, for the bureau."""
    del actor, at
    filed = Accreditation.objects.filter(status=Accreditation.Status.FILED)
    for row in filed.select_related("platform").order_by("id")[:MOST]:
        yield Waiting(_("Decide this accreditation"), row.platform.name, "/accreditations")


ASKED: dict[Role, tuple[Ask, ...]] = {
    Role.RESEARCHER: (returned_entries, tasks_to_do),
    Role.TTO_OFFICER: (achievements_to_review, agreements_to_sign, tasks_to_do),
    Role.ENTERPRISE_MEMBER: (matches_to_answer, agreements_to_sign, returned_entries, tasks_to_do),
    Role.INVESTOR: (tasks_to_do,),
    Role.TECHNOLOGY_MANAGER: (projects_to_carry, tasks_to_do),
    Role.INDUSTRY_ADVISOR: (projects_to_carry,),
    Role.EXPERT: (seats_to_score,),
    Role.EQUIPMENT_ENGINEER: (bookings_to_run,),
    Role.PLATFORM_OPERATOR: (
        organisations_to_approve, demands_to_review, bookings_to_review, panels_to_close,
        agreements_to_sign, projects_to_decide, tasks_to_do,
    ),
    Role.MEMBER_PLATFORM: (bookings_to_review, tasks_to_do),
    Role.GOVERNMENT_OFFICER: (accreditations_to_decide,),
    Role.AUDITOR: (),
    Role.SYSTEM_ADMINISTRATOR: (organisations_to_approve,),
}  # fmt: skip
