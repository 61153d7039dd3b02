"""The pages of one's account under the strict policy: second factor, passkey, menus."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from playwright.sync_api import expect

from tests.factories.parties import MembershipFactory

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "calm-water-clear-signals-42"


@pytest.fixture
def person():
    member = MembershipFactory()
    member.person.set_password(PASSWORD)
    member.person.save()
    EmailAddress.objects.create(
        user=member.person, email=member.person.email, verified=True, primary=True
    )
    return member.person


def sign_in(seen, person):
    page = seen.go("/accounts/login/")
    page.locator('[name="login"]').fill(person.email)
    page.locator('[name="password"]').fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_load_state("networkidle")
    return page


def with_password_again(seen, path):
    """Open a page that wants the password once more."""
    page = seen.go(path)
    seen.assert_fine("reauthenticate")
    page.locator('[name="password"]').fill(PASSWORD)
    page.get_by_role("button", name="确认").click()
    page.wait_for_url(f"**{path}")
    page.wait_for_load_state("networkidle")
    return page


def code_of(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def test_refused_sign_in_says_so_and_keeps_the_address(open_page, person):
    seen = open_page()
    page = seen.go("/accounts/login/")
    page.locator('[name="login"]').fill(person.email)
    page.locator('[name="password"]').fill("not it")

    page.get_by_role("button", name="登录", exact=True).click()

    expect(page.get_by_role("alert")).to_be_visible()
    assert page.locator('[name="login"]').input_value() == person.email
    seen.assert_fine("sign-in-refused-desk")


def test_second_factor_pages_are_fine(open_page, person):
    seen = open_page(size="phone")
    sign_in(seen, person)
    page = with_password_again(seen, "/accounts/2fa/totp/activate/")
    secret = page.locator("#authenticator_secret").input_value()
    seen.assert_fine("totp-activate-phone")
    page.locator('[name="code"]').fill(code_of(secret))
    page.get_by_role("button", name="激活").click()
    page.wait_for_url("**/recovery-codes/**")
    seen.assert_fine("recovery-codes-phone")

    other = open_page(size="phone")
    page = sign_in(other, person)

    expect(page.locator('[name="code"]')).to_be_visible()
    other.assert_fine("second-factor-phone")


def test_a_passkey_added_here_signs_in(open_page, person):
    seen = open_page()
    page = sign_in(seen, person)
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page = with_password_again(seen, "/accounts/2fa/webauthn/add/")
    seen.assert_fine("passkey-add-desk")
    page.locator('[name="name"]').fill("我的钥匙")
    page.locator('[name="passwordless"]').check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**/recovery-codes/**")
    page.context.clear_cookies(name="sessionid")

    page = seen.go("/accounts/login/")
    page.get_by_role("button", name="用通行密钥登录").click()
    page.wait_for_url(f"{seen.base}/")

    expect(page.locator("#side")).to_be_visible()


def test_the_menu_opens_on_a_phone_and_escape_closes_it(open_page, person):
    seen = open_page(size="phone", person=person)
    page = seen.go("/accounts/2fa/")

    page.locator(".topbar [data-bs-toggle='offcanvas']").click()

    expect(page.locator("#side")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#side")).to_be_hidden()


def test_the_account_menu_holds_identity_look_and_sign_out(open_page, person):
    MembershipFactory(person=person)
    seen = open_page(person=person)
    page = seen.go("/accounts/2fa/")

    page.get_by_role("button", name="的账号").click()

    expect(page.get_by_role("heading", name="切换身份")).to_be_visible()
    seen.assert_fine("account-menu-desk")
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url(f"{seen.base}/")
    expect(page.get_by_role("link", name="登录").first).to_be_visible()
