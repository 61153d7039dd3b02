"""What can happen to a tag."""

from datetime import datetime
from decimal import Decimal
from typing import TypedDict

from django.db import connection

from pilotharbor.facilities import queries as facilities
from pilotharbor.facilities.models import Equipment
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from pilotharbor.kernel.states import advance, require_move
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, NotYourRole, Verb
from pilotharbor.telemetry import queries
from pilotharbor.telemetry.commands import series, watching
from pilotharbor.telemetry.models import Alarm, Connector, Refusal, Tag

LONGEST_S = 366 * 86_400
TURN_DELAY_S = (10, 86_400)


class TagFields(TypedDict, total=False):
    """What one may say about a tag; see the model for what each means."""

    key: str
    name: str
    unit: str
    connector_id: int | None
    address: str
    lowest: Decimal | None
    highest: Decimal | None
    gap_after_s: int | None
    stuck_after_s: int | None
    run_level: Decimal | None
    idle_level: Decimal | None
    turn_delay_s: int


class NotYourSignals(Forbidden):
    """Only the operators and engineers of the platform that owns this equipment may do that."""

    code = "telemetry.not_your_signals"


class TagKeyTaken(Conflict):
    """Your platform already has a tag “{key}”; keys are unique within a platform."""

    code = "telemetry.tag_key_taken"


class AddressTaken(Conflict):
    """Another tag of this connector already listens to “{address}”."""

    code = "telemetry.address_taken"


class AddressMissing(Invalid):
    """A tag of a connector needs the address where the connector finds it, and only such a tag has one."""

    code = "telemetry.address_missing"


class LimitsReversed(Invalid):
    """The lowest possible value must be below the highest."""

    code = "telemetry.limits_reversed"


class RunLevelsReversed(Invalid):
    """Say both levels or neither; the level of idle must be below the level of running."""

    code = "telemetry.run_levels_reversed"


class OneRunSignal(Conflict):
    """Another tag of this equipment already says whether it runs; there can be only one."""

    code = "telemetry.one_run_signal"


class TimesOutOfRange(Invalid):
    """Times are whole seconds: at least 1, at most a year; running and idle are believed after 10 s to a day."""

    code = "telemetry.times_out_of_range"


class EquipmentRetired(Conflict):
    """This equipment is retired and gets no more signals."""

    code = "telemetry.equipment_retired"


def keeper(actor_id: int) -> Membership:
    """The actor, if their role looks after equipment at all.

    Raises: NotFound, NotYourRole.
    """
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.WRITE, Kind.BOOKING)
    if not rights.acts_as(actor, *facilities.EQUIPMENT_KEEPERS):
        raise NotYourRole(role=actor.role, kind=Kind.BOOKING.value)
    return actor


def locked_tag(*, tag_id: int, actor: Membership) -> Tag:
    """A tag of the actor's platform, locked after its latest row, like whoever stores its samples.

    Raises: NotFound, NotYourSignals.
    """
    found = queries.visible_tags(actor=actor).filter(pk=tag_id).first()
    if found is None:
        raise NotFound
    if not queries.keeps_signals(actor, platform_id=found.platform_id):
        raise NotYourSignals
    series.lock([tag_id])
    return Tag.objects.select_for_update(no_key=True).get(pk=tag_id)


def _refuse_wrong(tag: Tag) -> None:
    times = (tag.gap_after_s, tag.stuck_after_s)
    least, most = TURN_DELAY_S
    if any(t is not None and not 1 <= t <= LONGEST_S for t in times) or not (
        least <= tag.turn_delay_s <= most
    ):
        raise TimesOutOfRange
    if (tag.connector_id is None) != (not tag.address):
        raise AddressMissing(problems={"address": str(AddressMissing())})
    if tag.connector_id is not None:
        found = Connector.objects.filter(pk=tag.connector_id, platform_id=tag.platform_id)
        if not found.exclude(status=Connector.Status.REMOVED).exists():
            raise NotFound


