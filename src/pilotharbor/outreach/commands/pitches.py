"""What stands on an agenda, and which of it is on now."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, NotFound
from pilotharbor.kernel.states import advance, require_move
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.outreach.commands.roadshows import NotOpenForChange, PlanWrong, locked
from pilotharbor.outreach.models import Pitch, Roadshow
from pilotharbor.outreach.queries import roadshows as queries
from pilotharbor.parties.models import Membership

MOST_PITCHES = 100


class AnotherIsOn(Conflict):
    """Another item is on at this moment; end it first."""

    code = "outreach.another_is_on"


class NotRunning(Conflict):
    """The event is not under way."""

    code = "outreach.not_running"


@command
def add(
    *,
    roadshow_id: int,
    title: str,
    team: str,
    minutes: int,
    achievement_id: int | None = None,
    actor_id: int,
    at: datetime,
) -> Pitch:
    """Put an item at the end of the agenda.

    Raises: NotFound, NotYourEvent, NotOpenForChange, PlanWrong.
    Source: R-OUT-4.
    """
    actor, roadshow = locked(roadshow_id, actor_id)
    if roadshow.status not in {Roadshow.Status.PLANNED, Roadshow.Status.OPEN}:
        raise NotOpenForChange
    title, team = title.strip(), team.strip()
    problems = {
        name: _("Between 1 and {most} characters.").format(most=200)
        for name, value in (("title", title), ("team", team))
        if not 1 <= len(value) <= 200
    }
    if not 1 <= minutes <= 480:
        problems["minutes"] = _("Between 1 and 480 minutes.")
    if roadshow.pitches.count() >= MOST_PITCHES:
        problems["title"] = _("An agenda has at most {most} items.").format(most=MOST_PITCHES)
    shown = queries.presentable(roadshow=roadshow, actor=actor)
    if achievement_id is not None and not shown.filter(pk=achievement_id).exists():
        problems["achievement_id"] = _(
            "Choose a published result that everybody in this audience may see."
        )
    if problems:
        raise PlanWrong(problems=problems)
    last = roadshow.pitches.aggregate(last=Max("position"))["last"] or 0
    pitch = Pitch.objects.create(
        roadshow=roadshow, position=last + 1, title=title, team=team, minutes=minutes,
        achievement_id=achievement_id,
    )  # fmt: skip
    _record("added", pitch, actor, at)
    return pitch


@command
def reorder(*, roadshow_id: int, pitch_ids: Sequence[int], actor_id: int, at: datetime) -> None:
    """Put the items that are still to come into this order; those left out go from the agenda.

    Raises: NotFound, NotYourEvent, NotOpenForChange, PlanWrong.
    """
    actor, roadshow = locked(roadshow_id, actor_id)
    if roadshow.status in {Roadshow.Status.CLOSED, Roadshow.Status.CANCELLED}:
        raise NotOpenForChange
    coming = {p.pk: p for p in roadshow.pitches.filter(status=Pitch.Status.PLANNED)}
    if len(set(pitch_ids)) != len(pitch_ids) or not set(pitch_ids) <= coming.keys():
        raise PlanWrong(problems={"pitch_ids": _("These are not the items still to come.")})
    dropped = coming.keys() - set(pitch_ids)
    if dropped and roadshow.status != Roadshow.Status.PLANNED and not pitch_ids:
        raise PlanWrong(problems={"pitch_ids": _("An agenda that was announced keeps an item.")})
    first = roadshow.pitches.exclude(status=Pitch.Status.PLANNED).count()
    for place, pk in enumerate(pitch_ids, first + 1):
        coming[pk].position = place
    Pitch.objects.bulk_update([coming[pk] for pk in pitch_ids], ["position"])
    roadshow.pitches.filter(pk__in=dropped).delete()
    events.record(
        "outreach.roadshow.agenda_ordered", roadshow, actor=actor, at=at, dropped=len(dropped)
    )


@command
def begin(*, pitch_id: int, actor_id: int, at: datetime) -> Pitch:
    """Let an item go on; points can be given from now.

    Raises: NotFound, NotYourEvent, NotRunning, AnotherIsOn, MoveNotAllowed.
    """
    actor, roadshow, pitch = _locked_pitch(pitch_id, actor_id)
    if roadshow.status != Roadshow.Status.RUNNING:
        raise NotRunning
    require_move(pitch, Pitch.Status.LIVE)
    with refusing(outreach_pitch_one_live=AnotherIsOn()):
        advance(pitch, Pitch.Status.LIVE, begun_at=at)
    _record("begun", pitch, actor, at)
    return pitch


@command
def end(*, pitch_id: int, actor_id: int, at: datetime) -> Pitch:
    """End an item: no more points, and what was given is unsealed.

    Raises: NotFound, NotYourEvent, MoveNotAllowed.
    Source: R-OUT-7.
    """
    actor, _roadshow, pitch = _locked_pitch(pitch_id, actor_id)
    advance(pitch, Pitch.Status.ENDED, ended_at=at)
    _record("ended", pitch, actor, at)
    return pitch


def _locked_pitch(pitch_id: int, actor_id: int) -> tuple[Membership, Roadshow, Pitch]:
    found = Pitch.objects.filter(pk=pitch_id).values_list("roadshow_id", flat=True).first()
    if found is None:
        raise NotFound
    actor, roadshow = locked(found, actor_id)
    return actor, roadshow, Pitch.objects.select_for_update(no_key=True).get(pk=pitch_id)


def _record(verb: str, pitch: Pitch, actor: Membership, at: datetime) -> None:
    events.record(
        f"outreach.pitch.{verb}",
        pitch,
        actor=actor,
        at=at,
        roadshow_id=pitch.roadshow_id,
        achievement_id=pitch.achievement_id,
    )
