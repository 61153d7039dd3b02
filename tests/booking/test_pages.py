from datetime import timedelta

import pytest
from django.test import Client

from pilotharbor.booking.models import Booking
from pilotharbor.parties.roles import Role
from tests.factories.booking import NOW, dock, on
from tests.factories.parties import MembershipFactory

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


def asked(d, start="2026-03-02T08:00", end="2026-03-04T18:00", **more):
    return {
        "project_id": d.project.pk, "start": start, "end": end, "billing": "batch", "batch_no": 1,
        "wants_engineer": "on",
    } | more  # fmt: skip


def test_every_page_opens_for_its_people():
    d = dock()
    waiting, allotted = d.request(on(9)), d.allot(on(2))
    pages = {
        d.buyer: ["/bookings", f"/bookings/{waiting.pk}", f"/lines/{d.line.pk}/calendar"],
        d.operator: ["/bookings/to-decide", f"/bookings/{waiting.pk}", "/bookings/today"],
        d.engineer: ["/bookings/today", f"/bookings/{allotted.pk}", "/bookings"],
    }
    for actor, paths in pages.items():
        for path in paths:
            assert Visitor(actor, at=on(2, 9)).get(path).status_code == 200, path
    month = Visitor(d.buyer).get(
        f"/lines/{d.line.pk}/calendar", span="month", day="2026-03-02", project=d.project.pk
    )
    assert month.status_code == 200


def test_a_slot_is_asked_for_on_the_calendar_page():
    d = dock()

    answer = Visitor(d.buyer).post(f"/lines/{d.line.pk}/calendar", **asked(d))

    booking = Booking.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/bookings/{booking.pk}")
    assert (booking.period.lower, booking.wants_engineer) == (on(2), True)


def test_a_refusal_keeps_every_word_and_names_the_field():
    d = dock()
    d.allot(on(2), on(4))

    answer = Visitor(d.buyer).post(f"/lines/{d.line.pk}/calendar", **asked(d, material="中间体"))

    assert answer.status_code == 422
    form = answer.context["form"]
    assert list(form.errors) == ["start"]
    assert "2026-03-02 08:00" in str(form.errors["start"])
    assert 'value="中间体"' in answer.content.decode()


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
    expert = MembershipFactory(role=Role.EXPERT)
    assert Visitor(expert).get(f"/lines/{d.line.pk}/calendar").status_code == 403
    assert Visitor(d.buyer).get("/bookings/to-decide").status_code == 403
    assert Visitor(d.buyer).get("/lines/0/calendar").status_code == 404


@pytest.mark.parametrize("day", ["", "nonsense", "0001-01-01", "9999-12-31", "2026-13-40"])
@pytest.mark.parametrize("span", ["week", "month", "x"])
def test_any_address_of_the_calendar_answers(day, span):
    d = dock()

    answer = Visitor(d.buyer).get(f"/lines/{d.line.pk}/calendar", day=day, span=span)

    assert answer.status_code == 200


def test_the_calendar_does_not_tell_others_whose_time_it_is():
    d, other = dock(), dock()
    d.allot(on(3), on(3) + timedelta(hours=5))

    shown = Visitor(other.buyer).get(f"/lines/{d.line.pk}/calendar", day="2026-03-03")

    assert d.project.title not in shown.content.decode()
    assert 'data-status="taken"' in shown.content.decode()


def test_a_list_filter_of_nonsense_is_ignored():
    d = dock()
    d.request()

    page = Visitor(d.buyer).get("/bookings", line="9" * 30, project="x", status="x")

    assert page.status_code == 200
