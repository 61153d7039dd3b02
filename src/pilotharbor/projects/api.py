"""Projects over HTTP: voyages, their people, plan, tasks and timeline."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field, StringConstraints

from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.http import Cursor, Limit
from pilotharbor.kernel.pages import page
from pilotharbor.parties.auth import ActorRequest, actor_of
from pilotharbor.projects import commands, queries, timeline
from pilotharbor.projects.models import Plan, Project, Task

router = Router()

Title = Annotated[str, StringConstraints(max_length=200)]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Number = Annotated[str, StringConstraints(max_length=40)]


class ProjectIn(Schema):
    """What a voyage starts from."""

    achievement_id: int
    platform_id: int
    demand_id: int | None = None
    match_id: int | None = None
    title: Title = ""


class StewardsIn(Schema):
    """The two who carry it."""

    technology_manager_id: int | None = None
    industry_advisor_id: int | None = None


class MemberIn(Schema):
    """Someone to let in."""

    membership_id: int
    scope: Literal["team", "report"] = "team"


class LimitIn(Schema):
    """One criterion; numbers are decimal strings."""

    attribute: Annotated[str, StringConstraints(max_length=60)]
    unit: Annotated[str, StringConstraints(max_length=24)] = ""
    at_least: Number | None = None
    at_most: Number | None = None


class PlanIn(Schema):
    """The pilot plan."""

    goal: Annotated[str, StringConstraints(max_length=4000)] = ""
    budget_fen: int
    acceptance: Annotated[list[LimitIn], Field(max_length=100)]
    consecutive_batches: int
    planned_batches: int


class TaskIn(Schema):
    """What an organisation owes."""

    kind: Annotated[str, StringConstraints(min_length=1, max_length=48)]
    title: Title = ""
    owner_id: int
    assignee_id: int | None = None
    due_date: date | None = None


class OutcomeIn(Schema):
    """What came of it."""

    outcome: Annotated[str, StringConstraints(max_length=500)] = ""


class ReasonIn(Schema):
    """Why."""

    reason: Reason


class PlanOut(Schema):
    """The plan as it is kept."""

    goal: str
    budget_fen: int
    acceptance: list[dict[str, Any]]
    consecutive_batches: int
    planned_batches: int
    written_at: datetime
    frozen_at: datetime | None


class ProjectOut(Schema):
    """A project without its plan."""

    id: int
    title: str
    status: str
    achievement_id: int
    demand_id: int | None
    match_id: int | None
    platform_id: int
    owner_id: int
    enterprise_id: int | None
    technology_manager_id: int | None
    industry_advisor_id: int | None
    ended_reason: str
    proposed_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class ProjectDetail(ProjectOut):
    """A project with its plan."""

    plan: PlanOut | None


class TaskOut(Schema):
    """A task."""

    id: int
    project_id: int
    kind: str
    title: str
    owner_id: int
    assignee_id: int | None
    due_date: date | None
    status: str
    outcome: str


class MemberOut(Schema):
    """Someone let in."""

    id: int
    membership_id: int
    scope: str


class FactOut(Schema):
    """One sentence of the timeline."""

    id: int
    name: str
    at: datetime
    sentence: str
    url: str


class Projects(Schema):
    """A page of projects."""

    items: list[ProjectOut]
    next_cursor: str | None


class Tasks(Schema):
    """A page of tasks."""

    items: list[TaskOut]
    next_cursor: str | None


class Facts(Schema):
    """A page of the timeline, newest first."""

    items: list[FactOut]
    next_cursor: str | None


def _seen(request: HttpRequest, project_id: int) -> Project:
    return queries.visible_project(actor=actor_of(request), project_id=project_id)


@router.post("/projects", response={201: ProjectOut})
def propose(request: ActorRequest, body: ProjectIn) -> Status[Project]:
    """Take a result on board of one's platform."""
    project = commands.propose(**body.dict(), actor_id=request.auth.pk, at=clock.now(request))
    return Status(201, project)


