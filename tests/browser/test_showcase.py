"""Open services as a visitor sees them: found by filters, read on a phone, led to registration."""

from datetime import timedelta

import pytest
from django.utils import timezone

from pilotharbor.calendars import commands
from pilotharbor.calendars.views import showcase
from pilotharbor.parties.models import Organisation
from tests.browser.test_calendars import LOOKS, plant
from tests.factories.crew import ShiftFactory

__all__ = ["plant"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def shown(plant):
    """The plant in Zhejiang, one of its lines with size, words and industries, one closed."""
    showcase.forget()
    Organisation.objects.filter(pk=plant.line.platform_id).update(
        region="330200", address="示例市港湾路 8 号", contact_email="ask@plant.example"
    )
    line = plant.line
    line.description = (
        "多步连续流合成与在线纯化，可处理易燃溶剂，带防爆排风。\n适合小分子原料药由公斤级放大。"
    )
    line.batch_kg_min, line.batch_kg_max = 1, 80
    line.save()
    commands.tell_industries(
        line_id=line.pk, industries=["C26", "C27"], actor_id=plant.operator.pk, at=timezone.now()
    )
    return plant


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_open_services_look_fine(open_page, shown, size, language):
    watched = open_page(size=size, language=language)
    watched.go("/services")
    watched.assert_fine(f"showcase-{size}-{language}")
    watched.go("/services?scale=tonne&region=33")
    watched.assert_fine(f"showcase-none-{size}-{language}")
    watched.go(f"/services/{shown.line.pk}")
    watched.assert_fine(f"showcase-line-{size}-{language}")


def test_a_visitor_narrows_the_list_and_comes_to_the_line(open_page, shown):
    watched = open_page(language="zh-hans")
    page = watched.go("/services")
    page.select_option("#industry", "C27")
    page.select_option("#scale", "kilogram")
    page.click("form.filters button[type=submit]")
    assert page.locator(".service-cards > li").count() == 1
    page.click(".service-cards h2 a")
    page.wait_for_url("**/services/*")
    assert page.locator("h1").inner_text() == shown.line.name
    assert shown.buyer.person.name not in page.content()
    page.click("text=登录并申请时段")
    page.wait_for_url("**/accounts/login/**")


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_the_keeper_and_the_engineer_see_theirs(open_page, shown, size, language):
    watched = open_page(size=size, language=language, person=shown.operator.person)
    page = watched.go(f"/services/{shown.line.pk}")
    page.click("details summary.btn")
    watched.assert_fine(f"showcase-keeper-{size}-{language}")
    start = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    for day in range(8):
        begins = start + timedelta(days=day)
        ShiftFactory(membership=shown.engineer, period=(begins, begins + timedelta(hours=8)))
    watched = open_page(size=size, language=language, person=shown.engineer.person)
    page = watched.go("/calendar?days=14")
    page.wait_for_selector("[data-cal][data-ready]")
    watched.assert_fine(f"board-shifts-{size}-{language}")
    watched.go("/calendar/feeds")
    watched.assert_fine(f"feeds-{size}-{language}")
