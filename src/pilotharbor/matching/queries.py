"""Which matches may this person see?"""

from django.db.models import Q, QuerySet

from pilotharbor.matching.models import Match
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Scope, Verb
from pilotharbor.technologies import queries as technologies


def visible_matches(*, actor: Membership | None) -> QuerySet[Match]:
    """Matches of one's organisation, those one proposed or manages; all for operator and auditor.

    Source: R-MATCH-5.
    """
    rows = Match.objects.select_related("achievement__owner", "demand__owner", "proposed_by__person")
    if actor is None:
        return rows.none()
    if Scope.ALL in rights.scopes(actor, Verb.READ, Kind.DEMAND):
        return rows
    shown = Q(proposed_by=actor)
    if Scope.OWN in rights.scopes(actor, Verb.READ, Kind.ACHIEVEMENT):
        shown |= Q(achievement__owner_id=actor.organisation_id)
    if Scope.OWN in rights.scopes(actor, Verb.READ, Kind.DEMAND):
        shown |= Q(demand__owner_id=actor.organisation_id)
    if Scope.ASSIGNED in rights.scopes(actor, Verb.READ, Kind.ACHIEVEMENT):
        shown |= Q(achievement_id__in=technologies.admitted_ids(actor, Kind.ACHIEVEMENT))
    return rows.filter(shown)
