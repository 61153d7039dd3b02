"""What follows from connectors and alarms of this house's own."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pilotharbor.facilities import queries as facilities
from pilotharbor.kernel.handling import handles
from pilotharbor.kernel.models import Event
from pilotharbor.launcher import gathering
from pilotharbor.parties import commands as parties
from pilotharbor.parties import notices
from pilotharbor.parties import queries as people
from pilotharbor.telemetry import queries
from pilotharbor.telemetry.models import Alarm

notices.say("telemetry.alarm.raised", _("Alarm: “{tag}” of “{equipment}” is out of its limits."))


@handles(
    "telemetry.connector.registered",
    "telemetry.connector.paused",
    "telemetry.connector.resumed",
    "telemetry.connector.removed",
)
def run_connectors(event: Event) -> None:
    """The process for connectors runs only while there is one to run."""
    del event
    gathering.want(settings.DATA_DIR, wanted=queries.any_to_run())


@handles("telemetry.alarm.raised")
def tell_of_the_alarm(event: Event) -> None:
    """Who looks after the equipment learns of it, unless it has been seen meanwhile."""
    alarm = Alarm.objects.select_related("rule__tag__equipment").get(pk=event.subject_id)
    if alarm.acknowledged_at is not None:
        return
    staff = people.people_of(
        organisation_id=alarm.platform_id, roles=sorted(facilities.EQUIPMENT_KEEPERS)
    )
    tag = alarm.rule.tag
    parties.notify(
        member_ids=set(staff.values_list("pk", flat=True)),
        kind=event.name,
        url=reverse("alarms"),
        event=event,
        at=event.at,
        facts={"tag": tag.name, "equipment": tag.equipment.name},
    )
