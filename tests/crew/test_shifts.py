"""Shifts: planned, refused, withdrawn; weekly rhythms."""

import itertools
from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from pilotharbor.crew import commands, queries, rhythm
from pilotharbor.crew.models import Pattern, Shift
from pilotharbor.facilities import holidays
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.time import SHANGHAI, EmptyPeriod, NaiveTime
from pilotharbor.parties.rights import NotYourRole
from tests.crew.conftest import NOW, at
from tests.factories.crew import EngineerFactory, LeaveFactory, ShiftFactory, hours

pytestmark = pytest.mark.django_db
MORNING, EVENING = time(8), time(16)


def plan(plant, first=0, last=8, *, day=0, by=None, **more):
    return commands.plan_shift(
        membership_id=plant.engineer.pk, start=at(first, day=day), end=at(last, day=day),
        **((by or plant.by) | more),
    )  # fmt: skip


def weekly(
    plant, weekdays=(0, 1, 2, 3, 4), *, first=date(2026, 3, 2), last=date(2026, 3, 15), **more
):
    return commands.plan_pattern(
        membership_id=plant.engineer.pk, weekdays=weekdays, first=first, last=last,
        **({"starts": MORNING, "ends": EVENING} | plant.by | more),
    )  # fmt: skip


def counting(plant):
    return list(queries.shifts().filter(membership=plant.engineer).order_by("period"))


def nothing_happened():
    return (
        not Shift.objects.exists() and not Pattern.objects.exists() and not Event.objects.exists()
    )


def test_a_shift_is_planned_and_told(plant):
    shift = plan(plant, note="夜班交接")

    event = Event.objects.get()
    assert counting(plant) == [shift]
    assert (shift.period, shift.note) == (hours(0, 8), "夜班交接")
    assert event.name == "crew.shift.planned"
    assert event.facts == {
        "membership_id": plant.engineer.pk, "start": at(0).isoformat(), "end": at(8).isoformat(),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("start", "end", "error"),
    [
        (at(8), at(8), EmptyPeriod),
        (at(8), at(0), EmptyPeriod),
        (at(0).replace(tzinfo=None), at(8), NaiveTime),
        (at(0), at(24.5), commands.ShiftTooLong),
        (at(0, day=-60), at(8, day=-60), commands.ShiftTooFar),
        (at(0, day=36_500), at(8, day=36_500), commands.ShiftTooFar),
    ],
)
def test_what_is_no_shift_leaves_no_trace(plant, start, end, error):
    with pytest.raises(error):
        commands.plan_shift(membership_id=plant.engineer.pk, start=start, end=end, **plant.by)

    assert nothing_happened()


@pytest.mark.parametrize(("first", "last"), [(0, 8), (4, 6), (-2, 1), (7, 9), (-1, 9)])
def test_a_shift_on_a_shift_is_refused_and_named(plant, first, last):
    one = plan(plant)

    with pytest.raises(commands.ShiftOverlaps) as refused:
        plan(plant, first, last)

    assert "2026-03-02 08:00–16:00" in str(refused.value)
    assert refused.value.facts["count"] == 1
    assert counting(plant) == [one]


def test_shifts_that_touch_are_two_shifts(plant):
    plan(plant, 0, 8)
    plan(plant, 8, 16)

    assert len(counting(plant)) == 2


def test_the_database_has_the_last_word_on_overlaps(plant):
    ShiftFactory(membership=plant.engineer, period=hours(0, 8))

    with pytest.raises(IntegrityError, match="crew_shift_no_overlap"), transaction.atomic():
        ShiftFactory(membership=plant.engineer, period=hours(7, 9))
    ShiftFactory(membership=plant.engineer, period=hours(7, 9), withdrawn_at=NOW)


def test_a_shift_on_granted_leave_is_refused_by_command_and_database(plant):
    LeaveFactory(membership=plant.engineer, period=hours(4, 30))

    with pytest.raises(commands.ShiftOnLeave) as refused:
        plan(plant)
    with pytest.raises(IntegrityError, match="granted leave"), transaction.atomic():
        ShiftFactory(membership=plant.engineer, period=hours(0, 8))

    assert "2026-03-02 12:00–2026-03-03 14:00" in str(refused.value)
    assert plan(plant, 0, 4).pk


def test_only_operators_of_the_platform_plan(plant):
    for actor, error in (
        (plant.engineer, NotYourRole),
        (plant.outsider, NotYourRole),
        (plant.other_operator, commands.NotAnEngineer),
    ):
        with pytest.raises(error):
            plan(plant, by={"actor_id": actor.pk, "at": NOW})
    with pytest.raises(commands.NotAnEngineer):
        commands.plan_shift(membership_id=plant.operator.pk, start=at(0), end=at(8), **plant.by)

    assert nothing_happened()


def test_a_shift_is_withdrawn_until_it_begins(plant):
    one, two = plan(plant, 0, 8), plan(plant, 0, 8, day=1)

    commands.withdraw_shift(shift_id=two.pk, **plant.by)

    assert counting(plant) == [one]
    with pytest.raises(commands.ShiftWithdrawn):
        commands.withdraw_shift(shift_id=two.pk, **plant.by)
    with pytest.raises(commands.ShiftBegun):
        commands.withdraw_shift(shift_id=one.pk, actor_id=plant.operator.pk, at=at(0))
    with pytest.raises(NotFound):
        commands.withdraw_shift(shift_id=one.pk, actor_id=plant.other_operator.pk, at=NOW)
    with pytest.raises(NotFound):
        commands.withdraw_shift(shift_id=0, **plant.by)
    assert Event.objects.filter(name="crew.shift.withdrawn").count() == 1
    # What was withdrawn makes room.
    assert plan(plant, 0, 8, day=1).pk


