"""What does somebody owe the project, and was it done?"""

from datetime import date, datetime

from django.utils.translation import gettext as _

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Forbidden, Invalid, NotFound
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.projects import queries
from pilotharbor.projects.commands.access import by_a_writer, locked
from pilotharbor.projects.commands.gates import AlreadyOver, ReasonMissing
from pilotharbor.projects.models import Task

LONGEST_KIND = 48


class AssigneeElsewhere(Invalid):
    """The person who does it belongs to the organisation that owes it."""

    code = "projects.assignee_elsewhere"


class BadTask(Invalid):
    """The task cannot be kept like this; see the fields."""

    code = "projects.bad_task"


class NotYoursToSettle(Forbidden):
    """Who owes the task, its assignee, or the project's stewards say when it is done."""

    code = "projects.not_yours_to_settle"


@command
def add_task(
    *,
    project_id: int,
    kind: str,
    owner_id: int,
    actor_id: int,
    at: datetime,
    title: str = "",
    assignee_id: int | None = None,
    due_date: date | None = None,
) -> Task:
    """Note what an organisation owes the project, by when, and who of it does it.

    Raises: NotFound, NotYourRole, ReadOnly, AlreadyOver, BadTask, AssigneeElsewhere.
    Source: R-PROJ-8.
    """
    actor, project = by_a_writer(project_id=project_id, actor_id=actor_id)
    if project.status in queries.OVER:
        raise AlreadyOver
    kind = kind.strip()
    if not 1 <= len(kind) <= LONGEST_KIND:
        raise BadTask(problems={"kind": _("Say in a few words what kind of task it is.")})
    owner = parties.visible_organisations(actor=actor).filter(pk=owner_id).first()
    if owner is None or owner.status != Organisation.Status.APPROVED:
        raise NotFound
    _refuse_assignee_elsewhere(assignee_id, owner)

    task = Task.objects.create(
        project=project,
        kind=kind,
        title=title.strip(),
        owner=owner,
        assignee_id=assignee_id,
        due_date=due_date,
        created_at=at,
    )
    events.record(
        "projects.task.added",
        task,
        actor=actor,
        at=at,
        project_id=project.pk,
        kind=kind,
        owner_id=owner.pk,
        assignee_id=assignee_id,
    )
    return task


def _refuse_assignee_elsewhere(assignee_id: int | None, owner: Organisation) -> None:
    if assignee_id is None:
        return
    if not Membership.objects.filter(
        pk=assignee_id, organisation=owner, status=Membership.Status.ACTIVE
    ).exists():
        raise AssigneeElsewhere(problems={"assignee_id": str(AssigneeElsewhere())})


@command
def settle_task(*, task_id: int, actor_id: int, at: datetime, outcome: str = "") -> Task:
    """Say that a task is done, and what came of it.

    Raises: NotFound, NotYoursToSettle, MoveNotAllowed.
    """
    actor, task = _mine(task_id, actor_id)
    advance(task, Task.Status.DONE, outcome=outcome.strip(), settled_at=at)
    events.record("projects.task.settled", task, actor=actor, at=at, project_id=task.project_id)
    return task


@command
def drop_task(*, task_id: int, reason: str, actor_id: int, at: datetime) -> Task:
    """Give a task up, saying why.

    Raises: NotFound, NotYoursToSettle, ReasonMissing, MoveNotAllowed.
    """
    if not reason.strip():
        raise ReasonMissing(problems={"reason": str(ReasonMissing())})
    actor, task = _mine(task_id, actor_id)
    advance(task, Task.Status.DROPPED, outcome=reason.strip(), settled_at=at)
    events.record("projects.task.dropped", task, actor=actor, at=at, project_id=task.project_id)
    return task


def _mine(task_id: int, actor_id: int) -> tuple[Membership, Task]:
    actor = parties.actor(actor_id=actor_id)
    seen = queries.visible_tasks(actor=actor).filter(pk=task_id).first()
    if seen is None:
        raise NotFound
    locked(project_id=seen.project_id)
    task = (
        Task.objects.select_for_update(no_key=True, of=("self",))
        .select_related("project")
        .get(pk=task_id)
    )
    if not queries.may_settle(actor=actor, task=task):
        raise NotYoursToSettle
    return actor, task
