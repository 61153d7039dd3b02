"""Pages of the crew: who gets in, and how many queries they take."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pilotharbor.parties.roles import Role
from tests.crew.conftest import NOW
from tests.factories.crew import EngineerFactory, LeaveFactory, ShiftFactory, course_for, qualify
from tests.factories.parties import MembershipFactory

pytestmark = pytest.mark.django_db
INSIDE = ("/roster", "/skills", "/qualified")


@pytest.fixture(autouse=True)
def _exercise(settings):
    settings.EXERCISE_CLOCK = True


def status(client, member, path):
    client.force_login(member.person)
    return client.get(path, headers={"X-Harbor-Time": NOW.isoformat()}).status_code


def test_the_inner_life_of_a_platform_is_for_its_people_and_auditors(client, plant):
    auditor = MembershipFactory(role=Role.AUDITOR)
    for path in INSIDE:
        found = [
            status(client, m, path)
            for m in (plant.operator, plant.engineer, auditor, plant.outsider)
        ]
        assert found == [200, 200, 200, 404], path


def test_forms_of_the_operator_are_not_there_for_others(client, plant):
    for path in ("/roster/rhythms/new", "/roster/leave", "/courses/new"):
        assert status(client, plant.operator, path) == 200
        for member in (plant.engineer, plant.outsider):
            assert status(client, member, path) == 404, path
    assert status(client, plant.engineer, "/shifts") == 200
    assert status(client, plant.operator, "/shifts") == 404


def test_everybody_reads_courses_and_their_own_qualifications(client, plant):
    course = course_for(plant.line)
    one = qualify(plant.outsider.person, course)
    for path in (
        "/courses",
        f"/courses/{course.pk}",
        "/qualifications",
        f"/qualifications/{one.pk}",
    ):
        assert status(client, plant.outsider, path) == 200, path
    stranger = MembershipFactory()
    assert status(client, stranger, f"/qualifications/{one.pk}") == 404
    assert status(client, stranger, f"/examinations/{one.examination_id}/correct") == 404
    leave = LeaveFactory(membership=plant.engineer)
    assert status(client, stranger, f"/leave/{leave.pk}") == 404


def queries_of(client, path):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(path, headers={"X-Harbor-Time": NOW.isoformat()}).status_code == 200
    return len(captured)


@pytest.mark.parametrize("path", ["/roster?week=2026-03-02", "/skills", "/qualified", "/courses"])
def test_a_page_takes_no_more_queries_for_more_people(client, plant, path):
    client.force_login(plant.operator.person)

    def more():
        engineer = EngineerFactory(organisation=plant.line.platform)
        ShiftFactory(membership=engineer)
        LeaveFactory(membership=engineer, status="asked", decided_by=None)
        qualify(MembershipFactory().person, course_for(plant.line))

    more()
    one = queries_of(client, path)
    more()
    more()
    assert queries_of(client, path) <= one


def test_a_refusal_comes_back_into_the_form(client, plant):
    ShiftFactory(membership=plant.engineer)
    client.force_login(plant.operator.person)
    answer = client.post(
        "/roster/shifts",
        {
            "shift-engineer": plant.engineer.pk, "shift-day": "2026-03-02", "shift-starts": "10:00",
            "shift-ends": "12:00",
        },
        headers={"X-Harbor-Time": NOW.isoformat()},
    )  # fmt: skip

    assert answer.status_code == 422
    assert "已有班次" in answer.content.decode()
