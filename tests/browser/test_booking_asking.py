"""Asking with the price beforehand, finding room, waiting, moving, checking in: looked at and used."""

import re
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from pilotharbor.booking import commands, tickets
from pilotharbor.booking.commands import Ask, Rhythm
from pilotharbor.booking.models import Booking
from pilotharbor.facilities.models import Consumable, SafetyItem
from pilotharbor.kernel.time import SHANGHAI
from tests.browser.test_booking import LOOKS
from tests.factories.booking import Dock, dock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def tomorrow(hour: int) -> datetime:
    at = timezone.now().astimezone(SHANGHAI) + timedelta(days=1)
    return at.replace(hour=hour, minute=0, second=0, microsecond=0)


@pytest.fixture
def harbour() -> Dock:
    d = dock(hold_hours=24)
    d.line.name = "连续流合成纯化线"
    d.line.save()
    for machine, name in zip(d.line.equipment.all(), ("连续流反应器", "结晶釜"), strict=True):
        machine.name = name
        machine.save()
    d.project.title = "靶向抗肿瘤药物中试"
    d.project.save()
    for who, name in ((d.buyer, "吴总监"), (d.engineer, "陈工"), (d.operator, "许主任")):
        who.person.name = name
        who.person.save()
    for organisation, name in (
        (d.line.platform, "协同创新港生物医药中试楼"),
        (d.project.enterprise, "示例制药有限公司"),
        (d.project.owner, "示例大学"),
    ):
        organisation.name = name
        organisation.save()
    SafetyItem.objects.create(
        line=d.line, topic="chemicals", text="有机溶剂须在通风橱内操作", only_with_hazard=True
    )
    Consumable.objects.create(line=d.line, name="滤膜", unit="片", unit_fen=2_500)
    return d


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_the_pages_look_fine(open_page, harbour, size, language):
    d, now = harbour, timezone.now()
    d.line.tariffs.all().delete()
    d.line.tariffs.create(
        validity=("2026-01-01", None), hourly_fen=180_000, batch_fen=9_000_000,
        free_cancel_hours=72, late_cancel_bp=5_000, deposit_fen=100_000,
    )  # fmt: skip
    taken = d.request(tomorrow(9), tomorrow(12), actor=d.buyer, at=now, billing="hour")
    d.approve(taken, at=now, engineer_id=d.engineer.pk)
    commands.wait(
        line_id=d.line.pk, project_id=d.project.pk, windows=[(tomorrow(8), tomorrow(20))],
        duration_s=4 * 3600, ask=Ask(billing="hour"), actor_id=d.buyer.pk, at=now,
    )  # fmt: skip
    waits = d.request(tomorrow(8) + timedelta(days=2), actor=d.buyer, at=now, batch_no=3)
    made = commands.request_series(
        line_id=d.line.pk, project_id=d.project.pk, start=tomorrow(13) + timedelta(days=5),
        end=tomorrow(15) + timedelta(days=5),
        rhythm=Rhythm(rule="weekly", count=4), ask=Ask(billing="hour"), actor_id=d.buyer.pk, at=now,
    )  # fmt: skip
    kept = commands.quote(
        line_id=d.line.pk, project_id=d.project.pk, start=tomorrow(9), end=tomorrow(17),
        ask=Ask(billing="hour"), actor_id=d.buyer.pk, at=now,
    )  # fmt: skip
    seen = open_page(size=size, language=language, person=d.buyer.person)

    page = seen.go(f"/lines/{d.line.pk}/request")
    assert page.locator("#assessment .note").count() == 0
    seen.assert_fine(f"booking-request-untouched-{size}-{language}")
    start, end = (at.isoformat().replace("+", "%2B") for at in (tomorrow(10), tomorrow(11)))
    page = seen.go(f"/lines/{d.line.pk}/request?start={start}&end={end}")
    page.wait_for_selector("#assessment .note")
    seen.assert_fine(f"booking-request-{size}-{language}")
    day = f"{tomorrow(8):%Y-%m-%d}"
    for name, path in {
        "booking-with-acts": f"/bookings/{taken.pk}",
        "booking-free": f"/bookings/free?day={day}&days=7&hours=4",
        "booking-waiting": "/bookings/waiting",
        "booking-series": f"/bookings/series/{made.pk}",
        "booking-series-list": "/bookings/series",
        "booking-quote": f"/bookings/quotes/{kept.pk}",
        "booking-quotes": "/bookings/quotes",
        "booking-list": "/bookings",
        "booking-check-in": f"/check-in/slot/{tickets.ticket_of(taken)}",
    }.items():
        seen.go(path)
        seen.assert_fine(f"{name}-{size}-{language}")
    reviewer = open_page(size=size, language=language, person=d.operator.person)
    reviewer.go(f"/bookings/{waits.pk}")
    reviewer.assert_fine(f"booking-review-{size}-{language}")
    reviewer.go(f"/bookings/series/{made.pk}")
    reviewer.assert_fine(f"booking-series-review-{size}-{language}")


