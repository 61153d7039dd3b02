"""Signals, alarms and connectors in a real browser: looked at, and an alarm dealt with by hand."""

import pytest
from django.urls import reverse

from pilotharbor.telemetry.models import Alarm, AlarmRule, Refusal
from tests.factories.telemetry import NOON, ConnectorFactory, plant

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
LOOKS = [(size, language) for size in ("desk", "phone") for language in ("zh-hans", "en")]
DAY = f"?span=day&until={NOON:%Y-%m-%d}"


@pytest.fixture
def measured():
    """A machine that was too hot, one value that cannot be, and a place nobody registered."""
    p = plant(highest=100, gap_after_s=600, run_level=5, idle_level=1, turn_delay_s=10)
    for model, name in ((p.tag, "反应器温度"), (p.machine, "连续流反应器")):
        model.name = name
        model.save()
    p.machine.platform.name = "协同创新港生物医药中试楼"
    p.machine.platform.save()
    AlarmRule.objects.create(
        tag=p.tag, side="high", raise_level=80, clear_level=70, severity="critical"
    )
    p.take((0, 9), (10, 9), (20, 850), (30, 85), (2000, 40))
    connector = ConnectorFactory(platform=p.machine.platform, name="车间网关")
    Refusal.objects.create(
        platform=p.machine.platform, connector=connector, place="plant/r9/t", reason="unregistered",
        example="23.5", count=7, first_at=NOON, last_at=NOON,
    )  # fmt: skip
    return p, connector


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_pages_of_signals_look_fine(open_page, measured, size, language):
    p, connector = measured
    page = open_page(size=size, language=language, person=p.operator.person)
    for name, path in (
        ("signals", reverse("signals")),
        ("machine-signals", reverse("equipment_signals", args=[p.machine.pk]) + DAY),
        ("alarms", reverse("alarms")),
        ("connectors", reverse("connectors")),
        ("connector", reverse("connector_detail", args=[connector.pk])),
        ("connector-new", reverse("connector_new")),
        ("tag-new", reverse("tag_new", args=[p.machine.pk])),
    ):
        page.go(path)
        page.page.wait_for_load_state("networkidle")
        if name == "machine-signals":
            chart = page.page.locator(".signal-place canvas").first
            chart.wait_for()
            # A chart takes the width of its page: once its card was twenty pixels wide.
            wide = chart.bounding_box()["width"]
            assert wide > 0.6 * page.page.locator("main").bounding_box()["width"]
        page.assert_fine(f"{name}-{size}-{language}")


def test_an_alarm_is_acknowledged_by_hand_on_a_phone(open_page, measured):
    p, _connector = measured
    (alarm,) = Alarm.objects.all()
    page = open_page(size="phone", person=p.operator.person)
    page.go(reverse("alarms"))

    page.page.fill("input[name=remark]", "已降温，检查冷却水")
    page.page.locator(".alarm-row form button").first.click()
    page.page.wait_for_load_state("networkidle")

    alarm.refresh_from_db()
    assert alarm.acknowledged_by == p.operator
    assert alarm.remark == "已降温，检查冷却水"
