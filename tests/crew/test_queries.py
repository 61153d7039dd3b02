"""Who is on duty, who has the skills, who may run what: told in a constant number of queries."""

import itertools
from datetime import date, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pilotharbor.crew import queries
from pilotharbor.crew.models import Leave, Shift
from pilotharbor.facilities.models import Equipment
from tests.factories.crew import (
    MONDAY,
    EngineerSkillFactory,
    LeaveFactory,
    LineSkillFactory,
    ShiftFactory,
    course_for,
    hours,
    qualify,
)
from tests.factories.facilities import EquipmentFactory, LineEngineerFactory, working_line
from tests.factories.parties import JOINED, MembershipFactory, PersonFactory

pytestmark = pytest.mark.django_db


def codes(engineer, line, first=0, last=8):
    span = hours(first, last)
    found = queries.engineer_problems(
        membership_id=engineer.pk, line_id=line.pk, start=span.lower, end=span.upper
    )
    return [problem.code for problem in found]


def free(line, first=0, last=8):
    span = hours(first, last)
    return list(queries.free_engineers(line_id=line.pk, start=span.lower, end=span.upper))


@pytest.fixture
def line():
    return working_line()


@pytest.fixture
def engineer(line):
    return line.engineers.get().membership


def test_without_any_shift_one_is_always_on_duty(line, engineer):
    assert codes(engineer, line) == []
    assert free(line) == [engineer]


def test_with_a_shift_somewhere_one_is_on_duty_only_then(line, engineer):
    ShiftFactory(membership=engineer, period=hours(0, 8, day=30))

    assert codes(engineer, line) == ["crew.off_shift"]
    assert free(line) == []


def test_a_withdrawn_shift_counts_for_nothing(line, engineer):
    ShiftFactory(membership=engineer, withdrawn_at=JOINED)

    assert codes(engineer, line) == []
    assert free(line) == [engineer]


@pytest.mark.parametrize(
    ("first", "last", "on_duty"),
    [(0, 8, True), (8, 16, True), (4, 12, True), (-1, 4, False), (12, 17, False), (20, 22, False)],
)
def test_shifts_that_touch_are_one_stretch_of_duty(line, engineer, first, last, on_duty):
    ShiftFactory(membership=engineer, period=hours(0, 8))
    ShiftFactory(membership=engineer, period=hours(8, 16))

    assert codes(engineer, line, first, last) == ([] if on_duty else ["crew.off_shift"])
    assert free(line, first, last) == ([engineer] if on_duty else [])


@pytest.mark.parametrize(
    "status", [Leave.Status.ASKED, Leave.Status.REFUSED, Leave.Status.WITHDRAWN]
)
def test_only_granted_leave_counts(line, engineer, status):
    LeaveFactory(membership=engineer, status=status, decision_reason="人手不足")

    assert codes(engineer, line) == []
    assert free(line) == [engineer]


@pytest.mark.parametrize("rostered", [False, True])
def test_on_leave_nobody_is_on_duty(line, engineer, rostered):
    if rostered:
        ShiftFactory(membership=engineer, period=hours(0, 4))
    LeaveFactory(membership=engineer, period=hours(4, 24))

    expected = ["crew.on_leave", "crew.off_shift"] if rostered else ["crew.on_leave"]
    assert codes(engineer, line, 2, 6) == expected
    assert free(line, 2, 6) == []
    assert free(line, 0, 4) == [engineer]


def test_every_skill_a_line_asks_for_is_wanted_on_every_day(line, engineer):
    one, two = LineSkillFactory(line=line).skill, LineSkillFactory(line=line).skill
    EngineerSkillFactory(
        membership=engineer, skill=one, validity=DateRange(date(2026, 1, 1), date(2026, 3, 3), "[)")
    )

    assert codes(engineer, line) == ["crew.skill_missing"]
    assert free(line) == []

    EngineerSkillFactory(membership=engineer, skill=two)
    assert codes(engineer, line) == []
    assert free(line) == [engineer]
    # 15:59 UTC is the last minute of the skill's last day in Shanghai; the next day it is gone.
    assert codes(engineer, line, 0, 16) == []
    assert codes(engineer, line, 0, 17) == ["crew.skill_expired"]
    assert free(line, 0, 17) == []


