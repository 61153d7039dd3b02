"""What no column can hold is refused at the door, by name, and never becomes a server error."""

import base64
import json
import os
import random
import re

import pytest
from django.test import Client
from django.urls import get_resolver

from pilotharbor.kernel.ids import LARGEST, id_in
from pilotharbor.parties.models import BreakGlass, Organisation
from pilotharbor.parties.roles import Role
from tests.factories.booking import NOW, dock
from tests.factories.callers import Caller
from tests.factories.parties import MembershipFactory

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _exercise(settings):
    settings.EXERCISE_CLOCK = True


def cursor(*parts) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).rstrip(b"=").decode()


# How many of the values below each address meets in one run; PILOTHARBOR_FUZZ asks for more.
SAMPLE = int(os.environ.get("PILOTHARBOR_FUZZ", "5"))
HOSTILE = [
    "\0", "a\0b", "²", "٣", "１２", "-1", "0", str(LARGEST), str(LARGEST + 1), "9" * 400, "1e999",
    "NaN", "true", "", " ", "'", '"', "%", "\\", "a" * 3000, "🜚", "\u202e", "2026-13-40",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-23:00", "9999-12-31",
    cursor("since_at", "9999-12-31T23:59:59-23:00", 1), cursor("-id", 10**30, 10**30),
    cursor("-at", "0001-01-01T00:00:00+14:00", 1), cursor("name", "\0", 1), cursor("name", "x", 1.5),
    cursor("name", "\ud800", 1), cursor("-id", 1, None), "W1td", "[" * 3000,
]  # fmt: skip


def test_an_id_is_ascii_digits_and_fits():
    assert id_in("7") == 7
    assert id_in(str(LARGEST)) == LARGEST
    for text in ("", "²", "٣", "１", "-1", "+1", " 1", "1.0", str(LARGEST + 1), "9" * 5000, "1\n"):
        assert id_in(text) is None, text


@pytest.mark.parametrize("path", ["/organisations", "/projects", "/achievements", "/demands"])
def test_a_nul_in_a_query_of_the_api_names_the_field(path):
    answer = Caller(dock().buyer, at=NOW).get(path, q="\0")

    assert (answer.status_code, answer.json()["code"]) == (422, "web.unstorable")
    assert [e["field"] for e in answer.json()["errors"]] == ["q"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ('{"name": "a\\u0000b"}', "name"), ('{"name": "\\ud800"}', "name"),
        ('{"a": [{"b": "\\u0000"}]}', "a.0.b"), ('{"a\\u0000": 1}', "a�"),
        ('{"number": 1' + "0" * 30 + "}", "number"), ('{"number": 1e999}', "number"),
    ],
)  # fmt: skip
def test_what_json_says_and_no_column_holds_names_the_field(body, field):
    caller = Caller(dock().buyer, at=NOW)
    answer = caller.client.generic(
        "POST", "/api/v1/organisations", body, content_type="application/json",
        headers=caller.headers,
    )  # fmt: skip

    assert (answer.status_code, answer.json()["code"]) == (422, "web.unstorable")
    assert answer.json()["facts"] == {"field": field}
    assert [e["field"] for e in answer.json()["errors"]] == [field]
    assert not Organisation.objects.filter(name__startswith="a").exists()


def test_a_form_or_address_of_a_page_names_the_field_too():
    client = Client(raise_request_exception=False, headers={"accept-language": "en"})
    client.force_login(dock().buyer.person, backend=BACKEND)

    for answer in (
        client.get("/organisations", {"q": "\0"}),
        client.post("/acting-for", {"q": "a\0b"}),
        client.get("/organisations", {"q": "x", "q\0": "x"}),
    ):
        assert answer.status_code == 422
        assert "What was sent for “q" in answer.content.decode()


@pytest.mark.parametrize(
    "path", ["/documents?project=²", "/bookings?project=²", "/bookings?line=" + "9" * 30,
             "/documents?project=" + "9" * 30, "/members?organisation=²"],
)  # fmt: skip
def test_pages_take_no_other_digits_for_ids(path):
    client = Client(raise_request_exception=False)
    client.force_login(dock().buyer.person, backend=BACKEND)

    assert client.get(path).status_code in {200, 404}


@pytest.mark.parametrize("wanted", ["²", "9" * 30, "x", "", "-1"])
def test_acting_for_takes_ids_only(wanted):
    client = Client(raise_request_exception=False)
    client.force_login(dock().buyer.person, backend=BACKEND)

    assert client.post("/acting-for", {"membership": wanted}).status_code == 404


def test_the_audit_trail_takes_ids_only():
    client = Client(raise_request_exception=False, headers={"accept-language": "en"})
    auditor = MembershipFactory(role=Role.AUDITOR)
    client.force_login(auditor.person, backend=BACKEND)

    for asked in ({"number": "²"}, {"project": "9" * 30}, {"number": "٣"}):
        assert client.get("/audit", asked).status_code == 200
    assert client.get("/audit", {"person": "\0"}).status_code == 422


