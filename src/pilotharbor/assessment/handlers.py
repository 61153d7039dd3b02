"""Who is told of what happens in an assessment."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pilotharbor.assessment import queries
from pilotharbor.assessment.models import Panel, Seat
from pilotharbor.kernel.handling import handles
from pilotharbor.kernel.models import Event
from pilotharbor.parties import commands as parties
from pilotharbor.parties import notices

notices.say("assessment.panel.convened", _("Your judgement is asked for: “{title}”."))
notices.say("assessment.panel.complete", _("All experts have scored “{title}”; add the scores up."))
notices.say("assessment.panel.dissolved", _("The panel on “{title}” is dissolved."))
notices.say("assessment.panel.closed", _("The panel on “{title}” is closed."))


def _tell(event: Event, panel: Panel, members: set[int], kind: str) -> None:
    parties.notify(
        member_ids=members,
        kind=kind,
        url=reverse("panel_detail", args=[panel.pk]),
        event=event,
        at=event.at,
        # The title of the result, which experts read, and not of the project.
        facts={"title": panel.project.achievement.title},
    )


def _panel(pk: int) -> Panel:
    return Panel.objects.select_related("project__achievement", "convened_by").get(pk=pk)


def _experts(panel: Panel) -> set[int]:
    return set(Seat.objects.filter(panel=panel).values_list("expert_id", flat=True))


@handles("assessment.panel.convened", "assessment.panel.closed")
def tell_the_experts(event: Event) -> None:
    """Experts learn that they are asked, and later that the panel is closed."""
    panel = _panel(event.subject_id)
    _tell(event, panel, _experts(panel), event.name)


@handles("assessment.panel.changed")
def tell_the_new_experts(event: Event) -> None:
    """Whoever is new on a changed panel learns that they are asked."""
    panel = _panel(event.subject_id)
    _tell(event, panel, set(event.facts["added_ids"]), "assessment.panel.convened")


@handles("assessment.panel.dissolved")
def tell_who_need_not_score(event: Event) -> None:
    """The experts of a dissolved panel learn that nothing is asked of them any more."""
    panel = _panel(event.subject_id)
    _tell(event, panel, _experts(panel), event.name)


@handles("assessment.seat.scored")
def tell_the_convener(event: Event) -> None:
    """Who convened the panel learns when the last score is in."""
    panel = _panel(event.facts["panel_id"])
    if panel.status == Panel.Status.OPEN and queries.progress(panel).complete:
        _tell(event, panel, {panel.convened_by_id}, "assessment.panel.complete")
