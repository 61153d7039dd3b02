"""Places, hours, closures, prices, papers and proofs for programs."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from pilotharbor.parties.roles import Role
from tests.factories.callers import Caller
from tests.factories.files import PDF, png
from tests.factories.parties import MembershipFactory

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _exercise(settings, tmp_path):
    settings.EXERCISE_CLOCK = True
    settings.DATA_DIR = tmp_path


@pytest.fixture
def me(operator, at):
    return Caller(operator, at=at)


def test_sites(me, line, stranger, at):
    made = me.post("/sites", {"name": "二号车间", "kind": "workshop"}).json()
    path = f"/sites/{made['id']}"

    assert me.patch(path, {"address": "示例路 1 号"}).json()["address"] == "示例路 1 号"
    placed = me.patch(f"/lines/{line.pk}", {"place_id": made["id"], "reviews_needed": 2}).json()
    assert (placed["place_id"], placed["reviews_needed"]) == (made["id"], 2)
    assert [s["name"] for s in me.get("/sites").json()["items"]] == ["二号车间"]
    assert me.delete(path).json()["code"] == "facilities.site_in_use"
    assert Caller(stranger, at=at).patch(path, {"name": "x"}).status_code == 404
    me.patch(f"/lines/{line.pk}", {"place_id": None})
    assert me.delete(path).status_code == 204


def test_hours_and_when_it_is_open(me, line, at):
    path = f"/lines/{line.pk}"
    put = me.put(
        f"{path}/hours",
        {"hours": [{"weekday": 0, "opens": "08:00", "closes": "20:00"}], "multi_day": True},
    )
    assert put.json()["hours"] == [{"weekday": 0, "opens": "08:00", "closes": "20:00"}]
    bad = me.put(
        f"{path}/hours",
        {
            "hours": [
                {"weekday": 9, "opens": "08:00", "closes": "20:00"},
                {"weekday": 0, "opens": "09:00", "closes": "08:00"},
            ]
        },
    )
    assert (bad.status_code, bad.json()["code"]) == (422, "facilities.hours_unsound")
    assert {e["field"] for e in bad.json()["errors"]} == {"hours.0", "hours.1"}

    public = Caller(None, at=at)
    assert public.get(f"{path}/hours").json()["multi_day"] is True
    look = {"from": "2026-03-02T00:00:00+08:00", "to": "2026-03-09T00:00:00+08:00"}
    shown = public.get(f"{path}/open", **look).json()
    assert [(s["start"], s["end"]) for s in shown["open"]] == [
        ("2026-03-02T00:00:00Z", "2026-03-02T12:00:00Z")
    ]
    assert shown["unknown_years"] == []
    far = public.get(f"{path}/open", **look | {"to": "2027-12-01T00:00:00+08:00"})
    assert far.json()["code"] == "facilities.looks_too_far"
    turned = public.get(f"{path}/open", **look | {"to": "2026-03-01T00:00:00+08:00"})
    assert turned.json()["code"] == "time.empty_period"


def test_closures(me, line, machine, engineer, at):
    body = {
        "kind": "calibration", "start": "2026-03-05T08:00:00+08:00",
        "end": "2026-03-05T12:00:00+08:00", "reason": "校准",
        "recurs": {"unit": "weeks", "every": 1, "until": "2026-03-20"},
    }  # fmt: skip
    made = Caller(engineer, at=at).post(f"/equipment/{machine.pk}/closures", body)
    whole = me.post(
        f"/lines/{line.pk}/closures",
        {"kind": "outage", "start": "2026-03-01T08:00:00+08:00", "reason": "停电"},
    )

    assert (made.status_code, whole.status_code) == (201, 201)
    assert len(made.json()["items"]) == 3
    assert whole.json()["end"] is None
    seen = Caller(None, at=at).get(f"/lines/{line.pk}/closures").json()["items"]
    assert len(seen) == 4
    lifted = me.post(f"/closures/{made.json()['id']}/lift", {"following": True}).json()["items"]
    assert [one["status"] for one in lifted] == ["lifted"] * 3
    again = me.post(f"/closures/{made.json()['id']}/lift", {})
    assert (again.status_code, again.json()["code"]) == (409, "facilities.closure_lifted")
    naive = me.post(
        f"/lines/{line.pk}/closures",
        {"kind": "maintenance", "start": "2026-03-05T08:00:00+08:00", "reason": "x"},
    )
    assert naive.json()["code"] == "facilities.only_outages_stay_open"


def test_a_price_is_reckoned_for_whoever_asks(me, line, operator, at):
    tariff = line.tariffs.get()
    me.post(f"/tariffs/{tariff.pk}/end", {"valid_to": "2026-03-01"})
    terms = {
        "valid_from": "2026-03-01", "hourly_fen": 120_000, "batch_fen": 0,
        "peak_hourly_fen": 180_000, "peak_weekdays": [0, 1, 2, 3, 4], "peak_from": "09:00",
        "peak_to": "17:00", "sme_bp": 8_000, "engineer_hourly_fen": 30_000, "minimum_fen": 200_000,
    }  # fmt: skip
    made = me.post(f"/lines/{line.pk}/tariffs", terms).json()
    assert (made["peak_to"], made["sme_bp"]) == ("17:00", 8_000)
    nitrogen = me.post(
        f"/lines/{line.pk}/consumables", {"name": "氮气", "unit": "瓶", "unit_fen": 8_550}
    ).json()
    ask = {
        "start": "2026-03-03T16:00:00+08:00", "end": "2026-03-03T18:20:00+08:00",
        "billing": "hour", "engineer_hours": "1.17",
        "consumables": [{"consumable_id": nitrogen["id"], "quantity": "1.5"}],
    }  # fmt: skip
    sme = MembershipFactory(role=Role.ENTERPRISE_MEMBER, organisation__sme=True)

    path = f"/lines/{line.pk}/price"
    asked = Caller(sme, at=at).post(path, ask).json()
    open_to_all = Caller(None, at=at).post(path, ask).json()

    by_kind = {one["kind"]: one["amount_fen"] for one in asked["lines"]}
    assert by_kind == {"hour": 128_000, "peak": 144_000, "engineer": 35_100, "consumable": 12_825}
    assert open_to_all["total_fen"] == 180_000 + 160_000 + 35_100 + 12_825
    unknown = me.post(path, ask | {"consumables": [{"consumable_id": 0, "quantity": 1}]})
    assert unknown.json()["code"] == "facilities.consumable_unknown"
    early = {"start": "2025-03-03T16:00:00+08:00", "end": "2025-03-03T18:00:00+08:00"}
    assert me.post(path, ask | early).json()["code"] == "facilities.no_price_that_day"
    again = me.post(f"/consumables/{nitrogen['id']}/reprice", {"unit_fen": 9_000}).json()
    assert me.post(f"/consumables/{again['id']}/withdraw").json()["status"] == "withdrawn"
    assert me.get(f"/lines/{line.pk}/consumables").json()["items"] == []
    unsound = me.post(
        f"/lines/{line.pk}/tariffs", terms | {"valid_from": "2027-01-01", "peak_weekdays": []}
    )
    assert unsound.json()["code"] == "facilities.peak_unsound"


def test_safety_items(me, line, at):
    made = me.post(
        f"/lines/{line.pk}/safety-items",
        {"topic": "chemicals", "text": "通风", "last_day": "2026-02-01"},
    ).json()

    assert made["status"] == "lapsed"
    public = Caller(None, at=at).get(f"/lines/{line.pk}/safety-items").json()["items"]
    assert [one["text"] for one in public] == ["通风"]
    assert me.post(f"/safety-items/{made['id']}/withdraw").json()["status"] == "withdrawn"
    assert me.post(f"/safety-items/{made['id']}/withdraw").status_code == 404


def test_a_machine_with_links_papers_and_proofs(me, line, machine, operator, at):
    other = line.equipment.exclude(pk=machine.pk).get()
    path = f"/equipment/{machine.pk}"
    link = me.post(f"{path}/links", {"other_id": other.pk}).json()
    proof = me.post(
        f"{path}/qualifications",
        {"kind": "gmp", "issued_date": "2025-01-01", "last_day": "2027-01-01"},
    ).json()
    me.patch(path, {"scale_min_g": "2", "scale_max_g": "5000"})
    browser = Client(headers={"X-Harbor-Time": at.isoformat()})
    browser.force_login(operator.person, backend=BACKEND)
    sent = browser.post(
        f"/api/v1{path}/papers",
        {"file": SimpleUploadedFile("a.png", png()), "kind": "photo", "is_public": "true"},
    )
    secret = browser.post(
        f"/api/v1{path}/papers",
        {"file": SimpleUploadedFile("b.pdf", PDF), "kind": "certificate"},
    )
    assert (sent.status_code, secret.status_code) == (201, 201), sent.json()["errors"]

    shown = me.get(path).json()
    public = Caller(None, at=at).get(path).json()

    assert shown["scale_up"] == "2500"
    assert [one["equipment_id"] for one in shown["links"]] == [other.pk]
    assert [one["status"] for one in shown["qualifications"]] == ["valid"]
    assert len(shown["papers"]) == 2
    assert [one["kind"] for one in public["papers"]] == ["photo"]
    assert "asset_no" not in public
    photo, paper = (f"/equipment-papers/{one.json()['id']}" for one in (sent, secret))
    anybody = Caller(None, at=at)
    assert anybody.get(photo)["Content-Type"] == "image/png"
    assert anybody.get(paper).status_code == 404
    assert me.delete(paper).status_code == 204
    assert me.get(paper).status_code == 404
    gone = me.post(f"/equipment-qualifications/{proof['id']}/withdraw").json()
    assert gone["status"] == "withdrawn"
    assert me.delete(f"/equipment-links/{link['id']}").status_code == 204
    moved = me.post(f"{path}/move", {"line_id": line.pk}).json()
    assert moved["position"] == 3
    assert me.post(f"{path}/maintain").json()["status"] == "maintenance"
