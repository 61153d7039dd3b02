"""Plans for programs, the job behind them, and who is told."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from pilotharbor.kernel import feeder
from pilotharbor.parties.models import Notification
from pilotharbor.scheduling import commands, tasks
from tests.factories.booking import NOW, on
from tests.factories.callers import Caller
from tests.factories.scheduling import plant

pytestmark = pytest.mark.django_db(transaction=True)
BODY = {"start": on(2, 0).isoformat(), "end": on(7, 0).isoformat(), "limit_s": 1}


@pytest.fixture
def exercise(settings):
    settings.EXERCISE_CLOCK = True


@pytest.mark.usefixtures("exercise")
def test_a_plan_over_the_api():
    p = plant()
    one = p.ask(4, (on(2, 8), on(7, 0)))
    operator = Caller(p.d.operator, at=NOW)

    made = operator.post("/schedules", BODY)
    assert (made.status_code, made.json()["status"]) == (201, "queued")
    path = f"/schedules/{made.json()['id']}"
    again = operator.post("/schedules", BODY)
    assert (again.status_code, again.json()["code"]) == (409, "scheduling.search_under_way")

    feeder.drain()
    job = ProcrastinateJob.objects.filter(task_name="scheduling.solve").latest("id")
    assert (job.queue_name, job.args) == ("plans", {"proposal_id": made.json()["id"]})
    tasks.solve(**job.args)

    found = operator.get(path).json()
    assert (found["status"], found["requests"]) == ("ready", 1)
    assert 0 <= found["gap"] <= 1
    (placement,) = found["placements"]
    assert (placement["booking_id"], placement["status"]) == (one.pk, "proposed")
    assert "window" in {one["kind"] for one in placement["reasons"]}
    feeder.drain()
    told = Notification.objects.get(kind="booking.plan.ready")
    assert (told.person_id, told.url) == (p.d.operator.person_id, path)

    done = operator.post(f"{path}/accept", {"placement_ids": [placement["id"]]}).json()
    assert (done["accepted"], done["refused"], done["status"]) == (1, 0, "accepted")
    over = operator.post(f"{path}/discard")
    assert (over.status_code, over.json()["code"]) == (409, "kernel.move_not_allowed")


@pytest.mark.usefixtures("exercise")
def test_who_may_not_sees_nothing():
    p = plant()
    p.ask(4, (on(2, 8), on(7, 0)))
    proposal = p.plan()
    path = f"/schedules/{proposal.pk}"

    for member in (p.d.researcher, p.d.buyer, p.d.engineer):
        other = Caller(member, at=NOW)
        assert other.get(path).status_code == 404
        assert other.get("/schedules").json()["items"] == []
        assert other.post("/schedules", BODY).status_code == 403
        assert other.post(f"{path}/accept", {}).status_code == 403
        assert other.post(f"{path}/discard").status_code == 403
    assert Caller(None).get(path).status_code == 401


@pytest.mark.usefixtures("exercise")
def test_bad_input_is_told_by_field():
    p = plant()
    p.ask(4, (on(2, 8), on(7, 0)))
    operator = Caller(p.d.operator, at=NOW)

    for wrong, code in (
        ({"end": BODY["start"]}, "time.empty_period"),
        ({"start": on(1, 0).isoformat()}, "scheduling.bad_horizon"),
        ({"swap_lines": [1]}, "scheduling.lines_elsewhere"),
        ({"limit_s": 0}, "web.malformed"),
        ({"kind": "magic"}, "web.malformed"),
    ):
        answer = operator.post("/schedules", BODY | wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_the_worker_finds_what_broke_off():
    p = plant()
    p.ask(4, (on(2, 8), on(7, 0)))
    proposal = p.propose()
    commands.begin(proposal_id=proposal.pk, actor_id=p.d.operator.pk, at=NOW)

    assert tasks.mend(int(NOW.timestamp()) + 3600) == 1

    assert ProcrastinateJob.objects.filter(
        task_name="scheduling.solve", args={"proposal_id": proposal.pk}
    ).exists()
