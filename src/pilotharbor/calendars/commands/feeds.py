"""A secret address is made, exchanged for a new one, or taken away."""

from dataclasses import dataclass
from datetime import datetime

from pilotharbor.calendars import queries
from pilotharbor.calendars.models import FeedAddress
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, NotFound
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights, tokens
from pilotharbor.parties.models import Membership, Person
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.projects import queries as projects

MOST_ADDRESSES = 30


class TooManyAddresses(Conflict):
    """You have {most} calendar addresses already; revoke one that nobody uses."""

    code = "calendars.too_many_addresses"


@dataclass(frozen=True, slots=True)
class IssuedAddress:
    """An address and its secret, which is never shown again."""

    address: FeedAddress
    secret: str


@command
def make_address(
    *,
    actor_id: int,
    at: datetime,
    line_id: int | None = None,
    project_id: int | None = None,
) -> IssuedAddress:
    """Make a secret address of a line's bookings, a project's, or, with neither, one's own.

    Raises: NotYourRole, NotFound, TooManyAddresses. Source: R-CAL-20.
    """
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.READ, Kind.BOOKING)
    if line_id is not None and project_id is not None:
        raise NotFound
    if line_id is not None and not queries.has_line(actor, line_id):
        raise NotFound
    if project_id is not None:
        projects.visible_project(actor=actor, project_id=project_id)
    # Two at once take turns, so that neither comes on top of the last that is allowed.
    Person.objects.select_for_update(no_key=True).get(pk=actor.person_id)
    if queries.addresses_of(actor=actor).count() >= MOST_ADDRESSES:
        raise TooManyAddresses(most=MOST_ADDRESSES)
    kind = FeedAddress.Kind.PERSON
    if line_id is not None or project_id is not None:
        kind = FeedAddress.Kind.LINE if line_id is not None else FeedAddress.Kind.PROJECT
    address = FeedAddress(kind=kind, membership=actor, line_id=line_id, project_id=project_id)
    issued = _issued(address, at)
    events.record(
        "calendars.address.made", address, actor=actor, at=at,
        kind=kind.value, line_id=line_id, of_project_id=project_id,
    )  # fmt: skip
    return issued


def _issued(address: FeedAddress, at: datetime) -> IssuedAddress:
    secret = tokens.new_secret()
    address.secret_sha256, address.made_at = tokens.digest(secret), at
    address.save()
    return IssuedAddress(address, secret)


@command
def renew_address(*, address_id: int, actor_id: int, at: datetime) -> IssuedAddress:
    """Exchange one of one's own addresses for a new one of the same; the old opens nothing any more.

    Of two that renew at once one gets the new address, and the other is told that there is none to
    renew: nobody is shown a secret that is dead already.

    Raises: NotFound. Source: R-CAL-20.
    """
    actor = parties.actor(actor_id=actor_id)
    old = _mine(actor, address_id)
    old.revoked_at = at
    old.save(update_fields=["revoked_at"])
    issued = _issued(
        FeedAddress(
            kind=old.kind, membership=old.membership, line_id=old.line_id,
            project_id=old.project_id,
        ),
        at,
    )  # fmt: skip
    events.record(
        "calendars.address.renewed", issued.address, actor=actor, at=at, old_address_id=old.pk
    )
    return issued


def _mine(actor: Membership, address_id: int) -> FeedAddress:
    mine = queries.addresses_of(actor=actor).filter(pk=address_id)
    address = mine.select_for_update(no_key=True, of=("self",)).first()
    if address is None:
        raise NotFound
    return address


@command
def revoke_address(*, address_id: int, actor_id: int, at: datetime) -> FeedAddress:
    """Take one of one's own addresses away; it opens nothing from now on.

    Raises: NotFound, also where it was taken away before. Source: R-CAL-20.
    """
    actor = parties.actor(actor_id=actor_id)
    address = _mine(actor, address_id)
    address.revoked_at = at
    address.save(update_fields=["revoked_at"])
    events.record("calendars.address.revoked", address, actor=actor, at=at)
    return address