@router.get("/projects", response=Projects)
def index(
    request: HttpRequest, status: str = "", cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """The projects one may read, newest first."""
    rows = queries.visible_projects(actor=actor_of(request))
    found = page(
        rows.filter(status=status) if status else rows, by="-id", cursor=cursor, limit=limit
    )
    return {"items": found.items, "next_cursor": found.next_cursor}


@router.get("/projects/{int:project_id}", response=ProjectDetail)
def detail(request: HttpRequest, project_id: int) -> dict[str, Any]:
    """One project with its plan."""
    project = _seen(request, project_id)
    fields = {name: getattr(project, name) for name in ProjectOut.model_fields}
    return {**fields, "plan": queries.plan_of(project)}


@router.post("/projects/{int:project_id}/stewards", response=ProjectOut)
def stewards(request: ActorRequest, project_id: int, body: StewardsIn) -> Project:
    """Name technology manager and industry advisor."""
    return commands.name_stewards(
        project_id=project_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )


@router.post("/projects/{int:project_id}/start", response=ProjectOut)
def start(request: ActorRequest, project_id: int) -> Project:
    """Begin; refused without both stewards."""
    return commands.start(project_id=project_id, actor_id=request.auth.pk, at=clock.now(request))


@router.post("/projects/{int:project_id}/team", response={201: MemberOut})
def team(request: ActorRequest, project_id: int, body: MemberIn) -> Status[Any]:
    """Let someone in: the whole team, or reports only."""
    member = commands.let_in(
        project_id=project_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )
    return Status(201, member)


@router.post("/projects/{int:project_id}/plan", response={201: PlanOut})
def plan(request: ActorRequest, project_id: int, body: PlanIn) -> Status[Plan]:
    """Write the pilot plan, or write it anew until it is being signed."""
    written = commands.set_plan(
        project_id=project_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )
    return Status(201, written)


@router.get("/projects/{int:project_id}/tasks", response=Tasks)
def tasks(
    request: HttpRequest, project_id: int, cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """What is owed to the project, oldest first."""
    project = _seen(request, project_id)
    found = page(project.tasks.all(), by="id", cursor=cursor, limit=limit)
    return {"items": found.items, "next_cursor": found.next_cursor}


@router.post("/projects/{int:project_id}/tasks", response={201: TaskOut})
def add_task(request: ActorRequest, project_id: int, body: TaskIn) -> Status[Task]:
    """Note what an organisation owes."""
    task = commands.add_task(
        project_id=project_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )
    return Status(201, task)


@router.get("/tasks", response=Tasks)
def my_tasks(request: ActorRequest, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """Open tasks one may see."""
    rows = queries.visible_tasks(actor=actor_of(request)).filter(status=Task.Status.OPEN)
    found = page(rows, by="id", cursor=cursor, limit=limit)
    return {"items": found.items, "next_cursor": found.next_cursor}


@router.post("/tasks/{int:task_id}/done", response=TaskOut)
def done(request: ActorRequest, task_id: int, body: OutcomeIn) -> Task:
    """Say that it is done."""
    return commands.settle_task(
        task_id=task_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )


@router.post("/tasks/{int:task_id}/drop", response=TaskOut)
def drop(request: ActorRequest, task_id: int, body: ReasonIn) -> Task:
    """Give it up, saying why."""
    return commands.drop_task(
        task_id=task_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )


@router.post("/projects/{int:project_id}/close", response=ProjectOut)
def close(request: ActorRequest, project_id: int) -> Project:
    """Close after the follow-up is settled."""
    return commands.close(project_id=project_id, actor_id=request.auth.pk, at=clock.now(request))


@router.post("/projects/{int:project_id}/end", response=ProjectOut)
def end(request: ActorRequest, project_id: int, body: ReasonIn) -> Project:
    """End at the present gate, saying why."""
    return commands.stop(
        project_id=project_id, **body.dict(), actor_id=request.auth.pk, at=clock.now(request)
    )


@router.get("/projects/{int:project_id}/timeline", response=Facts)
def facts(
    request: HttpRequest,
    project_id: int,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> dict[str, Any]:
    """Everything that happened in the project and that one may know, newest first."""
    actor = actor_of(request)
    if actor is None:
        raise NotFound
    project = _seen(request, project_id)
    found = page(timeline.events_of(project, actor=actor), by="-id", cursor=cursor, limit=limit)
    told = timeline.told(found.items, actor=actor)
    return {"items": [fact.for_api() for fact in told], "next_cursor": found.next_cursor}
