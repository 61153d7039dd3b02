"""Saving a source, for pages and API alike: the repository is asked before anything is kept."""

from datetime import datetime

from pilotharbor.kernel.errors import Forbidden, Invalid
from pilotharbor.network import commands, harvest, queries, wording
from pilotharbor.network.commands import SourceGiven
from pilotharbor.network.engine.fetching import Trouble
from pilotharbor.network.engine.reading import Identity
from pilotharbor.network.models import Source
from pilotharbor.parties.models import Membership


class RepositoryUnusable(Invalid):
    """The repository could not be used as it answers now."""

    code = "network.repository_unusable"


class NotYourSources(Forbidden):
    """Only the people who look after organisations look after sources."""

    code = "network.not_your_sources"


def add(*, given: SourceGiven, actor: Membership, at: datetime) -> Source:
    """Ask the repository who it is, then keep the source.

    Raises: NotYourSources, RepositoryUnusable, and what ``commands.add_source`` raises.
    """
    identity = _asked(given, actor)
    return commands.add_source(given=given, identity=identity, actor_id=actor.pk, at=at)


def change(*, source_id: int, given: SourceGiven, actor: Membership, at: datetime) -> Source:
    """Ask the repository who it is, then keep the change.

    Raises: NotFound, NotYourSources, RepositoryUnusable, and what ``commands.change_source`` raises.
    """
    queries.source(actor=actor, source_id=source_id)
    identity = _asked(given, actor)
    return commands.change_source(
        source_id=source_id, given=given, identity=identity, actor_id=actor.pk, at=at
    )


def _asked(given: SourceGiven, actor: Membership) -> Identity:
    # Nobody else makes this server knock at addresses.
    if not queries.may_harvest(actor):
        raise NotYourSources
    try:
        return harvest.identify(given["base_url"])
    except Trouble as trouble:
        said = f"{wording.reason(trouble.reason)} {trouble.detail}".strip()
        raise RepositoryUnusable(problems={"base_url": said}) from trouble
