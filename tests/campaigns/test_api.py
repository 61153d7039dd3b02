import pytest

from tests.factories.callers import Caller
from tests.factories.campaigns import AT, bench
from tests.factories.worker import work

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _exercise(settings):
    settings.EXERCISE_CLOCK = True


def test_a_campaign_goes_from_opening_to_report_over_http():
    b = bench(opened=False)
    operator, engineer = Caller(b.table.operator, at=AT), Caller(b.engineer, at=AT)
    opened = operator.post(f"/projects/{b.project.pk}/campaign", {"line_id": b.line.pk})
    assert (opened.status_code, opened.json()["status"]) == (201, "running")
    path = f"/campaigns/{opened.json()['id']}"

    for number in (1, 2, 3):
        body = {"number": number, "scale_kg": "1.2", "results": {"purity": ["99.56", "99.58"]}}
        recorded = engineer.post(f"{path}/batches", body)
        assert recorded.status_code == 201, recorded.content
        judged = engineer.post(f"/batches/{recorded.json()['id']}/judge").json()
        assert (judged["status"], judged["findings"]) == ("released", [])
    verdict = operator.post(f"{path}/judge").json()
    assert (verdict["status"], verdict["progress"]["met"]) == ("accepted", [1, 2, 3])
    assert verdict["progress"]["lower_bound_95"] == "0.368"
    assert operator.post(f"{path}/report").status_code == 202
    work()

    shown = Caller(b.table.buyer).get(path).json()
    assert shown["report"]["status"] == "rendered"
    assert shown["batches"][0]["results"] == {"purity": ["99.56", "99.58"]}
    pdf = Caller(b.table.buyer).get(f"/documents/{shown['report']['id']}/file")
    assert pdf.content.startswith(b"%PDF-")
    assert Caller(b.table.buyer).get("/campaigns").json()["items"][0]["id"] == shown["id"]


def test_refusals_carry_their_code_and_fields():
    b = bench()
    engineer = Caller(b.engineer, at=AT)
    path = f"/campaigns/{b.campaign.pk}"

    bad = engineer.post(
        f"{path}/batches", {"number": 1, "results": {"purity": ["NaN"], "x": ["1"]}}
    )
    assert (bad.status_code, bad.json()["code"]) == (422, "campaigns.bad_results")
    assert {e["field"] for e in bad.json()["errors"]} == {"results.purity", "results.x"}
    floats = engineer.post(f"{path}/batches", {"number": 1, "results": {"purity": [99.6]}})
    assert (floats.status_code, floats.json()["code"]) == (422, "web.malformed")
    early = engineer.post(f"{path}/judge")
    assert (early.status_code, early.json()["code"]) == (409, "campaigns.not_enough_batches")
    assert engineer.post(f"{path}/report").json()["code"] == "campaigns.not_judged"
    assert Caller(b.table.buyer, at=AT).post(f"{path}/judge").status_code == 403
    stranger = bench(agreed=False)
    assert Caller(stranger.table.buyer).get(path).status_code == 404


def test_a_rejected_batch_says_which_value_and_which_limit():
    b = bench()
    batch = b.record(1, "99.6", "99.4")

    judged = Caller(b.engineer, at=AT).post(f"/batches/{batch.pk}/judge").json()

    assert judged["status"] == "rejected"
    (finding,) = judged["findings"]
    assert (finding["attribute"], finding["replicate"], finding["value"], finding["at_least"]) == (
        "purity",
        2,
        "99.4",
        "99.5",
    )


def test_a_batch_is_corrected_over_http_before_it_is_judged():
    b = bench(agreed=False)
    batch = b.record(1, "99.4")
    engineer = Caller(b.engineer, at=AT)
    body = {"number": 1, "results": {"purity": ["99.6"]}, "reason": "看错一位"}

    answer = engineer.post(f"/batches/{batch.pk}/corrections", body)

    assert answer.status_code == 201, answer.content
    said = answer.json()
    assert said["results"] == {"purity": ["99.6"]}
    assert said["corrections"][0]["replaced"] == {"purity": ["99.4"]}
    again = engineer.post(f"/batches/{batch.pk}/corrections", body)
    assert (again.status_code, again.json()["code"]) == (422, "campaigns.nothing_corrected")
