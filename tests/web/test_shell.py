"""Who sees which places, and what the shell remembers."""

import pytest
from django.template.loader import render_to_string
from django.test import Client

from pilotharbor.parties.roles import Role
from pilotharbor.web import shell
from tests.factories.parties import MembershipFactory

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def names_open_to(role: Role) -> set[str]:
    actor = MembershipFactory.build(role=role)
    return {p.name for _label, places in shell.PLACES for p in places if p.open_to(actor)}


def test_letters_are_given_once():
    letters = [p.letter for _label, places in shell.PLACES for p in places if p.letter] + [
        shell.HOME.letter,
        "n",
    ]

    assert len(letters) == len(set(letters))


def test_an_expert_sees_reviews_and_no_bookings():
    seen = names_open_to(Role.EXPERT)

    assert "assessments" in seen
    assert "bookings" not in seen


def test_dead_letters_are_for_operators():
    assert "dead_letters" in names_open_to(Role.PLATFORM_OPERATOR)
    assert "dead_letters" not in names_open_to(Role.RESEARCHER)


def test_the_administrator_sees_no_business_places():
    assert names_open_to(Role.SYSTEM_ADMINISTRATOR).isdisjoint(
        {"projects", "agreements", "invoices", "bookings"}
    )


def test_a_place_without_a_page_is_left_out():
    assert shell.url_or_none("no_such_page") is None


@pytest.mark.django_db
def test_style_page_is_hidden_from_others():
    client = Client()
    client.force_login(MembershipFactory(role=Role.RESEARCHER).person, backend=BACKEND)

    assert client.get("/style").status_code == 404


@pytest.mark.django_db
def test_look_is_kept_in_cookies_and_strangers_are_not_followed():
    answer = Client().post(
        "/preferences/look", {"theme": "dark", "density": "huge", "next": "//evil.example/"}
    )

    assert answer.url == "/"
    assert answer.cookies["harbor_theme"].value == "dark"
    assert "harbor_density" not in answer.cookies


@pytest.mark.django_db
def test_pages_have_a_policy_without_inline_script():
    policy = Client().get("/accounts/login/")["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "said"), [("zh-hans", "无权查看"), ("en", "not yours to see")]
)
def test_missing_page_speaks_the_language(language, said):
    client = Client()
    client.cookies["harbor_language"] = language

    answer = client.get("/no/such/page")

    assert answer.status_code == 404
    assert said in answer.text


def test_broken_page_needs_no_database():
    assert "<h1>" in render_to_string("errors/500.html")
    assert "<h1>" in render_to_string("errors/503.html")
