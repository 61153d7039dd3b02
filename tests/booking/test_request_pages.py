"""The request page and its live answer; moves, hand-overs, queues and codes in the browser's words."""

from decimal import Decimal

import pytest
from django.test import Client

from pilotharbor.booking import commands, tickets
from pilotharbor.booking.commands import Ask
from pilotharbor.booking.models import Booking, Series, Waiting
from pilotharbor.facilities.models import Consumable, SafetyItem
from tests.factories.booking import NOW, dock, on

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _exercise(settings):
    settings.EXERCISE_CLOCK = True


def browser(member, at=NOW):
    client = Client(headers={"X-Harbor-Time": at.isoformat(), "Accept-Language": "en"})
    client.force_login(member.person)
    return client


def wish(d, start="2026-03-03T09:00", end="2026-03-03T11:00", **more):
    return {
        "project_id": d.project.pk, "how": "exact", "start": start, "end": end, "billing": "hour",
        "wants_engineer": "on",
    } | more  # fmt: skip


def test_the_request_page_tells_price_and_reasons_while_one_writes():
    d = dock()
    goods = Consumable.objects.create(line=d.line, name="滤膜", unit="片", unit_fen=2_500)
    url = f"/lines/{d.line.pk}/request"
    page = browser(d.researcher).get(f"{url}?start=2026-03-03T09:00:00%2B08:00")
    assert page.status_code == 200
    assert 'value="2026-03-03T09:00"' in page.content.decode()

    told = browser(d.researcher).post(
        f"{url}/check", wish(d, **{f"consumable_{goods.pk}": Decimal(2)})
    )
    text = told.content.decode()
    assert "¥3,650.00" in text
    assert "Nothing stands against it" in text

    d.allot(on(3, 10), on(3, 12))
    text = browser(d.researcher).post(f"{url}/check", wish(d)).content.decode()
    assert "2026-03-03 10:00" in text
    assert "Free instead" in text
    assert "Join the waiting list" in text
    assert Booking.objects.count() == 1


def test_a_request_is_sent_exact_flexible_and_as_a_series():
    d = dock()
    item = SafetyItem.objects.create(
        line=d.line, topic="chemicals", text="通风橱", only_with_hazard=True
    )
    url, client = f"/lines/{d.line.pk}/request", browser(d.researcher)

    sent = client.post(url, wish(d, hazard="易燃", acknowledged=[item.pk], samples=3))
    assert sent.status_code == 302
    exact = Booking.objects.get()
    assert (exact.acknowledged, exact.samples) == ([item.pk], 3)

    flexible = wish(
        d, how="windows", start="", end="", hours="3", window_1_from="2026-03-05T08:00",
        window_1_until="2026-03-05T18:00",
    )  # fmt: skip
    assert client.post(url, flexible).status_code == 302
    assert Booking.objects.latest("id").flexible

    again = wish(d, start="2026-03-06T09:00", end="2026-03-06T10:00", rule="weekly", count=3)
    assert client.post(url, again).status_code == 302
    assert Series.objects.get().bookings.count() == 3


def test_a_refused_request_keeps_its_words_and_an_operator_overrides():
    d = dock()
    d.line.batch_kg_max = Decimal(1)
    d.line.save()
    url = f"/lines/{d.line.pk}/request"

    refused = browser(d.researcher).post(url, wish(d, batch_kg="5"))
    assert refused.status_code == 422
    assert 'value="5"' in refused.content.decode()
    assert "override_reason" not in refused.content.decode()
    sent = browser(d.operator).post(url, wish(d, batch_kg="5", override_reason="试验"))
    assert sent.status_code == 302


def test_from_a_taken_time_into_the_queue_and_to_an_offer():
    d = dock()
    taken = d.allot(on(3, 9), on(3, 11))
    client = browser(d.researcher)

    assert client.post(f"/lines/{d.line.pk}/request", wish(d, act="wait")).status_code == 302
    waiting = Waiting.objects.get()
    assert "0 asked before" in client.get("/bookings/waiting").content.decode()
    commands.cancel(booking_id=taken.pk, reason="x", actor_id=d.operator.pk, at=NOW)
    assert "Take it" in client.get("/bookings/waiting").content.decode()
    assert client.post(f"/bookings/waiting/{waiting.pk}/accept").status_code == 302
    waiting.refresh_from_db()
    assert waiting.status == "taken"
    assert client.post(f"/bookings/waiting/{waiting.pk}/nonsense").status_code == 404


