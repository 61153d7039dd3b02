"""Who is told of what happens to an accreditation."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pilotharbor.governance.models import Accreditation
from pilotharbor.kernel.handling import handles
from pilotharbor.kernel.models import Event
from pilotharbor.parties import commands as parties
from pilotharbor.parties import notices
from pilotharbor.parties.models import Membership
from pilotharbor.parties.roles import Role

notices.say("governance.accreditation.filed", _("“{platform}” files for accreditation."))
notices.say("governance.accreditation.granted", _("“{platform}” is recognised."))
notices.say("governance.accreditation.refused", _("The application of “{platform}” is refused."))
notices.say(
    "governance.accreditation.withdrawn", _("The accreditation of “{platform}” is taken back.")
)


def _tell(event: Event, row: Accreditation, members: set[int]) -> None:
    parties.notify(
        member_ids=members,
        kind=event.name,
        url=reverse("accreditations"),
        event=event,
        at=event.at,
        facts={"platform": row.platform.name},
    )


@handles("governance.accreditation.filed")
def tell_the_bureau(event: Event) -> None:
    """Government officers see what waits for their answer."""
    row = Accreditation.objects.select_related("platform").get(pk=event.subject_id)
    officers = Membership.objects.filter(
        role=Role.GOVERNMENT_OFFICER, status=Membership.Status.ACTIVE
    )
    _tell(event, row, set(officers.values_list("pk", flat=True)))


@handles(
    "governance.accreditation.granted",
    "governance.accreditation.refused",
    "governance.accreditation.withdrawn",
)
def tell_who_filed(event: Event) -> None:
    """Who filed learns the answer."""
    row = Accreditation.objects.select_related("platform", "filed_by").get(pk=event.subject_id)
    _tell(event, row, {row.filed_by_id})
