"""Which voyages may one see, where does each stand, and who still owes it what?"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from pilotharbor.kernel.errors import NotFound
from pilotharbor.leads import queries as leads
from pilotharbor.leads.models import Lead
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Reach, Scope, Verb
from pilotharbor.parties.roles import Role
from pilotharbor.projects.models import Plan, Project, Task, TeamMember

BOOKABLE = (Project.Status.RESOURCING, Project.Status.PILOT)
# Who steers the voyages of a platform.
PLATFORM_ROLES = (Role.PLATFORM_OPERATOR, Role.MEMBER_PLATFORM)
OVER = (Project.Status.CLOSED, Project.Status.ENDED)


def _own(actor: Membership) -> Q:
    mine = actor.organisation_id
    return Q(owner=mine) | Q(enterprise=mine) | Q(platform=mine) | _in_team(actor)


def _assigned(actor: Membership) -> Q:
    return Q(technology_manager=actor) | Q(industry_advisor=actor) | _in_team(actor)


def _in_team(actor: Membership) -> Q:
    team = TeamMember.objects.filter(project=OuterRef("pk"), membership=actor)
    return Q(Exists(team.filter(scope=TeamMember.Scope.TEAM)))


def _granted(actor: Membership) -> Q:
    return Q(Exists(TeamMember.objects.filter(project=OuterRef("pk"), membership=actor)))


# A scope that is missing here opens no row: aggregates are counted by governance.
SCOPES: dict[Scope, Reach] = {
    Scope.OWN: _own,
    Scope.ASSIGNED: _assigned,
    Scope.GRANTED: _granted,
    Scope.ALL: lambda _actor: ~Q(pk__in=[]),
}


def within(actor: Membership | None, verb: Verb) -> QuerySet[Project]:
    """The projects over which the actor has the verb."""
    return Project.objects.filter(rights.reach(actor, verb, Kind.PROJECT, SCOPES))


def visible_projects(*, actor: Membership | None) -> QuerySet[Project]:
    """The projects the actor may read, with the names a list shows.

    Source: R-PROJ-2.
    """
    return within(actor, Verb.READ).select_related(
        "achievement",
        "demand",
        "platform",
        "owner",
        "enterprise",
        "technology_manager__person",
        "industry_advisor__person",
    )


def visible_project(*, actor: Membership | None, project_id: int) -> Project:
    """One project the actor may read.

    Raises: NotFound.
    """
    found = visible_projects(actor=actor).filter(pk=project_id).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Known:
    """What somebody knows of the project of a lead: the whole of it, or only that it is there.

    ``opens``  whether they may read it; ``asked`` whom to ask where they may not, by name
    """

    project: Project
    opens: bool
    asked: list[Membership]


def of_lead(*, lead: Lead, actor: Membership) -> Known | None:
    """The project a lead became, for who may read it, and its existence for who carries the lead.

    Source: R-PROJ-2.
    """
    project = (
        Project.objects.select_related("platform", "technology_manager__person")
        .filter(pk=lead.project_id or 0)
        .first()
    )
    if project is None:
        return None
    opens = visible_projects(actor=actor).filter(pk=project.pk).exists()
    if not opens and leads.standing(lead, actor) is not leads.Standing.MANAGER:
        return None
    asked = parties.people_of(organisation_id=project.platform_id, roles=PLATFORM_ROLES)
    by_name = asked.select_related("person").order_by("person__name", "pk")
    return Known(project, opens, [] if opens else list(by_name[:3]))


def may_write(*, actor: Membership | None, project: Project) -> bool:
    """Whether the actor may change this project (its plan, its tasks)."""
    return within(actor, Verb.WRITE).filter(pk=project.pk).exists()


def runs(actor: Membership | None, project: Project) -> bool:
    """Whether the actor acts for the platform that carries the project and may steer it."""
    return rights.acts_as(actor, *PLATFORM_ROLES) and actor.organisation_id == project.platform_id


def is_party(actor: Membership | None, project: Project) -> bool:
    """Whether the actor's organisation is the project's owner, enterprise or platform."""
    return actor is not None and actor.organisation_id in {
        project.owner_id,
        project.enterprise_id,
        project.platform_id,
    }


def assigned(actor: Membership | None, project: Project) -> bool:
    """Whether the actor stewards the project or belongs to its team."""
    if actor is None:
        return False
    if actor.pk in {project.technology_manager_id, project.industry_advisor_id}:
        return True
    return project.team.filter(membership=actor, scope=TeamMember.Scope.TEAM).exists()


def carriers(*, achievement_id: int) -> set[int]:
    """The memberships that may read a result because some voyage of it has them on board."""
    voyages = Project.objects.filter(achievement=achievement_id)
    stewards = voyages.values_list("technology_manager_id", "industry_advisor_id")
    team = TeamMember.objects.filter(project__in=voyages, scope=TeamMember.Scope.TEAM)
    found = {pk for pair in stewards for pk in pair if pk is not None}
    return found | set(team.values_list("membership_id", flat=True))


def may_book(*, project_id: int) -> bool:
    """Whether equipment may be booked for the project now (R-PROJ-6)."""
    return Project.objects.filter(pk=project_id, status__in=BOOKABLE).exists()


def plan_of(project: Project) -> Plan | None:
    """The pilot plan, if it is written."""
    return Plan.objects.filter(project=project).select_related("written_by__person").first()


def visible_tasks(*, actor: Membership | None) -> QuerySet[Task]:
    """Tasks of projects one may read, and those one's own organisation owes."""
    if actor is None:
        return Task.objects.none()
    reach = Q(project__in=within(actor, Verb.READ)) | Q(assignee=actor)
    if rights.may(actor, Verb.READ, Kind.PROJECT) and not _only_sums(actor):
        reach |= Q(owner=actor.organisation_id)
    return Task.objects.filter(reach).select_related("project", "owner", "assignee__person")


