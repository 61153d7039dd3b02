"""Calendars in a real browser: looked at, dragged with a mouse and with a finger, moved by keys."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from pilotharbor.booking.models import Usage
from pilotharbor.calendars import commands
from pilotharbor.facilities.models import Closure, OpeningHours
from pilotharbor.kernel.time import SHANGHAI
from tests.browser.conftest import SHOTS
from tests.factories.calendars import Dock, dock, row, second_line, stranger

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
LOOKS = [(size, language) for size in ("desk", "phone") for language in ("zh-hans", "en")]


def monday(weeks: int = 1) -> datetime:
    """The Monday of a later week, at midnight in Shanghai."""
    today = timezone.now().astimezone(SHANGHAI)
    start = today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)
    return start.replace(hour=0, minute=0, second=0, microsecond=0)


def at(day: int, hour: float = 0, weeks: int = 1) -> datetime:
    return monday(weeks) + timedelta(days=day, hours=hour)


@pytest.fixture
def plant() -> Dock:
    """Four lines, one of them with hours, a closure, bookings of ours and of others."""
    d = dock()
    d.line.name = "连续流合成纯化线"
    d.line.save()
    d.project.title = "靶向抗肿瘤药物中试"
    d.project.save()
    d.line.platform.name = "协同创新港生物医药中试楼"
    d.line.platform.save()
    lines = [
        second_line(d, name=name) for name in ("固态电解质烧结线", "发酵与分离线", "制剂包装线")
    ]
    for weekday in range(5):
        OpeningHours.objects.create(line=lines[0], weekday=weekday, opens=time(8), closes=time(20))
    Closure.objects.create(
        line=lines[1], kind="maintenance", period=(at(2), at(3, 12)), reason="年度检修",
        declared_by=d.operator, declared_at=timezone.now(),
    )  # fmt: skip
    other = stranger(d)
    other.project.title = "固态电池电解质放大"
    other.project.save()
    early = timezone.now() - timedelta(days=20)
    for who, day, hour, hours, line, more in (
        (d, 0, 8, 34, d.line, {"batch_no": 1, "engineer": d.engineer}),
        (other, 2, 8, 24, d.line, {}),
        (d, 4, 8, 10, d.line, {"status": "submitted", "batch_no": 2}),
        (other, 1, 9, 8, lines[0], {}),
        (d, 3, 8, 12, lines[0], {"status": "submitted", "hold_ends_at": at(40)}),
        (other, 0, 0, 40, lines[1], {}),
        (d, 5, 0, 30, lines[1], {"batch_no": 3}),
        (other, 0, 10, 90, lines[2], {}),
    ):
        row(who, at(day, hour), hours, line=line, requested_at=early, **more)
    for who, name in ((d.engineer, "陈工"), (d.buyer, "吴总监"), (d.operator, "许主任")):
        who.person.name = name
        who.person.save()
    return d


def day_of(day: int = 0) -> str:
    return at(day).date().isoformat()


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_every_view_looks_fine(open_page, plant, size, language):
    for who in (plant.operator, plant.buyer):
        watched = open_page(size=size, language=language, person=who.person)
        for view in ("timeline", "day", "week", "month"):
            watched.go(f"/calendar?view={view}&day={day_of()}")
            watched.page.wait_for_selector("[data-cal][data-ready]")
            name = "operator" if who is plant.operator else "buyer"
            watched.assert_fine(f"board-{view}-{name}-{size}-{language}")


def bar(page, title: str):
    """The first piece of a booking on the board."""
    return page.locator("button.cal-bar", has_text=title).first


def ready(watched, path: str):
    page = watched.go(path)
    page.wait_for_selector("[data-cal][data-ready]")
    return page


def shifted(page, track, hours: float, *, of: float) -> float:
    """How many pixels some hours are on a track that shows ``of`` hours."""
    box = track.bounding_box()
    return box["width"] * hours / of


def drag(page, start, end, *, steps: int = 8):
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=steps)
    page.mouse.up()


def middle(box, dx: float = 0, dy: float = 0):
    return box["x"] + box["width"] / 2 + dx, box["y"] + box["height"] / 2 + dy


@pytest.fixture
def slot(plant):
    """A slot that was really asked for and allotted: Tuesday 8:00 to 18:00."""
    booking = plant.request(at(15, 8), at(15, 18), actor=plant.buyer, at=timezone.now())
    return plant.approve(booking, at=timezone.now())


WEEKS_ON = 2
HOURS_OF_WEEK = 168


def later_week() -> str:
    return at(14).date().isoformat()


def test_a_slot_is_dragged_to_another_time_with_the_mouse(open_page, plant, slot):
    watched = open_page(person=plant.operator.person)
    page = ready(watched, f"/calendar?day={later_week()}")
    one = bar(page, plant.project.title)
    box = one.bounding_box()
    track = page.locator(".cal-track").filter(has=one)

    drag(page, middle(box), middle(box, dx=shifted(page, track, 24, of=HOURS_OF_WEEK)))

    panel = page.get_by_role("dialog", name="改期？")
    assert "改为" in panel.inner_text()
    watched.assert_fine("board-drag-question-desk")
    panel.get_by_role("button", name="确认改期").click()
    page.locator(".toast-note", has_text="已改到").wait_for()
    slot.refresh_from_db()
    assert (slot.period.lower, slot.period.upper) == (at(16, 8), at(16, 18))
    assert slot.status == "approved"
    assert bar(page, plant.project.title).bounding_box()["x"] > box["x"] + 50


def test_a_slot_is_made_longer_by_its_end(open_page, plant, slot):
    watched = open_page(person=plant.operator.person)
    page = ready(watched, f"/calendar?view=week&day={later_week()}&line={plant.line.pk}")
    one = bar(page, plant.project.title)
    one.locator(".cal-grip[data-end=end]").scroll_into_view_if_needed()
    page.mouse.wheel(0, 200)
    page.wait_for_timeout(200)
    box = one.bounding_box()
    hour = page.locator(".cal-column").first.bounding_box()["height"] / 24
    end = (box["x"] + box["width"] / 2, box["y"] + box["height"] - 3)

    drag(page, end, (end[0], end[1] + 3 * hour))
    page.get_by_role("button", name="确认改期").click()
    page.locator(".toast-note", has_text="已改到").wait_for()

    slot.refresh_from_db()
    assert (slot.period.lower, slot.period.upper) == (at(15, 8), at(15, 21))


def test_what_collides_is_told_beside_the_bar_which_snaps_back(open_page, plant, slot):
    other = stranger(plant)
    rival = other.request(at(17, 8), at(17, 18), actor=other.buyer, at=timezone.now())
    plant.approve(rival, at=timezone.now())
    watched = open_page(person=plant.buyer.person)
    page = ready(watched, f"/calendar?day={later_week()}")
    one = bar(page, plant.project.title)
    box = one.bounding_box()
    track = page.locator(".cal-track").filter(has=one)

    drag(page, middle(box), middle(box, dx=shifted(page, track, 50, of=HOURS_OF_WEEK)))
    page.get_by_role("button", name="确认改期").click()

    panel = page.get_by_role("dialog", name="保持原时间")
    panel.wait_for()
    assert "已被占用" in panel.inner_text()
    watched.noise.clear()
    watched.assert_fine("board-refused-desk")
    assert abs(bar(page, plant.project.title).bounding_box()["x"] - box["x"]) < 2
    slot.refresh_from_db()
    assert (slot.period.lower, slot.period.upper) == (at(15, 8), at(15, 18))


def test_an_operator_sets_a_rule_aside_with_a_reason(open_page, plant, slot):
    Closure.objects.create(
        line=plant.line, kind="calibration", period=(at(16, 9), at(16, 12)), reason="校准",
        declared_by=plant.operator, declared_at=timezone.now(),
    )  # fmt: skip
    watched = open_page(person=plant.operator.person)
    page = ready(watched, f"/calendar?day={later_week()}")
    one = bar(page, plant.project.title)
    box = one.bounding_box()
    track = page.locator(".cal-track").filter(has=one)

    drag(page, middle(box), middle(box, dx=shifted(page, track, 24, of=HOURS_OF_WEEK)))
    page.get_by_role("button", name="确认改期").click()
    panel = page.get_by_role("dialog", name="保持原时间")
    panel.get_by_label("为什么仍要改期").fill("校准可与本批次并行")
    watched.noise.clear()
    watched.assert_fine("board-override-desk")
    panel.get_by_role("button", name="仍然改期").click()
    page.locator(".toast-note", has_text="已改到").wait_for()

    slot.refresh_from_db()
    assert slot.period.lower == at(16, 8)
    assert slot.override_reason == "校准可与本批次并行"


def test_keys_do_what_the_mouse_does(open_page, plant, slot):
    watched = open_page(person=plant.operator.person)
    page = ready(watched, f"/calendar?view=week&day={later_week()}&line={plant.line.pk}")
    one = bar(page, plant.project.title)
    one.focus()

    page.keyboard.press("ArrowRight")
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    assert page.locator(".cal-ghost").count() == 0
    page.keyboard.press("ArrowRight")
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    for _ in range(2):
        page.keyboard.press("Shift+ArrowDown")
    assert "09:00" in page.locator(".cal-ghost").first.inner_text()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="确认改期").wait_for()
    page.keyboard.press("Enter")
    page.locator(".toast-note", has_text="已改到").wait_for()

    slot.refresh_from_db()
    assert (slot.period.lower, slot.period.upper) == (at(16, 9), at(16, 19.5))


def finger(page):
    """A finger, by the protocol of the browser itself."""
    session = page.context.new_cdp_session(page)

    def touch(kind, x=None, y=None):
        points = [] if x is None else [{"x": x, "y": y}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    return touch


def test_a_finger_chooses_a_bar_first_and_then_drags_it(open_page, plant, slot):
    watched = open_page(size="phone", person=plant.buyer.person)
    page = ready(watched, f"/calendar?day={later_week()}")
    touch = finger(page)
    one = bar(page, plant.project.title)
    one.scroll_into_view_if_needed()
    box = one.bounding_box()
    x, y = middle(box)
    touch("touchStart", x, y)
    for n in range(1, 6):
        touch("touchMove", x + 8 * n, y)
    touch("touchEnd")
    assert page.locator(".cal-ghost").count() == 0, "a finger that was not asked only scrolls"

    page.touchscreen.tap(x, y)
    page.get_by_role("dialog").wait_for()
    assert "现在可以拖动" in page.get_by_role("dialog").inner_text()
    page.wait_for_timeout(200)
    assert one.bounding_box()["y"] < page.get_by_role("dialog").bounding_box()["y"]
    page.screenshot(path=SHOTS / "board-chosen-phone.png")
    box = one.bounding_box()
    x, y = middle(box)
    track = page.locator(".cal-track").filter(has=one)
    far = shifted(page, track, 48, of=HOURS_OF_WEEK)
    touch("touchStart", x, y)
    for n in range(1, 9):
        touch("touchMove", x + far * n / 8, y)
    touch("touchEnd")
    page.get_by_role("button", name="确认改期").click()
    page.locator(".toast-note", has_text="需要重新审核").wait_for()

    slot.refresh_from_db()
    assert (slot.period.lower, slot.status) == (at(17, 8), "submitted")


def test_free_ground_leads_to_the_request(open_page, plant):
    watched = open_page(person=plant.buyer.person)
    page = ready(watched, f"/calendar?view=day&day={later_week()}")
    column = page.locator(".cal-column").last
    box = column.bounding_box()

    page.mouse.click(box["x"] + 30, box["y"] + box["height"] * 9.1 / 24)
    panel = page.get_by_role("dialog")
    assert "09:00–13:00" in panel.inner_text()
    watched.assert_fine("board-free-desk")
    address = panel.get_by_role("link", name="申请这个时段").get_attribute("href")
    assert f"/lines/{plant.line.pk}/" in address
    assert "start=2" in address


def test_what_is_closed_says_why(open_page, plant):
    watched = open_page(person=plant.buyer.person, language="en")
    page = ready(watched, f"/calendar?view=day&day={at(2).date().isoformat()}")
    boxes = page.locator(".cal-column")

    shut = boxes.nth(1).bounding_box()
    page.mouse.click(shut["x"] + 30, shut["y"] + 200)
    assert "年度检修" in page.get_by_role("dialog").inner_text()
    closed = boxes.nth(2).bounding_box()
    page.mouse.click(closed["x"] + 30, closed["y"] + 100)
    assert "Outside opening hours" in page.get_by_role("dialog").inner_text()


def used(booking, hours: float):
    start = booking.period.lower
    return Usage.objects.create(
        booking=booking, period=(start, start + timedelta(hours=hours)),
        seconds=int(hours * 3600), amount_fen=0, recorded_by=booking.requested_by,
        recorded_at=timezone.now(),
    )  # fmt: skip


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_use_feeds_and_kiosks_look_fine(open_page, plant, size, language):
    early = monday(-5)
    for n in range(15):
        start = early + timedelta(days=n, hours=8 + n % 3)
        done = row(
            plant, start, 9 + n % 6, status="completed", requested_at=start - timedelta(days=3)
        )
        used(done, 7 + n % 6)
    row(plant, early + timedelta(days=16), 5, status="no_show")
    operator = open_page(size=size, language=language, person=plant.operator.person)
    month = f"{early + timedelta(days=6):%Y-%m}"
    for name, path in {
        "use": f"/utilisation?period={month}",
        "feeds": "/calendar/feeds",
        "kiosks": "/kiosks",
        "pin": "/kiosks/pin",
        "line-board": f"/calendar/lines/{plant.line.pk}?view=month&day={day_of()}",
    }.items():
        operator.go(path)
        operator.assert_fine(f"{name}-{size}-{language}")


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_a_tablet_takes_a_pin(open_page, plant, size, language):
    now = timezone.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    slot = row(plant, hour, 6, engineer=plant.engineer, line=plant.line)
    commands.set_pin(pin="482915", actor_id=plant.engineer.pk, at=now)
    issued = commands.make_kiosk(
        line_id=plant.line.pk, name="东门", actor_id=plant.operator.pk, at=now
    )
    tablet = open_page(size=size, language=language)
    page = tablet.go(f"/kiosk/open/{issued.secret}")
    assert page.url.endswith("/kiosk")
    tablet.assert_fine(f"kiosk-{size}-{language}")
    start = "开机" if language.startswith("zh") else "Start"
    page.get_by_role("link", name=start).first.click()
    page.wait_for_load_state("networkidle")
    tablet.assert_fine(f"kiosk-act-{size}-{language}")

    page.locator("select").select_option(str(plant.engineer.pk))
    page.locator("input[type=password]").fill("482915")
    page.get_by_role("button", name=start).click()
    page.wait_for_url("**/kiosk")

    slot.refresh_from_db()
    assert slot.status == "in_use"
