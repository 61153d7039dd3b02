"""What fits the wishes of those who asked to be told, as they may see it?"""

from collections.abc import Sequence
from typing import Any

from pilotharbor.matching.models import Subscription
from pilotharbor.matching.queries.candidates import candidates
from pilotharbor.matching.queries.finding import Hit, find_all, worth_showing
from pilotharbor.matching.ranking import Asking
from pilotharbor.parties.models import Membership
from pilotharbor.technologies import queries as technologies

# So many of the best are told of; whoever wants more looks at the page.
TOLD_OF = 10


def fits_of(*, subscription: Subscription, limit: int = TOLD_OF) -> list[Hit]:
    """What fits a subscription now, as its owner may see it: the best few that have a reason."""
    actor = subscription.membership
    entry = subscription.achievement or subscription.demand
    if entry is None:
        asking = Asking(actor, (subscription.kind,))
        (found,) = find_all(texts=[subscription.text], asking=asking, limit=limit)
    elif not still_seen(subscriptions=[subscription], actor=actor):
        return []
    else:
        found = candidates(entry=entry, actor=actor, kind=subscription.kind, limit=limit)
    return worth_showing(found.hits)


def still_seen(*, subscriptions: Sequence[Subscription], actor: Membership) -> set[int]:
    """Those of the actor's subscriptions whose entry they may (still) see; words of one's own always."""
    visible: dict[str, Any] = {
        "achievement_id": technologies.visible_achievements,
        "demand_id": technologies.visible_demands,
    }
    seen: dict[str, set[int]] = {}
    for name, rows in visible.items():
        wanted = {pk for one in subscriptions if (pk := getattr(one, name)) is not None}
        found = rows(actor=actor).filter(pk__in=wanted) if wanted else ()
        seen[name] = {entry.pk for entry in found}
    return {
        one.pk
        for one in subscriptions
        if one.text
        or one.achievement_id in seen["achievement_id"]
        or one.demand_id in seen["demand_id"]
    }
