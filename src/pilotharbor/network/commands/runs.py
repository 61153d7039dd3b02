"""One going through a source: asked for, begun, page by page, ended."""

from datetime import datetime, timedelta

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.network import queries
from pilotharbor.network.models import HarvestRun, Source
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import NotYourRole

# Longer without a sign of life means that whoever worked on it is gone: a page takes two minutes at
# most. What waits may stand behind a long import of the worker.
SILENT = {"running": timedelta(minutes=15), "waiting": timedelta(hours=2)}
# A repository stamps a record before others can see it; asking twice for a little costs nothing.
OVERLAP = timedelta(minutes=5)


class SourcePaused(Conflict):
    """This source is paused; resume it first."""

    code = "network.source_paused"


class RunUnderWay(Conflict):
    """This source is being fetched from already."""

    code = "network.run_under_way"


class RunOver(Conflict):
    """This run has ended or been given up meanwhile."""

    code = "network.run_over"


@command
def request_run(*, source_id: int, actor_id: int, at: datetime) -> HarvestRun:
    """Ask for what a source has changed since last time; the worker fetches it.

    Raises: NotFound, NotYourRole, SourcePaused, RunUnderWay.
    Source: R-NET-10.
    """
    actor = parties.actor(actor_id=actor_id)
    if not queries.may_harvest(actor):
        raise NotYourRole(role=actor.role)
    queries.source(actor=actor, source_id=source_id)
    return _request(source_id, actor, at)


@command
def request_due_run(*, source_id: int, actor_id: int, at: datetime) -> HarvestRun:
    """Ask for a source whose time has come, in the name of whoever added it.

    Raises: NotFound, SourcePaused, RunUnderWay.
    """
    return _request(source_id, Membership.objects.get(pk=actor_id), at)


def _request(source_id: int, actor: Membership, at: datetime) -> HarvestRun:
    source = Source.objects.select_for_update(no_key=True).get(pk=source_id)
    if not source.active:
        raise SourcePaused
    _give_up_silent(source, actor, at)
    with refusing(network_harvestrun_one_at_a_time=RunUnderWay()):
        run = HarvestRun.objects.create(
            source=source, requested_by=actor, requested_at=at, told_at=at
        )
    events.record("network.run.requested", run, actor=actor, at=at, source_id=source.pk)
    return run


def _give_up_silent(source: Source, actor: Membership, at: datetime) -> None:
    """End what nobody works on any longer, so that it does not keep others out."""
    open_runs = HarvestRun.objects.select_for_update(no_key=True).filter(
        source=source, status__in=list(SILENT)
    )
    for run in open_runs:
        if at - run.told_at >= SILENT[run.status]:
            _end_failed(run, "broken_off", "", actor, at)


@command
def begin_run(*, run_id: int, actor_id: int, at: datetime) -> HarvestRun:
    """Begin what was asked for, once.

    Raises: RunOver, SourcePaused.
    """
    del actor_id
    run = HarvestRun.objects.select_for_update(no_key=True).get(pk=run_id)
    if run.status != HarvestRun.Status.WAITING:
        raise RunOver
    source = Source.objects.get(pk=run.source_id)
    if not source.active:
        raise SourcePaused
    advance(run, HarvestRun.Status.RUNNING, told_at=at, since_at=source.harvested_at)
    run.source = source
    return run


@command
def complete_run(
    *, run_id: int, answered_at: datetime, held_at: datetime | None, actor_id: int, at: datetime
) -> HarvestRun:
    """End a run that has read every page; the next one asks from here.

    ``answered_at`` when the source answered the first page; ``held_at`` the first change that has
    to be taken again.

    Raises: RunOver.
    Source: R-NET-12.
    """
    run = running(run_id)
    advance(run, HarvestRun.Status.COMPLETED, told_at=at, ended_at=at)
    from_here = min(answered_at - OVERLAP, at)
    # Never before the last one: what was held then has been asked for again in this run.
    Source.objects.filter(pk=run.source_id).update(
        harvested_at=from_here if held_at is None else min(held_at, from_here)
    )
    events.record(
        "network.run.completed", run, actor=_member(actor_id), at=at, source_id=run.source_id,
        created=run.created, bad=run.bad,
    )  # fmt: skip
    return run


@command
def fail_run(*, run_id: int, reason: str, detail: str, actor_id: int, at: datetime) -> HarvestRun:
    """End a run that cannot go on; what earlier pages brought stays, and the next one goes on.

    Raises: RunOver.
    """
    run = HarvestRun.objects.select_for_update(no_key=True).get(pk=run_id)
    if run.status not in SILENT:
        raise RunOver
    _end_failed(run, reason, detail, _member(actor_id), at)
    return run


def _end_failed(run: HarvestRun, reason: str, detail: str, actor: Membership, at: datetime) -> None:
    advance(
        run, HarvestRun.Status.FAILED, told_at=at, ended_at=at, reason=reason[:40],
        detail=detail[:500].replace("\x00", ""),
    )  # fmt: skip
    events.record(
        "network.run.failed", run, actor=actor, at=at, source_id=run.source_id, reason=reason[:40]
    )


def _member(actor_id: int) -> Membership:
    """Who asked for it; that person may have left while it ran."""
    return Membership.objects.get(pk=actor_id)


def running(run_id: int) -> HarvestRun:
    """The run, locked.

    Raises: RunOver unless it is under way.
    """
    run = HarvestRun.objects.select_for_update(no_key=True).get(pk=run_id)
    if run.status != HarvestRun.Status.RUNNING:
        raise RunOver
    return run
