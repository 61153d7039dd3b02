"""Rosters and examinations as files: every bad row named, nothing by half."""

from datetime import date

import pytest

from pilotharbor.crew import queries
from pilotharbor.crew.models import Examination, Shift, UserQualification
from pilotharbor.kernel import feeder, sheets
from pilotharbor.parties.models import Notification
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.web.transfer import importer
from tests.crew.conftest import NOW, Plant, build
from tests.factories.crew import LeaveFactory, ShiftFactory, course_for, hours
from tests.factories.parties import MembershipFactory

pytestmark = pytest.mark.django_db
SHIFTS = ["邮箱", "日期", "开始时间", "结束时间", "备注"]
SAT = ["课程", "邮箱", "考核日期", "成绩"]


@pytest.fixture
def plant() -> Plant:
    return build()


def load(plant, tmp_path, kind, headings, rows, *, suffix="csv", actor=None):
    path = tmp_path / f"list.{suffix}"
    writer = sheets.write_csv if suffix == "csv" else sheets.write_xlsx
    writer(path, headings, iter(rows))
    return importer.run(importer.kind_of(kind), path, actor=actor or plant.operator, at=NOW)


def problems(report):
    return [(cell.line, cell.column) for cell in report.bad]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_roster_comes_in_and_again_without_change(plant, tmp_path, suffix):
    mail = plant.engineer.person.email
    rows = [
        [mail.upper(), "2026-03-02", "08:00", "16:00", "早班"],
        [mail, "2026/3/3", "20:00", "8：00", ""],
    ]

    first = load(plant, tmp_path, "roster", SHIFTS, rows, suffix=suffix)
    again = load(plant, tmp_path, "roster", SHIFTS, rows, suffix=suffix)

    assert (first.bad, first.outcome.created) == ([], 2)
    assert (again.outcome.created, again.outcome.unchanged) == (0, 2)
    assert [s.period for s in queries.shifts().order_by("period")] == [
        hours(0, 8), hours(12, 24, day=1),
    ]  # fmt: skip


def test_every_bad_row_of_a_roster_is_named_and_nothing_is_planned(plant, tmp_path):
    mail = plant.engineer.person.email
    ShiftFactory(membership=plant.engineer, period=hours(0, 8))
    LeaveFactory(membership=plant.engineer, period=hours(0, 8, day=4))
    rows = [
        [mail, "2026-03-02", "12:00", "20:00", ""],
        ["nobody@harbor.example", "2026-03-03", "08:00", "16:00", ""],
        [mail, "2026-02-30", "08:00", "16:00", ""],
        [mail, "2026-03-04", "25:00", "16:00", ""],
        [mail, "2026-03-06", "12:00", "20:00", ""],
        [mail, "2026-03-05", "08:00", "16:00", ""],
        [mail, "2026-03-05", "12:00", "20:00", ""],
        [mail, "2062-03-05", "12:00", "20:00", ""],
        [plant.outsider.person.email, "2026-03-05", "08:00", "16:00", ""],
    ]

    report = load(plant, tmp_path, "roster", SHIFTS, rows)

    assert problems(report) == [
        (2, "开始时间"), (3, "邮箱"), (4, "日期"), (5, "开始时间"), (6, "开始时间"), (8, "开始时间"),
        (9, "日期"), (10, "邮箱"),
    ]  # fmt: skip
    assert all(cell.problem and cell.remedy for cell in report.bad)
    assert not report.loaded
    assert Shift.objects.count() == 1


def test_examinations_come_in_and_again_without_change(plant, tmp_path):
    course = course_for(plant.line)
    taking_part = course_for(plant.line, pass_mark=None)
    other = MembershipFactory()
    rows = [
        [course.name, plant.outsider.person.email, "2026-02-20", "86"],
        [course.name, other.person.email, "2026-02-20", "40"],
        [taking_part.name, other.person.email, "2026-02-21", ""],
    ]

    first = load(plant, tmp_path, "examinations", SAT, rows)
    again = load(plant, tmp_path, "examinations", SAT, rows)

    assert (first.bad, first.outcome.created) == ([], 3)
    assert (again.bad, again.outcome.created, again.outcome.unchanged) == ([], 0, 3)
    assert UserQualification.objects.count() == 2


def test_every_bad_examination_is_named_and_nothing_is_recorded(plant, tmp_path):
    course = course_for(plant.line)
    taking_part = course_for(plant.line, pass_mark=None)
    elsewhere = course_for(build().line)
    mail = plant.outsider.person.email
    there = Examination.objects.create(
        course=course, person=plant.outsider.person, held_date=date(2026, 2, 19), mark=50, passed=False,
        recorded_by=plant.operator, recorded_at=NOW,
    )  # fmt: skip
    rows = [
        [elsewhere.name, mail, "2026-02-20", "86"],
        [course.name, "nobody@harbor.example", "2026-02-20", "86"],
        [course.name, mail, "2026-02-20", ""],
        [course.name, mail, "2026-02-21", "101"],
        [taking_part.name, mail, "2026-02-20", "86"],
        [course.name, mail, "2026-02-19", "86"],
        [course.name, mail, "2026-02-28", "86"],
        [course.name, plant.operator.person.email, "2026-02-20", "86"],
        [course.name, mail, "2026-02-18", "86"],
        [course.name, mail, "2026-02-18", "87"],
    ]

    report = load(plant, tmp_path, "examinations", SAT, rows)

    assert problems(report) == [
        (2, "课程"), (3, "邮箱"), (4, "成绩"), (5, "成绩"), (6, "成绩"), (7, "成绩"), (8, "考核日期"),
        (9, "邮箱"), (11, "邮箱"),
    ]  # fmt: skip
    assert not report.loaded
    assert list(Examination.objects.all()) == [there]


@pytest.mark.parametrize("kind", ["roster", "examinations"])
def test_only_operators_of_a_platform_load_these(plant, tmp_path, kind):
    for actor in (plant.engineer, plant.outsider):
        with pytest.raises(NotYourRole):
            load(plant, tmp_path, kind, SHIFTS, [], actor=actor)


@pytest.mark.django_db(transaction=True)
def test_engineers_are_told_once_of_all_the_shifts_that_came_with_a_list(plant, tmp_path):
    mail = plant.engineer.person.email
    rows = [[mail, f"2026-03-0{day}", "08:00", "16:00", ""] for day in (2, 3, 4)]
    load(plant, tmp_path, "roster", SHIFTS, rows)
    load(plant, tmp_path, "roster", SHIFTS, rows)

    feeder.drain()

    told = Notification.objects.get(kind="crew.shifts.imported")
    assert (told.person, told.facts["shifts"]) == (plant.engineer.person, 3)
