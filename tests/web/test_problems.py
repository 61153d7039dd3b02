"""Under /api/v1 every error is a problem document, whoever refuses: our lines, the framework, a bug."""

import pytest
from django.test import Client, override_settings

from pilotharbor.web import pages
from tests.factories.booking import NOW, dock
from tests.factories.callers import Caller

pytestmark = pytest.mark.django_db
SAID = {
    "zh": {
        "web.http_400": "无法读取此请求。未做任何更改。",
        "web.http_405": "此地址不接受该方法；可用的方法见 Allow 标头。",
        "web.http_413": "请求内容过大。",
        "web.http_415": "此地址不接受这类正文；请发送 JSON。",
        "web.server_error": "系统出错，没有任何内容被更改，请稍后再试。",
    },
    "en": {
        "web.http_400": "This request could not be read. Nothing was changed.",
        "web.http_405": (
            "This address does not take this method; the header Allow names those it takes."
        ),
        "web.http_413": "This request is too large.",
        "web.http_415": "This body is of a kind that this address does not take; send JSON.",
        "web.server_error": (
            "Something failed on our side. Nothing was changed; try again shortly."
        ),
    },
}
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])


@pytest.fixture(autouse=True)
def _exercise(settings):
    settings.EXERCISE_CLOCK = True


def client(**headers):
    return Client(raise_request_exception=False, headers=headers)


def problem(answer, status: int, code: str, language: str = "en"):
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    said = answer.json()
    assert (said["status"], said["code"], said["type"]) == (status, code, f"/problems/{code}")
    assert said["title"] == SAID[language].get(code, said["title"])
    return said


@LANGUAGES
@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/bookings", {"GET", "POST"}), ("PATCH", "/bookings", {"GET", "POST"}),
        ("DELETE", "/lines/1", {"GET", "PATCH"}), ("OPTIONS", "/bookings", {"GET", "POST"}),
        ("TRACE", "/me", {"GET"}),
    ],
)  # fmt: skip
def test_a_method_an_address_does_not_take(language, method, path, allowed):
    answer = client(accept_language=language).generic(method, f"/api/v1{path}")

    problem(answer, 405, "web.http_405", language)
    assert set(answer["Allow"].split(", ")) == allowed


@LANGUAGES
def test_a_bug_of_ours(language, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("pilotharbor.parties.queries.search_organisations", broken)
    answer = client(accept_language=language).get("/api/v1/organisations")

    problem(answer, 500, "web.server_error", language)
    assert b"secret detail" not in answer.content


def out_of_order(respond):
    def middleware(request):
        raise RuntimeError("secret detail")

    return middleware


@LANGUAGES
def test_a_failure_around_everything_else(language, settings):
    """As when the sessions' database is gone: no middleware of ours has seen the request."""
    settings.MIDDLEWARE = [f"{__name__}.out_of_order", *settings.MIDDLEWARE]

    answer = client(accept_language=language).get("/api/v1/organisations")

    problem(answer, 500, "web.server_error", language)
    assert b"secret detail" not in answer.content


def test_a_bug_of_ours_on_a_page_is_still_a_page(monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(pages.feeder, "backlog", broken)
    answer = client().get("/healthz")

    assert answer.status_code == 500
    assert answer["Content-Type"].startswith("text/html")


@LANGUAGES
def test_a_host_that_is_not_ours(language):
    with override_settings(ALLOWED_HOSTS=["harbour.example"]):
        answer = client(accept_language=language).get("/api/v1/me")
        page = client(accept_language=language).get("/")

    problem(answer, 400, "web.http_400", language)
    assert page["Content-Type"].startswith("text/html")


def test_an_address_that_is_not_there():
    problem(client().get("/api/v1/nothing-here"), 404, "not_found")
    problem(client().post("/api/v1/nothing-here"), 404, "not_found")
    problem(client().get("/api/v9"), 404, "not_found")


@LANGUAGES
def test_a_body_that_is_too_large(language):
    caller = Caller(dock().buyer)
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=10):
        for extra in ({}, {"Idempotency-Key": "too-large-to-read"}):
            answer = client(accept_language=language).post(
                "/api/v1/bookings", {"line_id": 1, "project_id": 1},
                content_type="application/json", headers=caller.headers | extra,
            )  # fmt: skip
            problem(answer, 413, "web.http_413", language)


@LANGUAGES
def test_a_body_that_is_no_json(language):
    caller = Caller(dock().buyer)

    for broken in (b"{", b"[" * 100_000, b'{"a": NaN}', b"\xff"):
        answer = client(accept_language=language).generic(
            "POST", "/api/v1/bookings", broken, content_type="application/json",
            headers=caller.headers | {"Idempotency-Key": "no-json-at-all"},
        )  # fmt: skip
        assert answer.status_code in {400, 422}
        assert answer["Content-Type"] == "application/problem+json"
    form = client(accept_language=language).post(
        "/api/v1/bookings", {"line_id": 1}, headers=caller.headers | {"Idempotency-Key": "a-form-1"}
    )
    problem(form, 400, "web.http_400", language)


@LANGUAGES
def test_a_form_that_was_read_as_one_where_json_is_expected(language):
    d = dock()
    sender = client(accept_language=language)
    sender.force_login(
        d.buyer.person, backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    sender.handler.enforce_csrf_checks = True
    token = (
        sender.get("/account/profile").cookies.get("csrftoken")
        or sender.get("/").cookies["csrftoken"]
    )

    answer = sender.post("/api/v1/projects", {"csrfmiddlewaretoken": token.value, "name": "x"})
    unguarded = sender.post("/api/v1/projects", {"name": "x"})

    problem(answer, 415, "web.http_415", language)
    problem(unguarded, 403, "web.http_403", language)


def test_headers_that_say_what_to_do_stay():
    answer = client().get("/api/v1/bookings")

    problem(answer, 401, "web.not_signed_in")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_refusals_of_the_domain_stay_as_they_were():
    answer = Caller(dock().buyer, at=NOW).get("/bookings/0")

    problem(answer, 404, "not_found")