def test_a_skill_taken_back_or_retired(line, engineer):
    skill = LineSkillFactory(line=line).skill
    EngineerSkillFactory(
        membership=engineer, skill=skill, withdrawn_at=JOINED, withdrawn_by=engineer,
        withdrawn_reason="证书被吊销",
    )  # fmt: skip
    assert codes(engineer, line) == ["crew.skill_missing"]

    skill.retired_at = JOINED
    skill.save()
    assert codes(engineer, line) == []
    assert free(line) == [engineer]


def test_all_problems_are_told_at_once_and_name_the_person(line, engineer):
    LineSkillFactory(line=line)
    ShiftFactory(membership=engineer, period=hours(0, 8, day=9))
    LeaveFactory(membership=engineer, period=hours(2, 3))
    span = hours(0, 8)

    found = queries.engineer_problems(
        membership_id=engineer.pk, line_id=line.pk, start=span.lower, end=span.upper
    )

    assert [one.code for one in found] == ["crew.on_leave", "crew.off_shift", "crew.skill_missing"]
    assert all(engineer.person.name in str(one) for one in found)


def test_nobody_there_has_no_problem(line):
    span = hours(0, 8)

    assert queries.engineer_problems(
        membership_id=0, line_id=line.pk, start=span.lower, end=span.upper
    ) == []  # fmt: skip


def test_the_number_of_queries_is_the_same_for_one_and_three(
    line, engineer, django_assert_num_queries
):
    staff = [engineer, *(LineEngineerFactory(line=line).membership for _ in range(2))]
    for one in staff:
        ShiftFactory(membership=one)
        ShiftFactory(membership=one, period=hours(8, 10))
        LeaveFactory(membership=one, period=hours(20, 24))
        EngineerSkillFactory(membership=one, skill=LineSkillFactory(line=line).skill)
        course_for(line)
    span = hours(0, 8)
    kw = {"start": span.lower, "end": span.upper}

    for some in (staff[:1], staff):
        with django_assert_num_queries(1):
            queries.availability(membership_ids=[m.pk for m in some], **kw)
    with django_assert_num_queries(1):
        queries.engineer_problems(membership_id=engineer.pk, line_id=line.pk, **kw)
    with django_assert_num_queries(1):
        list(queries.free_engineers(line_id=line.pk, **kw))
    with django_assert_num_queries(3):
        queries.able_engineers(line_ids=[line.pk], **kw)
    with django_assert_num_queries(1):
        assert (
            len(
                queries.unqualified(
                    person_id=engineer.person_id, line_id=line.pk, on=date(2026, 3, 2)
                )
            )
            == 3
        )


pairs = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 6)), max_size=4)


def _apart(found, taken=()):
    kept: list[tuple[int, int]] = []
    for first, length in found:
        rivals = [*kept, *taken]
        if all(first + length <= a or b <= first for a, b in rivals):
            kept.append((first, first + length))
    return kept


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(leave=pairs, duty=pairs, first=st.integers(0, 20), length=st.integers(1, 8))
def test_all_four_ways_to_ask_agree_with_counting_hours(line, engineer, leave, duty, first, length):
    Shift.objects.all().delete()
    Leave.objects.all().delete()
    away = _apart(leave)
    working = _apart(duty, away)
    for a, b in away:
        LeaveFactory(membership=engineer, period=hours(a, b))
    for a, b in working:
        ShiftFactory(membership=engineer, period=hours(a, b))
    asked = set(range(first, first + length))
    off = {h for a, b in away for h in range(a, b)}
    on = {h for a, b in working for h in range(a, b)} if working else set(range(40))
    here = (asked & on) - off

    span = hours(first, first + length)
    kw = {"start": span.lower, "end": span.upper}
    known = queries.availability(membership_ids=[engineer.pk], **kw)[engineer.pk]
    counted = {
        h for a, b in known for h in range(int((a - MONDAY) / timedelta(hours=1)), int((b - MONDAY) / timedelta(hours=1)))
    }  # fmt: skip

    assert counted == here
    assert (codes(engineer, line, first, first + length) == []) == (here == asked)
    assert free(line, first, first + length) == ([engineer] if here == asked else [])
    assert all(one[1] < two[0] for one, two in itertools.pairwise(known))


