"""Which alarms and runs does a batch of samples bring about? Called inside a command, rows locked."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from pilotharbor.kernel import events
from pilotharbor.kernel.later import later
from pilotharbor.kernel.states import advance
from pilotharbor.telemetry.commands import series
from pilotharbor.telemetry.commands.series import Known, Stored, instant
from pilotharbor.telemetry.models import Alarm, AlarmRule, Run

if TYPE_CHECKING:
    import numpy as np

    from pilotharbor.telemetry.engine import series as engine
    from pilotharbor.telemetry.engine import switch, wire
else:
    np = later("numpy")
    engine = later("pilotharbor.telemetry.engine.series")
    switch = later("pilotharbor.telemetry.engine.switch")
    wire = later("pilotharbor.telemetry.engine.wire")

# An alarm that comes back within this time is the same one, repeated.
CHATTER = timedelta(minutes=1)
_MOST = Decimal(99999999999999)
_RULES = """
SELECT r.id, r.tag_id, r.side, r.raise_level::float8, r.clear_level::float8, r.delay_s,
       (extract(epoch FROM r.pending_since_at) * 1000000)::int8,
       (extract(epoch FROM a.raised_at) * 1000000)::int8, a.extreme::float8
FROM telemetry_alarmrule r
LEFT JOIN telemetry_alarm a ON a.rule_id = r.id AND a.status IN ('active', 'acknowledged')
WHERE r.is_active AND r.tag_id = ANY(%s::int4[]) ORDER BY r.id
"""


class _Rule(NamedTuple):
    id: int
    tag_id: int
    side: str
    raise_level: float
    clear_level: float
    delay_s: int
    pending: int | None
    raised: int | None
    extreme: float | None

    @property
    def switch(self) -> "switch.Switch":
        return switch.Switch(
            self.raise_level, self.clear_level, delay_on=self.delay_s * engine.SECOND,
            inverted=self.side == AlarmRule.Side.LOW,
        )  # fmt: skip

    @property
    def stands(self) -> bool:
        """Whether it has raised its alarm, or is about to."""
        return self.raised is not None or self.pending is not None

    def reached_by(self, lowest: float, highest: float) -> bool:
        """Whether any value between these is at its level."""
        if self.side == AlarmRule.Side.LOW:
            return lowest <= self.raise_level
        return highest >= self.raise_level

    def worse(self, one: float, other: float) -> float:
        return min(one, other) if self.side == AlarmRule.Side.LOW else max(one, other)


def watch(stored: Stored, *, at: datetime) -> None:
    """Raise and clear alarms, begin and end runs, by what came in time and is possible."""
    if not len(stored.fresh):
        return
    places = _places(stored)
    extremes = _extremes(stored)
    for rule in _rules(places):
        if rule.stands or rule.reached_by(*extremes[rule.tag_id]):
            _watch_rule(rule, stored, places[rule.tag_id], at)
    for tag_id, place in places.items():
        known = stored.known[tag_id]
        if known.run_level is not None and known.idle_level is not None:
            _watch_run(known, stored, place, at)


def _places(stored: Stored) -> dict[int, slice]:
    """Where the samples of each tag stand."""
    starts = engine.starts_of(stored.fresh.tag).tolist()
    ends = [*starts[1:], len(stored.fresh)]
    tags = stored.fresh.tag[starts].tolist()
    return {tag: slice(a, b) for tag, a, b in zip(tags, starts, ends, strict=True)}


def _extremes(stored: Stored) -> dict[int, tuple[float, float]]:
    """The lowest and highest value of each tag, impossible ones too."""
    starts = engine.starts_of(stored.fresh.tag)
    low = np.minimum.reduceat(stored.fresh.value, starts).tolist()
    high = np.maximum.reduceat(stored.fresh.value, starts).tolist()
    tags = stored.fresh.tag[starts].tolist()
    return {tag: (a, b) for tag, a, b in zip(tags, low, high, strict=True)}


def _rules(tags: Iterable[int]) -> list[_Rule]:
    wanted = wire.Whole(np.array(sorted(tags), dtype=np.int64))
    return [_Rule(*row) for row in series.ask(_RULES, [wanted])]


# --- alarms ----------------------------------------------------------------------------------
def _watch_rule(rule: _Rule, stored: Stored, place: slice, at: datetime) -> None:
    possible = (stored.judged.flags[place] & engine.IMPOSSIBLE) == 0
    times, values = stored.fresh.at[place][possible], stored.fresh.value[place][possible]
    standing = switch.Standing(rule.raised, rule.pending)
    turns, after = switch.turns(rule.switch, standing, times, values)
    pending = after.turning_since if after.on_since is None else None
    if pending != rule.pending:
        AlarmRule.objects.filter(pk=rule.id).update(
            pending_since_at=None if pending is None else instant(pending)
        )
    if rule.raised is not None:
        last = turns[0].at if turns else engine.ENDLESS
        _note_extreme(rule, values[times <= last])
    for turn, following in zip(turns, [*turns, None][1:], strict=True):
        if turn.on:
            until = engine.ENDLESS if following is None else following.at
            _raise(rule, turn.at, values[(times >= turn.since) & (times <= until)], at)
        else:
            _clear(rule, turn.at, at)


def _decimal(value: float) -> Decimal:
    return max(-_MOST, min(_MOST, Decimal(value))).quantize(Decimal("0.000001"))


def _standing(rule_id: int) -> Alarm | None:
    return (
        Alarm.objects.select_for_update(no_key=True)
        .filter(rule_id=rule_id, status__in=Alarm.STANDING)
        .first()
    )


def _note_extreme(rule: _Rule, values: "engine.Floats") -> None:
    if not len(values):
        return
    worst = float(values.min() if rule.side == AlarmRule.Side.LOW else values.max())
    if rule.extreme is None or rule.worse(worst, rule.extreme) != rule.extreme:
        Alarm.objects.filter(rule_id=rule.id, status__in=Alarm.STANDING).update(
            extreme=_decimal(worst)
        )


def _raise(rule: _Rule, raised: int, values: "engine.Floats", at: datetime) -> None:
    worst = float(values.min() if rule.side == AlarmRule.Side.LOW else values.max())
    raised_at = instant(raised)
    last = (
        Alarm.objects.select_for_update(no_key=True)
        .filter(rule_id=rule.id, status=Alarm.Status.RETURNED, cleared_at__gt=raised_at - CHATTER)
        .order_by("-cleared_at")
        .first()
    )
    if last is not None:
        worst = worst if last.extreme is None else rule.worse(worst, float(last.extreme))
        advance(
            last, Alarm.Status.ACTIVE,
            cleared_at=None, repeats=last.repeats + 1, extreme=_decimal(worst),
        )  # fmt: skip
        return
    tag = AlarmRule.objects.select_related("tag").get(pk=rule.id).tag
    alarm = Alarm.objects.create(
        rule_id=rule.id, platform_id=tag.platform_id, raised_at=raised_at, extreme=_decimal(worst)
    )
    events.record(
        "telemetry.alarm.raised", alarm, at=at,
        equipment_id=tag.equipment_id, tag_id=tag.pk, raised_at=raised_at.isoformat(),
    )  # fmt: skip


def _clear(rule: _Rule, cleared: int, at: datetime) -> None:
    alarm = _standing(rule.id)
    if alarm is None:
        return
    end(alarm, cleared_at=instant(cleared), at=at)


def end(alarm: Alarm, *, cleared_at: datetime, at: datetime) -> None:
    """Let a locked alarm that stands be over: closed if somebody saw it, else waiting to be seen."""
    seen = alarm.status == Alarm.Status.ACKNOWLEDGED
    advance(
        alarm, Alarm.Status.CLOSED if seen else Alarm.Status.RETURNED,
        cleared_at=max(cleared_at, alarm.raised_at),
    )  # fmt: skip
    events.record("telemetry.alarm.cleared", alarm, at=at, cleared_at=cleared_at.isoformat())


# --- runs ------------------------------------------------------------------------------------
def _watch_run(known: Known, stored: Stored, place: slice, at: datetime) -> None:
    flags = stored.judged.flags[place]
    times, values = stored.fresh.at[place], stored.fresh.value[place]
    possible = (flags & engine.IMPOSSIBLE) == 0
    delay = known.turn_delay_s * engine.SECOND
    machine = switch.Switch(known.run_level or 0.0, known.idle_level or 0.0, delay, delay)
    standing = switch.Standing(known.run_since, known.turn_since)
    gaps = np.flatnonzero(flags & engine.AFTER_GAP).tolist()
    before = [known.at, *times.tolist()]
    for first, after in zip([0, *gaps], [*gaps, len(times)], strict=True):
        if first in gaps:
            # Nobody knows what the machine did while its signal was away.
            standing = _break_off(known, standing, before[first], at)
        part = slice(first, after)
        good = possible[part]
        turns, standing = switch.turns(machine, standing, times[part][good], values[part][good])
        for turn in turns:
            if turn.on:
                _begin_run(known, turn.since, at)
            else:
                end_run(known.tag_id, instant(turn.since), at=at)
    if (standing.on_since, standing.turning_since) != (known.run_since, known.turn_since):
        series.remember_run(
            tag_id=known.tag_id, run_since=standing.on_since, turn_since=standing.turning_since
        )


def _break_off(
    known: Known, standing: "switch.Standing", last: int | None, at: datetime
) -> "switch.Standing":
    if standing.on_since is not None and last is not None:
        # Seemingly idle already when the signal went: it was.
        stopped = last if standing.turning_since is None else standing.turning_since
        end_run(known.tag_id, instant(stopped), at=at)
    return switch.Standing()


def _begin_run(known: Known, since: int, at: datetime) -> None:
    start = instant(since)
    last = Run.objects.filter(equipment_id=known.equipment_id).order_by("-period").first()
    if last is not None:
        if last.period.upper is None:
            return  # Another signal of the machine was the one to ask, and its run has not ended.
        start = max(start, last.period.upper)
    run = Run.objects.create(
        equipment_id=known.equipment_id, tag_id=known.tag_id,
        period=DateTimeTZRange(start, None, "[)"),
    )  # fmt: skip
    events.record(
        "telemetry.run.started", run, at=at,
        equipment_id=run.equipment_id, tag_id=run.tag_id, start=start.isoformat(),
    )  # fmt: skip


def end_run(tag_id: int, end: datetime, *, at: datetime) -> None:
    """End the run that a tag has begun, if there is one."""
    run = Run.objects.filter(tag_id=tag_id, period__upper_inf=True).first()
    if run is None:
        return
    if end <= run.period.lower:
        run.delete()
        return
    run.period = DateTimeTZRange(run.period.lower, end, "[)")
    run.save(update_fields=["period"])
    events.record(
        "telemetry.run.ended", run, at=at,
        equipment_id=run.equipment_id, tag_id=tag_id,
        start=run.period.lower.isoformat(), end=end.isoformat(),
    )  # fmt: skip
