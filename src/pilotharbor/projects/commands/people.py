"""Who carries the project, and who else is let in?"""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as translate

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Invalid, NotFound
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.roles import Role
from pilotharbor.projects import queries
from pilotharbor.projects.commands.access import by_a_steward, by_the_platform, locked
from pilotharbor.projects.commands.gates import AlreadyOver
from pilotharbor.projects.models import Project, TeamMember
from pilotharbor.technologies import commands as technologies


class UnfitStewards(Invalid):
    """The stewards cannot be named like this."""

    code = "projects.unfit_stewards"


# The two stewards of every project.
MANAGER, ADVISOR = Role.TECHNOLOGY_MANAGER, Role.INDUSTRY_ADVISOR


class NotATechnologyManager(Invalid):
    """This is not an active member in the role of technology manager."""

    code = "projects.not_a_technology_manager"


class NotAnIndustryAdvisor(Invalid):
    """This is not an active member in the role of industry advisor."""

    code = "projects.not_an_industry_advisor"


class SamePerson(Invalid):
    """Technology manager and industry advisor are two different people."""

    code = "projects.same_person"


@command
def name_stewards(
    *,
    project_id: int,
    actor_id: int,
    at: datetime,
    technology_manager_id: int | None = None,
    industry_advisor_id: int | None = None,
) -> Project:
    """Name the project's stewards; an empty one stays as it is.

    Both may read the result from now on.

    Raises: NotFound, NotYourRole, NotYourProject, AlreadyOver, UnfitStewards.
    Source: R-PROJ-3 (S0-10).
    """
    actor, project = by_the_platform(project_id=project_id, actor_id=actor_id)
    if project.status in queries.OVER:
        raise AlreadyOver
    manager = _active(technology_manager_id) or project.technology_manager
    advisor = _active(industry_advisor_id) or project.industry_advisor
    problems = _problems(technology_manager_id, industry_advisor_id, manager, advisor)
    if problems:
        raise UnfitStewards(problems=problems)

    before = [project.technology_manager_id, project.industry_advisor_id]
    project.technology_manager, project.industry_advisor = manager, advisor
    project.save(update_fields=["technology_manager", "industry_advisor"])
    named = [steward.pk for steward in (manager, advisor) if steward]
    _may_read(project, named, actor, at)
    _no_longer_reads(project, (pk for pk in before if pk), actor, at)
    events.record(
        "projects.stewards.named",
        project,
        actor=actor,
        at=at,
        project_id=project.pk,
        technology_manager_id=manager.pk if manager else None,
        industry_advisor_id=advisor.pk if advisor else None,
    )
    return project


def _problems(
    manager_id: int | None,
    advisor_id: int | None,
    manager: Membership | None,
    advisor: Membership | None,
) -> dict[str, str]:
    found: dict[str, str] = {}
    if manager_id and (manager is None or manager.pk != manager_id or not _is(manager, MANAGER)):
        found["technology_manager_id"] = str(NotATechnologyManager())
    if advisor_id and (advisor is None or advisor.pk != advisor_id or not _is(advisor, ADVISOR)):
        found["industry_advisor_id"] = str(NotAnIndustryAdvisor())
    if not found and manager and advisor and manager.person_id == advisor.person_id:
        found["industry_advisor_id"] = str(SamePerson())
    if not manager_id and not advisor_id:
        found["technology_manager_id"] = translate("Choose at least one of the two.")
    return found


def _is(member: Membership, role: Role) -> bool:
    return rights.acts_as(member, role)


def _active(membership_id: int | None) -> Membership | None:
    if membership_id is None:
        return None
    return (
        Membership.objects.filter(
            pk=membership_id,
            status=Membership.Status.ACTIVE,
            person__is_active=True,
            organisation__status="approved",
        )
        .select_related("person", "organisation")
        .first()
    )


@command
def let_in(
    *,
    project_id: int,
    membership_id: int,
    actor_id: int,
    at: datetime,
    scope: str = TeamMember.Scope.TEAM,
) -> TeamMember:
    """Let someone into the project: the whole team, or a reader of reports only.

    Raises: NotFound, NotYourRole, NotYourProject, AlreadyOver.
    Source: R-PROJ-2.
    """
    by_a_steward(project_id=project_id, actor_id=actor_id)
    return admit(
        project_id=project_id, membership_id=membership_id, scope=scope, actor_id=actor_id, at=at
    )


@command
def admit(
    *,
    project_id: int,
    membership_id: int,
    actor_id: int,
    at: datetime,
    scope: str = TeamMember.Scope.TEAM,
) -> TeamMember:
    """Let someone in as part of the command of an upper domain, which asked for the rights.

    Admitted again, a wider scope replaces a narrower one and nothing else changes.

    Raises: NotFound, AlreadyOver.
    Source: R-PROJ-2.
    """
    actor = parties.actor(actor_id=actor_id)
    project = locked(project_id=project_id)
    if project.status in queries.OVER:
        raise AlreadyOver
    someone = _active(membership_id)
    if someone is None:
        raise NotFound
    scope = TeamMember.Scope(scope)
    member, added = TeamMember.objects.get_or_create(
        project=project, membership=someone, defaults={"scope": scope, "added_at": at}
    )
    widened = member.scope != scope and scope == TeamMember.Scope.TEAM
    if widened:
        member.scope = scope
        member.save(update_fields=["scope"])
    if not added and not widened:
        return member
    if scope == TeamMember.Scope.TEAM:
        _may_read(project, [someone.pk], actor, at)
    events.record(
        "projects.member.admitted",
        project,
        actor=actor,
        at=at,
        project_id=project.pk,
        membership_id=someone.pk,
        scope=str(scope),
    )
    return member


@command
def dismiss(*, project_id: int, membership_id: int, actor_id: int, at: datetime) -> None:
    """Take someone out of the project's team.

    Raises: NotFound, NotYourRole, NotYourProject.
    """
    actor, project = by_a_steward(project_id=project_id, actor_id=actor_id)
    gone, _rows = TeamMember.objects.filter(project=project, membership_id=membership_id).delete()
    if not gone:
        raise NotFound
    _no_longer_reads(project, [membership_id], actor, at)
    events.record(
        "projects.member.dismissed",
        project,
        actor=actor,
        at=at,
        project_id=project.pk,
        membership_id=membership_id,
    )


def _may_read(project: Project, memberships: list[int], actor: Membership, at: datetime) -> None:
    technologies.admit(
        achievement_id=project.achievement_id,
        membership_ids=memberships,
        via="project",
        actor_id=actor.pk,
        at=at,
        demand_id=project.demand_id,
    )


def _no_longer_reads(
    project: Project, memberships: Iterable[int], actor: Membership, at: datetime
) -> None:
    """Take reading back from those no voyage of this result carries any more."""
    gone = set(memberships) - queries.carriers(achievement_id=project.achievement_id)
    if gone:
        technologies.dismiss(
            achievement_id=project.achievement_id,
            membership_ids=sorted(gone),
            via="project",
            actor_id=actor.pk,
            at=at,
            demand_id=project.demand_id,
        )
