"""The rights matrix of domain.md §7.1, as one table: role × kind of object → verb and scope.

Queries turn a scope into a filter (what you may not see is not found); commands ask ``may`` and
then compare the object with the scope. The table is the only place where a right is written down.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import NamedTuple, TypeGuard

from django.db.models import Q

from pilotharbor.kernel.errors import Forbidden
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.roles import Role


class Kind(StrEnum):
    """The columns of the matrix, and organisations, which the host's operators approve."""

    ACHIEVEMENT = "achievement"
    DEMAND = "demand"
    BOOKING = "booking"
    PROJECT = "project"
    REVIEW = "review"
    AGREEMENT = "agreement"
    FINANCE = "finance"
    ACCREDITATION = "accreditation"
    STATISTICS = "statistics"
    ORGANISATION = "organisation"


class Verb(StrEnum):
    """R, W and A of the matrix; writing or approving implies reading in the same scope."""

    READ = "read"
    WRITE = "write"
    APPROVE = "approve"


class Scope(StrEnum):
    """How far a verb reaches.

    ``own``        己: of one's own organisation, or a project it is a party of
    ``assigned``   所管: of the project one manages, advises, engineers or reviews
    ``public``     公开: published at level public (everybody), at members level for members
    ``granted``    授权: projects one was let into for reports
    ``blind``      盲化: the review pack, without names
    ``conclusion`` 结论: only the outcome, of own projects
    ``aggregate``  汇总: counts and sums, never single rows
    ``all``        every row
    """

    OWN = "own"
    ASSIGNED = "assigned"
    PUBLIC = "public"
    GRANTED = "granted"
    BLIND = "blind"
    CONCLUSION = "conclusion"
    AGGREGATE = "aggregate"
    ALL = "all"


class Grant(NamedTuple):
    """One verb in one scope."""

    verb: Verb
    scope: Scope


R, W, A = Verb.READ, Verb.WRITE, Verb.APPROVE
S = Scope


def _cell(*grants: tuple[Verb, Scope]) -> frozenset[Grant]:
    cell = {Grant(*g) for g in grants}
    return frozenset(cell | {Grant(R, g.scope) for g in cell})


NOTHING: frozenset[Grant] = frozenset()
R_OWN, W_OWN = _cell((R, S.OWN)), _cell((W, S.OWN))
R_PUBLIC, R_ALL = _cell((R, S.PUBLIC)), _cell((R, S.ALL))
K = Kind

PUBLIC_ROW: dict[Kind, frozenset[Grant]] = {
    K.ACHIEVEMENT: R_PUBLIC,
    K.DEMAND: R_PUBLIC,
    K.ACCREDITATION: R_PUBLIC,
    K.STATISTICS: R_PUBLIC,
    K.ORGANISATION: R_PUBLIC,
}