def _save(tag: Tag, fields: TagFields) -> list[str]:
    """Write what changed of a tag; the names of it."""
    changed = [name for name, value in fields.items() if getattr(tag, name) != value]
    for name in changed:
        setattr(tag, name, fields[name])  # type: ignore[literal-required]
    _refuse_wrong(tag)
    with refusing(
        telemetry_tag_key=_at("key", TagKeyTaken(key=tag.key)),
        telemetry_tag_address=_at("address", AddressTaken(address=tag.address)),
        telemetry_tag_limits_ordered=_at("highest", LimitsReversed()),
        telemetry_tag_run_ordered=_at("idle_level", RunLevelsReversed()),
        telemetry_tag_one_run_signal=_at("run_level", OneRunSignal()),
    ):
        if tag._state.adding:  # noqa: SLF001 - Django's own way to ask
            tag.save(force_insert=True)
        elif changed:
            tag.save(update_fields=changed)
    if tag.connector_id is not None:
        known = Refusal.objects.filter(connector_id=tag.connector_id, place=tag.address)
    else:
        known = Refusal.objects.filter(platform_id=tag.platform_id, connector=None, place=tag.key)
    known.filter(reason=Refusal.Reason.UNREGISTERED).delete()
    return changed


def _at(field: str, error: Conflict | Invalid) -> Conflict | Invalid:
    error.problems[field] = str(error)
    return error


@command
def register_tag(*, equipment_id: int, fields: TagFields, actor_id: int, at: datetime) -> Tag:
    """Give a machine of the actor's platform one more signal.

    Raises: NotYourRole, NotFound, NotYourSignals, EquipmentRetired, TimesOutOfRange, AddressMissing,
    TagKeyTaken, AddressTaken, LimitsReversed, RunLevelsReversed, OneRunSignal. Source: R-TELE-1.
    """
    actor = keeper(actor_id)
    machine = facilities.visible_equipment(actor=actor).filter(pk=equipment_id).first()
    if machine is None:
        raise NotFound
    if not queries.keeps_signals(actor, platform_id=machine.platform_id):
        raise NotYourSignals
    if machine.status == Equipment.Status.RETIRED:
        raise EquipmentRetired
    tag = Tag(equipment=machine, platform_id=machine.platform_id)
    _save(tag, fields)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO telemetry_latest (tag_id) VALUES (%s)", [tag.pk])
    events.record(
        "telemetry.tag.registered", tag, actor=actor, at=at,
        equipment_id=machine.pk, platform_id=tag.platform_id,
    )  # fmt: skip
    return tag


@command
def revise_tag(*, tag_id: int, fields: TagFields, actor_id: int, at: datetime) -> Tag:
    """Change what is said about a tag; what was stored under it stays.

    Raises: as ``register_tag``.
    """
    actor = keeper(actor_id)
    tag = locked_tag(tag_id=tag_id, actor=actor)
    changed = _save(tag, fields)
    if "run_level" in changed and tag.run_level is None:
        _end_run(tag, at)
    if changed:
        events.record("telemetry.tag.revised", tag, actor=actor, at=at, fields=changed)
    return tag


@command
def retire_tag(*, tag_id: int, actor_id: int, at: datetime) -> Tag:
    """Take no more samples of a tag; what stands of its alarms and runs is ended.

    Raises: NotYourRole, NotFound, NotYourSignals, MoveNotAllowed.
    """
    actor = keeper(actor_id)
    tag = locked_tag(tag_id=tag_id, actor=actor)
    require_move(tag, Tag.Status.RETIRED)
    _end_run(tag, at)
    standing = Alarm.objects.select_for_update(no_key=True).filter(
        rule__tag=tag, status__in=Alarm.STANDING
    )
    for alarm in standing.order_by("id"):
        watching.end(alarm, cleared_at=at, at=at)
    advance(tag, Tag.Status.RETIRED)
    events.record("telemetry.tag.retired", tag, actor=actor, at=at)
    return tag


@command
def return_tag(*, tag_id: int, actor_id: int, at: datetime) -> Tag:
    """Take samples of a retired tag again.

    Raises: NotYourRole, NotFound, NotYourSignals, MoveNotAllowed, OneRunSignal.
    """
    actor = keeper(actor_id)
    tag = locked_tag(tag_id=tag_id, actor=actor)
    with refusing(telemetry_tag_one_run_signal=OneRunSignal()):
        advance(tag, Tag.Status.ACTIVE)
    events.record("telemetry.tag.returned", tag, actor=actor, at=at)
    return tag


def _end_run(tag: Tag, at: datetime) -> None:
    known = series.lock([tag.pk])[tag.pk]
    last = at if known.at is None else series.instant(known.at)
    watching.end_run(tag.pk, last, at=at)
    series.remember_run(tag_id=tag.pk, run_since=None, turn_since=None)
