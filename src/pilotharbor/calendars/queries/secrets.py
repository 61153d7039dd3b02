"""Whose addresses and kiosks are these, and who may act at one?"""

from django.db.models import Q, QuerySet

from pilotharbor.calendars.models import FeedAddress, Kiosk
from pilotharbor.facilities import queries as facilities
from pilotharbor.facilities.models import Line
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.roles import Role

# Who decides on requests for a platform's lines and may therefore run all of them.
OPERATORS = (Role.PLATFORM_OPERATOR,)
STAFF = frozenset({Role.PLATFORM_OPERATOR, Role.EQUIPMENT_ENGINEER})


def addresses_of(*, actor: Membership) -> QuerySet[FeedAddress]:
    """The addresses of the actor's person that still open something, newest first."""
    return (
        FeedAddress.objects.filter(membership__person=actor.person_id, revoked_at=None)
        .select_related("line", "project", "membership__organisation")
        .order_by("-id")
    )


def kept_kiosks(*, actor: Membership) -> QuerySet[Kiosk]:
    """The kiosks in use that the actor may take away: those of the platform whose lines they keep."""
    if not keeps_kiosks(actor):
        return Kiosk.objects.none()
    return (
        Kiosk.objects.filter(line__platform=actor.organisation_id, revoked_at=None)
        .select_related("line", "made_by__person")
        .order_by("line__name", "id")
    )


def keeps_kiosks(actor: Membership) -> bool:
    """Whether the actor sets tablets up and takes them away."""
    return facilities.keeps_lines(actor, platform_id=actor.organisation_id)


def may_have_pin(actor: Membership) -> bool:
    """Whether a PIN would be of use to the actor: an engineer or operator of a platform."""
    return rights.acts_as(actor, *STAFF)


def staff_of(*, line_id: int) -> QuerySet[Membership]:
    """Who may run a line and can act now: its engineers, and the operators of its platform."""
    platform = Line.objects.filter(pk=line_id).values("platform")
    engineers = facilities.engineers().filter(line_id=line_id).values("membership")
    return (
        Membership.objects.filter(
            Q(pk__in=engineers) | Q(organisation__in=platform, role__in=OPERATORS),
            status=Membership.Status.ACTIVE,
            person__is_active=True,
            organisation__status=Organisation.Status.APPROVED,
        )
        .select_related("person", "organisation")
        .order_by("person__name", "id")
    )
