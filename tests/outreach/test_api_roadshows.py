"""Roadshows over HTTP."""

import pytest

from pilotharbor.outreach import tickets
from pilotharbor.parties.roles import Role
from tests.conftest import AT
from tests.factories.callers import Caller
from tests.factories.outreach import DAY, PitchFactory, RoadshowFactory, juror_of
from tests.factories.parties import MembershipFactory

pytestmark = pytest.mark.django_db
PLAN = {
    "title": "固态电池专场", "start": DAY.isoformat(), "end": DAY.replace(hour=5).isoformat(),
    "place": "报告厅", "capacity": 1, "register_until": DAY.isoformat(),
    "criteria_bp": {"technology": 10000},
}  # fmt: skip


@pytest.fixture(autouse=True)
def _exercise(settings):
    settings.EXERCISE_CLOCK = True


def caller(role=Role.ENTERPRISE_MEMBER, **fields):
    return Caller(MembershipFactory(role=role, **fields), at=AT)


def test_a_whole_day_over_http():
    host, guest, late = caller(Role.PLATFORM_OPERATOR), caller(), caller()
    made = host.post("/roadshows", PLAN)
    assert made.status_code == 201
    pk = made.json()["id"]
    assert guest.get(f"/roadshows/{pk}").status_code == 404
    pitch = host.post(
        f"/roadshows/{pk}/agenda/pitches", {"title": "一", "team": "甲", "minutes": 15}
    ).json()
    assert host.post(f"/roadshows/{pk}/actions/open").json()["status"] == "open"
    assert guest.post(f"/roadshows/{pk}/actions/open").status_code == 403

    seat = guest.post(f"/roadshows/{pk}/seats/mine").json()
    waits = late.post(f"/roadshows/{pk}/seats/mine").json()
    assert (seat["status"], waits["status"]) == ("registered", "waitlisted")
    assert guest.post(f"/roadshows/{pk}/seats/mine").json()["code"] == "outreach.already_registered"
    assert len(host.get(f"/roadshows/{pk}/seats").json()["items"]) == 2
    assert [s["id"] for s in late.get(f"/roadshows/{pk}/seats").json()["items"]] == [waits["id"]]

    host.post(f"/roadshows/{pk}/actions/start")
    let_in = host.post("/tickets/check-in", {"ticket": seat["ticket"]})
    assert let_in.json()["status"] == "attended"
    twice = host.post("/tickets/check-in", {"ticket": seat["ticket"]})
    assert (twice.status_code, twice.json()["code"]) == (409, "outreach.checked_in_already")

    host.post(f"/pitches/{pitch['id']}/begin")
    scored = guest.post(f"/pitches/{pitch['id']}/scores", {"points": {"overall": 88}})
    assert scored.json()["total"] == 8800
    assert guest.get(f"/roadshows/{pk}").json()["pitches"][0]["audience"] is None
    host.post(f"/pitches/{pitch['id']}/end")
    assert guest.get(f"/roadshows/{pk}").json()["pitches"][0]["audience"] == 8800

    intent = guest.post(f"/pitches/{pitch['id']}/intents", {"kind": "invest", "words": "领投"})
    assert intent.status_code == 201
    followed = host.post(
        f"/roadshow-intents/{intent.json()['id']}/follow", {"to": "signed", "signed_fen": 100}
    )
    assert followed.json()["status"] == "signed"
    assert host.post(f"/roadshows/{pk}/actions/close").json()["status"] == "closed"


def test_the_public_reads_public_events_and_no_address_to_watch_at():
    roadshow = RoadshowFactory(online_url="https://live.harbor.example")
    RoadshowFactory(audience="members")

    listed = Caller(None).get("/roadshows").json()["items"]

    assert [one["id"] for one in listed] == [roadshow.pk]
    assert listed[0]["online_url"] is None
    assert Caller(None).get("/roadshow-intents").status_code == 401
    host = Caller(roadshow.planned_by, at=AT)
    assert host.get(f"/roadshows/{roadshow.pk}").json()["online_url"].startswith("https")


def test_refusals_have_their_codes():
    roadshow = RoadshowFactory()
    host, other = Caller(roadshow.planned_by, at=AT), caller()

    assert other.post("/roadshows", PLAN).json()["code"] == "outreach.not_an_organiser"
    naive = host.post("/roadshows", PLAN | {"start": "2026-03-20T09:00:00"})
    assert (naive.status_code, naive.json()["code"]) == (422, "web.malformed")
    wrong = host.post("/roadshows", PLAN | {"capacity": 0})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "outreach.plan_wrong")
    assert other.post("/tickets/check-in", {"ticket": "x"}).status_code == 404
    called = host.post(f"/roadshows/{roadshow.pk}/actions/cancel", {"reason": "台风"})
    assert called.json()["cancelled_reason"] == "台风"


def test_juries_guests_series_and_agendas():
    roadshow = RoadshowFactory()
    one, two = (PitchFactory(roadshow=roadshow, position=n) for n in (1, 2))
    host = Caller(roadshow.planned_by, at=AT)
    juror = MembershipFactory(role=Role.EXPERT)

    called = host.post(f"/roadshows/{roadshow.pk}/seats/jury", {"membership_id": juror.pk})
    guest = host.post(
        f"/roadshows/{roadshow.pk}/seats/guests",
        {"name": "来宾", "organisation": "基金", "consent": True},
    )
    ordered = host.put(f"/roadshows/{roadshow.pk}/agenda", {"pitch_ids": [two.pk, one.pk]})
    series = host.post("/roadshow-series", {"name": "科创荟"})
    back = host.post(f"/seats/{guest.json()['id']}/give-back")

    assert (called.json()["part"], called.json()["ticket"]) == ("jury", None)
    assert tickets.registration_of(guest.json()["ticket"]).guest_name == "来宾"
    assert [p["id"] for p in ordered.json()["pitches"]] == [two.pk, one.pk]
    assert (series.status_code, back.json()["status"]) == (201, "cancelled")
    juror_of(roadshow)
    revised = host.put(f"/roadshows/{roadshow.pk}", PLAN | {"capacity": 9})
    assert revised.json()["capacity"] == 9
