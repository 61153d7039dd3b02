"""A secret address is made, or taken away."""

from dataclasses import dataclass
from datetime import datetime

from pilotharbor.calendars import queries
from pilotharbor.calendars.models import FeedAddress
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, NotFound
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights, tokens
from pilotharbor.parties.models import Person
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
    secret = tokens.new_secret()
    address = FeedAddress.objects.create(
        kind=kind,
        membership=actor,
        line_id=line_id,
        project_id=project_id,
        secret_sha256=tokens.digest(secret),
        made_at=at,
    )
    events.record(
        "calendars.address.made", address, actor=actor, at=at,
        kind=kind.value, line_id=line_id, of_project_id=project_id,
    )  # fmt: skip
    return IssuedAddress(address, secret)


@command
def revoke_address(*, address_id: int, actor_id: int, at: datetime) -> FeedAddress:
    """Take one of one's own addresses away; it opens nothing from now on.

    Raises: NotFound, also where it was taken away before. Source: R-CAL-20.
    """
    actor = parties.actor(actor_id=actor_id)
    mine = queries.addresses_of(actor=actor).filter(pk=address_id)
    address = mine.select_for_update(no_key=True, of=("self",)).first()
    if address is None:
        raise NotFound
    address.revoked_at = at
    address.save(update_fields=["revoked_at"])
    events.record("calendars.address.revoked", address, actor=actor, at=at)
    return address
