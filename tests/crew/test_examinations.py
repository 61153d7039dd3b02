"""Examinations and what they give; nothing of it is ever rewritten."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from pilotharbor.crew import commands
from pilotharbor.crew.commands.examinations import after_months
from pilotharbor.crew.models import (
    Examination,
    UserQualification,
)
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.parties.rights import NotYourRole
from tests.crew.conftest import NOW
from tests.crew.support import TODAY, examine, lacks, open_course
from tests.factories.crew import (
    course_for,
    qualify,
)
from tests.factories.facilities import working_line
from tests.factories.parties import PersonFactory

pytestmark = pytest.mark.django_db


def test_who_passes_is_qualified_for_so_many_months(plant):
    course = open_course(plant)
    place = commands.ask_for_place(course_id=course.pk, actor_id=plant.outsider.pk, at=NOW)

    examination = examine(plant, course, 80)

    one = UserQualification.objects.get()
    assert (examination.passed, one.examination, one.person) == (
        True,
        examination,
        plant.outsider.person,
    )
    assert (one.validity.lower, one.validity.upper) == (TODAY, date(2027, 2, 23))
    assert lacks(plant) == []
    place.refresh_from_db()
    assert place.status == "examined"
    assert [e.name for e in Event.objects.order_by("pk")][-2:] == [
        "crew.examination.recorded", "crew.qualification.granted",
    ]  # fmt: skip


def test_who_fails_is_not(plant):
    course = open_course(plant)

    assert not examine(plant, course, 79).passed
    assert not UserQualification.objects.exists()
    assert len(lacks(plant)) == 1


def test_where_taking_part_is_enough_there_is_no_mark_and_maybe_no_end(plant):
    course = open_course(plant, pass_mark=None, months_valid=None)

    with pytest.raises(commands.MarkNotWanted):
        examine(plant, course, 90)
    examine(plant, course, None)

    assert UserQualification.objects.get().validity.upper is None
    assert lacks(plant, date(2050, 1, 1)) == []


@pytest.mark.parametrize("mark", [None, -1, 101])
def test_a_mark_is_wanted_where_there_is_one_to_reach(plant, mark):
    with pytest.raises(commands.MarkWanted):
        examine(plant, open_course(plant), mark)

    assert not Examination.objects.exists()


def test_what_cannot_be_recorded_leaves_no_trace(plant):
    course = open_course(plant)
    before = Event.objects.count()

    for refused, error in (
        (lambda: examine(plant, course, held_date=TODAY + timedelta(days=1)), commands.HeldLater),
        (lambda: examine(plant, course, person=PersonFactory.build()), commands.NobodyThere),
        (lambda: examine(plant, course, person=PersonFactory()), commands.NobodyThere),
        (lambda: examine(plant, course, person=plant.operator.person), commands.ExaminedOneself),
        (lambda: examine(plant, course, actor_id=plant.engineer.pk), NotYourRole),
    ):
        with pytest.raises(error):
            refused()

    assert not Examination.objects.exists()
    assert Event.objects.count() == before


def test_the_address_is_found_in_any_case(plant):
    course = open_course(plant)
    plant.outsider.person.email = plant.outsider.person.email.upper()

    assert examine(plant, course).person_id == plant.outsider.person_id


def test_one_examination_a_day(plant):
    course = open_course(plant)
    examine(plant, course, 10)

    with pytest.raises(commands.RecordedAlready):
        examine(plant, course, 90)
    assert examine(plant, course, 90, held_date=TODAY - timedelta(days=1)).passed


def test_a_wrong_record_is_corrected_by_a_new_one(plant):
    course = open_course(plant)
    wrong = examine(plant, course, 90)

    with pytest.raises(commands.WhyMissing):
        examine(plant, course, 60, corrects_id=wrong.pk)
    right = examine(plant, course, 60, corrects_id=wrong.pk, note="分数录入错误")

    wrong.refresh_from_db()
    gone = UserQualification.objects.get()
    assert (wrong.mark, wrong.passed, right.corrects) == (90, True, wrong)
    assert (gone.status, gone.withdrawn_reason) == ("withdrawn", "分数录入错误")
    assert len(lacks(plant)) == 1
    with pytest.raises(commands.CorrectedAlready):
        examine(plant, course, 70, corrects_id=wrong.pk, note="再改")
    again = examine(plant, course, 95, corrects_id=right.pk, note="补录")
    assert again.passed
    assert lacks(plant) == []


def test_a_correction_is_about_the_same(plant):
    course = open_course(plant)
    wrong = examine(plant, course, 10)
    other = open_course(plant, name="另一门")

    for change in ({"course": other}, {"course": course, "person": plant.engineer.person}):
        with pytest.raises(commands.NotTheSame):
            examine(plant, **change, mark=90, corrects_id=wrong.pk, note="x")
    with pytest.raises(NotFound):
        examine(plant, course, corrects_id=0 or 10**9, note="x")


def test_a_qualification_is_withdrawn_once_and_with_a_reason(plant):
    course = open_course(plant)
    examine(plant, course)
    one = UserQualification.objects.get()

    for reason, actor, error in (
        (" ", plant.operator, commands.WhyMissing),
        ("x", plant.engineer, NotYourRole),
        ("x", plant.other_operator, NotFound),
    ):
        with pytest.raises(error):
            commands.withdraw_qualification(
                qualification_id=one.pk, reason=reason, actor_id=actor.pk, at=NOW
            )
    commands.withdraw_qualification(qualification_id=one.pk, reason="违规操作", **plant.by)
    with pytest.raises(commands.QualificationGone):
        commands.withdraw_qualification(qualification_id=one.pk, reason="再次", **plant.by)

    (missing,) = lacks(plant)
    assert missing.since == TODAY
    # Another pass makes it good.
    examine(plant, course, held_date=TODAY - timedelta(days=2))
    assert lacks(plant) == []


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2026, 1, 15), 12, date(2027, 1, 15)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 3, 31), 120, date(2036, 3, 31)),
    ],
)
def test_months_are_counted_to_the_same_day_or_the_last_one(day, months, after):
    assert after_months(day, months) == after


def refused_by_the_database(constraint, change):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        change()


def test_an_examination_is_never_rewritten(plant):
    one = examine(plant, open_course(plant))
    rows = Examination.objects.filter(pk=one.pk)

    for change in (lambda: rows.update(mark=100), lambda: rows._raw_delete("default")):
        with pytest.raises(IntegrityError, match="crew_examination"), transaction.atomic():
            change()


def test_a_qualification_keeps_its_history(plant):
    course = open_course(plant)
    examine(plant, course)
    rows = UserQualification.objects.all()
    longer = rows[0].validity.__class__(TODAY, None, "[)")

    refused_by_the_database("keeps its history", lambda: rows.update(validity=longer))
    refused_by_the_database("keeps its history", lambda: rows.update(person=plant.engineer.person))
    refused_by_the_database("keeps its history", lambda: rows._raw_delete("default"))
    commands.withdraw_qualification(qualification_id=rows[0].pk, reason="违规", **plant.by)
    refused_by_the_database(
        "keeps its history",
        lambda: rows.update(
            status="granted", withdrawn_at=None, withdrawn_by=None, withdrawn_reason=""
        ),
    )


def test_nobody_is_qualified_without_having_passed(plant):
    course = open_course(plant)
    failed = examine(plant, course, 10)
    passed = examine(plant, course, 90, person=plant.engineer.person)

    for examination, person in ((failed, plant.outsider.person), (passed, plant.outsider.person)):
        refused_by_the_database(
            "without its passed examination",
            lambda examination=examination, person=person: UserQualification.objects.create(
                course=course, person=person, examination=examination,
                validity=qualify_validity(),
            ),
        )  # fmt: skip


def qualify_validity():
    return qualify(PersonFactory(), course_for(working_line())).validity
