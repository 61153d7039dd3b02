"""Who is let in beyond what the level says, and who read what."""

from collections.abc import Sequence
from datetime import datetime

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Forbidden, Invalid
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import commands as parties_commands
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.technologies import queries
from pilotharbor.technologies.commands.rules import acting, locked_achievement, require_writer
from pilotharbor.technologies.models import Achievement, Demand, Reader
from pilotharbor.technologies.queries import Entry


class DetailClosed(Forbidden):
    """The detail is not open to you at its confidentiality level; ask its owner."""

    code = "technologies.detail_closed"


class NotAReader(Invalid):
    """A reader is an active member of an approved organisation whose role reads results."""

    code = "technologies.not_a_reader"


@command
def name_reader(
    *, achievement_id: int, membership_id: int, actor_id: int, at: datetime
) -> Achievement:
    """Let one person read the detail of a result, whatever its level.

    Raises: NotFound, NotYourRole, NotYourEntry, NotAReader.
    Source: R-TECH-6.
    """
    actor = acting(actor_id, Verb.WRITE, Kind.ACHIEVEMENT)
    achievement = locked_achievement(achievement_id, actor)
    require_writer(achievement, actor)
    reader = _active([membership_id])
    if not reader or not queries.counts_as_member(reader[0], Kind.ACHIEVEMENT):
        raise NotAReader(problems={"membership_id": str(NotAReader())})
    if _let_in(achievement, reader, Reader.Via.NAMED, at):
        events.record(
            "technologies.achievement.reader_named",
            achievement,
            actor=actor,
            at=at,
            membership_id=membership_id,
        )
    return achievement


@command
def unname_reader(
    *, achievement_id: int, membership_id: int, actor_id: int, at: datetime
) -> Achievement:
    """Take a named reader's reading back.

    Raises: NotFound, NotYourRole, NotYourEntry.
    """
    actor = acting(actor_id, Verb.WRITE, Kind.ACHIEVEMENT)
    achievement = locked_achievement(achievement_id, actor)
    require_writer(achievement, actor)
    gone, _rows = achievement.readers.filter(
        membership_id=membership_id, via=Reader.Via.NAMED
    ).delete()
    if gone:
        events.record(
            "technologies.achievement.reader_removed",
            achievement,
            actor=actor,
            at=at,
            membership_id=membership_id,
        )
    return achievement


@command
def admit(
    *,
    achievement_id: int,
    membership_ids: Sequence[int],
    via: str,
    actor_id: int,
    at: datetime,
    demand_id: int | None = None,
) -> None:
    """Let people in because of a project (``via="project"``) or a panel (``via="blind"``).

    Part of an upper domain's command, which has decided who they are; those who are in stay in.

    Raises: NotFound when the actor may no longer act.
    Source: R-TECH-7.
    """
    actor = parties.actor(actor_id=actor_id)
    members = _active(membership_ids)
    for entry in _carried(achievement_id, demand_id):
        if fresh := _let_in(entry, members, Reader.Via(via), at):
            noun = queries.kind_of(entry).value
            events.record(
                f"technologies.{noun}.readers_admitted",
                entry,
                actor=actor,
                at=at,
                membership_ids=fresh,
                via=str(via),
            )


@command
def dismiss(
    *,
    achievement_id: int,
    membership_ids: Sequence[int],
    via: str,
    actor_id: int,
    at: datetime,
    demand_id: int | None = None,
) -> None:
    """Take back what ``admit`` gave, as part of an upper domain's command.

    Raises: NotFound when the actor may no longer act.
    Source: R-TECH-7.
    """
    actor = parties.actor(actor_id=actor_id)
    for entry in _carried(achievement_id, demand_id):
        gone, _rows = entry.readers.filter(
            membership_id__in=list(membership_ids), via=Reader.Via(via)
        ).delete()
        if gone:
            noun = queries.kind_of(entry).value
            events.record(
                f"technologies.{noun}.readers_dismissed",
                entry,
                actor=actor,
                at=at,
                membership_ids=list(membership_ids),
                via=str(via),
            )


@command
def view_detail(*, achievement_id: int, actor_id: int, at: datetime) -> str:
    """Open the detail of a result and leave on record who read it, where that is due.

    Raises: NotFound, DetailClosed.
    Source: R-TECH-6.
    """
    actor = parties.actor(actor_id=actor_id)
    entry = queries.achievement(achievement_id=achievement_id, actor=actor, at=at)
    return _view(entry, actor, at)


@command
def view_demand_detail(*, demand_id: int, actor_id: int, at: datetime) -> str:
    """Open the detail of a need and leave on record who read it, where that is due.

    Raises: NotFound, DetailClosed.
    """
    actor = parties.actor(actor_id=actor_id)
    return _view(queries.demand(demand_id=demand_id, actor=actor, at=at), actor, at)


def _view(entry: Entry, actor: Membership, at: datetime) -> str:
    reading = queries.reading(entry=entry, actor=actor, at=at)
    if not reading.detail:
        raise DetailClosed
    if reading.by_glass:
        label = type(entry)._meta.label_lower  # noqa: SLF001
        parties_commands.use_break_glass(
            subject_type=label, subject_id=entry.pk, actor_id=actor.pk, at=at
        )
    if reading.recorded and entry.detail:
        noun = queries.kind_of(entry).value
        events.record(
            f"technologies.{noun}.detail_viewed",
            entry,
            actor=actor,
            at=at,
            level=entry.confidentiality,
        )
    return entry.detail


def _active(ids: Sequence[int]) -> list[Membership]:
    return list(
        Membership.objects.filter(
            pk__in=list(ids),
            status=Membership.Status.ACTIVE,
            person__is_active=True,
            organisation__status=Organisation.Status.APPROVED,
        )
        .select_related("organisation")
        .order_by("pk")
    )


def _carried(achievement_id: int, demand_id: int | None) -> list[Entry]:
    """What a project carries."""
    found: list[Entry] = list(Achievement.objects.filter(pk=achievement_id))
    if demand_id is not None:
        found += Demand.objects.filter(pk=demand_id)
    return found


def _let_in(
    entry: Entry, members: Sequence[Membership], via: Reader.Via, at: datetime
) -> list[int]:
    """Write the readers who are not in yet; their membership ids."""
    inside = set(entry.readers.filter(via=via).values_list("membership_id", flat=True))
    fresh = [member for member in members if member.pk not in inside]
    target = {queries.kind_of(entry).value: entry}
    Reader.objects.bulk_create(
        (Reader(membership=member, via=via, admitted_at=at, **target) for member in fresh),
        ignore_conflicts=True,
    )
    return [member.pk for member in fresh]
