"""What the market's events cause here; who is told of sources and of what came from them."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from pilotharbor.kernel.handling import handles, handles_many
from pilotharbor.kernel.models import Event
from pilotharbor.network import commands
from pilotharbor.network.models import HarvestRun, Source
from pilotharbor.parties import commands as parties
from pilotharbor.parties import notices
from pilotharbor.parties import queries as people
from pilotharbor.parties.roles import Role

notices.say(
    "network.source.added",
    _(
        "Results of the repository “{source}” will arrive here in your name, for your office to review."
    ),
)
notices.say(
    "network.run.completed",
    _("{count} results of “{source}” have arrived and wait for your review."),
)
notices.say("network.run.failed", _("Fetching from “{source}” failed; see why."))


@handles_many(
    "technologies.achievement.published",
    "technologies.achievement.revised",
    "technologies.achievement.withdrawn",
    "technologies.demand.published",
    "technologies.demand.revised",
    "technologies.demand.withdrawn",
    "technologies.scenario.published",
    "technologies.scenario.revised",
    "technologies.scenario.unveiled",
    "technologies.scenario.tried",
    "technologies.scenario.ordered",
    "technologies.scenario.closed",
    "technologies.scenario.withdrawn",
)
def keep_the_records(events: list[Event]) -> None:
    """What is public has a record; what no longer is has one that says so."""
    commands.reflect(events=events, at=timezone.now())


@handles("network.run.requested")
def let_the_worker_fetch(event: Event) -> None:
    """The job is put into the queue together with the mark that this event was delivered."""
    app.configure_task("network.harvest", queue="harvests").defer(run_id=event.subject_id)


@handles("network.source.added", "network.source.changed")
def tell_the_author(event: Event) -> None:
    """Whoever is named as the author of what arrives hears of it, once."""
    source = Source.objects.get(pk=event.subject_id)
    parties.notify(
        member_ids={int(event.facts["author_id"])},
        not_to=event.person_id,
        kind="network.source.added",
        url=reverse("achievements"),
        event=event,
        at=event.at,
        facts={"source": source.name},
    )


@handles("network.run.completed")
def tell_the_office(event: Event) -> None:
    """The office that reviews what arrived; each row of a list is not told by itself."""
    run = HarvestRun.objects.select_related("source").get(pk=event.subject_id)
    if not run.created:
        return
    office = people.people_of(organisation_id=run.source.organisation_id, roles=[Role.TTO_OFFICER])
    parties.notify(
        member_ids=set(office.values_list("pk", flat=True)),
        kind=event.name,
        url=reverse("reviews"),
        event=event,
        at=event.at,
        facts={"source": run.source.name, "count": run.created},
    )


@handles("network.run.failed")
def tell_who_asked(event: Event) -> None:
    """Whoever asked for it, or added the source that is fetched by itself."""
    run = HarvestRun.objects.select_related("source").get(pk=event.subject_id)
    parties.notify(
        member_ids={run.requested_by_id},
        kind=event.name,
        url=reverse("harvest_run", args=[run.pk]),
        event=event,
        at=event.at,
        facts={"source": run.source.name},
    )
