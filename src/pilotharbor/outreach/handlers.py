"""Who hears of a seat, a jury, an event called off, an intent."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel.handling import handles
from pilotharbor.kernel.models import Event
from pilotharbor.outreach.models import (
    Candidate,
    Challenge,
    CoachingOrder,
    Intent,
    Proposal,
    Registration,
    Roadshow,
)
from pilotharbor.outreach.queries.roadshows import SEATED
from pilotharbor.parties import commands as parties
from pilotharbor.parties import notices
from pilotharbor.parties import queries as people
from pilotharbor.parties.roles import Role

notices.say("outreach.registration.moved_up", _("A seat at “{title}” has become yours."))
notices.say("outreach.registration.called", _("You are called to the jury of “{title}”."))
notices.say("outreach.roadshow.cancelled", _("“{title}” does not take place."))
notices.say("outreach.roadshow.revised", _("“{title}” takes place at another time."))
notices.say("outreach.intent.declared", _("{organisation} is interested in “{title}”."))
notices.say(
    "outreach.intent.carried", _("A technology manager carries your intent for “{title}” on.")
)
notices.say("outreach.intent.offered", _("{organisation} may now be approached over “{title}”."))
notices.say("outreach.intent.followed", _("There is news of your intent for “{title}”."))
notices.say("outreach.challenge.list_loaded", _("“{title}” lists a need of yours; confirm it."))
notices.say("outreach.candidate.invited", _("A proposal of yours is asked for: “{title}”."))
notices.say("outreach.proposal.offered", _("A proposal has come for “{title}”."))
notices.say("outreach.proposal.matched", _("Your proposal for “{title}” is taken up."))
notices.say("outreach.proposal.intended", _("There is an intent for your proposal for “{title}”."))
notices.say("outreach.proposal.signed", _("Your proposal for “{title}” is signed."))
notices.say("outreach.proposal.declined", _("Your proposal for “{title}” was declined."))
notices.say("outreach.coaching.asked", _("“{title}” asks for coaching."))
notices.say("outreach.coaching.assigned", _("Coaching of “{title}” has its coach."))
notices.say("outreach.coaching.met", _("There are notes of a coaching session with “{title}”."))
notices.say("outreach.coaching.closed", _("The coaching of “{title}” is closed."))

COMING = (*SEATED, Registration.Status.WAITLISTED)
ANSWERING = (Role.TTO_OFFICER, Role.ENTERPRISE_MEMBER)


def tell(event: Event, members: Iterable[int | None], url: str, **facts: str) -> None:
    """Tell these memberships of the event, except who did it."""
    parties.notify(
        member_ids=[pk for pk in members if pk],
        not_to=event.person_id,
        kind=event.name,
        url=url,
        event=event,
        at=event.at,
        facts=dict(facts),
    )


@handles("outreach.registration.moved_up", "outreach.registration.called")
def tell_the_seated(event: Event) -> None:
    """Who moved up or was called; a guest sees it at the address of the ticket."""
    seat = Registration.objects.select_related("roadshow").get(pk=event.subject_id)
    url = reverse("roadshow_detail", args=[seat.roadshow_id])
    tell(event, [seat.membership_id], url, title=seat.roadshow.title)


@handles("outreach.roadshow.cancelled", "outreach.roadshow.revised")
def tell_the_coming(event: Event) -> None:
    """Everybody who was to come, when it is called off or moved."""
    if event.name.endswith("revised") and not event.facts.get("moved"):
        return
    roadshow = Roadshow.objects.get(pk=event.subject_id)
    coming = roadshow.registrations.filter(status__in=COMING)
    url = reverse("roadshow_detail", args=[roadshow.pk])
    tell(event, coming.values_list("membership_id", flat=True), url, title=roadshow.title)


@handles("outreach.intent.declared", "outreach.intent.offered")
def tell_who_follows_up(event: Event) -> None:
    """Who planned the event, and those who answer for the result."""
    intent = Intent.objects.select_related(
        "pitch__roadshow", "pitch__achievement", "declared_by__organisation"
    ).get(pk=event.subject_id)
    told = {intent.pitch.roadshow.planned_by_id}
    if result := intent.pitch.achievement:
        told |= set(result.inventors.values_list("membership_id", flat=True))
        owners = people.people_of(organisation_id=result.owner_id, roles=ANSWERING)
        told |= set(owners.values_list("pk", flat=True))
    tell(
        event,
        told,
        reverse("intents"),
        title=intent.pitch.title,
        organisation=intent.declared_by.organisation.name,
    )


@handles("outreach.intent.followed", "outreach.intent.carried")
def tell_who_declared(event: Event) -> None:
    """Who declared the intent."""
    intent = Intent.objects.select_related("pitch").get(pk=event.subject_id)
    tell(event, [intent.declared_by_id], reverse("intents"), title=intent.pitch.title)


@handles("outreach.challenge.list_loaded")
def tell_whose_needs_are_listed(event: Event) -> None:
    """The organisations that the list names and that are here."""
    challenge = Challenge.objects.get(pk=event.subject_id)
    named = [int(pk) for pk in event.facts.get("organisation_ids", [])]
    told = [
        member.pk
        for pk in named
        for member in people.people_of(organisation_id=pk, roles=(Role.ENTERPRISE_MEMBER,))
    ]
    tell(event, told, reverse("challenge_detail", args=[challenge.pk]), title=challenge.title)


@handles("outreach.candidate.invited")
def tell_who_could_propose(event: Event) -> None:
    """Those who answer for the result, and who made it."""
    row = Candidate.objects.select_related("need", "achievement").get(pk=event.subject_id)
    told = set(row.achievement.inventors.values_list("membership_id", flat=True))
    owners = people.people_of(organisation_id=row.achievement.owner_id, roles=ANSWERING)
    told |= set(owners.values_list("pk", flat=True))
    tell(event, told, reverse("need_detail", args=[row.need_id]), title=row.need.title)


@handles("outreach.proposal.offered")
def tell_whose_need_it_is(event: Event) -> None:
    """Who has the need, and who opened the challenge."""
    proposal = Proposal.objects.select_related("need__challenge").get(pk=event.subject_id)
    told = {proposal.need.challenge.opened_by_id}
    if body := proposal.need.organisation_id:
        owners = people.people_of(organisation_id=body, roles=(Role.ENTERPRISE_MEMBER,))
        told |= set(owners.values_list("pk", flat=True))
    tell(event, told, reverse("need_detail", args=[proposal.need_id]), title=proposal.need.title)


@handles(
    "outreach.proposal.matched",
    "outreach.proposal.intended",
    "outreach.proposal.signed",
    "outreach.proposal.declined",
)
def tell_who_offered(event: Event) -> None:
    """Who offered the result."""
    proposal = Proposal.objects.select_related("need").get(pk=event.subject_id)
    url = reverse("need_detail", args=[proposal.need_id])
    tell(event, [proposal.offered_by_id], url, title=proposal.need.title)


@handles("outreach.coaching.asked")
def tell_who_gives_orders(event: Event) -> None:
    """The host's operators, who find a coach."""
    order = CoachingOrder.objects.get(pk=event.subject_id)
    operators = people.people_of(organisation_id=people.host().pk, roles=(Role.PLATFORM_OPERATOR,))
    url = reverse("coaching_detail", args=[order.pk])
    tell(event, operators.values_list("pk", flat=True), url, title=order.team)


@handles("outreach.coaching.assigned", "outreach.coaching.met", "outreach.coaching.closed")
def tell_team_and_coach(event: Event) -> None:
    """The team and its coach."""
    order = CoachingOrder.objects.get(pk=event.subject_id)
    url = reverse("coaching_detail", args=[order.pk])
    tell(event, [order.asked_by_id, order.coach_id], url, title=order.team)
