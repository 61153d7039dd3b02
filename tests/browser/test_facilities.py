"""Lines with hours, closures, prices, papers and proofs in a real browser, on a phone too."""

import struct
import zlib
from datetime import time, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from pilotharbor.facilities import commands
from pilotharbor.facilities.models import Closure, OpeningHours
from pilotharbor.kernel.files import store
from pilotharbor.kernel.time import local_date
from pilotharbor.parties.roles import OrganisationKind, Role
from tests.factories.facilities import EquipmentFactory, LineFactory
from tests.factories.files import PDF
from tests.factories.parties import MembershipFactory, OrganisationFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
LOOKS = [(size, language) for size in ("desk", "phone") for language in ("zh-hans", "en")]


def picture(width=320, height=240):
    """A real PNG picture: a machine-grey field with a lighter band."""

    def chunk(name, data):
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = b"".join(
        b"\0" + bytes((90, 120, 150) if y % 80 < 50 else (190, 205, 215)) * width
        for y in range(height)
    )
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


@pytest.fixture
def operator():
    platform = OrganisationFactory(
        kind=OrganisationKind.PILOT_PLATFORM, name="协同创新港生物医药中试楼"
    )
    return MembershipFactory(
        organisation=platform, role=Role.PLATFORM_OPERATOR, person__name="许主任"
    )


@pytest.fixture
def line(operator, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    line = LineFactory(platform=operator.organisation, name="连续流合成纯化线")
    reactor, still = (
        EquipmentFactory(line=line, position=n, name=name, model=model, scale_min_g=low,
                         scale_max_g=high, asset_no=f"CF-{n}")
        for n, name, model, low, high in (
            (1, "连续流反应器", "CF-200", 2, 5000), (2, "结晶釜", "JJ-50", 500, 20000),
        )
    )  # fmt: skip
    at = timezone.now()
    today, who = local_date(at), {"actor_id": operator.pk, "at": at}
    for weekday in range(5):
        for opens, closes in (("08:00", "12:00"), ("13:00", "20:00")):
            OpeningHours.objects.create(line=line, weekday=weekday, opens=opens, closes=closes)
    site = commands.add_site(
        fields={"name": "二号中试车间", "kind": "workshop", "address": "示例路 1 号 B 座一层"},
        **who,
    )
    commands.revise_line(line_id=line.pk, fields={"place_id": site.pk}, **who)
    commands.set_tariff(
        line_id=line.pk, valid_from=today - timedelta(days=30), hourly_fen=120_000,
        batch_fen=9_000_000, sample_fen=30_000, peak_hourly_fen=180_000,
        peak_weekdays=range(5), peak_from=time(9), peak_to=time(17), member_bp=9_000,
        sme_bp=8_000, engineer_hourly_fen=30_000, minimum_fen=200_000, deposit_fen=500_000,
        free_cancel_hours=24, late_cancel_bp=5_000, no_show_bp=10_000, **who,
    )  # fmt: skip
    for name, unit, fen in (("氮气", "瓶", 8_550), ("一次性滤芯", "支", 32_000)):
        commands.add_consumable(line_id=line.pk, name=name, unit=unit, unit_fen=fen, **who)
    for topic, text, reference, last in (
        ("chemicals", "易燃溶剂领用登记，通风橱开启后方可投料", "危化品安全使用许可 2025-017", 400),
        ("environment", "废气经活性炭吸附后排放", "甬环批〔2025〕1号", -3),
    ):
        fields = {
            "topic": topic, "text": text, "reference": reference,
            "last_day": today + timedelta(days=last),
        }  # fmt: skip
        commands.add_safety_item(line_id=line.pk, fields=fields, **who)
    for kind, number, last in (("gmp", "GMP-2024-118", 20), ("calibration", "JZ-7781", -5)):
        fields = {
            "kind": kind, "number": number, "issuer": "示例计量院",
            "issued_date": today - timedelta(days=340), "last_day": today + timedelta(days=last),
        }  # fmt: skip
        commands.add_qualification(equipment_id=reactor.pk, fields=fields, **who)
    commands.link_equipment(
        equipment_id=reactor.pk, other_id=still.pk, reason="共用真空系统", **who
    )
    for content, name, kind in (
        (picture(), "外观.png", "photo"),
        (PDF, "合格证.PDF", "certificate"),
    ):
        with store.staged([content], name=name) as file:
            commands.add_paper(
                equipment_id=reactor.pk, file=file, kind=kind, about="设备外观", is_public=True,
                **who,
            )  # fmt: skip
    start = at + timedelta(days=3)
    commands.declare_closure(
        equipment_id=still.pk, kind="calibration", start=start, end=start + timedelta(hours=4),
        reason="季度温度探头校准", recurs=commands.Recurs("months", 3, today + timedelta(days=400)),
        **who,
    )  # fmt: skip
    commands.declare_closure(
        line_id=line.pk, kind="outage", start=at - timedelta(hours=1), end=None, planned=False,
        reason="循环冷却水泄漏，正在抢修", **who,
    )  # fmt: skip
    return line


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_pages_of_a_line_look_fine(open_page, line, operator, size, language):
    watched = open_page(size=size, language=language, person=operator.person)
    machine = line.equipment.order_by("position").first()

    for name, path in {
        "line-overview": f"/lines/{line.pk}",
        "line-hours": f"/lines/{line.pk}/hours",
        "line-prices": f"/lines/{line.pk}/prices",
        "line-safety": f"/lines/{line.pk}/safety",
        "machine": f"/equipment/{machine.pk}",
        "sites": "/sites",
        "line-edit": f"/lines/{line.pk}/edit",
    }.items():
        page = watched.go(path)
        page.locator("main").evaluate(
            "main => main.querySelectorAll('details.fold').forEach(fold => { fold.open = true; })"
        )
        watched.assert_fine(f"{name}-{size}-{language}")


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_the_public_face_looks_fine(open_page, line, size, language):
    watched = open_page(size=size, language=language)

    page = watched.go(f"/services/{line.pk}")

    watched.assert_fine(f"service-full-{size}-{language}")
    expect(page.locator(".photos img")).to_have_count(1)
    assert page.locator(".photos img").evaluate("img => img.complete && img.naturalWidth > 0")


def test_a_keeper_sets_hours_and_a_closure_on_a_phone(open_page, line, operator):
    watched = open_page(size="phone", person=operator.person, language="en")
    page = watched.go(f"/lines/{line.pk}/hours")

    page.get_by_text("Set the opening hours", exact=True).click()
    page.get_by_label("Saturday").fill("9:00-12:00")
    page.get_by_role("button", name="Set the hours").click()
    expect(page.get_by_text("The opening hours are set.")).to_be_visible()
    page.get_by_text("Declare a closure", exact=True).click()
    page.get_by_label("From", exact=False).first.fill("2027-03-01T08:00")
    page.get_by_label("Until", exact=False).first.fill("2027-03-01T12:00")
    page.get_by_label("Reason").fill("年度检修")
    page.get_by_role("button", name="Declare the closure").click()
    expect(page.get_by_text("1 closure is declared.")).to_be_visible()
    row = page.get_by_role("row").filter(has_text="年度检修")
    row.get_by_role("button", name="Call off").click()
    page.get_by_role("button", name="Yes, do it").click()
    expect(page.get_by_text("The closure is called off.")).to_be_visible()

    assert line.hours.filter(weekday=5).count() == 1
    assert Closure.objects.get(reason="年度检修").lifted_at is not None
