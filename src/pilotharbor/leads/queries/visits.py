"""Which visits and teams may one see, and what became of the problems met there?"""

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from pilotharbor.kernel.errors import NotFound
from pilotharbor.leads.models import Problem, Team, TeamMember, Visit
from pilotharbor.leads.queries.sight import MANAGERS, OPERATORS, manages, operates
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.roles import OrganisationKind, Role

ENTERPRISES = (OrganisationKind.ENTERPRISE, OrganisationKind.SPIN_OFF)
# Who can belong to a dedicated team: managers, officials, experts.
TEAM_ROLES = (
    *MANAGERS, *OPERATORS, Role.GOVERNMENT_OFFICER, Role.EXPERT, Role.INDUSTRY_ADVISOR,
)  # fmt: skip
FORMERS = (*OPERATORS, Role.GOVERNMENT_OFFICER)
HOSTS = (Role.ENTERPRISE_MEMBER,)


def sees_visits(actor: Membership) -> bool:
    """Whether the pages of visits and teams open for the actor at all."""
    return rights.acts_as(actor, *TEAM_ROLES, *HOSTS, Role.AUDITOR)


def forms_teams(actor: Membership | None) -> bool:
    """Whether the actor may form a team: operators and officials."""
    return rights.acts_as(actor, *FORMERS)


def in_team(actor: Membership) -> QuerySet[TeamMember]:
    """The teams' places of the actor that are taken now."""
    return TeamMember.objects.filter(membership=actor, left_at=None, team__dissolved_at=None)


def may_visit(actor: Membership | None) -> bool:
    """Whether the actor may record a visit: managers, operators, members of a team."""
    if actor is None or not rights.acts_as(actor, *TEAM_ROLES):
        return False
    return manages(actor) or operates(actor) or in_team(actor).exists()


def visible_visits(*, actor: Membership | None) -> QuerySet[Visit]:
    """Visits the actor made, whose team they belong to, or that were paid to their enterprise.

    Source: R-LEAD-11.
    """
    rows = Visit.objects.select_related(
        "enterprise", "team", "led_by__person", "led_by__organisation"
    )
    if rights.acts_as(actor, *OPERATORS) or rights.audits(actor):
        return rows
    if rights.acts_as(actor, *HOSTS):
        return rows.filter(enterprise=actor.organisation_id)
    if rights.acts_as(actor, *TEAM_ROLES):
        mine = TeamMember.objects.filter(team=OuterRef("team"), membership=actor, left_at=None)
        return rows.filter(Q(led_by=actor) | Q(Exists(mine)))
    return rows.none()


def visible_visit(*, actor: Membership | None, visit_id: int) -> Visit:
    """One visit the actor may see.

    Raises: NotFound.
    """
    found = visible_visits(actor=actor).filter(pk=visit_id).first()
    if found is None:
        raise NotFound
    return found


def keeps_visit(visit: Visit, actor: Membership | None) -> bool:
    """Whether the actor may go on with a visit: who led it, its team, and operators."""
    if actor is None:
        return False
    if operates(actor) or (visit.led_by_id == actor.pk and rights.acts_as(actor, *TEAM_ROLES)):
        return True
    team = visit.team_id
    return team is not None and in_team(actor).filter(team=team).exists()


def hosts_visit(visit: Visit, actor: Membership | None) -> bool:
    """Whether the actor speaks for the enterprise that was visited."""
    return rights.acts_as(actor, *HOSTS) and actor.organisation_id == visit.enterprise_id


def problems_of(visit: Visit, *, actor: Membership) -> QuerySet[Problem]:
    """The problem list; the enterprise reads what is offered, answered or became a need."""
    rows = visit.problems.select_related("demand").order_by("id")
    if hosts_visit(visit, actor):
        return rows.exclude(status__in=[Problem.Status.NOTED, Problem.Status.DROPPED])
    return rows


def waiting_problems(*, actor: Membership) -> QuerySet[Problem]:
    """Problems the actor's enterprise can make needs of, the oldest first."""
    if not rights.acts_as(actor, *HOSTS):
        return Problem.objects.none()
    rows = Problem.objects.filter(
        visit__enterprise=actor.organisation_id, status=Problem.Status.OFFERED
    )
    return rows.select_related("visit").order_by("id")


def visible_teams(*, actor: Membership | None) -> QuerySet[Team]:
    """Teams with how many belong to them and how often they went; for those who could belong."""
    if not rights.acts_as(actor, *TEAM_ROLES, Role.AUDITOR):
        return Team.objects.none()
    return Team.objects.annotate(
        people=Count("members", filter=Q(members__left_at=None), distinct=True),
        went=Count("visits", distinct=True),
    )


def visible_team(*, actor: Membership | None, team_id: int) -> Team:
    """One team.

    Raises: NotFound.
    """
    found = visible_teams(actor=actor).filter(pk=team_id).first()
    if found is None:
        raise NotFound
    return found


def leads_team(team: Team, actor: Membership | None) -> bool:
    """Whether the actor may change a team: who formed it, and operators."""
    return forms_teams(actor) and (
        operates(actor) or (actor is not None and team.formed_by_id == actor.pk)
    )


def members_of(team: Team) -> QuerySet[TeamMember]:
    """Who belongs to a team now."""
    rows = team.members.filter(left_at=None)
    return rows.select_related("membership__person", "membership__organisation").order_by("id")


def fit_for_team() -> QuerySet[Membership]:
    """Who could belong to a team, by name."""
    rows = parties.standing().filter(
        role__in=TEAM_ROLES, organisation__status=Organisation.Status.APPROVED
    )
    return rows.select_related("person", "organisation").order_by("person__name", "id")


def enterprises() -> QuerySet[Organisation]:
    """Approved enterprises, by name."""
    return Organisation.objects.filter(
        kind__in=ENTERPRISES, status=Organisation.Status.APPROVED
    ).order_by("name")
