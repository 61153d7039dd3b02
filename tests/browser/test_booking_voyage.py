"""One slot from the wish to the bill, by hand and on a phone: buyer, operator, engineer."""

import re
from datetime import datetime

import pytest

from pilotharbor.booking.models import Booking
from pilotharbor.facilities.models import Consumable, SafetyItem
from tests.browser.test_booking import harbour
from tests.factories.booking import NOW, on
from tests.factories.worker import work as deliver

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
__all__ = ["harbour"]


@pytest.fixture
def someone(open_page, settings):
    """``someone(member, at)`` → a phone in that person's hand, at that instant."""
    settings.EXERCISE_CLOCK = True

    def hold(member, at: datetime):
        seen = open_page(size="phone", language="zh-hans", person=member.person)
        seen.page.set_extra_http_headers({"X-Harbor-Time": at.isoformat()})
        return seen

    return hold


def press(page, name):
    page.get_by_role("button", name=name).first.click()
    page.wait_for_load_state("networkidle")


def asked_for(someone, d) -> str:
    """The buyer finds the line, looks when it is free, and asks for two hours; the booking's address."""
    buyer = someone(d.buyer, NOW)
    page = buyer.go("/lines")
    page.get_by_role("link", name="什么时候有空？").first.click()
    page.wait_for_load_state("networkidle")
    buyer.assert_fine("voyage-1-board")
    page.get_by_role("link", name="申请时段").first.click()
    page.wait_for_load_state("networkidle")
    page.get_by_label("为哪个项目预约？").select_option(label=d.project.title)
    page.locator("input[name=start]").fill("2026-03-03T09:00")
    page.locator("input[name=end]").fill("2026-03-03T11:00")
    page.locator("input[name=billing][value=hour]").check()
    page.get_by_label("物料").fill("中间体")
    page.get_by_label("危险特性").fill("易燃溶剂")
    page.get_by_label("有机溶剂须在通风橱内操作").check()
    page.locator("summary", has_text="耗材").click()
    page.get_by_label("滤膜").fill("2")
    page.get_by_label("滤膜").blur()
    page.locator("#assessment").get_by_text("¥3,650.00").first.wait_for()
    buyer.assert_fine("voyage-2-request")
    press(page, "提交申请")
    page.wait_for_url(re.compile(r"/bookings/\d+$"))
    assert "审核中" in page.inner_text("main")
    buyer.assert_fine("voyage-3-asked")
    return page.url.removeprefix(buyer.base)


def decided(someone, d) -> None:
    """The operator decides from the list, and names the engineer."""
    operator = someone(d.operator, NOW)
    page = operator.go("/bookings/to-decide")
    operator.assert_fine("voyage-4-to-decide")
    page.get_by_role("link", name=d.line.name).first.click()
    page.wait_for_load_state("networkidle")
    page.locator("select[name=engineer_id]").select_option(label="陈工")
    operator.assert_fine("voyage-5-review")
    press(page, "批准并分配时段")
    assert "已批准" in page.inner_text("main")


def used(someone, d) -> None:
    """On the day the buyer checks in, the engineer starts the line and records what was used."""
    buyer = someone(d.buyer, on(3, 8, 50))
    page = buyer.go("/bookings")
    page.get_by_role("link", name=d.line.name).first.click()
    page.wait_for_load_state("networkidle")
    press(page, "签到")
    assert "已签到" in page.inner_text("main")
    buyer.assert_fine("voyage-6-checked-in")
    engineer = someone(d.engineer, on(3, 9))
    page = engineer.go("/bookings/today")
    press(page, "开机")
    assert "使用中" in page.inner_text("main")
    engineer.assert_fine("voyage-7-running")
    engineer = someone(d.engineer, on(3, 11))
    page = engineer.go("/bookings/today")
    page.get_by_label("滤膜").fill("3")
    press(page, "已完工：登记并计费")
    assert "¥3,675.00" in page.inner_text("main")
    engineer.assert_fine("voyage-8-recorded")


def billed(someone, d, address) -> None:
    """Both sides read the bill and what it is made of; the platform's books have it too."""
    buyer = someone(d.buyer, on(3, 12))
    page = buyer.go(address)
    assert "已完成" in page.inner_text("main")
    page.locator("summary", has_text="费用明细").click()
    assert "滤膜" in page.inner_text("main")
    assert "¥3,675.00" in page.inner_text("main")
    buyer.assert_fine("voyage-9-bill")
    operator = someone(d.operator, on(3, 12))
    page = operator.go(address)
    page.get_by_role("link", name="项目费用总览").click()
    page.wait_for_load_state("networkidle")
    assert "¥3,675.00" in page.inner_text("main")
    operator.assert_fine("voyage-10-books")


def test_from_the_wish_to_the_bill_on_a_phone(someone, harbour):
    d = harbour
    d.line.hold_hours = 24
    d.line.save()
    SafetyItem.objects.create(
        line=d.line, topic="chemicals", text="有机溶剂须在通风橱内操作", only_with_hazard=True
    )
    Consumable.objects.create(line=d.line, name="滤膜", unit="片", unit_fen=2_500)

    address = asked_for(someone, d)
    decided(someone, d)
    used(someone, d)
    deliver()
    assert Booking.objects.get().usage.amount_fen == 367_500
    billed(someone, d, address)
