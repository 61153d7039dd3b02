"""Programs send samples and read series; whatever they send, they are told what became of it."""

import json
from datetime import timedelta
from itertools import count

import pytest

from pilotharbor.parties.roles import Role
from pilotharbor.telemetry.models import Alarm, AlarmRule, Refusal
from tests.factories.callers import Caller
from tests.factories.parties import MembershipFactory
from tests.factories.telemetry import NOON, ConnectorFactory, after, plant, stored

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/api/v1/telemetry/samples"
_keys = count(1)


@pytest.fixture(autouse=True)
def _exercise(settings):
    settings.EXERCISE_CLOCK = True


def send(actor, body, *, form="application/json", key=None, at=None):
    caller = Caller(actor, at=at or after(3600))
    raw = body if isinstance(body, bytes | str) else json.dumps(body)
    return caller.client.generic(
        "POST", PATH, raw, content_type=form,
        headers=caller.headers | {"Idempotency-Key": key or f"samples-{next(_keys)}"},
    )  # fmt: skip


def sample(p, seconds=0, value=1.5, **more):
    return {"tag": p.tag.key, "at": after(seconds).isoformat(), "value": value} | more


def test_samples_come_as_json_and_as_csv():
    p = plant()

    one = send(p.engineer, {"samples": [sample(p), sample(p, 1, True), sample(p, 2, "2.5")]})
    rows = "".join(f"{p.tag.key},{after(s).isoformat()},{s}\n" for s in (3, 4))
    two = send(p.operator, "tag,at,value\n" + rows, form="text/csv; charset=utf-8")

    assert one.json() == {"stored": 3, "late": 0, "repeated": 0, "refused": []}
    assert two.json()["stored"] == 2
    assert [v for _, v, _ in stored(p.tag)] == [1.5, 1.0, 2.5, 3.0, 4.0]


def test_what_can_be_taken_is_taken_and_the_rest_is_named():
    p = plant()

    answer = send(p.engineer, {"samples": [
        sample(p), sample(p, 1, "NaN"), sample(p, 2, None), sample(p, 3, 1e300),
        sample(p, 4, at="tomorrow"), sample(p, 7200), sample(p, -400 * 86_400 - 1),
        sample(p, tag="nobody"), "nonsense", {"tag": p.tag.key}, sample(p, 5, [1]),
    ]})  # fmt: skip

    assert answer.status_code == 200
    told = {(one["tag"], one["reason"]): one["count"] for one in answer.json()["refused"]}
    key = p.tag.key
    assert told == {
        (key, "not_finite"): 1, (key, "not_a_number"): 3, (key, "too_large"): 1, (key, "no_time"): 1,
        (key, "ahead"): 1, (key, "too_old"): 1, ("nobody", "unregistered"): 1, ("", "unreadable"): 1,
    }  # fmt: skip
    assert all(one["detail"] for one in answer.json()["refused"])
    assert len(stored(p.tag)) == 1
    assert Refusal.objects.count() == 8


@pytest.mark.parametrize(
    ("body", "form", "reason"),
    [
        (b"{", "application/json", "unreadable"),
        (b"", "application/json", "unreadable"),
        (b'{"samples": [NaN]}', "application/json", "unreadable"),
        (b"[" * 200_000, "application/json", "unreadable"),
        (b"\xff\xfe\x00\x01", "text/csv", "unreadable"),
        (b"nothing", "text/csv", "unreadable"),
        (
            b'[{"tag": "nobody", "at": "2026-03-02T04:00:00Z", "value": 1}]',
            "application/json",
            "unregistered",
        ),
        (
            b'[{"tag": "x\\u0000y", "at": "2026-03-02T04:00:00Z", "value": 1}]',
            "application/json",
            "unregistered",
        ),
        (
            b'[{"tag": "\\ud800", "at": "2026-03-02T04:00:00Z", "value": 1}]',
            "application/json",
            "unregistered",
        ),
        (
            b'[{"tag": "\\u7edd\\u5bc6\\u2605", "at": "2026-03-02T04:00:00Z", "value": 1}]',
            "application/json",
            "unregistered",
        ),
    ],
)
def test_where_nothing_can_be_taken_it_is_refused_and_counted(body, form, reason):
    p = plant()

    answer = send(p.engineer, body, form=form)

    assert (answer.status_code, answer.json()["code"]) == (422, "telemetry.nothing_taken")
    assert answer.json()["errors"][0]["detail"]
    assert [r.reason for r in Refusal.objects.all()] == [reason]


