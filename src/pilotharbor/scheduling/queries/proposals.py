"""Which schedules were proposed for which platform, and who sees and decides on them?"""

from django.db.models import Q, QuerySet

from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Reach, Scope, Verb
from pilotharbor.scheduling.models import Proposal


def _own(actor: Membership) -> Q:
    return Q(platform=actor.organisation_id) if keeps_plans(actor) else Q(pk__in=[])


# A schedule names the bookings of many; only who decides on them, and who reads everything, sees it.
SCOPES: dict[Scope, Reach] = {Scope.OWN: _own, Scope.ALL: lambda _actor: ~Q(pk__in=[])}


def keeps_plans(actor: Membership | None) -> bool:
    """Whether the actor asks for plans and decides on them: whoever decides on requests."""
    return rights.may(actor, Verb.APPROVE, Kind.BOOKING)


def platform_of(actor: Membership) -> int:
    """The platform an operator plans for: their own."""
    return actor.organisation_id


def visible_proposals(*, actor: Membership | None) -> QuerySet[Proposal]:
    """The proposals the actor may read. Source: R-SCHED-20."""
    rows = Proposal.objects.select_related("platform", "asked_by__person", "closed_by__person")
    return rows.filter(rights.reach(actor, Verb.READ, Kind.BOOKING, SCOPES))


def under_way(*, platform_id: int) -> Proposal | None:
    """The schedule that is being searched for at present, if there is one."""
    return Proposal.objects.filter(platform=platform_id, status__in=Proposal.UNDER_WAY).first()
