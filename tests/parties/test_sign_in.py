"""R-PARTY-8: second factors, campus sign-in, sessions; through the pages' own addresses."""

import time
from urllib.parse import urlsplit

import httpx
import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client

from pilotharbor.parties import commands as parties
from pilotharbor.parties.models import Person
from tests.conftest import AT
from tests.factories.parties import PersonFactory
from tests.parties import provider
from tests.parties.conftest import PASSWORD

EMAIL = "wu@pharma.example"


@pytest.fixture
def person(harbour):
    cache.clear()
    found = harbour.buyer.person
    found.email = EMAIL
    found.set_password(PASSWORD)
    found.save()
    return found


def sign_in(client, **changes):
    return client.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD} | changes)


def signed_in(client) -> bool:
    return client.get("/account").status_code == 200


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def token(client, **changes):
    body = {"email": EMAIL, "password": PASSWORD} | changes
    return client.post("/api/v1/tokens", body, content_type="application/json")


@pytest.mark.parametrize("spelling", [EMAIL, "WU@pharma.example"])
def test_a_password_signs_in_whatever_the_case_of_the_address(client, person, spelling):
    assert sign_in(client, login=spelling).status_code == 302
    assert signed_in(client)


def test_a_wrong_password_or_a_suspended_person_does_not_sign_in(client, person):
    assert sign_in(client, password="not this one").status_code == 200
    Person.objects.filter(pk=person.pk).update(is_active=False)
    sign_in(client)

    assert not signed_in(client)


def test_nobody_signs_up_by_themselves(client, person):
    answer = client.post("/accounts/signup/", {
        "email": "new@x.example", "password1": PASSWORD, "password2": PASSWORD,
    })  # fmt: skip

    assert answer.status_code == 200
    assert not Person.objects.filter(email="new@x.example").exists()


def test_with_a_second_factor_a_password_alone_gives_neither_session_nor_token(client, person):
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    recovery = RecoveryCodes.activate(person).generate_codes()

    assert sign_in(client).url.startswith("/accounts/2fa/authenticate/")
    assert not signed_in(client)
    assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)}).status_code == 302
    assert signed_in(client)

    assert token(client).json()["code"] == "parties.second_factor_missing"
    assert token(client, code="000000").json()["code"] == "parties.bad_credentials"
    assert token(client, code=code_of(secret)).status_code == 403, "a code works once"
    assert token(client, code=recovery[0]).status_code == 201
    assert token(client, code=recovery[0]).status_code == 403
    assert token(client, code=recovery[1]).status_code == 201


def test_guessing_the_second_factor_locks_out(client, person):
    TOTP.activate(person, generate_totp_secret())

    codes = [token(client, code=f"{n:06d}").json()["code"] for n in range(6)]

    assert codes == ["parties.bad_credentials"] * 5 + ["parties.too_many_attempts"]


def test_the_password_is_changed_only_to_a_strong_one(client, person):
    sign_in(client)
    new = "granite lanterns over winter harbours 9"

    def change(to):
        sent = {"oldpassword": PASSWORD, "password1": to, "password2": to}
        return client.post("/accounts/password/change/", sent)

    assert change("password1234").status_code == 200
    assert change("吴总监wu@pharma").status_code in {200, 302}
    person.refresh_from_db()
    person.set_password(PASSWORD)
    person.save()
    client.logout()
    sign_in(client)
    assert change(new).status_code == 302
    person.refresh_from_db()
    assert person.check_password(new)


def test_sessions_are_listed_and_others_can_be_ended(client, person):
    elsewhere = Client(headers={"User-Agent": "Elsewhere/1"})
    sign_in(elsewhere)
    sign_in(client)
    assert signed_in(elsewhere)
    assert "Elsewhere" in client.get("/accounts/sessions/").content.decode()

    client.post("/accounts/sessions/")

    assert not signed_in(elsewhere)
    assert signed_in(client)


