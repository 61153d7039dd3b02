"""A voyage begins: a platform takes a result, and the need it answers, on board."""

from datetime import datetime

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Invalid, NotFound
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.matching import queries as matching
from pilotharbor.matching.models import Match
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.parties.roles import OrganisationKind
from pilotharbor.projects import queries
from pilotharbor.projects.commands.access import NotYourProject, by_a_steward
from pilotharbor.projects.models import Project
from pilotharbor.technologies import queries as technologies
from pilotharbor.technologies.models import Achievement, Demand


class NotAPlatform(Invalid):
    """A voyage is carried by an approved pilot-plant platform; “{name}” is none."""

    code = "projects.not_a_platform"


class NotPublished(Conflict):
    """“{title}” is not published; publish it before a project is built on it."""

    code = "projects.not_published"


class MatchNotAccepted(Conflict):
    """Both sides accept the match first; a project follows an accepted match."""

    code = "projects.match_not_accepted"


class VoyageExists(Conflict):
    """This match already has its project."""

    code = "projects.voyage_exists"


@command
def propose(
    *,
    achievement_id: int,
    platform_id: int,
    actor_id: int,
    at: datetime,
    demand_id: int | None = None,
    match_id: int | None = None,
    title: str = "",
) -> Project:
    """Take a published result on board, with the need it answers and the match that joined them.

    Raises: NotFound, NotYourRole, NotYourProject, NotAPlatform, NotPublished, MatchNotAccepted,
    VoyageExists.
    Source: R-PROJ-1.
    """
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.WRITE, Kind.PROJECT)
    platform = _platform(platform_id, actor)
    match = _match(match_id, achievement_id, actor)
    achievement = _published(
        technologies.visible_achievements(actor=actor).filter(pk=achievement_id).first()
    )
    demand = _demand(match.demand_id if match else demand_id, actor)

    with refusing(projects_project_once_per_match=VoyageExists()):
        project = Project.objects.create(
            title=title.strip() or achievement.title,
            achievement=achievement,
            demand=demand,
            match=match,
            platform=platform,
            owner_id=achievement.owner_id,
            enterprise_id=demand.owner_id if demand else None,
            proposed_at=at,
        )
    events.record(
        "projects.project.proposed",
        project,
        actor=actor,
        at=at,
        project_id=project.pk,
        achievement_id=achievement.pk,
        demand_id=demand.pk if demand else None,
        match_id=match.pk if match else None,
    )
    return project


@command
def rename(*, project_id: int, title: str, actor_id: int, at: datetime) -> Project:
    """Give the project another title.

    Raises: NotFound, NotYourRole, NotYourProject.
    """
    actor, project = by_a_steward(project_id=project_id, actor_id=actor_id)
    project.title = title.strip() or project.title
    project.save(update_fields=["title"])
    events.record("projects.project.renamed", project, actor=actor, at=at, project_id=project.pk)
    return project


def _platform(platform_id: int, actor: Membership) -> Organisation:
    found = parties.visible_organisations(actor=actor).filter(pk=platform_id).first()
    if found is None:
        raise NotFound
    fit = found.kind == OrganisationKind.PILOT_PLATFORM
    if not fit or found.status != Organisation.Status.APPROVED:
        raise NotAPlatform(name=found.name)
    carries = rights.acts_as(actor, *queries.PLATFORM_ROLES)
    if found.pk != actor.organisation_id or not carries:
        raise NotYourProject
    return found


def _match(match_id: int | None, achievement_id: int, actor: Membership) -> Match | None:
    if match_id is None:
        return None
    found = matching.visible_matches(actor=actor).filter(pk=match_id).first()
    if found is None or found.achievement_id != achievement_id:
        raise NotFound
    if found.status != Match.Status.ACCEPTED:
        raise MatchNotAccepted
    return found


def _demand(demand_id: int | None, actor: Membership) -> Demand | None:
    if demand_id is None:
        return None
    return _published(technologies.visible_demands(actor=actor).filter(pk=demand_id).first())


def _published[E: (Achievement, Demand)](entry: E | None) -> E:
    if entry is None:
        raise NotFound
    if entry.status != entry.Status.PUBLISHED:
        raise NotPublished(title=entry.title)
    return entry
