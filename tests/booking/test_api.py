import pytest

from pilotharbor.booking.models import Booking
from pilotharbor.parties.roles import Role
from tests.factories.booking import NOW, dock, on
from tests.factories.callers import Caller
from tests.factories.parties import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _exercise(settings):
    settings.EXERCISE_CLOCK = True


def body(d, start=None, end=None, **more):
    return {
        "line_id": d.line.pk,
        "project_id": d.project.pk,
        "start": (start or on(2)).isoformat(),
        "end": (end or on(4, 18)).isoformat(),
        "billing": "batch",
        "batch_no": 1,
    } | more


def test_a_booking_goes_from_request_to_usage():
    d = dock()
    asked = Caller(d.buyer, at=NOW).post("/bookings", body(d))
    assert (asked.status_code, asked.json()["status"]) == (201, "submitted")
    path = f"/bookings/{asked.json()['id']}"

    approved = Caller(d.operator, at=NOW).post(f"{path}/approve", {"engineer_id": d.engineer.pk})
    assert (approved.status_code, approved.json()["price_fen"]) == (200, 9_000_000)
    started = Caller(d.engineer, at=on(2)).post(f"{path}/start")
    assert started.json()["status"] == "in_use"
    used = Caller(d.engineer, at=on(4, 18)).post(
        f"{path}/usage", {"start": on(2).isoformat(), "end": on(4, 18).isoformat()}
    )

    assert used.status_code == 201
    assert (used.json()["amount_fen"], used.json()["hours"]) == (9_000_000, "58")
    shown = Caller(d.buyer).get(path).json()
    assert (shown["status"], shown["usage"]["hours"]) == ("completed", "58")


def test_all_problems_come_with_their_field_and_code():
    d = dock()
    d.line.tariffs.all().delete()

    refused = Caller(d.buyer, at=NOW).post("/bookings", body(d, on(1, 8), on(1, 7)))

    assert refused.status_code == 409
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "booking.not_bookable"
    assert {e["field"] for e in refused.json()["errors"]} == {"start", "end"}


def test_a_taken_slot_is_409_and_names_the_time():
    d = dock()
    d.allot(on(2), on(4))

    refused = Caller(d.buyer, at=NOW).post("/bookings", body(d))

    assert (refused.status_code, refused.json()["code"]) == (409, "booking.slot_taken")
    assert refused.json()["facts"]["taken"] == "2026-03-02 08:00 – 2026-03-04 08:00"


def test_a_retried_request_books_once():
    d = dock()
    caller = Caller(d.buyer, at=NOW)

    one = caller.post("/bookings", body(d), key="the-same-key")
    two = caller.post("/bookings", body(d), key="the-same-key")

    assert one.json() == two.json()
    assert Booking.objects.count() == 1


def test_malformed_bodies_are_422():
    d = dock()
    caller = Caller(d.buyer, at=NOW)

    for wrong in ({"billing": "free"}, {"batch_no": 0}, {"end": None}, {"hazard": "x" * 201}):
        assert caller.post("/bookings", body(d) | wrong).status_code == 422
    naive = caller.post("/bookings", body(d, start=on(2).replace(tzinfo=None)))
    assert (naive.status_code, naive.json()["code"]) == (422, "time.naive")


def test_others_see_404_and_the_public_401():
    d, other = dock(), dock()
    booking = d.request()

    assert Caller(other.buyer).get(f"/bookings/{booking.pk}").status_code == 404
    assert Caller(None).get(f"/bookings/{booking.pk}").status_code == 401
    assert Caller(other.operator).post(f"/bookings/{booking.pk}/approve").status_code == 404
    assert Caller(other.buyer).get("/bookings").json()["items"] == []


def test_wrong_role_is_403():
    d = dock()
    booking = d.request()

    refused = Caller(d.buyer, at=NOW).post(f"/bookings/{booking.pk}/approve")

    assert (refused.status_code, refused.json()["code"]) == (403, "parties.not_your_role")


def test_reject_and_cancel_say_why():
    d = dock()
    one, two = d.request(on(2)), d.request(on(9))
    operator, buyer = Caller(d.operator, at=NOW), Caller(d.researcher, at=NOW)

    assert operator.post(f"/bookings/{one.pk}/reject", {"reason": ""}).status_code == 422
    rejected = operator.post(f"/bookings/{one.pk}/reject", {"reason": "物料不符"}).json()
    cancelled = buyer.post(f"/bookings/{two.pk}/cancel", {"reason": "改期"}).json()

    assert (rejected["status"], rejected["review_reason"]) == ("rejected", "物料不符")
    assert (cancelled["status"], cancelled["cancel_reason"]) == ("cancelled", "改期")


def test_no_show():
    d = dock()
    booking = d.allot(on(2), on(2, 10))

    answer = Caller(d.engineer, at=on(2, 11)).post(
        f"/bookings/{booking.pk}/no-show", {"reason": "无人到场"}
    )

    assert answer.json()["status"] == "no_show"


def test_the_list_pages_and_filters():
    d = dock()
    made = [d.request(on(day)).pk for day in (2, 9, 16)]
    caller = Caller(d.buyer)

    first = caller.get("/bookings", limit=2).json()
    rest = caller.get("/bookings", limit=2, cursor=first["next_cursor"]).json()

    assert [i["id"] for i in first["items"] + rest["items"]] == made[::-1]
    assert rest["next_cursor"] is None
    assert caller.get("/bookings", status="approved").json()["items"] == []
    assert (
        len(caller.get("/bookings", line_id=d.line.pk, project_id=d.project.pk).json()["items"])
        == 3
    )


def test_the_calendar_is_for_those_who_may_read_bookings():
    d, other = dock(), dock()
    booking = d.allot(on(2), on(3))
    window = {"from": on(1, 0).isoformat(), "to": on(8, 0).isoformat()}
    path = f"/lines/{d.line.pk}/calendar"

    mine = Caller(d.buyer).get(path, **window).json()["items"]
    theirs = Caller(other.buyer).get(path, **window).json()["items"]

    assert [(i["booking_id"], i["project_title"]) for i in mine] == [(booking.pk, d.project.title)]
    assert [(i["status"], i["booking_id"]) for i in theirs] == [("taken", None)]
    assert Caller(MembershipFactory(role=Role.EXPERT)).get(path, **window).status_code == 403
    wide = window | {"to": on(8, 0).replace(year=2028).isoformat()}
    assert Caller(d.buyer).get(path, **wide).json()["code"] == "booking.window_too_wide"
    assert Caller(d.buyer).get("/lines/0/calendar", **window).status_code == 404