def test_suspending_a_person_ends_their_sessions_for_good(client, person, harbour):
    sign_in(client)
    assert UserSession.objects.filter(user=person).count() == 1
    common = {"person_id": person.pk, "actor_id": harbour.operator.pk, "at": AT}

    parties.suspend_person(reason="账号被盗用", **common)
    assert not signed_in(client)
    parties.reinstate_person(**common)

    assert not signed_in(client)
    assert not UserSession.objects.filter(user=person).exists()


def campus(client, running):
    """Follow the code flow: harbour → provider → harbour."""
    leaves = client.post("/accounts/oidc/campus/login/")
    assert leaves.status_code == 302
    assert leaves.url.startswith(f"{running.url}/authorize")
    returns = httpx.get(leaves.url).headers["Location"]
    parts = urlsplit(returns)
    return client.get(f"{parts.path}?{parts.query}")


def test_a_campus_account_with_a_verified_address_finds_the_person(client, person, settings):
    with provider.running(email=EMAIL, email_verified=True, name="吴总监") as running:
        settings.SOCIALACCOUNT_PROVIDERS = provider.app_of(running)
        campus(client, running)
        assert signed_in(client)
        again = Client()
        campus(again, running)

    assert signed_in(again)
    assert running.refused == []
    assert Person.objects.filter(email=EMAIL).count() == 1


@pytest.mark.parametrize(
    "claims",
    [
        {"email": EMAIL, "email_verified": False},
        {"email": "stranger@elsewhere.example", "email_verified": True},
        {},
    ],
)
def test_an_unverified_or_unknown_campus_account_does_not_come_in(client, person, settings, claims):
    people = Person.objects.count()
    with provider.running(**claims) as running:
        settings.SOCIALACCOUNT_PROVIDERS = provider.app_of(running)
        campus(client, running)

    assert not signed_in(client)
    assert Person.objects.count() == people


@pytest.mark.parametrize("proved", [False, True])
def test_an_address_somebody_noted_beside_their_own_finds_nobody(client, person, settings, proved):
    EmailAddress.objects.create(user=person, email="dean@uni.example", verified=proved)
    with provider.running(email="dean@uni.example", email_verified=True) as running:
        settings.SOCIALACCOUNT_PROVIDERS = provider.app_of(running)
        campus(client, running)

    assert not signed_in(client)


@pytest.mark.parametrize(
    "form",
    [
        {"action_add": "", "email": "dean@uni.example"},
        {"action_primary": "", "email": "dean@uni.example"},
    ],
)
def test_no_unproved_address_becomes_the_one_a_person_is_found_by(client, person, form):
    EmailAddress.objects.create(user=person, email="dean@uni.example", verified=False)
    sign_in(client)

    assert client.get("/accounts/email/").status_code == 404
    assert client.post("/accounts/email/", form).status_code == 404
    assert client.get("/accounts/confirm-email/").status_code == 404

    assert Person.objects.get(pk=person.pk).email == EMAIL
    assert "/accounts/email/" not in client.get("/accounts/password/change/").content.decode()


def test_a_suspended_person_does_not_come_in_by_campus_account(client, person, settings):
    Person.objects.filter(pk=person.pk).update(is_active=False)
    with provider.running(email=EMAIL, email_verified=True) as running:
        settings.SOCIALACCOUNT_PROVIDERS = provider.app_of(running)
        campus(client, running)

    assert not signed_in(client)


def test_a_campus_account_with_a_second_factor_is_asked_for_it(client, person, settings):
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    with provider.running(email=EMAIL, email_verified=True) as running:
        settings.SOCIALACCOUNT_PROVIDERS = provider.app_of(running)
        answer = campus(client, running)

    assert answer.url.startswith("/accounts/2fa/authenticate/")
    assert not signed_in(client)
    assert Authenticator.objects.filter(user=person).count() == 1


def test_a_password_reset_mail_goes_to_known_addresses_only(client, person, mailoutbox):
    PersonFactory(email="other@x.example")

    client.post("/accounts/password/reset/", {"email": EMAIL})
    client.post("/accounts/password/reset/", {"email": "nobody@x.example"})

    links = [m for m in mailoutbox if "/accounts/password/reset/key/" in m.body]
    assert [m.to for m in links] == [[EMAIL]]
