"""Which matches may this person see, make and answer?"""

from django.db.models import Q, QuerySet

from pilotharbor.matching.findable import CARRIERS
from pilotharbor.matching.models import Match
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Scope, Verb
from pilotharbor.technologies import queries as technologies
from pilotharbor.technologies.models import Achievement, Demand
from pilotharbor.technologies.queries import Entry


def visible_matches(*, actor: Membership | None) -> QuerySet[Match]:
    """Matches of one's organisation, those one proposed or manages; all for operator and auditor.

    Source: R-MATCH-5.
    """
    rows = Match.objects.select_related(
        "achievement__owner", "demand__owner", "proposed_by__person", "proposed_by__organisation"
    )
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


def may_propose(*, achievement: Achievement, demand: Demand, actor: Membership | None) -> bool:
    """Whether the actor may put the two together: their owners, and those who carry matches."""
    if actor is None:
        return False
    if rights.acts_as(actor, *CARRIERS):
        return True
    return speaks_for(achievement, actor) or speaks_for(demand, actor)


def speaks_for(entry: Entry, actor: Membership) -> bool:
    """Whether the actor answers for this entry on behalf of its owner."""
    owns = entry.owner_id == actor.organisation_id
    return owns and technologies.may_write(entry=entry, actor=actor)


def may_answer(*, match: Match, actor: Membership | None) -> bool:
    """Whether accepting is the actor's business: a side that did not itself propose.

    Source: R-MATCH-4.
    """
    if actor is None or match.status != Match.Status.PROPOSED:
        return False
    if match.proposed_by.person_id == actor.person_id:
        return False
    same = match.achievement.owner_id == match.demand.owner_id
    if match.proposed_by.organisation_id == actor.organisation_id and not same:
        return False
    return speaks_for(match.achievement, actor) or speaks_for(match.demand, actor)


def may_decline(*, match: Match, actor: Membership | None) -> bool:
    """Whether the actor may end the proposal: either side, and whoever proposed."""
    if actor is None or match.status != Match.Status.PROPOSED:
        return False
    if match.proposed_by_id == actor.pk:
        return True
    return speaks_for(match.achievement, actor) or speaks_for(match.demand, actor)
