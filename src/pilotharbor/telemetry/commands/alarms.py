"""What can happen to alarm rules and alarms, beside what signals do."""

from datetime import datetime
from decimal import Decimal

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Invalid, NotFound
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.telemetry import queries
from pilotharbor.telemetry.commands import watching
from pilotharbor.telemetry.commands.tags import NotYourSignals, keeper, locked_tag
from pilotharbor.telemetry.models import Alarm, AlarmRule

MOST_RULES = 8
LONGEST_DELAY_S = 86_400


class NoHysteresis(Invalid):
    """An alarm “too high” must clear below the level that raises it, one “too low” above it."""

    code = "telemetry.no_hysteresis"


class DelayTooLong(Invalid):
    """An alarm waits at most a day before it is raised."""

    code = "telemetry.delay_too_long"


class TooManyRules(Conflict):
    """A tag has at most eight alarm rules."""

    code = "telemetry.too_many_rules"


class RuleOver(Conflict):
    """This alarm rule is not in use any more."""

    code = "telemetry.rule_over"


class AlarmSeen(Conflict):
    """Somebody has acknowledged this alarm already."""

    code = "telemetry.alarm_seen"


@command
def set_alarm_rule(
    *,
    tag_id: int,
    side: str,
    raise_level: Decimal,
    clear_level: Decimal,
    delay_s: int,
    severity: str,
    actor_id: int,
    at: datetime,
) -> AlarmRule:
    """Let a tag raise an alarm from a level on, and clear it only when it is well back.

    A rule is not changed afterwards: end it and set another. Source: R-TELE-7.

    Raises: NotYourRole, NotFound, NotYourSignals, DelayTooLong, TooManyRules, NoHysteresis.
    """
    actor = keeper(actor_id)
    if not 0 <= delay_s <= LONGEST_DELAY_S:
        raise DelayTooLong(problems={"delay_s": str(DelayTooLong())})
    tag = locked_tag(tag_id=tag_id, actor=actor)
    if tag.alarm_rules.filter(is_active=True).count() >= MOST_RULES:
        raise TooManyRules
    wrong = NoHysteresis(problems={"clear_level": str(NoHysteresis())})
    with refusing(telemetry_alarm_rule_hysteresis=wrong):
        rule = AlarmRule.objects.create(
            tag=tag, side=side, raise_level=raise_level, clear_level=clear_level,
            delay_s=delay_s, severity=severity,
        )  # fmt: skip
    events.record("telemetry.alarm_rule.set", rule, actor=actor, at=at, tag_id=tag.pk)
    return rule


@command
def end_alarm_rule(*, rule_id: int, actor_id: int, at: datetime) -> AlarmRule:
    """Raise no more alarms by this rule; one that stands is cleared.

    Raises: NotYourRole, NotFound, NotYourSignals, RuleOver.
    """
    actor = keeper(actor_id)
    found = AlarmRule.objects.filter(pk=rule_id, tag__in=queries.visible_tags(actor=actor)).first()
    if found is None:
        raise NotFound
    locked_tag(tag_id=found.tag_id, actor=actor)
    rule = AlarmRule.objects.select_for_update(no_key=True).get(pk=rule_id)
    if not rule.is_active:
        raise RuleOver
    rule.is_active, rule.pending_since_at = False, None
    rule.save(update_fields=["is_active", "pending_since_at"])
    standing = Alarm.objects.select_for_update(no_key=True).filter(
        rule=rule, status__in=Alarm.STANDING
    )
    for alarm in standing:
        watching.end(alarm, cleared_at=at, at=at)
    events.record("telemetry.alarm_rule.ended", rule, actor=actor, at=at, tag_id=rule.tag_id)
    return rule


@command
def acknowledge(*, alarm_id: int, remark: str, actor_id: int, at: datetime) -> Alarm:
    """Say that one has seen an alarm; one whose value is back is over with it.

    Raises: NotYourRole, NotFound, NotYourSignals, AlarmSeen.
    """
    actor = keeper(actor_id)
    found = queries.visible_alarms(actor=actor).filter(pk=alarm_id).first()
    if found is None:
        raise NotFound
    if not queries.keeps_signals(actor, platform_id=found.platform_id):
        raise NotYourSignals
    alarm = Alarm.objects.select_for_update(no_key=True).get(pk=alarm_id)
    if alarm.acknowledged_at is not None:
        raise AlarmSeen
    back = alarm.status == Alarm.Status.RETURNED
    advance(
        alarm, Alarm.Status.CLOSED if back else Alarm.Status.ACKNOWLEDGED,
        acknowledged_by=actor, acknowledged_at=at, remark=remark.strip()[:500],
    )  # fmt: skip
    events.record("telemetry.alarm.acknowledged", alarm, actor=actor, at=at)
    return alarm