MATRIX: dict[Role, dict[Kind, frozenset[Grant]]] = {
    Role.RESEARCHER: {
        K.ACHIEVEMENT: W_OWN,
        K.DEMAND: R_PUBLIC,
        K.BOOKING: W_OWN,
        K.PROJECT: W_OWN,
        K.REVIEW: _cell((R, S.CONCLUSION)),
        K.AGREEMENT: R_OWN,
        K.STATISTICS: R_OWN,
    },
    Role.TTO_OFFICER: {
        K.ACHIEVEMENT: _cell((W, S.OWN), (A, S.OWN)),
        K.DEMAND: R_PUBLIC,
        K.BOOKING: R_OWN,
        K.PROJECT: R_OWN,
        K.REVIEW: _cell((R, S.CONCLUSION)),
        K.AGREEMENT: _cell((W, S.OWN), (A, S.OWN)),
        K.FINANCE: R_OWN,
        K.STATISTICS: R_OWN,
    },
    Role.ENTERPRISE_MEMBER: {
        K.ACHIEVEMENT: _cell((R, S.PUBLIC), (R, S.GRANTED)),
        K.DEMAND: W_OWN,
        K.BOOKING: W_OWN,
        K.PROJECT: W_OWN,
        K.REVIEW: _cell((R, S.CONCLUSION)),
        K.AGREEMENT: _cell((R, S.OWN), (A, S.OWN)),
        K.FINANCE: W_OWN,
        K.STATISTICS: R_OWN,
    },
    Role.INVESTOR: {
        K.ACHIEVEMENT: _cell((R, S.PUBLIC), (R, S.GRANTED)),
        K.DEMAND: R_PUBLIC,
        K.PROJECT: _cell((R, S.GRANTED)),
        K.REVIEW: _cell((R, S.GRANTED)),
        K.AGREEMENT: _cell((R, S.GRANTED)),
        K.FINANCE: _cell((W, S.OWN), (A, S.OWN)),
        K.STATISTICS: R_OWN,
    },
    Role.TECHNOLOGY_MANAGER: {
        K.ACHIEVEMENT: _cell((W, S.ASSIGNED), (R, S.PUBLIC)),
        K.DEMAND: _cell((W, S.ASSIGNED), (R, S.PUBLIC)),
        K.BOOKING: _cell((R, S.ASSIGNED)),
        K.PROJECT: _cell((W, S.ASSIGNED)),
        K.AGREEMENT: _cell((R, S.ASSIGNED)),
        K.STATISTICS: R_OWN,
    },
    Role.INDUSTRY_ADVISOR: {
        K.ACHIEVEMENT: _cell((R, S.ASSIGNED), (R, S.PUBLIC)),
        K.DEMAND: _cell((R, S.ASSIGNED), (R, S.PUBLIC)),
        K.PROJECT: _cell((R, S.ASSIGNED)),
    },
    Role.EXPERT: {
        K.ACHIEVEMENT: _cell((R, S.BLIND)),
        K.REVIEW: _cell((W, S.OWN)),
        K.FINANCE: _cell((R, S.BLIND)),
        K.ACCREDITATION: _cell((W, S.ASSIGNED)),
    },
    Role.EQUIPMENT_ENGINEER: {
        K.BOOKING: _cell((W, S.OWN)),
        K.PROJECT: _cell((R, S.ASSIGNED)),
        K.STATISTICS: R_OWN,
    },
    Role.PLATFORM_OPERATOR: {
        K.ACHIEVEMENT: R_ALL,
        K.DEMAND: _cell((R, S.ALL), (A, S.ALL)),
        K.BOOKING: _cell((W, S.OWN), (A, S.OWN)),
        K.PROJECT: W_OWN,
        K.REVIEW: W_OWN,
        K.AGREEMENT: W_OWN,
        K.FINANCE: W_OWN,
        K.ACCREDITATION: W_OWN,
        K.STATISTICS: R_ALL,
        K.ORGANISATION: _cell((R, S.ALL), (A, S.ALL)),
    },
    Role.MEMBER_PLATFORM: {
        K.ACHIEVEMENT: R_PUBLIC,
        K.DEMAND: R_PUBLIC,
        K.BOOKING: W_OWN,
        K.PROJECT: W_OWN,
        K.AGREEMENT: W_OWN,
        K.ACCREDITATION: W_OWN,
        K.STATISTICS: R_OWN,
    },
    Role.GOVERNMENT_OFFICER: {
        K.ACHIEVEMENT: R_PUBLIC,
        K.DEMAND: R_PUBLIC,
        K.BOOKING: _cell((R, S.AGGREGATE)),
        K.PROJECT: _cell((R, S.AGGREGATE)),
        K.REVIEW: _cell((R, S.AGGREGATE)),
        K.AGREEMENT: _cell((R, S.AGGREGATE)),
        K.FINANCE: _cell((R, S.AGGREGATE)),
        K.ACCREDITATION: _cell((R, S.ALL), (A, S.ALL)),
        K.STATISTICS: R_ALL,
    },
    Role.AUDITOR: {
        K.ACHIEVEMENT: R_ALL,
        K.DEMAND: R_ALL,
        K.BOOKING: R_ALL,
        K.PROJECT: R_ALL,
        K.REVIEW: R_ALL,
        K.AGREEMENT: R_ALL,
        K.FINANCE: R_ALL,
        K.ACCREDITATION: R_ALL,
        K.STATISTICS: R_ALL,
        K.ORGANISATION: R_ALL,
    },
    Role.SYSTEM_ADMINISTRATOR: {K.ORGANISATION: _cell((R, S.ALL), (W, S.ALL))},
}


