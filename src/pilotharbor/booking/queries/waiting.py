"""Who waits for which line, and who may answer an offer?"""

from django.db.models import Q, QuerySet

from pilotharbor.booking.models import Waiting
from pilotharbor.booking.queries.bookings import REQUESTERS
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Reach, Scope, Verb


def _own(actor: Membership) -> Q:
    mine = actor.organisation_id
    return Q(line__platform=mine) | Q(asked_by__organisation=mine)


# What a steward reads of a queue is what becomes of it: the booking.
SCOPES: dict[Scope, Reach] = {Scope.OWN: _own, Scope.ALL: lambda _actor: ~Q(pk__in=[])}


def visible_waiting(*, actor: Membership | None) -> QuerySet[Waiting]:
    """Who waits, as far as the actor may read it: one's own, and the platform all of its lines'."""
    rows = Waiting.objects.select_related(
        "line__platform", "project", "asked_by__person", "asked_by__organisation"
    )
    return rows.filter(rights.reach(actor, Verb.READ, Kind.BOOKING, SCOPES))


def may_answer(actor: Membership, waiting: Waiting) -> bool:
    """Whether the actor takes, declines or withdraws: the organisation that waits."""
    ours = actor.organisation_id == waiting.asked_by.organisation_id
    return ours and rights.acts_as(actor, *REQUESTERS)


def before_in_line(waiting: Waiting) -> int:
    """How many ask for the same line before this one."""
    earlier = Waiting.objects.filter(line=waiting.line_id, status=Waiting.Status.WAITING)
    return earlier.filter(
        Q(asked_at__lt=waiting.asked_at) | Q(asked_at=waiting.asked_at, pk__lt=waiting.pk)
    ).count()
