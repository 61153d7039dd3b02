"""Who sees which places, and what the shell remembers."""

import pytest
from django.template.loader import render_to_string
from django.test import Client

from pilotharbor.parties.roles import Role
from pilotharbor.web import shell
from tests.factories.parties import MembershipFactory, OrganisationFactory

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def names_open_to(role: Role, *, is_host: bool = False) -> set[str]:
    actor = MembershipFactory.build(role=role, organisation__is_host=is_host)
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


def test_dead_letters_are_for_operators_of_the_host():
    assert "dead_letters" in names_open_to(Role.PLATFORM_OPERATOR, is_host=True)
    assert "dead_letters" not in names_open_to(Role.PLATFORM_OPERATOR)
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


def member(role: Role, *, host: bool, approved: bool = True):
    body = OrganisationFactory(
        kind="pilot_platform" if host else "enterprise",
        is_host=host,
        status="approved" if approved else "applied",
    )
    return MembershipFactory(role=role, organisation=body, is_admin=True)


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("place", ["host", "elsewhere", "awaiting"])
def test_every_place_of_the_navigation_opens(role, place):
    actor = member(role, host=place == "host", approved=place != "awaiting")
    client = Client()
    client.force_login(actor.person, backend=BACKEND)
    shown = [item for section in shell.navigation(actor, "/") for item in section.items]

    answers = {item.url: client.get(item.url).status_code for item in shown}

    assert {url: code for url, code in answers.items() if code != 200} == {}


@pytest.mark.django_db
def test_an_operator_elsewhere_sees_no_page_of_the_host():
    actor = member(Role.PLATFORM_OPERATOR, host=False)
    urls = {item.url for section in shell.navigation(actor, "/") for item in section.items}

    assert urls.isdisjoint({"/audit", "/dead-letters", "/break-glass"})


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/achievements", "/demands", "/services", "/imports"])
def test_a_list_says_where_one_is(path):
    client = Client()
    client.force_login(MembershipFactory().person, backend=BACKEND)

    crumbs = client.get(path).text.split('class="crumbs"')[1].split("</ol>")[0]

    assert '<a href="/">首页</a>' in crumbs
