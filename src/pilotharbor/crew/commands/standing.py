"""Who may change what about the people of a platform, and whose row is locked first."""

from pilotharbor.facilities import queries as facilities
from pilotharbor.kernel.errors import Forbidden, Invalid, NotFound
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, NotYourRole, Verb
from pilotharbor.parties.roles import OrganisationKind


class CrewOfPlatformsOnly(Forbidden):
    """Only a pilot-plant platform has a crew; your organisation is registered as something else."""

    code = "crew.platforms_only"


class NotYourCrew(Forbidden):
    """Only an operator of the platform this belongs to may do that."""

    code = "crew.not_your_crew"


class NotAnEngineer(Invalid):
    """Choose an active equipment engineer of your platform."""

    code = "crew.not_an_engineer"


class WhyMissing(Invalid):
    """Say why: the person it concerns will read it."""

    code = "crew.reason_missing"


def keeper(*, actor_id: int) -> Membership:
    """The actor, if they keep a platform's crew.

    Raises: NotFound, NotYourRole, CrewOfPlatformsOnly. Source: R-CREW-12.
    """
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.WRITE, Kind.BOOKING)
    if not rights.acts_as(actor, *facilities.LINE_KEEPERS):
        raise NotYourRole(role=actor.role, kind=Kind.BOOKING.value)
    if actor.organisation.kind != OrganisationKind.PILOT_PLATFORM:
        raise CrewOfPlatformsOnly
    return actor


def require_own(actor: Membership, *, platform_id: int) -> None:
    """Refuse what belongs to another platform.

    Raises: NotFound when the actor would not even see it, NotYourCrew for those who only read.
    """
    if facilities.keeps_lines(actor, platform_id=platform_id):
        return
    if facilities.sees_inventory(actor, platform_id=platform_id):
        raise NotYourCrew
    raise NotFound


def locked_member(*, membership_id: int) -> Membership:
    """The engineer's row, on which whoever changes their time queues.

    Raises: NotFound.
    """
    rows = Membership.objects.select_for_update(no_key=True, of=("self",))
    member = rows.select_related("person", "organisation").filter(pk=membership_id).first()
    if member is None:
        raise NotFound
    return member


def locked_engineer(*, membership_id: int, actor: Membership) -> Membership:
    """An active engineer of the actor's platform, locked.

    Raises: NotAnEngineer.
    """
    choice = facilities.engineers_to_choose(platform_id=actor.organisation_id)
    if not choice.filter(pk=membership_id).exists():
        raise NotAnEngineer(problems={"membership_id": str(NotAnEngineer())})
    return locked_member(membership_id=membership_id)


def said(reason: str) -> str:
    """The reason without blanks around it.

    Raises: WhyMissing when nothing is left.
    """
    reason = reason.strip()
    if not reason:
        raise WhyMissing(problems={"reason": str(WhyMissing())})
    return reason
