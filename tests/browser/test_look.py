"""The shell, the components and the error pages, seen as people see them."""

import pytest
from playwright.sync_api import expect

from pilotharbor.parties.roles import Role
from tests.factories.parties import MembershipFactory

pytestmark = pytest.mark.django_db(transaction=True)
BOTH = pytest.mark.parametrize("language", ["zh-hans", "en"])
SIZES = pytest.mark.parametrize("size", ["desk", "phone"])


@pytest.fixture
def administrator():
    return MembershipFactory(role=Role.SYSTEM_ADMINISTRATOR, organisation__is_host=True)


@pytest.mark.parametrize(
    ("size", "language", "theme"),
    [
        ("desk", "zh-hans", "light"),
        ("desk", "en", "dark"),
        ("phone", "zh-hans", "dark"),
        ("phone", "en", "light"),
    ],
)
def test_every_component_is_fine(open_page, administrator, size, language, theme):
    seen = open_page(size=size, language=language, theme=theme, person=administrator.person)

    seen.go("/style")

    expect(seen.page.locator(".chart-canvas:has(canvas)")).to_have_count(6)
    seen.assert_fine(f"style-{size}-{language}-{theme}")


@SIZES
@BOTH
@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("landing", "/"),
        ("sign-in", "/accounts/login/"),
        ("sign-up", "/accounts/signup/"),
        ("reset", "/accounts/password/reset/"),
    ],
)
def test_public_pages_are_fine(open_page, size, language, name, path):
    seen = open_page(size=size, language=language)

    seen.go(path)

    seen.assert_fine(f"{name}-{size}-{language}")


@SIZES
@BOTH
def test_a_missing_page_says_what_to_do(open_page, size, language):
    seen = open_page(size=size, language=language)

    seen.go("/no/such/page", status=404)

    seen.assert_fine(f"404-{size}-{language}")


@SIZES
@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("password", "/accounts/password/change/"),
        ("mfa", "/accounts/2fa/"),
        ("sessions", "/accounts/sessions/"),
    ],
)
def test_account_pages_are_fine(open_page, administrator, size, name, path):
    seen = open_page(size=size, person=administrator.person)

    seen.go(path)

    seen.assert_fine(f"account-{name}-{size}")


def test_theme_is_on_the_html_element_from_the_first_byte(open_page, administrator):
    seen = open_page(theme="dark", person=administrator.person)

    answer = seen.page.request.get(f"{seen.base}/style")

    assert 'data-bs-theme="dark"' in answer.text()


def test_theme_switch_is_remembered(open_page):
    seen = open_page()
    page = seen.go("/")

    page.get_by_role("button", name="明暗与疏密").click()
    page.get_by_role("button", name="深色").click()
    page.reload()

    assert page.locator("html").get_attribute("data-bs-theme") == "dark"


def test_language_switch_stays(open_page):
    seen = open_page()
    page = seen.go("/")

    page.get_by_role("button", name="English").click()
    page.goto(f"{seen.base}/accounts/login/")

    assert page.locator("html").get_attribute("lang") == "en"


def test_a_draft_survives_and_can_be_discarded(open_page, administrator):
    seen = open_page(person=administrator.person)
    page = seen.go("/style")
    page.locator('form[data-draft] [name="title"]').fill("隔膜涂层")
    page.wait_for_timeout(600)

    page.reload()

    assert page.locator('form[data-draft] [name="title"]').input_value() == "隔膜涂层"
    page.get_by_role("button", name="丢弃草稿").click()
    assert page.locator('form[data-draft] [name="title"]').input_value() == ""


def test_a_destructive_step_asks_first(open_page, administrator):
    seen = open_page(person=administrator.person)
    page = seen.go("/style")

    page.get_by_role("button", name="撤回该成果").click()

    assert page.locator("#confirm-dialog").is_visible()
    page.get_by_role("button", name="不，返回").click()
    assert not page.locator("#confirm-dialog").is_visible()


def test_keys_help_and_go(open_page, administrator):
    seen = open_page(person=administrator.person)
    page = seen.go("/style")

    page.locator("h1").click()  # The sample form with errors has taken the focus.
    page.keyboard.press("?")
    assert page.locator("#keys-help").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url(f"{seen.base}/")


def test_on_paper_there_are_no_controls(open_page, administrator):
    seen = open_page(theme="dark", person=administrator.person)
    page = seen.go("/style")
    page.emulate_media(media="print")

    seen.shot("style-print")

    for gone in (".topbar", "#side", ".bottom-bar", ".page-head .actions"):
        expect(page.locator(gone).first).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_landing_prints_on_white(open_page):
    seen = open_page()
    page = seen.go("/")
    page.emulate_media(media="print")

    seen.shot("landing-print")

    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".topbar")).to_be_hidden()
