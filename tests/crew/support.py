"""Opening a course and examining somebody, as the tests of both do."""

from datetime import date, timedelta

from pilotharbor.crew import commands, queries
from pilotharbor.kernel.time import local_date
from tests.crew.conftest import NOW

TODAY = local_date(NOW)
FIELDS = {
    "name": "高压反应釜上岗培训", "description": "两天", "months_valid": 12, "pass_mark": 80,
    "required_date": date(2026, 3, 1),
}  # fmt: skip


def open_course(plant, *, by=None, line_ids=None, equipment_ids=(), **fields):
    return commands.open_course(
        fields=FIELDS | fields, line_ids=[plant.line.pk] if line_ids is None else line_ids,
        equipment_ids=equipment_ids, **(by or plant.by),
    )  # fmt: skip


def examine(plant, course, mark=90, *, person=None, **more):
    who = person or plant.outsider.person
    return commands.record_examination(
        course_id=course.pk, email=who.email, mark=mark, **({"held_date": TODAY} | plant.by | more)
    )


def lacks(plant, on=TODAY + timedelta(days=7)):
    return queries.unqualified(person_id=plant.outsider.person_id, line_id=plant.line.pk, on=on)