def test_more_than_twenty_megabytes_are_too_much():
    p = plant()

    answer = send(p.engineer, b"[" + b" " * (21 * 1024 * 1024) + b"]")

    assert answer.status_code in {400, 413}
    assert answer["Content-Type"] == "application/problem+json"


def test_the_same_key_gets_the_same_answer_and_another_key_stores_nothing_twice():
    p = plant()
    body = {"samples": [sample(p), sample(p, 1)]}
    caller = Caller(p.engineer, at=after(60))
    headers = caller.headers | {"Idempotency-Key": "one-and-the-same"}

    one, again = (
        caller.client.generic(
            "POST", PATH, json.dumps(body), content_type="application/json", headers=headers
        )
        for _ in range(2)
    )
    other = send(p.engineer, body)

    assert one.content == again.content
    assert again["Idempotent-Replay"] == "true"
    assert other.json() == {"stored": 0, "late": 0, "repeated": 2, "refused": []}
    assert len(stored(p.tag)) == 2


def test_only_staff_sends_and_only_to_their_own_tags():
    p, other = plant(), plant()
    stranger = MembershipFactory(role=Role.ENTERPRISE_MEMBER)

    assert send(stranger, {"samples": [sample(p)]}).status_code == 403
    assert send(None, {"samples": [sample(p)]}).status_code == 401
    told = send(other.engineer, {"samples": [sample(p)]})

    assert told.json()["code"] == "telemetry.nothing_taken"
    assert stored(p.tag) == []


def test_a_tag_is_registered_changed_and_retired():
    p = plant()
    caller = Caller(p.engineer, at=NOON)
    body = {
        "equipment_id": p.machine.pk,
        "key": "R1.p",
        "name": "釜压",
        "unit": "kPa",
        "highest": "600.5",
    }

    made = caller.post("/telemetry/tags", body)
    twice = caller.post("/telemetry/tags", body)
    changed = caller.patch(f"/telemetry/tags/{made.json()['id']}", {"unit": "bar"})
    gone = caller.post(f"/telemetry/tags/{made.json()['id']}/retire")
    back = caller.post(f"/telemetry/tags/{made.json()['id']}/return")

    assert (made.status_code, made.json()["highest"]) == (201, "600.5")
    assert (twice.status_code, twice.json()["code"]) == (409, "telemetry.tag_key_taken")
    assert twice.json()["errors"][0]["field"] == "key"
    assert changed.json()["unit"] == "bar"
    assert (gone.json()["status"], back.json()["status"]) == ("retired", "active")
    listed = caller.get("/telemetry/tags", equipment_id=p.machine.pk).json()["items"]
    assert [t["key"] for t in listed] == [p.tag.key, "R1.p"]
    assert caller.post(f"/telemetry/tags/{made.json()['id']}/dance").status_code == 422


def test_a_series_with_its_flags_and_runs():
    p = plant(highest=100, run_level=5, idle_level=1, turn_delay_s=10)
    p.take((0, 9), (30, 200), (60, 9))
    stretch = {"from": NOON.isoformat(), "to": after(600).isoformat()}

    caller = Caller(p.engineer, at=NOON)
    found = caller.get(f"/telemetry/tags/{p.tag.pk}/series", **stretch).json()
    runs = caller.get(f"/telemetry/equipment/{p.machine.pk}/runs", **stretch).json()

    assert (found["step_s"], found["source"], len(found["points"])) == (1, "samples", 3)
    assert found["points"][1] == {
        "at": "2026-03-02T04:00:30Z", "low": None, "high": None, "mean": None, "good": 0, "bad": 1,
    }  # fmt: skip
    assert [(f["kind"], f["count"]) for f in found["flags"]] == [("impossible", 1)]
    assert (runs["seconds"], [r["ended"] for r in runs["items"]]) == (600, [False])


@pytest.mark.parametrize(
    ("stretch", "status"),
    [
        ({"from": "2026-03-02T04:00:00", "to": "2026-03-03T04:00:00Z"}, 422),
        ({"from": "2026-03-03T04:00:00Z", "to": "2026-03-02T04:00:00Z"}, 422),
        ({"from": "2026-03-02T04:00:00Z"}, 422),
        ({"from": "x", "to": "y"}, 422),
        ({"from": "0001-01-01T00:00:00Z", "to": "9999-12-31T00:00:00Z"}, 200),
        ({"from": "2026-03-02T04:00:00Z", "to": "2026-03-03T04:00:00Z", "points": 5000}, 422),
    ],
)
def test_stretches_that_are_none_are_refused(stretch, status):
    p = plant()

    assert (
        Caller(p.engineer, at=NOON).get(f"/telemetry/tags/{p.tag.pk}/series", **stretch).status_code
        == status
    )
    if "points" not in stretch:
        assert (
            Caller(p.engineer, at=NOON)
            .get(f"/telemetry/equipment/{p.machine.pk}/runs", **stretch)
            .status_code
            == status
        )


