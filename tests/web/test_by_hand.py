"""What an address answers when somebody opens it by hand."""

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from pilotharbor.parties.roles import Role
from tests.factories.parties import MembershipFactory, OrganisationFactory
from tests.factories.projects import ProjectFactory, operator_of

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
METHOD_NOT_ALLOWED = 405


def browser(membership):
    client = Client()
    client.force_login(membership.person, backend=BACKEND)
    return client


def own_addresses():
    """Every address of our own pages, with 1 for each number and word in it."""

    def walk(patterns, before=""):
        for one in patterns:
            at = before + str(one.pattern)
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns, at)
            elif isinstance(one, URLPattern) and not at.startswith(("api/", "accounts/", "^")):
                yield at

    return [
        "/" + "/".join("1" if part.startswith("<") else part for part in at.split("/"))
        for at in walk(get_resolver().url_patterns)
    ]


def test_a_form_s_address_leads_to_the_page_it_is_about():
    project = ProjectFactory(stewarded=True)
    page = browser(operator_of(project))

    answer = page.get(f"/projects/{project.pk}/start")

    assert (answer.status_code, answer.url) == (302, f"/projects/{project.pk}")


def test_a_form_s_address_without_a_page_says_so_and_what_to_do():
    answer = browser(MembershipFactory()).get("/acting-for")

    assert answer.status_code == METHOD_NOT_ALLOWED
    assert answer["Allow"] == "POST"
    assert 'href="/"' in answer.text
    assert "提交表单" in answer.text


def test_no_address_answers_with_an_empty_page():
    host = OrganisationFactory(is_host=True, kind="pilot_platform")
    page = browser(MembershipFactory(organisation=host, role=Role.PLATFORM_OPERATOR, is_admin=True))

    empty = [
        path
        for path in own_addresses()
        if (answer := page.get(path)).status_code == METHOD_NOT_ALLOWED and not answer.content
    ]

    assert empty == []


@pytest.mark.parametrize("path", ["/", "/healthz", "/register", "/services", "/accounts/login/"])
def test_a_page_can_be_asked_for_by_its_head(path):
    answer = Client().head(path)

    assert answer.status_code == 200
    assert answer.content == b""


def test_a_program_keeps_the_plain_rules():
    assert Client().get("/api/v1/matches/1/accept").status_code in {401, 404, 405}


def test_what_is_not_mine_to_see_looks_like_any_missing_page():
    OrganisationFactory(is_host=True, kind="pilot_platform", contact_email="desk@harbor.example")

    answer = browser(MembershipFactory()).get("/agreements/4711")

    assert answer.status_code == 404
    assert "not_found" not in answer.text
    assert "被规则拒绝" not in answer.text
    assert "desk@harbor.example" in answer.text