def test_a_booking_is_moved_handed_over_and_cancelled_with_its_fee_shown():
    d = dock()
    d.line.tariffs.all().delete()
    d.line.tariffs.create(
        validity=("2026-01-01", None), hourly_fen=180_000, batch_fen=1, free_cancel_hours=72,
        late_cancel_bp=5_000,
    )  # fmt: skip
    booking = d.allot(on(3, 9), on(3, 11), billing="hour")
    url = f"/bookings/{booking.pk}"

    page = browser(d.researcher).get(url).content.decode()
    assert "¥1,800.00" in page
    moved = browser(d.operator).post(
        f"{url}/move", {"move-start": "2026-03-04T09:00", "move-end": "2026-03-04T11:00"}
    )
    assert moved.status_code == 302
    handed = browser(d.researcher).post(f"{url}/hand-over", {"hand-used_by_id": d.researcher.pk})
    assert handed.status_code == 302
    browser(d.researcher).post(f"{url}/cancel", {"cancel-reason": "改期"})
    booking.refresh_from_db()
    assert (booking.status, booking.charges.get().amount_fen) == ("cancelled", 180_000)


def test_the_code_says_which_slot_it_is_and_who_may_check_in():
    d, other = dock(), dock()
    booking = d.allot(on(3, 9), on(3, 11))
    url = f"/check-in/slot/{tickets.ticket_of(booking)}"

    page = browser(d.researcher, on(3, 9)).get(url)
    assert d.researcher.person.name in page.content.decode()
    assert browser(other.researcher, on(3, 9)).get(url).status_code == 404
    assert browser(d.researcher).get("/check-in/slot/1.forged").status_code == 404
    there = browser(d.researcher, on(3, 9)).get(f"/check-in/line/{tickets.line_ticket_of(d.line)}")
    assert "Check in" in there.content.decode()
    browser(d.researcher, on(3, 9)).post(f"/bookings/{booking.pk}/check-in")
    booking.refresh_from_db()
    assert (booking.checked_in_at, booking.checked_in_by) == (on(3, 9), d.researcher)


def test_a_code_of_a_slot_is_none_of_a_line():
    d = dock()
    booking = d.allot(on(3, 9), on(3, 11))

    assert tickets.line_of(tickets.ticket_of(booking)) is None
    assert tickets.booking_of(tickets.ticket_of(booking)) == booking.pk


def test_the_free_page_lists_the_earliest_times_and_all_at_once():
    d = dock()
    d.allot(on(2, 0), on(3, 12))
    client = browser(d.researcher)

    assert client.get("/bookings/free").status_code == 200
    found = client.get(
        f"/bookings/free?day=2026-03-02&days=7&hours=4&lines={d.line.pk}"
    ).content.decode()
    assert "2026-03-03 12:00:00 UTC+08:00" in found


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_day_to_look_from_is_filled_in_as_browsers_read_it(language):
    client = Client(headers={"X-Harbor-Time": NOW.isoformat(), "Accept-Language": language})
    client.force_login(dock().researcher.person)

    page = client.get("/bookings/free").content.decode()

    assert f'value="{NOW:%Y-%m-%d}"' in page


def test_the_review_page_shows_what_stands_against_it():
    d = dock()
    booking = d.request(on(3, 9), on(3, 11))
    d.allot(on(3, 10), on(3, 12))

    page = browser(d.operator).get(f"/bookings/{booking.pk}").content.decode()

    assert "2026-03-03 10:00" in page


def test_a_waiting_place_is_not_shown_to_strangers():
    d, other = dock(), dock()
    commands.wait(
        line_id=d.line.pk, project_id=d.project.pk, windows=[(on(3, 8), on(3, 18))],
        duration_s=3600, ask=Ask(billing="hour"), actor_id=d.researcher.pk, at=NOW,
    )  # fmt: skip

    page = browser(other.researcher).get("/bookings/waiting").content.decode()
    assert d.project.title not in page
