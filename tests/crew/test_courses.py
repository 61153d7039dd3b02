"""Courses and places: opened, revised, closed, asked for; and how everybody stands."""

from datetime import date, timedelta

import pytest

from pilotharbor.crew import commands, queries
from pilotharbor.crew.models import (
    Course,
    CourseTarget,
    Enrolment,
)
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.states import MoveNotAllowed
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.parties.roles import Role
from tests.crew.conftest import NOW
from tests.crew.support import FIELDS, TODAY, examine, lacks, open_course
from tests.factories.crew import (
    OperatorFactory,
)
from tests.factories.facilities import EquipmentFactory, working_line
from tests.factories.parties import MembershipFactory

pytestmark = pytest.mark.django_db


def test_a_course_opens_lines_and_machines(plant):
    machine = plant.line.equipment.first()

    course = open_course(plant, equipment_ids=[machine.pk])

    assert {(t.line_id, t.equipment_id) for t in course.targets.all()} == {
        (plant.line.pk, None), (None, machine.pk),
    }  # fmt: skip
    assert Event.objects.get().facts == {"line_ids": [plant.line.pk], "equipment_ids": [machine.pk]}
    assert [one.course_id for one in lacks(plant)] == [course.pk]


@pytest.mark.parametrize(
    ("fields", "at_field"),
    [
        ({"name": "  "}, "name"),
        ({"months_valid": 0}, "months_valid"),
        ({"months_valid": 121}, "months_valid"),
        ({"pass_mark": 0}, "pass_mark"),
        ({"pass_mark": 101}, "pass_mark"),
    ],
)
def test_an_unsound_course_is_refused_at_its_field(plant, fields, at_field):
    with pytest.raises(commands.CourseUnsound) as refused:
        open_course(plant, **fields)

    assert list(refused.value.problems) == [at_field]
    assert not Course.objects.exists()


def test_a_course_opens_something_and_only_of_its_own_platform(plant):
    elsewhere = working_line()
    for lines, machines in (
        ([], []),
        ([elsewhere.pk], []),
        ([plant.line.pk], [elsewhere.equipment.first().pk]),
    ):
        with pytest.raises(commands.NoTarget):
            open_course(plant, line_ids=lines, equipment_ids=machines)

    assert not Course.objects.exists()
    assert not Event.objects.exists()


def test_only_operators_of_a_platform_open_courses(plant):
    for actor in (plant.engineer, plant.outsider):
        with pytest.raises(NotYourRole):
            open_course(plant, by={"actor_id": actor.pk, "at": NOW})
    enterprise = OperatorFactory(organisation__kind="enterprise")
    with pytest.raises(commands.CrewOfPlatformsOnly):
        open_course(plant, by={"actor_id": enterprise.pk, "at": NOW})


def test_two_open_courses_do_not_share_a_name(plant):
    one = open_course(plant)

    with pytest.raises(commands.CourseNameTaken):
        open_course(plant)
    commands.close_course(course_id=one.pk, **plant.by)
    open_course(plant)
    with pytest.raises(commands.CourseNameTaken):
        commands.reopen_course(course_id=one.pk, **plant.by)


def test_a_course_is_revised_with_what_it_opens(plant):
    course = open_course(plant)
    machine = EquipmentFactory(line=plant.line)
    kept = course.targets.get()

    commands.revise_course(
        course_id=course.pk, fields={"pass_mark": None}, line_ids=[plant.line.pk],
        equipment_ids=[machine.pk], **plant.by,
    )  # fmt: skip
    course.refresh_from_db()
    assert (course.pass_mark, course.name) == (None, FIELDS["name"])
    assert kept in course.targets.all()
    assert course.targets.count() == 2

    commands.revise_course(
        course_id=course.pk, fields={}, line_ids=[], equipment_ids=[machine.pk], **plant.by
    )
    assert [t.equipment_id for t in CourseTarget.objects.all()] == [machine.pk]


def test_a_closed_course_asks_for_nothing_and_examines_nobody(plant):
    course = open_course(plant)
    commands.close_course(course_id=course.pk, **plant.by)

    assert lacks(plant) == []
    with pytest.raises(commands.CourseClosed):
        examine(plant, course)
    with pytest.raises(MoveNotAllowed):
        commands.close_course(course_id=course.pk, **plant.by)
    commands.reopen_course(course_id=course.pk, **plant.by)
    assert len(lacks(plant)) == 1