def _only_sums(actor: Membership) -> bool:
    return rights.scopes(actor, Verb.READ, Kind.PROJECT) == {Scope.AGGREGATE}


def my_tasks(*, actor: Membership) -> QuerySet[Task]:
    """Open tasks that wait for the actor or the actor's organisation, the most urgent first."""
    mine = Q(assignee=actor) | Q(owner=actor.organisation_id, assignee=None)
    return (
        visible_tasks(actor=actor).filter(mine, status=Task.Status.OPEN).order_by("due_date", "id")
    )


def may_settle(*, actor: Membership, task: Task) -> bool:
    """Whether the actor may say that a task is done: who owes it, and who steers the project."""
    if task.assignee_id == actor.pk:
        return True
    owes = task.owner_id == actor.organisation_id and rights.may(actor, Verb.WRITE, Kind.PROJECT)
    return owes or runs(actor, task.project) or task.project.technology_manager_id == actor.pk


def is_overdue(task: Task, *, today: date) -> bool:
    """Whether an open task's last day has passed."""
    due = task.due_date
    return task.status == Task.Status.OPEN and due is not None and due < today


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing the next gate still wants: a stable key and who owes it."""

    key: str
    owed_by: int


@dataclass(frozen=True, slots=True)
class Gate:
    """The next gate of a project and what *this* domain knows to be missing for it."""

    to: str | None
    missing: list[Missing]


_NEXT = {
    Project.Status.PROPOSED: Project.Status.ASSESSMENT,
    Project.Status.ASSESSMENT: Project.Status.PLANNING,
    Project.Status.PLANNING: Project.Status.RESOURCING,
    Project.Status.RESOURCING: Project.Status.PILOT,
    Project.Status.PILOT: Project.Status.DECISION,
    Project.Status.DECISION: Project.Status.FOLLOW_UP,
    Project.Status.FOLLOW_UP: Project.Status.CLOSED,
}


def next_gate(project: Project) -> Gate:
    """Where the project goes next and what its own rules still want for that.

    Facts of the domains above (panel, agreement, bookings, report) are added by the edge.
    """
    status = Project.Status(project.status)
    missing: list[Missing] = []
    if project.technology_manager_id is None:
        missing.append(Missing("technology_manager", project.platform_id))
    if project.industry_advisor_id is None:
        missing.append(Missing("industry_advisor", project.platform_id))
    if status == Project.Status.PLANNING and plan_of(project) is None:
        missing.append(Missing("plan", project.platform_id))
    if status == Project.Status.FOLLOW_UP:
        missing += [
            Missing("task", task.owner_id)
            for task in project.tasks.filter(status=Task.Status.OPEN).order_by("id")
        ]
    return Gate(_NEXT.get(status), missing)
