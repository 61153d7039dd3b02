"""How a refusal is told: to a program as a problem document, to a person as a page, in words."""

import json

import pytest
from django.test import Client
from django.utils import translation

from pilotharbor.kernel.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from pilotharbor.web import problems
from tests.factories.booking import NOW, dock
from tests.factories.callers import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _exercise(settings):
    settings.EXERCISE_CLOCK = True


class Sample(Conflict):
    """The line “{name}” is taken by {who}.

    Not for users.
    """

    code = "test.sample"


def test_the_sentence_is_the_first_paragraph_filled_with_facts():
    assert str(Sample(name="一号线", who=7)) == "The line “一号线” is taken by 7."
    assert str(Sample(name="一号线")) == "The line “一号线” is taken by {who}."
    assert str(Sample()) == "The line “{name}” is taken by {who}."


@pytest.mark.parametrize(
    ("kind", "status"), [(Invalid, 422), (Forbidden, 403), (NotFound, 404), (Conflict, 409)]
)
def test_the_four_kinds_have_their_status(kind, status):
    assert kind().status == status


def test_the_problem_document(rf):
    error = Sample(problems={"start": "taken"}, name="一号线", who=7)

    answer = problems.response(rf.get("/api/v1/x"), error)

    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content) == {
        "type": "/problems/test.sample",
        "code": "test.sample",
        "title": "The line “一号线” is taken by 7.",
        "status": 409,
        "instance": "/api/v1/x",
        "errors": [{"field": "start", "detail": "taken"}],
        "facts": {"name": "一号线", "who": 7},
    }


def test_every_error_has_a_code_of_its_own_and_a_sentence():
    codes: dict[str, type] = {}
    for error in _all(DomainError):
        if not error.__module__.startswith("pilotharbor."):
            continue
        assert error.sentence().rstrip().endswith((".", "!", "?", "}")), error
        if error.__module__ == "pilotharbor.kernel.errors":
            continue
        if error.__subclasses__() and "code" not in vars(error):
            continue  # What several refusals have in common is raised by none.
        assert error.code.count(".") == 1, error
        # Two sentences for one refusal may stand side by side in one file.
        assert codes.get(error.code, error).__module__ == error.__module__, error
        codes[error.code] = error
    assert len(codes) > 50


def _all(kind):
    for one in kind.__subclasses__():
        yield one
        yield from _all(one)


def test_not_found_unauthenticated_and_malformed_over_http():
    caller = Caller(dock().buyer, at=NOW)

    missing = caller.get("/bookings/0")
    stranger = Caller(None).get("/bookings")
    malformed = caller.post("/bookings", {"line_id": "x"})
    nowhere = caller.get("/nothing-here")

    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    assert (stranger.status_code, stranger.json()["code"]) == (401, "web.not_signed_in")
    assert stranger["WWW-Authenticate"] == "Bearer"
    assert (malformed.status_code, malformed.json()["code"]) == (422, "web.malformed")
    assert {"line_id", "project_id"} <= {e["field"] for e in malformed.json()["errors"]}
    assert nowhere.status_code == 404


def test_broken_json_is_malformed_and_not_a_server_error():
    caller = Caller(dock().buyer, at=NOW)

    for broken in (b"{", b"\xff\xfe", b"[]", b'"x"', b"null"):
        answer = caller.client.generic(
            "POST", "/api/v1/bookings", broken, content_type="application/json",
            headers=caller.headers | {"Idempotency-Key": f"broken-{broken!r}-key"},
        )  # fmt: skip
        assert 400 <= answer.status_code < 500, broken


def test_a_person_reads_a_page_in_their_language():
    d = dock()
    client = Client()
    client.force_login(
        d.buyer.person, backend="allauth.account.auth_backends.AuthenticationBackend"
    )

    for language in ("zh-hans", "en"):
        client.cookies["harbor_language"] = language
        page = client.get("/bookings/to-decide")
        with translation.override(language):
            sentence = translation.gettext(
                "Your role does not allow this; ask someone whose role does."
            )
        assert page.status_code == 403
        assert sentence in page.content.decode()
