"""Which prices were given to whom?"""

from django.db.models import Q, QuerySet

from pilotharbor.booking.models import Quote
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Reach, Scope, Verb


def _own(actor: Membership) -> Q:
    mine = actor.organisation_id
    return (
        Q(line__platform=mine)
        | Q(asked_by__organisation=mine)
        | Q(project__owner=mine)
        | Q(project__enterprise=mine)
    )


SCOPES: dict[Scope, Reach] = {Scope.OWN: _own, Scope.ALL: lambda _actor: ~Q(pk__in=[])}


def visible_quotes(*, actor: Membership | None) -> QuerySet[Quote]:
    """Quotes the actor may read: of projects of theirs, or for lines of their platform."""
    rows = Quote.objects.select_related("line", "project", "tariff", "asked_by__person")
    return rows.filter(rights.reach(actor, Verb.READ, Kind.BOOKING, SCOPES))
