"""Sources and runs over HTTP: codes, who may, and what a program reads of a bad record."""

import pytest

from pilotharbor.network.models import HarvestFault
from tests.factories.callers import Caller
from tests.factories.network import HarvestRunFactory, SourceFactory
from tests.factories.repository import identify
from tests.factories.technologies import market

pytestmark = pytest.mark.django_db


def body(here, there, **changes):
    return {"name": "库", "base_url": there.url, "author_id": here.tto.pk} | changes


def test_a_source_lives_through_the_api(there):
    here = market()
    there.answers = [identify()]
    operator = Caller(here.operator)

    added = operator.post("/harvest-sources", body(here, there))
    path = f"/harvest-sources/{added.json()['id']}"
    changed = operator.put(path, body(here, there, every_hours=24))
    paused = operator.post(f"{path}/pause")
    refused = operator.post(f"{path}/runs")
    resumed = operator.post(f"{path}/resume")
    run = operator.post(f"{path}/runs")
    again = operator.post(f"{path}/runs")

    assert (added.status_code, changed.status_code) == (201, 200)
    assert changed.json()["every_hours"] == 24
    assert (paused.json()["active"], resumed.json()["active"]) == (False, True)
    assert (refused.status_code, refused.json()["code"]) == (409, "network.source_paused")
    assert (run.status_code, run.json()["status"]) == (202, "waiting")
    assert (again.status_code, again.json()["code"]) == (409, "network.run_under_way")
    assert [s["id"] for s in operator.get("/harvest-sources").json()["items"]] == [
        added.json()["id"]
    ]
    assert [r["id"] for r in operator.get(f"{path}/runs").json()["items"]] == [run.json()["id"]]
    assert operator.get(f"/harvest-runs/{run.json()['id']}").status_code == 200


def test_the_same_request_adds_one_source(there):
    here = market()
    there.answers = [identify()]
    operator = Caller(here.operator)

    first = operator.post("/harvest-sources", body(here, there), key="same-key-1")
    second = operator.post("/harvest-sources", body(here, there), key="same-key-1")

    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert len(there.asked) == 1


def test_a_repository_that_does_not_answer_is_told_at_its_field(there):
    here = market()
    there.answers = ["<html/>"]

    answer = Caller(here.operator).post("/harvest-sources", body(here, there))

    assert (answer.status_code, answer.json()["code"]) == (422, "network.repository_unusable")
    assert answer.json()["errors"][0]["field"] == "base_url"


def test_bad_records_are_read_page_by_page():
    run = HarvestRunFactory(status="running")
    for n in range(3):
        HarvestFault.objects.create(
            run=run, page=1, identifier=f"oai:a:{n}", kind="technologies.content_wrong",
            said={"zh-hans": "标题: 此项必填。", "en": "Title: This is needed."},
        )  # fmt: skip
    caller = Caller(run.requested_by)

    first = caller.get(f"/harvest-runs/{run.pk}/faults", limit=2).json()
    rest = caller.get(f"/harvest-runs/{run.pk}/faults", cursor=first["next_cursor"]).json()

    assert [f["identifier"] for f in first["items"] + rest["items"]] == [
        "oai:a:0", "oai:a:1", "oai:a:2",
    ]  # fmt: skip
    assert first["items"][0]["said"]["en"] == "Title: This is needed."


@pytest.mark.parametrize("who", ["tto", "buyer", "auditor", "manager", "expert", None])
def test_others_do_not_learn_that_there_are_sources(there, who):
    here = market()
    there.answers = [identify()]
    source = SourceFactory(added_by=here.operator)
    run = HarvestRunFactory(source=source)
    caller = Caller(getattr(here, who) if who else None)
    hidden = 404 if who else 401

    listed = caller.get("/harvest-sources")
    codes = [
        caller.get(f"/harvest-sources/{source.pk}").status_code,
        caller.get(f"/harvest-sources/{source.pk}/runs").status_code,
        caller.get(f"/harvest-runs/{run.pk}").status_code,
        caller.get(f"/harvest-runs/{run.pk}/faults").status_code,
        caller.put(f"/harvest-sources/{source.pk}", body(here, there)).status_code,
    ]

    assert codes == [hidden] * 5
    assert caller.post("/harvest-sources", body(here, there)).status_code in {401, 403}
    assert caller.post(f"/harvest-sources/{source.pk}/runs").status_code in {401, 403}
    assert there.asked == []
    if who:
        assert listed.json()["items"] == []
