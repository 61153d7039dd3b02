"""Which agreements may one read, sign or draft, and what do they say?"""

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from pilotharbor.agreements.models import Agreement, Milestone, Party
from pilotharbor.kernel.errors import NotFound
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Reach, Scope, Verb
from pilotharbor.projects.models import Project, TeamMember


def _own(actor: Membership) -> Q:
    mine = actor.organisation_id
    party = Party.objects.filter(agreement=OuterRef("pk"), organisation=mine)
    carried = Q(project__platform=mine) | Q(project__owner=mine) | Q(project__enterprise=mine)
    return carried | Q(Exists(party))


def _assigned(actor: Membership) -> Q:
    return (
        Q(project__technology_manager=actor)
        | Q(project__industry_advisor=actor)
        | _in_team(actor, scope=TeamMember.Scope.TEAM)
    )


def _in_team(actor: Membership, **narrower: str) -> Q:
    members = TeamMember.objects.filter(project=OuterRef("project"), membership=actor, **narrower)
    return Q(Exists(members))


# A scope that is missing here opens no row: aggregates are counted by governance.
SCOPES: dict[Scope, Reach] = {
    Scope.OWN: _own,
    Scope.ASSIGNED: _assigned,
    Scope.GRANTED: _in_team,
    Scope.ALL: lambda _actor: ~Q(pk__in=[]),
}


def visible_agreements(*, actor: Membership | None) -> QuerySet[Agreement]:
    """The agreements the actor may read, with what a list shows.

    Source: R-AGR-2.
    """
    return (
        Agreement.objects.filter(rights.reach(actor, Verb.READ, Kind.AGREEMENT, SCOPES))
        .select_related("project", "document__rendering")
        .defer("document__payload", "document__rendering__content")
    )


def visible_agreement(*, actor: Membership | None, agreement_id: int) -> Agreement:
    """One agreement the actor may read, with its parties and milestones.

    Raises: NotFound.
    """
    found = whole(visible_agreements(actor=actor)).filter(pk=agreement_id).first()
    if found is None:
        raise NotFound
    return found


def whole(agreements: QuerySet[Agreement]) -> QuerySet[Agreement]:
    """Agreements together with their parties, milestones and revenue share."""
    parties = Party.objects.select_related("organisation", "signed_by__person").order_by("position")
    return agreements.select_related(
        "revenue_share__payer",
        "revenue_share__payee",
        "drafted_by__person",
        "project__platform",
    ).prefetch_related(
        Prefetch("parties", parties),
        Prefetch("milestones", Milestone.objects.order_by("position")),
    )


def may_draft(*, actor: Membership | None, project: Project) -> bool:
    """Whether the actor writes agreements for the platform that carries the project."""
    return (
        actor is not None
        and actor.organisation_id == project.platform_id
        and Scope.OWN in rights.scopes(actor, Verb.WRITE, Kind.AGREEMENT)
    )


def may_sign(*, actor: Membership | None) -> bool:
    """Whether the actor signs agreements for the own organisation at all.

    Source: R-AGR-4: who writes or approves agreements there.
    """
    return actor is not None and (
        rights.may(actor, Verb.WRITE, Kind.AGREEMENT)
        or rights.may(actor, Verb.APPROVE, Kind.AGREEMENT)
    )


def signatories(agreement: Agreement) -> set[int]:
    """Memberships that sign for one of the parties."""
    members = Membership.objects.filter(
        organisation__in=agreement.parties.values("organisation"),
        status=Membership.Status.ACTIVE,
    ).select_related("organisation", "person")
    return {member.pk for member in members if may_sign(actor=member)}


def awaiting(*, actor: Membership) -> QuerySet[Agreement]:
    """Offered agreements that wait for the signature of the actor's organisation."""
    if not may_sign(actor=actor):
        return Agreement.objects.none()
    unsigned = Party.objects.filter(
        agreement=OuterRef("pk"), organisation=actor.organisation_id, signed_at__isnull=True
    )
    return (
        visible_agreements(actor=actor)
        .filter(Exists(unsigned), status=Agreement.Status.OFFERED)
        .order_by("offered_at", "id")
    )


def in_force(*, project_id: int) -> Agreement | None:
    """The project's signed agreement, if there is one."""
    return Agreement.objects.filter(project_id=project_id, status=Agreement.Status.SIGNED).first()


def open_to_draft(*, project: Project) -> bool:
    """Whether a tripartite agreement can be drafted for the project now."""
    return (
        project.status == Project.Status.PLANNING
        and not Agreement.objects.filter(project=project)
        .exclude(status=Agreement.Status.VOID)
        .exists()
    )


def let_in(*, project: Project) -> list[int]:
    """Memberships that read a project's papers beside its organisations: stewards and team."""
    stewards = [project.technology_manager_id, project.industry_advisor_id]
    team = TeamMember.objects.filter(project=project).values_list("membership_id", flat=True)
    return sorted({pk for pk in (*stewards, *team) if pk is not None})