def test_strangers_find_nothing():
    p = plant()
    stranger = Caller(plant().engineer, at=NOON)
    stretch = {"from": NOON.isoformat(), "to": after(600).isoformat()}

    for path in (f"/telemetry/tags/{p.tag.pk}/series", f"/telemetry/equipment/{p.machine.pk}/runs"):
        assert stranger.get(path, **stretch).status_code == 404
    assert [t["id"] for t in stranger.get("/telemetry/tags").json()["items"]] != [p.tag.pk]


def test_alarms_are_set_seen_and_switched_off():
    p = plant()
    caller = Caller(p.engineer, at=after(3600))
    rule = {
        "side": "high",
        "raise_level": 80,
        "clear_level": 75,
        "delay_s": 0,
        "severity": "critical",
    }

    made = caller.post(f"/telemetry/tags/{p.tag.pk}/alarm-rules", rule)
    wrong = caller.post(f"/telemetry/tags/{p.tag.pk}/alarm-rules", rule | {"clear_level": 90})
    send(p.engineer, {"samples": [sample(p, 0, 95)]})
    (alarm,) = caller.get("/telemetry/alarms").json()["items"]
    seen = caller.post(f"/telemetry/alarms/{alarm['id']}/acknowledge", {"remark": "已看"})
    again = caller.post(f"/telemetry/alarms/{alarm['id']}/acknowledge", {})
    over = caller.post(f"/telemetry/alarm-rules/{made.json()['id']}/end")

    assert (made.status_code, wrong.json()["code"]) == (201, "telemetry.no_hysteresis")
    assert (alarm["severity"], alarm["extreme"], alarm["status"]) == (
        "critical",
        "95.000000",
        "active",
    )
    assert (seen.json()["status"], again.json()["code"]) == ("acknowledged", "telemetry.alarm_seen")
    assert (over.json()["is_active"], Alarm.objects.get().status) == (False, "closed")
    assert caller.get("/telemetry/alarms").json()["items"] == []
    assert len(caller.get("/telemetry/alarms", open_only="false").json()["items"]) == 1


def test_a_connector_over_http_never_says_its_password():
    p = plant()
    caller = Caller(p.operator, at=NOON)
    body = {
        "name": "车间",
        "kind": "mqtt",
        "address": "mqtt://broker.example",
        "topics": ["plant/#"],
        "password": "quiet tides",
    }

    made = caller.post("/telemetry/connectors", body)
    wrong = caller.post("/telemetry/connectors", body | {"address": "mqtt://a:b@broker.example"})
    changed = caller.patch(f"/telemetry/connectors/{made.json()['id']}", {"username": "harbour"})
    paused = caller.post(f"/telemetry/connectors/{made.json()['id']}/pause")
    listed = caller.get("/telemetry/connectors")

    assert (made.status_code, made.json()["has_password"]) == (201, True)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "telemetry.address_malformed")
    assert (changed.json()["username"], paused.json()["status"]) == ("harbour", "paused")
    for answer in (made, wrong, changed, paused, listed):
        assert b"quiet" not in answer.content
    assert (
        Caller(p.engineer, at=NOON)
        .post(f"/telemetry/connectors/{made.json()['id']}/resume")
        .status_code
        == 403
    )


def test_what_a_connector_could_not_take_is_told():
    p = plant()
    connector = ConnectorFactory(platform=p.machine.platform)
    Refusal.objects.create(
        platform=p.machine.platform, connector=connector, place="plant/x", reason="unregistered",
        example="23.5", count=7, first_at=NOON, last_at=NOON + timedelta(hours=1),
    )  # fmt: skip
    path = f"/telemetry/connectors/{connector.pk}/refusals"

    (line,) = Caller(p.engineer, at=NOON).get(path).json()["items"]

    assert (line["place"], line["count"], line["example"]) == ("plant/x", 7, "23.5")
    assert Caller(plant().engineer, at=NOON).get(path).status_code == 404
    assert AlarmRule.objects.count() == 0