def test_numbers_no_row_can_have_are_not_there():
    d = dock()
    caller = Caller(d.buyer, at=NOW)
    beyond = 10**20

    asked = caller.post(
        "/break-glass",
        {"subject_type": "projects.project", "subject_id": beyond, "reason": "Audit of 2026"},
    )
    assert (asked.status_code, asked.json()["errors"][0]["field"]) == (422, "subject_id")
    assert BreakGlass.objects.count() == 0
    for path in (f"/bookings/{beyond}", f"/organisations/{beyond}", f"/projects/{beyond}/plan"):
        assert caller.get(path).status_code == 404, path
    page = Client(raise_request_exception=False)
    page.force_login(d.buyer.person, backend=BACKEND)
    assert page.get(f"/bookings/{beyond}").status_code == 404
    assert page.get("/invitations/%00").status_code == 404


def test_a_cookie_no_store_can_hold_is_none():
    client = Client(raise_request_exception=False)
    answer = client.get("/", headers={"cookie": 'sessionid="aaaaaaaaaa\\000aa"'})

    assert answer.status_code == 200


def test_tampered_cursors_are_refused():
    caller = Caller(dock().buyer, at=NOW)

    for tampered in (
        cursor("-id", 10**30, 1), cursor("name", "\0", 1), cursor("name", "a", 10**30),
        cursor("name", "\ud800", 1), "[" * 3000, "W1td" * 900,
    ):  # fmt: skip
        answer = caller.get("/organisations", cursor=tampered)
        assert (answer.status_code, answer.json()["code"]) == (422, "page.bad_cursor"), tampered
    for at in ("9999-12-31T23:59:59-23:00", "0001-01-01T00:00:00+14:00", "2026-01-01T00:00:00"):
        answer = caller.get("/notifications", cursor=cursor("-at", at, 1))
        assert (answer.status_code, answer.json()["code"]) == (422, "page.bad_cursor"), at


def _lists():
    """Every GET of the OpenAPI document, with the names of its parameters."""
    document = Client().get("/api/v1/openapi.json").json()
    for path, methods in document["paths"].items():
        if "get" in methods:
            yield (
                path.removeprefix("/api/v1"),
                [p["name"] for p in methods["get"].get("parameters", []) if p["in"] == "query"],
            )


@pytest.mark.parametrize("role", ["buyer", "host", "auditor"])
def test_no_hostile_value_is_a_server_error_on_any_get_of_the_api(role):
    d = dock()
    actor = {
        "buyer": lambda: d.buyer,
        "host": lambda: MembershipFactory(
            role=Role.PLATFORM_OPERATOR, organisation=d.line.platform
        ),
        "auditor": lambda: MembershipFactory(role=Role.AUDITOR),
    }[role]()
    caller = Caller(actor, at=NOW)
    caller.client.raise_request_exception = False
    draw = random.Random(role)
    routes = list(_lists())
    assert len(routes) > 40

    failed = []
    for path, names in routes:
        real = re.sub(r"\{[^}]+\}", "1", path)
        for value in draw.sample(HOSTILE, SAMPLE):
            # One at a time as a rule: together, the first refusal hides what comes after it.
            asked = {draw.choice(names): value} if names else {"q": value}
            if caller.get(real, **asked).status_code >= 500:
                failed.append((real, asked))
        for value in (str(LARGEST + 1), "9" * 400, "%00", draw.choice(["²", "-1", "%ED%A0%80"])):
            at = re.sub(r"\{[^}]+\}", value, path)
            if caller.get(at).status_code >= 500:
                failed.append((at, {}))
    assert failed == []


def test_no_hostile_value_is_a_server_error_on_any_list_page():
    d = dock()
    client = Client(raise_request_exception=False)
    client.force_login(d.buyer.person, backend=BACKEND)
    names = ["q", "cursor", "status", "kind", "project", "line", "day", "week", "month", "owner",
             "organisation", "from", "to", "start", "end", "page", "sort", "trl", "region"]  # fmt: skip
    paths = [
        f"/{pattern.pattern}"
        for resolver in get_resolver().url_patterns
        for pattern in getattr(resolver, "url_patterns", [resolver])
        if re.fullmatch(r"[a-z/-]+", str(pattern.pattern))
        and str(resolver.pattern) not in {"api/v1/", "accounts/"}
    ]
    assert len(paths) > 30

    draw = random.Random("pages")
    failed = []
    for path in paths:
        tries = [dict.fromkeys(names, value) for value in draw.sample(HOSTILE, SAMPLE)]
        tries += [{draw.choice(names): value} for value in draw.sample(HOSTILE, SAMPLE)]
        failed += [(path, t) for t in tries if client.get(path, t).status_code >= 500]
    assert failed == []
