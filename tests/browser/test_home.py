"""Home, timeline, the phone's header and what came of the last step, in both languages and sizes."""

from itertools import pairwise

import pytest

from pilotharbor.projects import commands as projects
from tests.factories.campaigns import bench
from tests.factories.parties import OrganisationFactory
from tests.factories.worker import work

pytestmark = pytest.mark.django_db(transaction=True)
LOOKS = [("desk", "zh-hans"), ("desk", "en"), ("phone", "zh-hans"), ("phone", "en")]
SIX = 6


@pytest.fixture
def voyage():
    """A pilot under way whose first invoice is unpaid and one task late."""
    around = bench()
    around.run(1)
    projects.add_task(
        project_id=around.project.pk, kind="patent_filing", owner_id=around.project.platform_id,
        due_date=around.campaign.opened_at.date(), actor_id=around.table.operator.pk,
        at=around.campaign.opened_at,
    )  # fmt: skip
    work()
    return around


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_home_and_timeline_are_fine(open_page, voyage, size, language):
    seen = open_page(size=size, language=language, person=voyage.table.operator.person)
    page = seen.go("/")
    seen.assert_fine(f"home-operator-{size}-{language}")

    if size == "desk":
        tops = (
            page.locator(".voyage")
            .first.locator(".step")
            .evaluate_all(
                "steps => steps.map((one) => Math.round(one.getBoundingClientRect().top))"
            )
        )
        assert (len(tops), len(set(tops))) == (SIX, 1)
    seen.go(f"/projects/{voyage.project.pk}/timeline")
    seen.assert_fine(f"timeline-{size}-{language}")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_header_of_a_phone_keeps_its_parts_apart_and_on_one_line(open_page, voyage, language):
    signed_in = open_page(size="phone", language=language, person=voyage.table.operator.person)
    page = signed_in.go("/")
    boxes = page.locator(".topbar > *").evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect()).filter((b) => b.width)"
        ".map((b) => [b.left, b.right])"
    )
    hint = page.locator("#site-search")

    assert all(before[1] <= after[0] + 1 for before, after in pairwise(boxes))
    assert hint.evaluate("(box) => box.placeholder.length") <= len("Search")

    landing = open_page(size="phone", language=language).go("/")
    tall = landing.locator(".topbar .btn, .topbar .bar-button").evaluate_all(
        "all => all.filter((one) => one.offsetParent).map((one) => one.offsetHeight)"
    )
    wide = landing.evaluate("document.documentElement.scrollWidth")
    one_line = 60
    assert max(tall) < one_line
    assert wide <= landing.viewport_size["width"]


def test_what_came_of_a_step_covers_no_button(open_page, voyage):
    OrganisationFactory(is_host=True, kind="pilot_platform")
    seen = open_page(person=voyage.table.operator.person)
    page = seen.go(f"/projects/{voyage.project.pk}/tasks/new")
    page.locator("#main form button[type=submit]").click()
    page.wait_for_selector(".said .toast-note")

    top = page.locator(".said").bounding_box()
    head = page.locator("#main h1").bounding_box()

    assert top["y"] + top["height"] <= head["y"]
