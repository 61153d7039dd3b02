"""Alarms are raised and cleared with hysteresis, and machines run and rest, by what their signals say."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from pilotharbor.kernel import feeder
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.time import period
from pilotharbor.parties.models import Notification
from pilotharbor.telemetry import commands
from pilotharbor.telemetry.models import Alarm, AlarmRule, Run
from tests.factories.telemetry import NOON, TagFactory, after, plant

pytestmark = pytest.mark.django_db


def rule(p, **fields):
    return AlarmRule.objects.create(
        tag=p.tag,
        **({"side": "high", "raise_level": Decimal(80), "clear_level": Decimal(75)} | fields),
    )


def alarms(p):
    """Alarms of a plant: status, seconds raised and cleared, worst value, repeats."""
    return [
        (
            a.status,
            (a.raised_at - NOON).total_seconds(),
            None if a.cleared_at is None else (a.cleared_at - NOON).total_seconds(),
            float(a.extreme),
            a.repeats,
        )
        for a in Alarm.objects.filter(platform=p.tag.platform).order_by("id")
    ]


def names():
    return list(
        Event.objects.filter(name__startswith="telemetry.")
        .order_by("id")
        .values_list("name", flat=True)
    )


# --- alarms ----------------------------------------------------------------------------------
def test_an_alarm_clears_only_when_the_value_is_well_back():
    p = plant()
    rule(p)

    p.take((0, 70), (100, 80), (200, 90))
    p.take((300, 76), (400, 79))
    assert alarms(p) == [("active", 100, None, 90, 0)]

    p.take((500, 75))
    assert alarms(p) == [("returned", 100, 500, 90, 0)]
    assert names() == ["telemetry.alarm.raised", "telemetry.alarm.cleared"]


def test_too_low_is_the_mirror_image():
    p = plant()
    rule(p, side="low", raise_level=Decimal(10), clear_level=Decimal(12))

    p.take((0, 11), (100, 10), (200, 3), (300, 11), (400, 12))

    assert alarms(p) == [("returned", 100, 400, 3, 0)]


def test_the_delay_must_be_held_throughout_also_between_parcels():
    p = plant()
    made = rule(p, delay_s=60)

    p.take((0, 85), (59, 85), (60.5, 70), (100, 85))
    assert alarms(p) == []
    made.refresh_from_db()
    assert made.pending_since_at == after(100)

    p.take((150, 86))
    assert alarms(p) == []
    p.take((160, 87))
    assert alarms(p) == [("active", 160, None, 87, 0)]
    made.refresh_from_db()
    assert made.pending_since_at is None


def test_an_alarm_that_comes_back_within_a_minute_is_the_same_one():
    p = plant()
    rule(p)

    p.take((0, 80), (10, 70), (69, 95), (80, 70))
    p.take((139, 81), (140, 70), (200, 80))

    assert alarms(p) == [("returned", 0, 140, 95, 2), ("active", 200, None, 80, 0)]
    assert names().count("telemetry.alarm.raised") == 2


def test_impossible_and_late_values_raise_nothing():
    p = plant(highest=200)
    rule(p)

    p.take((100, 20), (101, 850))
    p.take((50, 90))

    assert alarms(p) == []


def test_samples_sent_again_raise_nothing_again():
    p = plant()
    rule(p)
    samples = [(0, 90), (100, 70)]

    p.take(*samples)
    p.take(*samples)

    assert len(alarms(p)) == 1


def test_a_rule_that_has_ended_raises_nothing():
    p = plant()
    rule(p, is_active=False)

    p.take((0, 90))

    assert alarms(p) == []


def test_a_value_beyond_all_measure_is_kept_within_the_column():
    p = plant()
    rule(p)

    p.take((0, 1e99))

    assert alarms(p) == [("active", 0, None, 99999999999999.0, 0)]


def test_acknowledged_alarms_close_when_the_value_is_back():
    p = plant()
    rule(p)
    p.take((0, 90))
    (alarm,) = Alarm.objects.all()

    commands.acknowledge(
        alarm_id=alarm.pk, remark=" 冷却水已开 ", actor_id=p.engineer.pk, at=after(30)
    )
    assert alarms(p)[0][0] == "acknowledged"
    p.take((100, 70))

    assert alarms(p) == [("closed", 0, 100, 90, 0)]
    alarm.refresh_from_db()
    assert (alarm.acknowledged_by, alarm.acknowledged_at, alarm.remark) == (
        p.engineer,
        after(30),
        "冷却水已开",
    )


def test_an_alarm_that_is_back_closes_when_it_is_seen():
    p = plant()
    rule(p)
    p.take((0, 90), (100, 70))
    (alarm,) = Alarm.objects.all()

    commands.acknowledge(alarm_id=alarm.pk, remark="", actor_id=p.operator.pk, at=after(200))

    assert alarms(p)[0][0] == "closed"
    with pytest.raises(commands.AlarmSeen):
        commands.acknowledge(alarm_id=alarm.pk, remark="", actor_id=p.operator.pk, at=after(300))


def test_the_database_holds_one_standing_alarm_of_a_rule():
    p = plant()
    made = rule(p)
    p.take((0, 90))

    with pytest.raises(IntegrityError, match="telemetry_alarm_one_standing"), transaction.atomic():
        Alarm.objects.create(rule=made, platform=p.tag.platform, raised_at=NOON)


@pytest.mark.django_db(transaction=True)
def test_staff_is_told_of_an_alarm_once():
    p, other = plant(), plant()
    rule(p)

    p.take((0, 90))
    feeder.drain()

    told = Notification.objects.filter(kind="telemetry.alarm.raised")
    assert set(told.values_list("person_id", flat=True)) == {
        p.operator.person_id,
        p.engineer.person_id,
    }
    assert other.operator.person_id not in told.values_list("person_id", flat=True)


# --- runs ------------------------------------------------------------------------------------
RUN = {"run_level": Decimal(5), "idle_level": Decimal(2), "turn_delay_s": 60}


def runs(p):
    return [
        (
            (r.period.lower - NOON).total_seconds(),
            None if r.period.upper is None else (r.period.upper - NOON).total_seconds(),
        )
        for r in Run.objects.filter(equipment=p.machine).order_by("period")
    ]


def ended():
    return [
        (e.facts["equipment_id"], e.facts["start"], e.facts["end"])
        for e in Event.objects.filter(name="telemetry.run.ended").order_by("id")
    ]


def test_a_machine_runs_from_when_its_signal_rose_until_it_fell():
    p = plant(**RUN)

    p.take((0, 0), (100, 6), (130, 8), (160, 7))
    assert runs(p) == [(100, None)]
    assert ended() == []

    p.take((1000, 4), (1100, 1), (1160, 1))
    assert runs(p) == [(100, 1100)]
    assert ended() == [(p.machine.pk, after(100).isoformat(), after(1100).isoformat())]


def test_a_flutter_is_no_run_and_a_dip_is_no_end():
    p = plant(**RUN)

    p.take((0, 9), (30, 0), (100, 9), (160, 9), (200, 0), (259, 9), (300, 9))

    assert runs(p) == [(100, None)]


def test_when_the_signal_goes_away_the_run_ends_at_its_last_sample():
    p = plant(gap_after_s=120, **RUN)

    p.take((0, 9), (60, 9), (120, 9))
    p.take((1000, 9), (1060, 9))

    assert runs(p) == [(0, 120), (1000, None)]


def test_a_run_that_seemed_over_when_the_signal_went_ends_then():
    p = plant(gap_after_s=120, **RUN)

    p.take((0, 9), (60, 9), (120, 0))
    p.take((1000, 9), (1060, 9))

    assert runs(p) == [(0, 120), (1000, None)]


def test_after_a_day_of_silence_a_run_is_over():
    p = plant(**RUN)
    p.take((0, 9), (60, 9))

    assert commands.end_silent_runs(at=NOON + timedelta(hours=24)) == 0
    assert commands.end_silent_runs(at=NOON + timedelta(hours=25)) == 1
    assert commands.end_silent_runs(at=NOON + timedelta(hours=26)) == 0

    assert runs(p) == [(0, 60)]
    assert len(ended()) == 1
    p.take((90_000, 9), (90_060, 9))
    assert runs(p) == [(0, 60), (90_000, None)]


def test_late_samples_make_no_run():
    p = plant(**RUN)
    p.take((1000, 0))

    p.take((0, 9), (500, 9))

    assert runs(p) == []


def test_another_signal_takes_over_without_overlap():
    p = plant(**RUN)
    p.take((0, 9), (60, 9), (300, 9))
    commands.retire_tag(tag_id=p.tag.pk, actor_id=p.operator.pk, at=after(400))
    assert runs(p) == [(0, 300)]

    second = TagFactory(equipment=p.machine, **RUN)
    p.take((100, 9), (200, 9), (500, 0), (560, 0), tag=second)

    # It had seen the machine run already while the first signal counted.
    assert runs(p) == [(0, 300), (300, 500)]


def test_what_another_signal_saw_before_is_not_counted_twice():
    p = plant(**RUN)
    p.take((0, 9), (60, 9), (300, 9))
    commands.retire_tag(tag_id=p.tag.pk, actor_id=p.operator.pk, at=after(400))
    second = TagFactory(equipment=p.machine, **RUN)

    p.take((100, 9), (160, 9), (200, 0), (270, 0), tag=second)

    assert runs(p) == [(0, 300)]
    assert len(ended()) == 1


def test_the_database_holds_that_a_machine_runs_once_at_a_time():
    p = plant(**RUN)
    p.take((0, 9), (60, 9))

    with pytest.raises(IntegrityError, match="telemetry_run_one_at_a_time"), transaction.atomic():
        Run.objects.create(equipment=p.machine, tag=p.tag, period=period(after(100), after(200)))