def test_a_week_is_planned_whole(plant):
    pattern = weekly(plant)

    found = counting(plant)
    assert len(found) == 10
    assert {shift.pattern_id for shift in found} == {pattern.pk}
    assert [f"{s.period.lower.astimezone(SHANGHAI):%a %H:%M}" for s in found[:5]] == [
        "Mon 08:00", "Tue 08:00", "Wed 08:00", "Thu 08:00", "Fri 08:00",
    ]  # fmt: skip
    assert Event.objects.get(name="crew.pattern.planned").facts["shifts"] == 10


def test_a_week_that_collides_is_not_planned_at_all(plant):
    plan(plant, 4, 12, day=3)
    plan(plant, 4, 12, day=8)

    with pytest.raises(commands.ShiftOverlaps) as refused:
        weekly(plant)

    assert refused.value.facts["count"] == 2
    assert "2026-03-05 12:00–20:00；2026-03-10 12:00–20:00" in str(refused.value)
    assert len(counting(plant)) == 2
    assert not Pattern.objects.exists()


def test_nights_end_on_the_next_day_and_may_touch_each_other(plant):
    weekly(plant, range(7), starts=time(20), ends=time(20))

    found = counting(plant)
    assert len(found) == 14
    assert all(one.period.upper == two.period.lower for one, two in itertools.pairwise(found))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"weekdays": ()}, commands.NoWeekday),
        ({"weekdays": (7,)}, commands.NoWeekday),
        ({"weekdays": (0,), "last": date(2026, 3, 1)}, commands.PatternTooLong),
        ({"last": date(2027, 3, 4)}, commands.PatternTooLong),
        ({"weekdays": (5,), "last": date(2026, 3, 3)}, commands.PatternEmpty),
        ({"first": date(2025, 3, 2), "last": date(2025, 3, 9)}, commands.ShiftTooFar),
    ],
)
def test_what_is_no_rhythm_leaves_no_trace(plant, change, error):
    with pytest.raises(error):
        weekly(plant, **change)

    assert nothing_happened()


def test_holidays_are_left_out_and_made_up_for_where_that_is_wanted(plant):
    # National Day 2026 as the notice of the State Council has it.
    first, last = date(2026, 9, 14), date(2026, 10, 18)
    weekly(plant, first=first, last=last, by_calendar=True)

    days = {s.period.lower.astimezone(SHANGHAI).date() for s in counting(plant)}
    every = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert days == {
        day for day in every
        if not holidays.is_off(day) and (day.weekday() < 5 or holidays.is_made_up(day))
    }  # fmt: skip
    assert date(2026, 10, 1) not in days
    assert any(day.weekday() >= 5 for day in days)


def test_a_rhythm_goes_around_granted_leave(plant):
    LeaveFactory(membership=plant.engineer, period=hours(4, 28))

    weekly(plant, last=date(2026, 3, 6))

    spans = [s.period for s in counting(plant)]
    assert spans[:3] == [hours(0, 4), hours(4, 8, day=1), hours(0, 8, day=2)]
    assert len(spans) == 5


def test_a_rhythm_ends_from_a_day_on(plant):
    pattern = weekly(plant)

    gone = commands.end_pattern(pattern_id=pattern.pk, from_day=date(2026, 3, 5), **plant.by)

    assert len(gone) == 7
    assert [s.period for s in counting(plant)] == [hours(0, 8, day=n) for n in range(3)]
    with pytest.raises(commands.PatternOver):
        commands.end_pattern(pattern_id=pattern.pk, from_day=date(2026, 3, 5), **plant.by)
    with pytest.raises(NotFound):
        commands.end_pattern(
            pattern_id=pattern.pk,
            from_day=date(2026, 3, 2),
            actor_id=plant.other_operator.pk,
            at=NOW,
        )


def test_what_has_begun_of_a_rhythm_stays(plant):
    pattern = weekly(plant)

    commands.end_pattern(
        pattern_id=pattern.pk,
        from_day=date(2026, 3, 2),
        actor_id=plant.operator.pk,
        at=at(1, day=1),
    )

    assert [s.period for s in counting(plant)] == [hours(0, 8), hours(0, 8, day=1)]


def test_a_rhythm_is_changed_from_a_day_on_or_stays_as_it_was(plant):
    pattern = weekly(plant)
    plan(plant, 12, 20, day=8)
    change = {
        "pattern_id": pattern.pk, "from_day": date(2026, 3, 9), "weekdays": (0, 1), "starts": time(12),
        "last": date(2026, 3, 15), **plant.by,
    }  # fmt: skip

    with pytest.raises(commands.ShiftOverlaps):
        commands.change_pattern(**change, ends=time(23))
    assert len(counting(plant)) == 11

    other = commands.change_pattern(**change, ends=time(20))
    found = counting(plant)
    assert len(found) == 5 + 1 + 2
    assert [s.period for s in found if s.pattern_id == other.pk] == [
        hours(4, 12, day=7), hours(4, 12, day=8),
    ]  # fmt: skip


def test_two_engineers_do_not_disturb_each_other(plant):
    plan(plant)
    other = EngineerFactory(organisation=plant.line.platform)

    assert commands.plan_shift(membership_id=other.pk, start=at(0), end=at(8), **plant.by).pk


def test_a_stretch_over_midnight_is_on_the_day_it_begins():
    start, end = rhythm.stretch(date(2026, 3, 2), time(22), time(6))

    assert (start, end) == (at(14), at(22))
