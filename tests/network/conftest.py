"""What the tests of harvesting share: a foreign repository, and going through it."""

import pytest

from pilotharbor.network import commands, harvest
from pilotharbor.network.models import HarvestRun
from tests.factories.network import SourceFactory
from tests.factories.repository import repository


@pytest.fixture
def there(settings):
    """A repository on loopback, which this harbour may fetch from."""
    settings.HARVEST_PRIVATE = True
    with repository() as one:
        yield one


@pytest.fixture
def source(there):
    return SourceFactory(base_url=there.url)


@pytest.fixture
def go(at):
    """Ask for a run and carry it out as the worker does."""

    def go_through(source, *, when=at, open_=harvest.opened):
        run = commands.request_run(source_id=source.pk, actor_id=source.added_by_id, at=when)
        harvest.carry_out(run_id=run.pk, clock=lambda: when, open_=open_)
        source.refresh_from_db()
        return HarvestRun.objects.get(pk=run.pk)

    return go_through
