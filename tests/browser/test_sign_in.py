"""Signing in by hand: second factor, passkey, campus account, sessions; in real Chromium."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache

from tests.parties import provider
from tests.parties.conftest import PASSWORD, harbour  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
EMAIL = "wu@pharma.example"
MAIN = "main form[method=post] button.btn-primary"


@pytest.fixture
def person(harbour):  # noqa: F811
    cache.clear()
    found = harbour.buyer.person
    found.email, found.name = EMAIL, "吴总监"
    found.set_password(PASSWORD)
    found.save()
    return found


def sign_in(watched, *, expect_home=True):
    page = watched.go("/accounts/login/")
    page.fill("#id_login", EMAIL)
    page.fill("#id_password", PASSWORD)
    page.click(MAIN)
    if expect_home:
        page.wait_for_url(lambda url: "/accounts/" not in url)
    return page


def confirmed(watched, path):
    """Open a page of the account's security, which asks for the password first."""
    page = watched.go(path)
    if "/reauthenticate/" in page.url:
        page.fill("#id_password", PASSWORD)
        page.click(MAIN)
        page.wait_for_url(f"**{path}")
        page.wait_for_load_state("networkidle")
    return page


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def test_a_second_factor_is_set_up_and_asked_for(open_page, person):
    first = open_page()
    page = sign_in(first)
    confirmed(first, "/accounts/2fa/totp/activate/")
    first.assert_fine("sign-in-totp-activate-desk-zh")
    page.fill("#id_code", code_of(page.input_value("#authenticator_secret")))
    page.click(MAIN)
    page.wait_for_url("**/2fa/**")
    secret = Authenticator.objects.get(user=person, type="totp").data["secret"]
    confirmed(first, "/accounts/2fa/recovery-codes/")
    first.assert_fine("sign-in-recovery-codes-desk-zh")

    second = open_page(size="phone")
    cache.clear()
    page = sign_in(second, expect_home=False)
    page.wait_for_url("**/accounts/2fa/authenticate/**")
    second.assert_fine("sign-in-second-factor-phone-zh")
    page.fill("#id_code", code_of(secret))
    page.click("main button.btn-primary >> nth=0")
    page.wait_for_url(lambda url: "/accounts/" not in url)
    assert "吴总监" in page.content()


def test_a_passkey_is_added_and_signs_in(open_page, person):
    watched = open_page()
    devtools = watched.page.context.new_cdp_session(watched.page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page = sign_in(watched)
    confirmed(watched, "/accounts/2fa/webauthn/add/")
    watched.assert_fine("sign-in-passkey-add-desk-zh")
    page.check("#id_passwordless")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda url: "/webauthn/add/" not in url)
    assert Authenticator.objects.filter(user=person, type="webauthn").exists()

    watched.page.context.clear_cookies(name="sessionid")
    page = watched.go("/accounts/login/")
    page.click("#passkey_login")
    page.wait_for_url(lambda url: "/accounts/" not in url)
    assert "吴总监" in page.content()


def test_a_campus_account_signs_in_under_the_content_security_policy(open_page, person, settings):
    with provider.running(email=EMAIL, email_verified=True) as running:
        settings.SOCIALACCOUNT_PROVIDERS = provider.app_of(running)
        # As settings.py does for the address of a real provider; without it Chromium stays here.
        directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
        forms = [*directives["form-action"], running.url]
        settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": directives | {"form-action": forms}}
        watched = open_page()
        page = watched.go("/accounts/login/")
        watched.assert_fine("sign-in-campus-desk-zh")
        page.click("text=示例大学统一身份认证")
        page.wait_for_url(lambda url: "/accounts/login" not in url and running.url not in url)
        if "/oidc/" in page.url:
            page.click(MAIN)
        page.wait_for_url(lambda url: "/accounts/" not in url)
        assert "吴总监" in page.content()


def test_sessions_are_listed_and_ended(open_page, person):
    elsewhere, here = open_page(size="phone"), open_page()
    sign_in(elsewhere)
    page = sign_in(here)
    here.go("/accounts/sessions/")
    here.assert_fine("sign-in-sessions-desk-zh")
    page.click(MAIN)
    page.wait_for_load_state("networkidle")

    elsewhere.page.goto(elsewhere.base + "/account")
    assert "/accounts/login/" in elsewhere.page.url
