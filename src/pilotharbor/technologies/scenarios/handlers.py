"""Who is told of what happens to scenarios and to the answers to them."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel.handling import handles
from pilotharbor.kernel.models import Event
from pilotharbor.parties import commands as parties
from pilotharbor.parties import notices
from pilotharbor.parties import queries as people
from pilotharbor.parties.models import Organisation
from pilotharbor.parties.roles import Role
from pilotharbor.technologies.models import Scenario, ScenarioAnswer

NOT_CHOSEN = "technologies.scenario.answer_not_chosen"
TRIED = {True: "technologies.scenario.trial_passed", False: "technologies.scenario.trial_failed"}

notices.say("technologies.scenario.submitted", _("“{title}” waits for your review."))
notices.say("technologies.scenario.published", _("“{title}” has been published."))
notices.say(
    "technologies.scenario.returned", _("“{title}” was returned; see what should be changed.")
)
notices.say("technologies.scenario.answered", _("{organisation} has answered “{title}”."))
notices.say(
    "technologies.scenario.answer_withdrawn",
    _("{organisation} has taken its answer to “{title}” back."),
)
notices.say(
    "technologies.scenario.unveiled",
    _("Your answer to “{title}” has been chosen; now it is to be tried."),
)
notices.say(NOT_CHOSEN, _("Your answer to “{title}” was not chosen: {reason}"))
notices.say(TRIED[True], _("What you offered for “{title}” has passed its trial."))
notices.say(
    TRIED[False], _("What you offered for “{title}” has not passed its trial; read what was found.")
)
notices.say("technologies.scenario.ordered", _("“{title}” has led to a first order."))
notices.say("technologies.scenario.closed", _("“{title}” was closed without an order: {reason}"))


def _tell(
    event: Event, scenario: Scenario, told: Iterable[int], *, kind: str = "", **facts: str
) -> None:
    parties.notify(
        member_ids=told,
        not_to=event.person_id,
        kind=kind or event.name,
        url=reverse("scenario_detail", args=[scenario.pk]),
        event=event,
        at=event.at,
        facts={"title": scenario.title, **facts},
    )


def _scenario(event: Event) -> Scenario:
    return Scenario.objects.select_related("owner").get(pk=event.subject_id)


def _answer(event: Event) -> ScenarioAnswer:
    rows = ScenarioAnswer.objects.select_related("organisation")
    return rows.get(pk=event.facts["answer_id"])


@handles("technologies.scenario.submitted")
def tell_the_operators(event: Event) -> None:
    """The platform's operators review scenarios as they review needs."""
    if event.facts.get("imported") or not Organisation.objects.filter(is_host=True).exists():
        return
    office = people.people_of(organisation_id=people.host().pk, roles=[Role.PLATFORM_OPERATOR])
    _tell(event, _scenario(event), set(office.values_list("pk", flat=True)))


@handles("technologies.scenario.published", "technologies.scenario.returned")
def tell_who_submitted(event: Event) -> None:
    """Whoever put it up for review hears what became of it."""
    scenario = _scenario(event)
    _tell(event, scenario, {scenario.submitted_by_id or scenario.posted_by_id})


@handles("technologies.scenario.answered", "technologies.scenario.answer_withdrawn")
def tell_the_owner(event: Event) -> None:
    """Whoever wrote it down hears who answers."""
    scenario = _scenario(event)
    name = _answer(event).organisation.name
    _tell(event, scenario, {scenario.posted_by_id}, organisation=name)


@handles("technologies.scenario.unveiled")
def tell_who_answered(event: Event) -> None:
    """The chosen one, and the others with the reason."""
    scenario = _scenario(event)
    _tell(event, scenario, {_answer(event).offered_by_id})
    others = ScenarioAnswer.objects.filter(pk__in=event.facts["not_chosen_ids"])
    for one in others.exclude(decline_reason=""):
        _tell(event, scenario, {one.offered_by_id}, kind=NOT_CHOSEN, reason=one.decline_reason)


@handles("technologies.scenario.tried")
def tell_the_tried(event: Event) -> None:
    """Whoever was tried learns how it went."""
    kind = TRIED[bool(event.facts["passed"])]
    _tell(event, _scenario(event), {_answer(event).offered_by_id}, kind=kind)


@handles("technologies.scenario.ordered")
def tell_of_the_order(event: Event) -> None:
    """Whoever was chosen, and whoever wrote it down."""
    scenario = _scenario(event)
    _tell(event, scenario, {_answer(event).offered_by_id, scenario.posted_by_id})


@handles("technologies.scenario.closed")
def tell_of_the_end(event: Event) -> None:
    """Everybody whose answer still stood."""
    scenario = _scenario(event)
    gone = [ScenarioAnswer.Status.WITHDRAWN, ScenarioAnswer.Status.FAILED]
    told = scenario.answers.exclude(status__in=gone)
    ids = set(told.values_list("offered_by_id", flat=True))
    _tell(event, scenario, ids, reason=scenario.closing_reason)
