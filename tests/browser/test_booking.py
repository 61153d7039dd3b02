"""Lines and bookings in a real browser: looked at, and used by hand."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from pilotharbor.kernel.time import SHANGHAI
from tests.factories.booking import Dock, dock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
LOOKS = [(size, language) for size in ("desk", "phone") for language in ("zh-hans", "en")]


def monday() -> datetime:
    """The Monday of this week, 8:00 in Shanghai."""
    today = timezone.now().astimezone(SHANGHAI)
    start = today - timedelta(days=today.weekday())
    return start.replace(hour=8, minute=0, second=0, microsecond=0)


@pytest.fixture
def harbour() -> Dock:
    d = dock()
    d.line.name, d.line.description = "连续流合成纯化线", "连续流合成、结晶与纯化，可验证放大工艺。"
    d.line.batch_kg_min, d.line.batch_kg_max = 1, 100
    d.line.save()
    names = ("连续流反应器", "结晶釜")
    for machine, name in zip(d.line.equipment.all(), names, strict=True):
        machine.name, machine.model = name, "CF-200"
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
    return d


def filled(d: Dock):
    """A slot that is over, one of this hour, and a request for next week."""
    early = monday() - timedelta(days=7)
    now = timezone.now()

    def ask(start, hours, **more):
        return d.request(start, start + timedelta(hours=hours), actor=d.buyer, at=early, **more)

    hour = now.astimezone(SHANGHAI).replace(minute=0, second=0, microsecond=0)
    done = ask(hour - timedelta(hours=40), 10, batch_no=1, material="中间体", hazard="易燃溶剂")
    running = ask(hour - timedelta(hours=1), 6, batch_no=2, hazard="易燃溶剂，带压操作")
    for booking in (done, running):
        d.approve(booking, at=early, engineer_id=d.engineer.pk)
    waiting = ask(monday() + timedelta(days=8), 34, batch_no=3)
    return done, running, waiting


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_public_services_look_fine(open_page, harbour, size, language):
    watched = open_page(size=size, language=language)

    watched.go("/services")
    watched.assert_fine(f"services-{size}-{language}")
    watched.go(f"/services/{harbour.line.pk}")
    watched.assert_fine(f"service-{size}-{language}")


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_pages_of_the_keeper_look_fine(open_page, harbour, size, language):
    watched = open_page(size=size, language=language, person=harbour.operator.person)
    _, running, waiting = filled(harbour)

    for name, path in {
        "lines": "/lines",
        "line": f"/lines/{harbour.line.pk}",
        "line-new": "/lines/new",
        "equipment": "/equipment",
        "equipment-new": f"/lines/{harbour.line.pk}/equipment/new",
        "queue": "/bookings/to-decide",
        "bookings": "/bookings",
        "booking-to-decide": f"/bookings/{waiting.pk}",
        "booking": f"/bookings/{running.pk}",
    }.items():
        watched.go(path)
        watched.assert_fine(f"{name}-{size}-{language}")


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_the_workbench_looks_fine(open_page, harbour, size, language):
    filled(harbour)
    engineer = open_page(size=size, language=language, person=harbour.engineer.person)
    engineer.go("/bookings/today")
    engineer.assert_fine(f"workbench-{size}-{language}")


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_slot_is_asked_for_allotted_started_and_recorded_by_hand(open_page, harbour, size):
    d = harbour
    day = (timezone.now().astimezone(SHANGHAI) + timedelta(days=1)).date()
    buyer = open_page(size=size, person=d.buyer.person)
    page = buyer.go(f"/lines/{d.line.pk}/request?day={day.isoformat()}")
    page.get_by_label("为哪个项目预约？").select_option(label=d.project.title)
    page.get_by_label("批次号").fill("1")
    page.get_by_role("button", name="提交申请").click()
    page.wait_for_url("**/bookings/*")
    address = page.url.removeprefix(buyer.base)
    assert "审核中" in page.inner_text("main")

    operator = open_page(size=size, person=d.operator.person)
    page = operator.go(address)
    page.get_by_role("button", name="批准并分配时段").click()
    page.wait_for_load_state("networkidle")
    assert "已批准" in page.inner_text("main")
    assert "¥90,000.00" in page.inner_text("main")

    # The slot is tomorrow: what cannot be done yet says so.
    engineer = open_page(size=size, person=d.engineer.person)
    page = engineer.go(address)
    page.get_by_role("button", name="开机").click()
    page.wait_for_load_state("networkidle")
    assert "不能提前" in page.inner_text("body")
    engineer.assert_fine(f"too-early-{size}")


def test_a_refusal_keeps_what_was_typed_and_focuses_the_field(open_page, harbour):
    d = harbour
    start = monday() + timedelta(days=7)
    d.allot(start, start + timedelta(hours=10), actor=d.buyer, at=monday() - timedelta(days=7))
    watched = open_page(person=d.buyer.person)
    page = watched.go(f"/lines/{d.line.pk}/request?day={start.date().isoformat()}")
    page.get_by_label("为哪个项目预约？").select_option(label=d.project.title)
    page.get_by_label("物料").fill("固体电解质粉体")
    page.get_by_role("button", name="提交申请").click()
    page.wait_for_load_state("networkidle")

    assert "已被占用" in page.inner_text("main")
    assert page.get_by_label("物料").input_value() == "固体电解质粉体"
    watched.assert_fine("slot-taken-desk")
