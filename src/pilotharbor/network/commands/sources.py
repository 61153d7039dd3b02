"""From which repositories results arrive, and in whose name."""

from datetime import datetime
from typing import TypedDict

from django.utils.translation import gettext as translate

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Invalid
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.network import addresses, queries
from pilotharbor.network.engine import asking
from pilotharbor.network.engine.fetching import is_base
from pilotharbor.network.engine.reading import Identity
from pilotharbor.network.models import Source
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import NotYourRole


class SourceGiven(TypedDict):
    """What is said about a source (see ``Source``)."""

    name: str
    base_url: str
    set_spec: str
    prefix: str
    author_id: int
    every_hours: int


class SourceWrong(Invalid):
    """Something about this source is missing or not of the right form."""

    code = "network.source_wrong"


class SourceThere(Conflict):
    """This repository and set are fetched for this organisation already."""

    code = "network.source_there"


@command
def add_source(*, given: SourceGiven, identity: Identity, actor_id: int, at: datetime) -> Source:
    """Fetch from a repository from now on; ``identity`` is what it has just answered.

    Raises: NotFound, NotYourRole, SourceWrong, SourceThere.
    Source: R-NET-8, R-NET-9.
    """
    actor = _keeper(actor_id)
    author = _checked(given)
    with refusing(network_source_once=SourceThere()):
        added = Source.objects.create(
            **_fields(given, author, identity), added_by=actor, added_at=at
        )
    events.record(
        "network.source.added", added, actor=actor, at=at, author_id=author.pk,
        organisation_id=author.organisation_id,
    )  # fmt: skip
    return added


@command
def change_source(
    *, source_id: int, given: SourceGiven, identity: Identity, actor_id: int, at: datetime
) -> Source:
    """Change what is fetched or in whose name; what is fetched anew is asked for from its beginning.

    Raises: NotFound, NotYourRole, SourceWrong, SourceThere.
    """
    actor = _keeper(actor_id)
    author = _checked(given)
    found = _locked(actor, source_id)
    fields = _fields(given, author, identity)
    anew = ("base_url", "set_spec", "prefix", "organisation_id")
    if any(getattr(found, name) != fields[name] for name in anew):
        found.harvested_at = None
    for name, value in fields.items():
        setattr(found, name, value)
    with refusing(network_source_once=SourceThere()):
        found.save()
    events.record(
        "network.source.changed", found, actor=actor, at=at, author_id=author.pk,
        organisation_id=author.organisation_id,
    )  # fmt: skip
    return found


@command
def pause_source(*, source_id: int, actor_id: int, at: datetime) -> Source:
    """Fetch nothing from it any more; what arrived stays.

    Raises: NotFound, NotYourRole.
    """
    return _switch(source_id, actor_id, at, active=False)


@command
def resume_source(*, source_id: int, actor_id: int, at: datetime) -> Source:
    """Fetch from it again, from where it was left.

    Raises: NotFound, NotYourRole.
    """
    return _switch(source_id, actor_id, at, active=True)


def _switch(source_id: int, actor_id: int, at: datetime, *, active: bool) -> Source:
    actor = _keeper(actor_id)
    found = _locked(actor, source_id)
    if found.active != active:
        found.active = active
        found.save(update_fields=["active"])
        done = "resumed" if active else "paused"
        events.record(f"network.source.{done}", found, actor=actor, at=at)
    return found


def _keeper(actor_id: int) -> Membership:
    actor = parties.actor(actor_id=actor_id)
    if not queries.may_harvest(actor):
        raise NotYourRole(role=actor.role)
    return actor


def _locked(actor: Membership, source_id: int) -> Source:
    queries.source(actor=actor, source_id=source_id)
    return Source.objects.select_for_update(no_key=True).get(pk=source_id)


def _checked(given: SourceGiven) -> Membership:
    """The author named, after everything else has been looked at."""
    problems: dict[str, str] = {}
    if not 1 <= len(given["name"].strip()) <= 120:
        problems["name"] = translate("Name the repository, in at most 120 characters.")
    if len(given["base_url"]) > 500 or not is_base(given["base_url"]):
        problems["base_url"] = translate("This is no address of a repository.")
    if given["base_url"].rstrip("/") == addresses.base_url():
        problems["base_url"] = translate("This harbour does not fetch from itself.")
    spec = given["set_spec"]
    if spec and (len(spec) > 120 or not asking.is_set(spec)):
        problems["set_spec"] = translate("A set is named by letters and digits, parted by colons.")
    if given["prefix"] not in Source.Prefix.values:
        problems["prefix"] = translate("Choose one of the formats.")
    if given["every_hours"] not in Source.Every.values:
        problems["every_hours"] = translate("Choose how often.")
    author = queries.possible_authors().filter(pk=given["author_id"]).first()
    if author is None:
        problems["author_id"] = translate(
            "Choose someone who may submit results of an institution."
        )
    if problems or author is None:
        raise SourceWrong(problems=problems)
    return author


def _fields(given: SourceGiven, author: Membership, identity: Identity) -> dict[str, object]:
    return {
        "name": " ".join(given["name"].split()),
        "base_url": given["base_url"],
        "set_spec": given["set_spec"],
        "prefix": given["prefix"],
        "every_hours": given["every_hours"],
        "author_id": author.pk,
        "organisation_id": author.organisation_id,
        "repository": identity.name,
        "granularity": identity.granularity,
    }