def test_another_platforms_course_is_not_there(plant):
    course = open_course(plant)
    stranger = {"actor_id": plant.other_operator.pk, "at": NOW}

    for refused in (
        lambda: commands.close_course(course_id=course.pk, **stranger),
        lambda: commands.revise_course(course_id=course.pk, fields={}, line_ids=[], equipment_ids=[], **stranger),
        lambda: examine(plant, course, **stranger),
        lambda: commands.close_course(course_id=0, **plant.by),
        lambda: commands.record_examination(course_id=0, email="a@b.example", held_date=TODAY, **plant.by),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            refused()


def test_a_place_is_asked_for_once_and_given_back(plant):
    course = open_course(plant)
    mine = {"actor_id": plant.outsider.pk, "at": NOW}

    place = commands.ask_for_place(course_id=course.pk, **mine)
    with pytest.raises(commands.AlreadyAsked):
        commands.ask_for_place(course_id=course.pk, **mine)
    with pytest.raises(commands.NotYourEnrolment):
        commands.give_place_back(enrolment_id=place.pk, **plant.by)
    with pytest.raises(NotFound):
        commands.give_place_back(enrolment_id=place.pk, actor_id=plant.other_operator.pk, at=NOW)
    commands.give_place_back(enrolment_id=place.pk, **mine)
    assert commands.ask_for_place(course_id=course.pk, **mine).status == "asked"


def test_closed_unseen_and_untrusted_get_no_place(plant):
    course = open_course(plant)
    waiting = MembershipFactory(organisation__status="applied")
    with pytest.raises(commands.OnlyTrusted):
        commands.ask_for_place(course_id=course.pk, actor_id=waiting.pk, at=NOW)

    commands.close_course(course_id=course.pk, **plant.by)
    with pytest.raises(NotFound):
        commands.ask_for_place(course_id=course.pk, actor_id=plant.outsider.pk, at=NOW)
    with pytest.raises(commands.CourseClosed):
        commands.ask_for_place(course_id=course.pk, actor_id=plant.engineer.pk, at=NOW)
    assert not Enrolment.objects.exists()


def test_who_sees_what_others_have_learnt(plant):
    course = open_course(plant)
    examine(plant, course)
    auditor = MembershipFactory(role=Role.AUDITOR)
    stranger = MembershipFactory()

    for rows in (queries.visible_qualifications, queries.visible_examinations):
        seen = [
            rows(actor=actor).count()
            for actor in (plant.outsider, plant.operator, plant.engineer, auditor, stranger, plant.other_operator)
        ]  # fmt: skip
        assert seen == [1, 1, 1, 1, 0, 0], rows.__name__


def test_courses_are_for_everybody_until_they_close(plant):
    course = open_course(plant)
    everybody = (plant.outsider, plant.operator, plant.engineer, plant.other_operator)

    def seen():
        return [
            queries.visible_courses(actor=actor).filter(pk=course.pk).exists()
            for actor in everybody
        ]

    assert seen() == [True] * 4
    commands.close_course(course_id=course.pk, **plant.by)
    assert seen() == [False, True, True, False]
    commands.reopen_course(course_id=course.pk, **plant.by)
    plant.line.platform.status = "suspended"
    plant.line.platform.save()
    assert not seen()[0]


def test_the_matrix_says_how_everybody_stands(plant, django_assert_num_queries):
    course, other = open_course(plant), open_course(plant, name="安全")
    soon, valid, failed, asked = (MembershipFactory() for _ in range(4))
    examine(plant, course, person=soon.person, held_date=TODAY - timedelta(days=320))
    examine(plant, course, person=valid.person)
    examine(plant, course, 20, person=failed.person)
    commands.ask_for_place(course_id=course.pk, actor_id=asked.pk, at=NOW)
    expired, gone = MembershipFactory(), MembershipFactory()
    examine(plant, course, person=expired.person, held_date=TODAY - timedelta(days=400))
    taken = examine(plant, course, person=gone.person)
    commands.withdraw_qualification(
        qualification_id=taken.qualification.pk, reason="违规", **plant.by
    )
    people = list(queries.people_of(platform_id=plant.line.platform_id).order_by("pk"))

    with django_assert_num_queries(3):
        lines = queries.matrix(people=people, courses=[course, other], on=TODAY)

    assert [(line.person.pk, line.cells[0].state) for line in lines] == [
        (soon.person_id, "soon"), (valid.person_id, "valid"), (failed.person_id, "failed"),
        (asked.person_id, "asked"), (expired.person_id, "expired"), (gone.person_id, "withdrawn"),
    ]  # fmt: skip
    assert {line.cells[1].state for line in lines} == {"none"}
    assert [line.cells[0].holds for line in lines] == [True, True, False, False, False, False]
    with django_assert_num_queries(3):
        queries.matrix(people=people[:1], courses=[course], on=TODAY)


def test_ones_own_lines_say_the_same_as_asking_for_each(plant, django_assert_num_queries):
    other = working_line(platform=plant.line.platform)
    machine = EquipmentFactory(line=other)
    on = date(2026, 3, 2)
    first = open_course(plant)
    open_course(plant, name="安全", line_ids=[plant.line.pk, other.pk])
    open_course(plant, name="釜", line_ids=[], equipment_ids=[machine.pk])
    open_course(plant, name="以后", required_date=date(2026, 9, 1))
    examine(plant, first)
    working_line()

    found = queries.lines_for(actor=plant.outsider, on=on)

    assert {one.line.pk for one in found} == {plant.line.pk, other.pk}
    for one in found:
        asked = queries.unqualified(person_id=plant.outsider.person_id, line_id=one.line.pk, on=on)
        assert sorted(one.missing, key=lambda m: m.course_id) == asked
    with django_assert_num_queries(8):
        queries.lines_for(actor=plant.outsider, on=on)
    third = working_line(platform=plant.line.platform)
    open_course(plant, name="三", line_ids=[third.pk])
    with django_assert_num_queries(8):
        queries.lines_for(actor=plant.outsider, on=on)
