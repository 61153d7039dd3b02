"""Who presses at the same instant: one wins, the other is told why, and nothing lies on anything."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from pilotharbor.crew import commands, queries
from pilotharbor.crew.models import Examination, Leave, Reminder, Shift, UserQualification
from pilotharbor.kernel.time import local_date
from tests.crew.conftest import NOW, at, build
from tests.factories.crew import LeaveFactory, course_for, hours, qualify
from tests.factories.parties import PersonFactory
from tests.factories.race import race

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 8


def names(outcomes):
    return sorted(type(outcome).__name__ for outcome in outcomes)


def test_of_two_shifts_at_once_one_is_planned():
    plant = build()

    for n in range(ROUNDS):
        outcomes = race(*(
            lambda hour=hour, day=n: commands.plan_shift(
                membership_id=plant.engineer.pk, start=at(hour, day=day), end=at(hour + 8, day=day), **plant.by
            )
            for hour in (0, 4)
        ))  # fmt: skip
        assert names(outcomes) == ["Shift", "ShiftOverlaps"]
    assert queries.shifts().count() == ROUNDS


def test_a_shift_and_the_leave_that_meets_it_never_both_happen():
    plant = build()

    for n in range(ROUNDS):
        leave = LeaveFactory(membership=plant.engineer, period=hours(0, 8, day=n), status="asked")
        outcomes = race(
            lambda day=n: commands.plan_shift(
                membership_id=plant.engineer.pk,
                start=at(4, day=day),
                end=at(12, day=day),
                **plant.by,
            ),
            lambda pk=leave.pk: commands.approve_leave(leave_id=pk, **plant.by),
        )
        assert names(outcomes) in (["Leave", "ShiftOnLeave"], ["LeaveMeetsShifts", "Shift"])
    for leave in Leave.objects.filter(status="approved"):
        assert not queries.shifts().filter(period__overlap=leave.period).exists()


def bare(plant, day):
    """The same two writes without the commands' lock and without the triggers' one."""

    def shift():
        with transaction.atomic():
            on_leave = (
                queries.granted_leave().filter(period__overlap=hours(4, 12, day=day)).exists()
            )
            connection.cursor().execute("SELECT pg_sleep(0.05)")
            if not on_leave:
                return Shift.objects.create(
                    membership=plant.engineer, period=hours(4, 12, day=day), planned_by=plant.operator, planned_at=NOW
                )  # fmt: skip
        return None

    def leave():
        with transaction.atomic():
            met = queries.shifts().filter(period__overlap=hours(0, 8, day=day)).exists()
            connection.cursor().execute("SELECT pg_sleep(0.05)")
            if not met:
                return LeaveFactory(membership=plant.engineer, period=hours(0, 8, day=day))
        return None

    return shift, leave


def both_on_one_day(plant, rounds):
    """On how many days leave lies on a shift afterwards."""
    for n in range(rounds):
        race(*bare(plant, n))
    return sum(
        queries.shifts().filter(period__overlap=leave.period).exists()
        for leave in queries.granted_leave()
    )


def test_control_without_the_triggers_leave_comes_to_lie_on_shifts():
    plant = build()
    with connection.cursor() as cursor:
        for table, trigger in (
            ("crew_shift", "crew_shift_off_leave"),
            ("crew_leave", "crew_leave_off_shift"),
        ):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
    try:
        assert both_on_one_day(plant, 4) > 0
    finally:
        with connection.cursor() as cursor:
            for table, trigger in (
                ("crew_shift", "crew_shift_off_leave"),
                ("crew_leave", "crew_leave_off_shift"),
            ):
                cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}")
    Shift.objects.all().delete()
    Leave.objects.all().delete()
    assert both_on_one_day(plant, 4) == 0


def test_leave_is_decided_once():
    plant = build()
    leave = LeaveFactory(membership=plant.engineer, status="asked")

    outcomes = race(
        lambda: commands.approve_leave(leave_id=leave.pk, **plant.by),
        lambda: commands.refuse_leave(leave_id=leave.pk, reason="大修", **plant.by),
    )

    assert names(outcomes) == ["Leave", "MoveNotAllowed"]


def test_of_two_leaves_asked_for_at_once_one_is():
    plant = build()

    outcomes = race(*(
        lambda hour=hour: commands.ask_leave(
            kind="sick", start=at(hour), end=at(hour + 8), actor_id=plant.engineer.pk, at=NOW
        )
        for hour in (0, 4)
    ))  # fmt: skip

    assert names(outcomes) == ["Leave", "LeaveOverlaps"]


def test_one_examination_is_recorded_and_corrected_once():
    plant = build()
    course = course_for(plant.line)
    record = {
        "course_id": course.pk,
        "email": plant.outsider.person.email,
        "held_date": local_date(NOW),
    }

    first = race(*(
        lambda mark=mark: commands.record_examination(**record, mark=mark, **plant.by) for mark in (90, 95)
    ))  # fmt: skip
    assert names(first) == ["Examination", "RecordedAlready"]
    wrong = Examination.objects.get()
    second = race(*(
        lambda mark=mark: commands.record_examination(
            **record, mark=mark, corrects_id=wrong.pk, note="更正", **plant.by
        )
        for mark in (85, 86)
    ))  # fmt: skip
    assert names(second) == ["CorrectedAlready", "Examination"]
    assert UserQualification.objects.filter(status="granted").count() == 1


def test_of_two_grants_of_a_skill_one_holds():
    plant = build()
    skill = commands.define_skill(name="高压操作", **plant.by)

    outcomes = race(*(
        lambda day=day: commands.grant_skill(
            membership_id=plant.engineer.pk, skill_id=skill.pk,
            valid_from=local_date(NOW) + timedelta(days=day), **plant.by,
        )
        for day in (0, 3)
    ))  # fmt: skip

    assert names(outcomes) == ["EngineerSkill", "EngineerSkill"]
    assert queries.skills_held().count() == 1


def test_two_workers_remind_once():
    plant = build()
    course = course_for(plant.line)
    for _ in range(5):
        qualify(PersonFactory(), course, after=local_date(NOW) + timedelta(days=10))

    told = race(*(lambda: commands.remind(at=NOW) for _ in range(3)))

    assert sorted(told) == [0, 0, 5]
    assert Reminder.objects.count() == 5


def test_the_constraint_itself_refuses_whoever_forgets_the_lock():
    plant = build()

    def write():
        with transaction.atomic():
            Shift.objects.create(
                membership=plant.engineer, period=hours(0, 8), planned_by=plant.operator, planned_at=datetime(2026, 1, 1, tzinfo=UTC)
            )  # fmt: skip

    outcomes = race(write, write)
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == 1