def test_a_slot_is_asked_for_by_hand_with_its_price_beforehand(open_page, harbour):
    d = harbour
    seen = open_page(size="phone", language="zh-hans", person=d.buyer.person)
    start, end = (at.isoformat().replace("+", "%2B") for at in (tomorrow(10), tomorrow(12)))

    page = seen.go(f"/lines/{d.line.pk}/request?start={start}&end={end}")
    page.locator("input[name=billing][value=hour]").check()
    page.get_by_text("¥3,600.00").first.wait_for()
    page.get_by_role("button", name="提交申请").click()
    page.wait_for_url("**/bookings/*")

    booking = Booking.objects.get()
    assert (booking.period.lower, booking.billing) == (tomorrow(10), "hour")
    page.locator("summary", has_text="改期、缩短或延长").click()
    page.locator("input[name=move-end]").fill(f"{tomorrow(11):%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="改期").click()
    page.wait_for_load_state("networkidle")
    booking.refresh_from_db()
    assert booking.period.upper == tomorrow(11)


def test_a_price_is_kept_and_booked_by_on_a_phone(open_page, harbour):
    d = harbour
    seen = open_page(size="phone", language="zh-hans", person=d.buyer.person)
    start, end = (at.isoformat().replace("+", "%2B") for at in (tomorrow(10), tomorrow(12)))

    page = seen.go(f"/lines/{d.line.pk}/request?start={start}&end={end}")
    page.locator("input[name=billing][value=hour]").check()
    page.get_by_role("button", name="锁定报价").click()
    page.wait_for_url("**/bookings/quotes/*")
    assert "¥3,600.00" in page.inner_text("main")
    page.get_by_role("link", name="按此报价预约").click()
    page.wait_for_selector("#assessment dl")
    page.get_by_role("button", name="提交申请").click()
    page.wait_for_url(re.compile(r"/bookings/\d+$"))

    assert Booking.objects.get().quote is not None


def test_a_series_is_asked_for_allotted_and_ended_by_hand(open_page, harbour):
    d = harbour
    seen = open_page(size="phone", language="zh-hans", person=d.buyer.person)
    start, end = (at.isoformat().replace("+", "%2B") for at in (tomorrow(10), tomorrow(12)))
    page = seen.go(f"/lines/{d.line.pk}/request?start={start}&end={end}")
    page.locator("summary", has_text="重复").click()
    page.locator("select[name=rule]").select_option("weekly")
    page.locator("input[name=count]").fill("3")
    page.get_by_role("button", name="提交申请").click()
    page.wait_for_url("**/bookings/series/*")
    address = page.url.removeprefix(seen.base)

    reviewer = open_page(size="desk", language="zh-hans", person=d.operator.person)
    page = reviewer.go(address)
    page.get_by_role("button", name="全部批准").click()
    page.wait_for_load_state("networkidle")
    assert {b.status for b in Booking.objects.all()} == {"approved"}

    page = seen.go(address)
    page.locator("summary", has_text="结束这一系列").click()
    page.locator("input[name=end-reason]").fill("计划有变")
    page.get_by_role("button", name="取消该日起的全部时段").click()
    page.wait_for_load_state("networkidle")
    assert {b.status for b in Booking.objects.all()} == {"cancelled"}
