"""The crew for programs: codes, who may, and what is shown."""

from datetime import date

import pytest

from pilotharbor.crew.models import Shift
from tests.crew.conftest import NOW, at
from tests.factories.callers import Caller
from tests.factories.crew import course_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _exercise(settings):
    settings.EXERCISE_CLOCK = True


def caller(member):
    return Caller(member, at=NOW)


def shift(plant, first=0, last=8):
    return {
        "membership_id": plant.engineer.pk, "start": at(first).isoformat(), "end": at(last).isoformat(),
    }  # fmt: skip


def test_shifts_are_planned_listed_and_withdrawn(plant):
    operator = caller(plant.operator)

    made = operator.post("/shifts", shift(plant))
    twice = operator.post("/shifts", shift(plant, 4, 12))
    window = {"start": at(0).isoformat(), "end": at(24).isoformat()}
    seen = caller(plant.engineer).get("/shifts", **window).json()["items"]
    gone = operator.post(f"/shifts/{made.json()['id']}/withdraw")

    assert (made.status_code, twice.status_code, gone.status_code) == (201, 409, 200)
    assert twice.json()["code"] == "crew.shift_overlaps"
    assert [one["id"] for one in seen] == [made.json()["id"]]
    assert caller(plant.outsider).get("/shifts", **window).json()["items"] == []
    assert caller(plant.engineer).post("/shifts", shift(plant)).status_code == 403
    assert Caller(None).post("/shifts", shift(plant)).status_code == 401
    assert operator.post("/shifts", shift(plant) | {"start": "x"}).status_code == 422


def test_a_rhythm_is_planned_changed_and_ended(plant):
    operator = caller(plant.operator)
    rhythm = {"weekdays": [0, 1], "starts": "08:00", "ends": "16:00", "last": "2026-03-15"}

    made = operator.post(
        "/rhythms", rhythm | {"membership_id": plant.engineer.pk, "first": "2026-03-02"}
    )
    changed = operator.post(
        f"/rhythms/{made.json()['id']}/change", rhythm | {"from_day": "2026-03-09", "weekdays": [4]}
    )
    ended = operator.post(f"/rhythms/{changed.json()['id']}/end", {"from_day": "2026-03-09"})

    assert (made.json()["shifts"], changed.json()["shifts"]) == (4, 1)
    assert ended.json()["withdrawn"] == 1
    assert Shift.objects.filter(withdrawn_at=None).count() == 2


def test_leave_is_asked_for_met_granted_and_withdrawn(plant):
    operator, engineer = caller(plant.operator), caller(plant.engineer)
    operator.post("/shifts", shift(plant))
    span = {"start": at(2).isoformat(), "end": at(4).isoformat()}

    asked = engineer.post("/leave", span).json()["id"]
    met = operator.post(f"/leave/{asked}/approve", {})
    granted = operator.post(f"/leave/{asked}/approve", {"take_shifts": True})
    back = engineer.post(f"/leave/{asked}/withdraw")

    assert (met.status_code, met.json()["code"]) == (409, "crew.leave_meets_shifts")
    assert granted.json()["status"] == "approved"
    assert back.json()["status"] == "withdrawn"
    other = engineer.post("/leave", span).json()["id"]
    assert operator.post(f"/leave/{other}/refuse", {"reason": "大修"}).json()["status"] == "refused"
    assert caller(plant.outsider).get("/leave").json()["items"] == []
    assert len(engineer.get("/leave").json()["items"]) == 2


def test_skills_decide_who_is_free(plant):
    operator = caller(plant.operator)
    window = {"line_id": plant.line.pk, "start": at(0).isoformat(), "end": at(8).isoformat()}
    skill = operator.post("/skills", {"name": "高压操作"}).json()["id"]
    operator.put(f"/lines/{plant.line.pk}/skills", {"skill_ids": [skill]})
    assert operator.get("/free-engineers", **window).json()["items"] == []

    grant = operator.post(
        "/skill-grants",
        {"membership_id": plant.engineer.pk, "skill_id": skill, "valid_from": "2026-01-01"},
    ).json()["id"]
    free = operator.get("/free-engineers", **window).json()["items"]
    assert [one["membership_id"] for one in free] == [plant.engineer.pk]
    assert caller(plant.outsider).get("/free-engineers", **window).status_code == 404
    assert caller(plant.other_operator).get("/free-engineers", **window).json()["items"] == []

    operator.post(f"/skill-grants/{grant}/withdraw", {"reason": "证书到期"})
    assert operator.get("/skill-grants").json()["items"][0]["status"] == "withdrawn"
    assert operator.post(f"/skills/{skill}/retire").json()["status"] == "retired"
    assert len(operator.get("/skills").json()["items"]) == 1


def test_from_the_course_to_the_machine(plant):
    operator, person = caller(plant.operator), caller(plant.outsider)
    body = {
        "name": "高压反应釜上岗培训", "pass_mark": 80, "months_valid": 12, "required_date": "2026-01-01",
        "line_ids": [plant.line.pk],
    }  # fmt: skip
    course = operator.post("/courses", body).json()["id"]
    ask = {"on": "2026-03-02"}
    missing = person.get(f"/lines/{plant.line.pk}/missing-courses", **ask).json()
    assert (missing["may_run"], missing["items"][0]["course_id"]) == (False, course)

    place = person.post(f"/courses/{course}/places")
    record = {"email": plant.outsider.person.email, "held_date": "2026-02-20", "mark": 90}
    one = operator.post(f"/courses/{course}/examinations", record, key="the-same-key")
    again = operator.post(f"/courses/{course}/examinations", record, key="the-same-key")

    assert (place.status_code, one.status_code) == (201, 201)
    assert (again.json(), again.headers["Idempotent-Replay"]) == (one.json(), "true")
    assert person.get(f"/lines/{plant.line.pk}/missing-courses", **ask).json()["may_run"]
    held = person.get("/qualifications").json()["items"]
    assert [(h["valid_from"], h["valid_to"]) for h in held] == [("2026-02-20", "2027-02-20")]
    assert len(person.get("/examinations").json()["items"]) == 1

    withdrawn = operator.post(f"/qualifications/{held[0]['id']}/withdraw", {"reason": "违规操作"})
    assert withdrawn.json()["status"] == "withdrawn"
    closed = operator.post(f"/courses/{course}/close")
    assert closed.json()["status"] == "closed"
    assert operator.post(f"/courses/{course}/reopen").json()["status"] == "open"
    revised = operator.put(f"/courses/{course}", body | {"pass_mark": 70})
    assert revised.json()["pass_mark"] == 70
    assert person.post(f"/places/{place.json()['id']}/back").status_code == 409
    assert person.get("/courses").json()["items"][0]["line_ids"] == [plant.line.pk]
    assert person.get("/lines/0/missing-courses", **ask).status_code == 404


def test_no_stranger_records_an_examination(plant):
    course = course_for(plant.line)
    body = {
        "email": plant.outsider.person.email,
        "held_date": date(2026, 2, 20).isoformat(),
        "mark": 90,
    }

    answers = [
        caller(member).post(f"/courses/{course.pk}/examinations", body).status_code
        for member in (plant.engineer, plant.outsider, plant.other_operator)
    ]

    assert answers == [403, 403, 404]
