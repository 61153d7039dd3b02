"""Who may do this to that project? Locks the project first, then asks."""

from pilotharbor.kernel.errors import Forbidden, NotFound
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.projects import queries
from pilotharbor.projects.models import Project


class NotYourProject(Forbidden):
    """Only the platform that carries this project may do this; ask its operators."""

    code = "projects.not_your_project"


class ReadOnly(Forbidden):
    """You may read this project but not change it."""

    code = "projects.read_only"


def locked(*, project_id: int) -> Project:
    """The project row, locked against others' changes until the command ends.

    Raises: NotFound.
    """
    found = Project.objects.select_for_update(no_key=True).filter(pk=project_id).first()
    if found is None:
        raise NotFound
    return found


def by_the_platform(*, project_id: int, actor_id: int) -> tuple[Membership, Project]:
    """The actor and the locked project, when the actor runs the platform that carries it.

    Raises: NotFound, NotYourRole, NotYourProject.
    """
    actor, project = _seen(project_id=project_id, actor_id=actor_id)
    if not queries.runs(actor, project):
        raise NotYourProject
    return actor, project


def by_a_writer(*, project_id: int, actor_id: int) -> tuple[Membership, Project]:
    """The actor and the locked project, when the actor may write it: its parties and its manager.

    Raises: NotFound, NotYourRole, ReadOnly.
    """
    actor, project = _seen(project_id=project_id, actor_id=actor_id)
    if not queries.may_write(actor=actor, project=project):
        raise ReadOnly
    return actor, project


def by_a_steward(*, project_id: int, actor_id: int) -> tuple[Membership, Project]:
    """The actor and the locked project: the platform's operators and the technology manager.

    Raises: NotFound, NotYourRole, NotYourProject.
    """
    actor, project = _seen(project_id=project_id, actor_id=actor_id)
    if not queries.runs(actor, project) and project.technology_manager_id != actor.pk:
        raise NotYourProject
    return actor, project


def _seen(*, project_id: int, actor_id: int) -> tuple[Membership, Project]:
    actor = parties.actor(actor_id=actor_id)
    queries.visible_project(actor=actor, project_id=project_id)
    rights.require(actor, Verb.WRITE, Kind.PROJECT)
    return actor, locked(project_id=project_id)
