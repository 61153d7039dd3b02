"""Which gate may a project pass, and how does it stop at one?"""

from datetime import datetime

from django.utils.translation import gettext as translate
from django.utils.translation import gettext_noop as _

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Invalid
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.transactions import command
from pilotharbor.parties.models import Membership
from pilotharbor.projects import queries
from pilotharbor.projects.commands.access import by_a_steward, by_the_platform, locked
from pilotharbor.projects.models import Project, Task


class StewardsMissing(Conflict):
    """Every project has one technology manager and one industry advisor; missing here: {missing}."""

    code = "projects.stewards_missing"


class AlreadyOver(Conflict):
    """This project is over; nothing about it changes any more."""

    code = "projects.already_over"


class OpenTasks(Conflict):
    """{count} follow-up tasks are still open; settle or drop them before closing."""

    code = "projects.open_tasks"


class ReasonMissing(Invalid):
    """Say why the project ends."""

    code = "projects.reason_missing"


@command
def start(*, project_id: int, actor_id: int, at: datetime) -> Project:
    """Let a project with both stewards begin; its assessment follows.

    Raises: NotFound, NotYourRole, NotYourProject, StewardsMissing, MoveNotAllowed.
    Source: R-PROJ-3 (S0-10).
    """
    actor, project = by_the_platform(project_id=project_id, actor_id=actor_id)
    _refuse_without_stewards(project)
    advance(project, Project.Status.ASSESSMENT, started_at=at)
    events.record("projects.project.started", project, actor=actor, at=at, project_id=project.pk)
    return project


def _refuse_without_stewards(project: Project) -> None:
    stewards = {
        "technology_manager_id": (project.technology_manager, _("technology manager")),
        "industry_advisor_id": (project.industry_advisor, _("industry advisor")),
    }
    missing = {field: word for field, (who, word) in stewards.items() if not _may_act(who)}
    if missing:
        said = translate(", ").join(translate(word) for word in missing.values())
        sentence = translate("Name an active member in this role.")
        raise StewardsMissing(missing=said, problems=dict.fromkeys(missing, sentence))


def _may_act(steward: Membership | None) -> bool:
    if steward is None:
        return False
    return steward.status == Membership.Status.ACTIVE and steward.person.is_active


@command
def pass_gate(
    *, project_id: int, to: str, actor_id: int | None, at: datetime, ref: str = ""
) -> Project:
    """Move the project on, as part of the command of an upper domain that met the gate.

    Rights were asked there; ``ref`` names the evidence (``agreements.agreement:12``). Standing at
    ``to`` already is no error, so that two ways to the same gate may race.

    Raises: NotFound, StewardsMissing, MoveNotAllowed.
    Source: R-PROJ-4.
    """
    project = locked(project_id=project_id)
    if project.status == to:
        return project
    left = project.status
    if left == Project.Status.PROPOSED:
        _refuse_without_stewards(project)
    advance(project, to)
    _record("projects.gate.passed", project, actor_id, at, left=left, to=to, ref=ref)
    return project


@command
def end(*, project_id: int, reason: str, actor_id: int | None, at: datetime) -> Project:
    """Stop the project at its gate, as part of the command of an upper domain that refused it.

    Raises: NotFound, ReasonMissing, AlreadyOver.
    Source: R-PROJ-5.
    """
    project = locked(project_id=project_id)
    _end(project, reason, at)
    _record("projects.project.ended", project, actor_id, at)
    return project


@command
def stop(*, project_id: int, reason: str, actor_id: int, at: datetime) -> Project:
    """End the project by the platform's own decision.

    Raises: NotFound, NotYourRole, NotYourProject, ReasonMissing, AlreadyOver.
    Source: R-PROJ-5.
    """
    actor, project = by_the_platform(project_id=project_id, actor_id=actor_id)
    _end(project, reason, at)
    _record("projects.project.ended", project, actor.pk, at)
    return project


def _end(project: Project, reason: str, at: datetime) -> None:
    if not reason.strip():
        raise ReasonMissing(problems={"reason": str(ReasonMissing())})
    if project.status in queries.OVER:
        raise AlreadyOver
    limit = Project._meta.get_field("ended_reason").max_length or 0  # noqa: SLF001
    advance(project, Project.Status.ENDED, ended_reason=reason.strip()[:limit], ended_at=at)


@command
def close(*, project_id: int, actor_id: int, at: datetime) -> Project:
    """Close a project whose follow-up is settled.

    Raises: NotFound, NotYourRole, NotYourProject, OpenTasks, MoveNotAllowed.
    Source: R-PROJ-8.
    """
    actor, project = by_a_steward(project_id=project_id, actor_id=actor_id)
    still_open = project.tasks.filter(status=Task.Status.OPEN).count()
    if still_open:
        raise OpenTasks(count=still_open)
    advance(project, Project.Status.CLOSED, ended_at=at)
    _record("projects.project.closed", project, actor.pk, at)
    return project


def _record(
    name: str, project: Project, actor_id: int | None, at: datetime, **facts: events.Fact
) -> None:
    # A gate may be passed by the worker for someone who has left since, so no look-up may refuse.
    actor = Membership.objects.filter(pk=actor_id).first() if actor_id else None
    events.record(name, project, actor=actor, at=at, project_id=project.pk, **facts)  # type: ignore[arg-type]
