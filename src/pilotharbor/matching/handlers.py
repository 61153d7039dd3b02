"""What the market's events cause here: the index follows, the other side hears."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel.handling import handles, handles_many
from pilotharbor.kernel.models import Event
from pilotharbor.matching import index, queries
from pilotharbor.matching.findable import FINDABLE
from pilotharbor.matching.kinds import ACHIEVEMENT
from pilotharbor.matching.models import Match, Subscription
from pilotharbor.parties import commands as parties
from pilotharbor.parties import notices
from pilotharbor.parties import queries as people
from pilotharbor.parties.roles import Role
from pilotharbor.technologies.commands import patents

notices.say("matching.match.proposed", _("Someone proposes a match for “{title}”."))
notices.say("matching.match.accepted", _("The match for “{title}” was accepted."))
notices.say("matching.match.declined", _("The match for “{title}” was declined."))
notices.say("matching.subscription.fitted", _("New for “{wanted}”: “{title}”."))

ANSWERING = (Role.RESEARCHER, Role.TTO_OFFICER, Role.ENTERPRISE_MEMBER)


@handles_many(
    "technologies.achievement.published",
    "technologies.achievement.revised",
    "technologies.achievement.withdrawn",
    "technologies.achievement.right_described",
    "technologies.demand.published",
    "technologies.demand.revised",
    "technologies.demand.withdrawn",
    "technologies.scenario.published",
    "technologies.scenario.revised",
    "technologies.scenario.withdrawn",
    "technologies.scenario.unveiled",
    "technologies.scenario.closed",
    "facilities.line.registered",
    "facilities.line.revised",
    "facilities.line.closed",
    "facilities.line.reopened",
    "facilities.equipment.registered",
    "facilities.equipment.revised",
    "facilities.equipment.moved",
    "facilities.equipment.retired",
    "parties.membership.begun",
    "parties.membership.revised",
    "parties.membership.suspended",
    "parties.membership.reinstated",
    "parties.membership.ended",
    "parties.organisation.approved",
    "parties.organisation.refused",
    "parties.organisation.suspended",
    "parties.organisation.reinstated",
    "parties.person.suspended",
    "parties.person.reinstated",
)
def keep_the_index(events: list[Event]) -> None:
    """What is published can be found; what is not cannot."""
    index.reflect(events=events)


@handles("matching.subscription.fitted")
def tell_of_a_fit(event: Event) -> None:
    """Whoever subscribed hears of it, while they may still see it."""
    one = Subscription.objects.select_related("membership").filter(pk=event.subject_id).first()
    if one is None or not queries.still_seen(subscriptions=[one], actor=one.membership):
        return
    label, pk = str(event.facts["kind"]), int(str(event.facts["entry_id"]))
    entry = FINDABLE[label].visible(one.membership).filter(pk=pk).first()
    if entry is None:
        return
    parties.notify(
        member_ids={one.membership_id},
        kind=event.name,
        url=reverse("achievement_detail" if label == ACHIEVEMENT else "demand_detail", args=[pk]),
        event=event,
        at=event.at,
        facts={"title": str(entry), "wanted": str(one)},
    )


@handles("matching.match.proposed", "matching.match.accepted", "matching.match.declined")
def tell_the_sides(event: Event) -> None:
    """Both owners and whoever proposed hear what happened, except who did it."""
    match = Match.objects.select_related("achievement", "demand", "proposed_by").get(
        pk=event.subject_id
    )
    told = {match.proposed_by_id}
    # Of a university only its transfer office: not every researcher has to do with this result.
    for owner, roles in (
        (match.achievement.owner_id, (Role.TTO_OFFICER, Role.ENTERPRISE_MEMBER)),
        (match.demand.owner_id, ANSWERING),
    ):
        found = people.people_of(organisation_id=owner, roles=roles)
        told |= set(found.values_list("pk", flat=True))
    authors = match.achievement.inventors.values_list("membership_id", flat=True)
    told |= set(authors)
    parties.notify(
        member_ids=told,
        not_to=event.person_id,
        kind=event.name,
        url=reverse("match_detail", args=[match.pk]),
        event=event,
        at=event.at,
        facts={"title": match.demand.title},
    )


@handles("matching.match.accepted")
def wake_the_result(event: Event) -> None:
    """A result that both sides want to work on does not sleep (R-TECH-42)."""
    match = Match.objects.get(pk=event.subject_id)
    patents.note_activity(achievement_id=match.achievement_id, at=event.at)
