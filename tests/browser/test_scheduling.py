"""Plans in a real browser: asked for, watched, looked at, accepted; at a desk and on a phone."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from pilotharbor.booking import commands as booking
from pilotharbor.booking.models import Booking
from pilotharbor.facilities import commands as facilities
from pilotharbor.facilities.models import OpeningHours
from pilotharbor.kernel.time import SHANGHAI
from pilotharbor.scheduling import commands
from pilotharbor.scheduling.models import Proposal
from tests.factories.scheduling import Plant, plant

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
LOOKS = [(size, language) for size in ("desk", "phone") for language in ("zh-hans", "en")]


def monday(hour: int = 8, day: int = 0) -> datetime:
    """The Monday after the next, in Shanghai."""
    today = timezone.now().astimezone(SHANGHAI)
    start = today + timedelta(days=14 - today.weekday() + day)
    return start.replace(hour=hour, minute=0, second=0, microsecond=0)


@pytest.fixture
def harbour() -> Plant:
    p = plant(open_on_holidays=True)
    for line, name in ((p.d.line, "连续流合成纯化线"), (p.other, "喷雾干燥中试线")):
        line.name = name
        line.save()
        for weekday in range(5):
            OpeningHours.objects.create(line=line, weekday=weekday, opens=time(8), closes=time(20))
    for project, title in (
        (p.d.project, "靶向抗肿瘤药物中试"), (p.rival.project, "固体电解质粉体放大"),
    ):  # fmt: skip
        project.title = title
        project.save()
    for one, name in (
        (p.d.project.enterprise, "示例制药有限公司"), (p.rival.project.enterprise, "示例新能源有限公司"),
        (p.d.project.owner, "示例大学"), (p.rival.project.owner, "示例研究院"),
        (p.d.line.platform, "协同创新港中试楼"),
    ):  # fmt: skip
        one.name = name
        one.save()
    for who, name in ((p.d.operator, "许主任"), (p.d.engineer, "陈工")):
        who.person.name = name
        who.person.save()
    return p


def filled(p: Plant) -> list[Booking]:
    """Five requests for one week, of which one asks for more than there is, and an allotted slot."""
    now = timezone.now()
    days = (monday(8), monday(20))
    found = [
        p.ask(4, days, at=now, batch_no=1),
        p.ask(6, days, (monday(8, 1), monday(20, 1)), by=p.rival, at=now, batch_no=1),
        p.ask(4, days, (monday(8, 1), monday(20, 1)), line=p.other, at=now, batch_no=2),
        p.ask(5, (monday(8, 1), monday(20, 2)), line=p.other, by=p.rival, at=now, batch_no=2),
        p.ask(11, days, at=now, batch_no=3),
    ]
    p.d.approve(p.d.request(monday(9, 2), monday(15, 2), at=now, batch_no=9), at=now)
    return found


def ready(p: Plant, **fields) -> Proposal:
    now = timezone.now()
    made = p.propose(monday(0), monday(0, 7), at=now, **fields)
    return p.solve(made, at=now)


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_plans_look_fine(open_page, harbour, size, language):
    watched = open_page(size=size, language=language, person=harbour.d.operator.person)
    name = f"{size}-{language}"

    watched.go("/schedules")
    watched.assert_fine(f"plans-empty-{name}")
    filled(harbour)
    watched.go("/schedules")
    watched.assert_fine(f"plans-begin-{name}")
    watched.go("/schedules/new")
    watched.assert_fine(f"plan-new-{name}")
    waiting = harbour.propose(monday(0), monday(0, 7), at=timezone.now())
    watched.go(f"/schedules/{waiting.pk}")
    watched.assert_fine(f"plan-waits-{name}")
    watched.go("/schedules")
    watched.assert_fine(f"plans-{name}")
    harbour.solve(waiting, at=timezone.now())
    watched.go(f"/schedules/{waiting.pk}")
    watched.assert_fine(f"plan-ready-{name}")
    commands.keep_apart(one="易燃", other="氧化", actor_id=harbour.d.operator.pk, at=timezone.now())
    watched.go("/schedules/rules")
    watched.assert_fine(f"plan-rules-{name}")


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_plan_is_asked_for_watched_and_accepted_in_part_by_hand(open_page, harbour, size):
    filled(harbour)
    watched = open_page(size=size, person=harbour.d.operator.person)
    page = watched.go("/bookings/to-decide")
    page.get_by_role("link", name="排一排").first.click()
    page.wait_for_url("**/schedules/new")
    page.get_by_label("到哪天为止？").fill(monday(0, 6).date().isoformat())
    page.get_by_role("button", name="开始排程").click()
    page.wait_for_url("**/schedules/*")
    proposal = Proposal.objects.get()
    assert "等待计算" in page.inner_text("main")

    # The page asks by itself how far it is, and becomes the plan once that is there.
    harbour.solve(proposal, at=timezone.now())
    page.get_by_role("heading", name="这份排程合适吗？").wait_for()
    assert "没排上的，以及原因" in page.inner_text("main")

    rows = page.locator("input[name=placement]")
    assert rows.count() == 4
    rows.first.uncheck()
    page.get_by_role("button", name="按所选分配").click()
    page.wait_for_load_state("networkidle")

    assert "已分配 3 个时段" in page.inner_text("body")
    assert Booking.objects.filter(status="approved").count() == 1 + 3
    proposal.refresh_from_db()
    assert proposal.status == Proposal.Status.PARTLY
    watched.assert_fine(f"plan-partly-{size}")


def test_what_a_closure_hits_is_moved_by_hand(open_page, harbour):
    filled(harbour)
    now = timezone.now()
    hit = Booking.objects.get(status="approved")
    (closure,) = facilities.declare_closure(
        line_id=harbour.d.line.pk, kind="outage", start=monday(8, 2),
        end=monday(20, 2), reason="搅拌轴断裂", planned=False,
        actor_id=harbour.d.operator.pk, at=now,
    )  # fmt: skip
    booking.mark_hit(closure_id=closure.pk, actor_id=None, at=now)
    proposal = ready(harbour, kind="repair")
    watched = open_page(person=harbour.d.operator.person)
    page = watched.go(f"/schedules/{proposal.pk}")
    watched.assert_fine("plan-repair-desk")

    page.get_by_role("button", name="按所选改期").click()
    page.wait_for_load_state("networkidle")

    hit.refresh_from_db()
    assert (hit.hit_by, hit.period.lower) == (None, monday(8, 3))