class NotYourRole(Forbidden):
    """Your role does not allow this; ask someone whose role does."""

    code = "parties.not_your_role"


def cell(role: str | None, kind: Kind) -> frozenset[Grant]:
    """What the matrix says of a role (``None``: the public), public rights included."""
    own = MATRIX[Role(role)].get(kind, NOTHING) if role else NOTHING
    return own | PUBLIC_ROW.get(kind, NOTHING)


def trusted(actor: Membership | None) -> TypeGuard[Membership]:
    """Whether the actor's role counts at all: person and membership active, organisation approved.

    Source: R-PARTY-2, R-PARTY-4.
    """
    return (
        actor is not None
        and actor.status == Membership.Status.ACTIVE
        and actor.person.is_active
        and actor.organisation.status == Organisation.Status.APPROVED
    )


def acts_as(actor: Membership | None, *roles: str) -> TypeGuard[Membership]:
    """Whether the actor has one of these roles and is trusted; the only way to ask for a role."""
    return trusted(actor) and actor.role in roles


def audits(actor: Membership | None) -> TypeGuard[Membership]:
    """Whether the actor reads everything there is, on record: an auditor of an approved body."""
    return acts_as(actor, Role.AUDITOR)


def administers_system(actor: Membership | None) -> TypeGuard[Membership]:
    """Whether the actor is a system administrator of the host."""
    return acts_as(actor, Role.SYSTEM_ADMINISTRATOR) and actor.organisation.is_host


def only_configures(actor: Membership) -> bool:
    """Whether business secrets and people are kept from the actor, in whatever standing."""
    return actor.role == Role.SYSTEM_ADMINISTRATOR


def scopes(actor: Membership | None, verb: Verb, kind: Kind) -> frozenset[Scope]:
    """How far the actor's verb reaches over this kind; empty when not at all.

    An organisation that is not approved, or a membership or person that is suspended, gives no more
    than the public has, and other organisations are the business of the host's people alone (and of auditors).
    """
    role = actor.role if trusted(actor) else None
    found = frozenset(g.scope for g in cell(role, kind) if g.verb == verb)
    if kind is Kind.ORGANISATION and actor is not None and role != Role.AUDITOR:
        return found if actor.organisation.is_host else found - {Scope.ALL}
    return found


type Reach = Callable[[Membership], Q]


def reach(actor: Membership | None, verb: Verb, kind: Kind, opens: Mapping[Scope, Reach]) -> Q:
    """Which rows the actor's verb reaches, given what each scope opens.

    A scope that ``opens`` does not know opens nothing (aggregates are counted elsewhere).
    """
    shown = Q(pk__in=[])
    if actor is not None:
        for scope in sorted(scopes(actor, verb, kind) & opens.keys()):
            shown |= opens[scope](actor)
    return shown


def may(actor: Membership | None, verb: Verb, kind: Kind) -> bool:
    """Whether the role has the verb over this kind in any scope."""
    return bool(scopes(actor, verb, kind))


def require(actor: Membership, verb: Verb, kind: Kind) -> frozenset[Scope]:
    """The scopes of the actor's verb.

    Raises: NotYourRole when there are none.
    """
    reach = scopes(actor, verb, kind)
    if not reach:
        raise NotYourRole(role=actor.role, verb=verb.value, kind=kind.value)
    return reach
