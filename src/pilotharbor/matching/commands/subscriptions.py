"""Being told of new fits: subscribe, unsubscribe, and the look that the worker takes."""

from datetime import datetime

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Invalid, NotFound
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.matching import queries
from pilotharbor.matching.kinds import USUAL
from pilotharbor.matching.models import Subscription
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership
from pilotharbor.technologies import queries as technologies

LONGEST_TEXT = 500
MOST = 50
KEPT = 500
# So many that fit already are remembered, lest one is told of as new when better ones have gone.
FITTED = 100


class NothingToLookFor(Invalid):
    """Say in your own words what you look for, in at most 500 characters."""

    code = "matching.nothing_to_look_for"


class TooManySubscriptions(Conflict):
    """You have {most} subscriptions, which is as many as one may have; end one first."""

    code = "matching.too_many_subscriptions"


class AlreadySubscribed(Conflict):
    """You are told of new fits for this already."""

    code = "matching.already_subscribed"


@command
def subscribe(
    *,
    kind: str,
    text: str = "",
    achievement_id: int | None = None,
    demand_id: int | None = None,
    actor_id: int,
    at: datetime,
) -> Subscription:
    """Be told of what fits and is published from now on: words of one's own, or an entry one sees.

    ``kind`` what is looked for, by its label. What fits already is not told.

    Raises: NotFound, NothingToLookFor, TooManySubscriptions, AlreadySubscribed.
    Source: R-MATCH-9.
    """
    actor = parties.actor(actor_id=actor_id)
    words = " ".join(text.replace("\x00", " ").split())
    said = sum(one is not None for one in (words or None, achievement_id, demand_id))
    if kind not in USUAL or len(words) > LONGEST_TEXT or said != 1:
        raise NothingToLookFor(problems={"text": str(NothingToLookFor())})
    if not _seen(achievement_id, demand_id, actor):
        raise NotFound
    # Whoever subscribes twice at once waits here, so that nobody has more than are allowed.
    Membership.objects.select_for_update(no_key=True).get(pk=actor.pk)
    held = Subscription.objects.filter(membership=actor).count()
    if held >= MOST:
        raise TooManySubscriptions(most=MOST)
    with refusing(
        matching_subscription_words_once=AlreadySubscribed(),
        matching_subscription_entry_once=AlreadySubscribed(),
    ):
        made = Subscription.objects.create(
            membership=actor, kind=kind, text=words, achievement_id=achievement_id,
            demand_id=demand_id, begun_at=at, looked_at=at,
        )  # fmt: skip
    made.told = [hit.entry.pk for hit in queries.fits_of(subscription=made, limit=FITTED)]
    made.save(update_fields=["told"])
    events.record("matching.subscription.begun", made, actor=actor, at=at)
    return made


def _seen(achievement_id: int | None, demand_id: int | None, actor: Membership) -> bool:
    if achievement_id is not None:
        rows = technologies.visible_achievements(actor=actor)
        return rows.filter(pk=achievement_id).exists()
    if demand_id is not None:
        return technologies.visible_demands(actor=actor).filter(pk=demand_id).exists()
    return True


@command
def unsubscribe(*, subscription_id: int, actor_id: int, at: datetime) -> None:
    """Be told no more.

    Raises: NotFound.
    """
    actor = parties.actor(actor_id=actor_id)
    found = Subscription.objects.filter(pk=subscription_id, membership=actor).first()
    if found is None:
        raise NotFound
    events.record("matching.subscription.ended", found, actor=actor, at=at)
    found.delete()


def _may_act(one: Subscription) -> bool:
    """Whether its owner may still act: who left or is suspended is told of nothing."""
    try:
        parties.actor(actor_id=one.membership_id)
    except NotFound:
        return False
    return True


@command
def look(*, subscription_id: int, at: datetime) -> int:
    """See what fits now and was not told; how many that is. The worker's part.

    Each is told once; source: R-MATCH-9.
    """
    rows = Subscription.objects.select_for_update(no_key=True, skip_locked=True)
    one = rows.filter(pk=subscription_id).first()
    if one is None or not _may_act(one):
        return 0
    known = set(one.told)
    fresh = [hit.entry for hit in queries.fits_of(subscription=one) if hit.entry.pk not in known]
    one.told = [*one.told, *(entry.pk for entry in fresh)][-KEPT:]
    one.looked_at = at
    one.save(update_fields=["told", "looked_at"])
    for entry in fresh:
        events.record(
            "matching.subscription.fitted", one, actor=None, at=at, kind=one.kind, entry_id=entry.pk
        )
    return len(fresh)