def test_who_is_able_is_told_for_many_lines(line, engineer):
    other = working_line(platform=line.platform)
    LineSkillFactory(line=other)
    LineEngineerFactory(line=other, membership=engineer)
    span = hours(0, 8)

    assert queries.able_engineers(
        line_ids=[line.pk, other.pk], start=span.lower, end=span.upper
    ) == {line.pk: [engineer.pk], other.pk: []}


def missing(person, line, on=date(2026, 3, 2)):
    return queries.unqualified(person_id=person.pk, line_id=line.pk, on=on)


def test_who_never_passed_is_not_qualified(line):
    person = PersonFactory()
    course = course_for(line)

    (one,) = missing(person, line)

    assert (one.course_id, one.target, one.since) == (course.pk, line.name, None)
    assert one.error(person=person.name).code == "crew.unqualified"


def test_a_pass_holds_from_its_first_day_until_its_last(line):
    person = PersonFactory()
    qualify(person, course_for(line), first=date(2026, 1, 15), after=date(2027, 1, 15))

    assert missing(person, line, date(2026, 1, 15)) == []
    assert missing(person, line, date(2027, 1, 14)) == []
    (late,) = missing(person, line, date(2027, 1, 15))
    assert late.since == date(2027, 1, 15)
    assert late.error(person=person.name).code == "crew.qualification_expired"
    assert len(missing(person, line, date(2026, 1, 14))) == 1


def test_somebody_elses_pass_and_another_course_do_not_help(line):
    person = PersonFactory()
    qualify(PersonFactory(), course_for(line))
    qualify(person, course_for(working_line()))

    assert len(missing(person, line)) == 1


def test_what_was_withdrawn_holds_no_more(line):
    person = PersonFactory()
    one = qualify(person, course_for(line))
    one.withdrawn_at, one.withdrawn_by = MONDAY, MembershipFactory()
    one.status, one.withdrawn_reason = "withdrawn", "违规操作"
    one.save()

    (found,) = missing(person, line)
    assert found.since == date(2026, 3, 2)


def test_the_latest_of_several_passes_counts(line):
    person = PersonFactory()
    course = course_for(line)
    qualify(person, course, first=date(2025, 1, 1), after=date(2026, 1, 1))
    qualify(person, course, first=date(2025, 12, 1), after=date(2026, 12, 1))

    assert missing(person, line) == []


def test_machines_in_service_ask_for_their_own_courses(line):
    person = PersonFactory()
    machine = EquipmentFactory(line=line, name="高压反应釜")
    course_for(machine)

    (one,) = missing(person, line)
    assert one.target == "高压反应釜"

    machine.status = Equipment.Status.MAINTENANCE
    machine.save()
    assert missing(person, line) == []


def test_closed_courses_and_those_not_yet_required_ask_for_nothing(line):
    person = PersonFactory()
    course_for(line, status="closed")
    course_for(line, required_date=date(2026, 3, 3))

    assert missing(person, line) == []
    assert len(missing(person, line, date(2026, 3, 3))) == 1


def test_one_course_is_named_once_however_much_it_opens(line):
    course = course_for(line)
    course.targets.create(equipment=line.equipment.first())

    assert len(missing(PersonFactory(), line)) == 1
