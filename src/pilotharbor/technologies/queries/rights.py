"""Who may write an entry, approve it, and be named in it?"""

from typing import Any

from django.db.models import Q, QuerySet

from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Scope, Verb
from pilotharbor.parties.roles import Role
from pilotharbor.technologies.models import (
    Achievement,
    Reader,
    Status,
)
from pilotharbor.technologies.queries.sight import (
    Entry,
    kind_of,
    visible_achievements,
    visible_demands,
    ways_in,
    wrote,
)


def may_write(*, entry: Entry, actor: Membership | None) -> bool:
    """Whether the actor may change this entry: its author, its transfer office, its manager."""
    if actor is None:
        return False
    kind = kind_of(entry)
    reach = rights.scopes(actor, Verb.WRITE, kind)
    own = Scope.OWN in reach and entry.owner_id == actor.organisation_id
    if own and (actor.role != Role.RESEARCHER or wrote(entry, actor)):
        return True
    if Scope.ASSIGNED not in reach:
        return False
    return Reader.Via.PROJECT in ways_in(entry, actor)


def may_approve(*, entry: Entry, actor: Membership | None) -> bool:
    """Whether publishing or returning this entry is the actor's business."""
    if actor is None:
        return False
    reach = rights.scopes(actor, Verb.APPROVE, kind_of(entry))
    return Scope.ALL in reach or (Scope.OWN in reach and entry.owner_id == actor.organisation_id)


def submitter(entry: Entry) -> Membership:
    """Who put the entry up for review; who wrote it, when it came in by a file."""
    if entry.submitted_by:
        return entry.submitted_by
    return entry.disclosed_by if isinstance(entry, Achievement) else entry.posted_by


def to_review(*, actor: Membership, kind: Kind) -> QuerySet[Any]:
    """Entries waiting for the actor's review, longest waiting first."""
    rows: QuerySet[Any] = (
        visible_achievements(actor=actor)
        if kind is Kind.ACHIEVEMENT
        else visible_demands(actor=actor)
    )
    reach = rights.scopes(actor, Verb.APPROVE, kind)
    rows = rows.filter(status=Status.SUBMITTED).order_by("id")
    if Scope.ALL in reach:
        return rows
    return rows.filter(owner_id=actor.organisation_id) if reach else rows.none()


def possible_inventors(entry: Entry | None) -> QuerySet[Membership]:
    """Who may be named as an inventor: active members of the owner, and who is named already.

    Source: R-TECH-9.
    """
    if not isinstance(entry, Achievement):
        return Membership.objects.none()
    named = entry.inventors.values("membership")
    return (
        Membership.objects.filter(organisation_id=entry.owner_id)
        .filter(Q(status=Membership.Status.ACTIVE) | Q(pk__in=named))
        .select_related("person")
        .order_by("person__name", "pk")
    )
