import pytest
from django.test import Client

from pilotharbor.booking.models import Booking
from tests.factories.booking import NOW, dock, on

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _exercise(settings):
    settings.EXERCISE_CLOCK = True


class Visitor:
    """A person at a browser, at an instant."""

    def __init__(self, membership=None, *, at=NOW):
        self.client = Client(headers={"X-Harbor-Time": at.isoformat(), "Accept-Language": "en"})
        if membership is not None:
            self.client.force_login(membership.person, backend=BACKEND)

    def get(self, path, **query):
        return self.client.get(path, query)

    def post(self, path, **data):
        return self.client.post(path, data)


def test_every_page_opens_for_its_people():
    d = dock()
    waiting, allotted = d.request(on(9)), d.allot(on(2))
    pages = {
        d.buyer: ["/bookings", f"/bookings/{waiting.pk}"],
        d.operator: ["/bookings/to-decide", f"/bookings/{waiting.pk}", "/bookings/today"],
        d.engineer: ["/bookings/today", f"/bookings/{allotted.pk}", "/bookings"],
    }
    for actor, paths in pages.items():
        for path in paths:
            assert Visitor(actor, at=on(2, 9)).get(path).status_code == 200, path


def test_the_old_address_of_a_lines_calendar_leads_to_its_board():
    d = dock()

    answer = Visitor(d.buyer).get(f"/lines/{d.line.pk}/calendar", day="2026-03-02")

    assert (answer.status_code, answer.url) == (302, f"/calendar/lines/{d.line.pk}?day=2026-03-02")
    assert Visitor(d.buyer).get(answer.url).status_code == 200


def test_a_use_is_proposed_up_to_now_and_never_past_the_slot():
    d = dock()
    booking = d.allot(on(2), on(2, 12))
    Visitor(d.engineer, at=on(2)).post(f"/bookings/{booking.pk}/start")

    def proposed(at):
        page = Visitor(d.engineer, at=at).get(f"/bookings/{booking.pk}")
        return page.context["usage_form"].initial["end"]

    assert (proposed(on(2, 9)), proposed(on(2, 14))) == (on(2, 9), on(2, 12))


def test_the_voyage_of_a_slot_by_hand():
    d = dock()
    booking = d.request(on(2), on(2, 10))
    path = f"/bookings/{booking.pk}"

    Visitor(d.operator).post(f"{path}/approve", engineer_id=d.engineer.pk)
    Visitor(d.engineer, at=on(2)).post(f"{path}/start", back="workbench")
    refused = Visitor(d.engineer, at=on(2, 9)).post(
        f"{path}/usage", start="2026-03-02T08:00", end="2026-03-02T10:00"
    )
    assert (refused.status_code, list(refused.context["usage_form"].errors)) == (422, ["end"])
    done = Visitor(d.engineer, at=on(2, 10)).post(
        f"{path}/usage", start="2026-03-02T08:00", end="2026-03-02T10:00", back="workbench"
    )

    assert (done.status_code, done.url) == (302, "/bookings/today")
    booking.refresh_from_db()
    assert (booking.status, booking.usage.amount_fen) == ("completed", 9_000_000)


def test_refusing_cancelling_and_no_show_by_hand():
    d = dock()
    one, two, three = d.request(on(2)), d.request(on(9)), d.allot(on(16), on(16, 10))

    empty = Visitor(d.operator).post(f"/bookings/{one.pk}/reject", **{"reject-reason": ""})
    assert empty.status_code == 422
    Visitor(d.operator).post(f"/bookings/{one.pk}/reject", **{"reject-reason": "物料不符"})
    Visitor(d.researcher).post(f"/bookings/{two.pk}/cancel", **{"cancel-reason": "改期"})
    late = Visitor(d.engineer, at=on(16, 11))
    late.post(f"/bookings/{three.pk}/missed", **{"missed-reason": "无人到场"})

    statuses = [b.status for b in Booking.objects.order_by("id")]
    assert statuses == ["rejected", "cancelled", "no_show"]


def test_what_is_late_asks_the_reviewer_why():
    d = dock()
    booking = d.request(on(1, 8), on(1, 10), retrospective=True)

    page = Visitor(d.operator).get(f"/bookings/{booking.pk}")
    refused = Visitor(d.operator).post(f"/bookings/{booking.pk}/approve", override_reason="")

    assert "override_reason" in page.context["approval_form"].fields
    assert (refused.status_code, list(refused.context["approval_form"].errors)) == (
        422, ["override_reason"],
    )  # fmt: skip


def test_others_find_nothing():
    d, other = dock(), dock()
    booking = d.request()

    assert Visitor(other.buyer).get(f"/bookings/{booking.pk}").status_code == 404
    assert Visitor(other.operator).post(f"/bookings/{booking.pk}/approve").status_code == 404
    assert Visitor().get("/bookings").status_code == 302
    assert Visitor(d.buyer).get("/bookings/to-decide").status_code == 403


def test_a_list_filter_of_nonsense_is_ignored():
    d = dock()
    d.request()

    page = Visitor(d.buyer).get("/bookings", line="9" * 30, project="x", status="x")

    assert page.status_code == 200
