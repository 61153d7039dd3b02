"""A retried request: the same answer, nothing done twice, no secret kept."""

from datetime import timedelta
from functools import partial

import pytest
from django.test import Client
from django.utils import timezone

from pilotharbor.booking.models import Booking
from pilotharbor.kernel import idempotency
from pilotharbor.kernel.models import IdempotentRequest
from pilotharbor.parties.models import ApiToken
from pilotharbor.parties.roles import Role
from tests.factories.booking import NOW, dock, on
from tests.factories.callers import Caller
from tests.factories.parties import MembershipFactory, PersonFactory
from tests.factories.race import race

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "one-and-the-same"


@pytest.fixture(autouse=True)
def _exercise(settings):
    settings.EXERCISE_CLOCK = True


def body(d, day=2):
    return {
        "line_id": d.line.pk, "project_id": d.project.pk, "billing": "batch",
        "start": on(day).isoformat(), "end": on(day, 18).isoformat(),
    }  # fmt: skip


def test_same_key_same_answer():
    d = dock()
    caller = Caller(d.buyer, at=NOW)

    one, two = (caller.post("/bookings", body(d), key=KEY) for _ in range(2))

    assert (one.status_code, one.content) == (two.status_code, two.content)
    assert "Idempotent-Replay" not in one.headers
    assert two.headers["Idempotent-Replay"] == "true"
    assert Booking.objects.count() == 1


def test_a_refusal_is_repeated_too():
    d = dock()
    d.allot(on(2), on(3))
    caller = Caller(d.buyer, at=NOW)

    one, two = (caller.post("/bookings", body(d), key=KEY) for _ in range(2))

    assert (one.status_code, one.content) == (two.status_code, two.content) == (409, two.content)


def test_another_body_path_or_method_under_the_same_key_is_refused():
    d = dock()
    caller = Caller(d.buyer, at=NOW)
    made = caller.post("/bookings", body(d), key=KEY).json()["id"]

    for path, other in (
        ("/bookings", body(d, 9)),
        ("/bookings?x=1", body(d)),
        (f"/bookings/{made}/cancel", body(d)),
    ):
        refused = caller.post(path, other, key=KEY)
        assert refused.json()["code"] == "kernel.idempotency_key_reused"
        assert refused.status_code == 422


def test_keys_belong_to_their_caller():
    d, other = dock(), dock()

    Caller(d.buyer, at=NOW).post("/bookings", body(d), key=KEY)
    answer = Caller(other.buyer, at=NOW).post("/bookings", body(other), key=KEY)

    assert answer.status_code == 201
    assert Booking.objects.count() == 2


def test_a_missing_or_short_key_is_refused_where_it_matters():
    d = dock()
    caller = Caller(d.buyer, at=NOW)

    short = caller.post("/bookings", body(d), key="short")
    missing = caller.client.post(
        "/api/v1/bookings", body(d), content_type="application/json", headers=caller.headers
    )

    assert (short.status_code, missing.status_code) == (422, 422)
    assert Booking.objects.count() == 0


def test_two_identical_requests_at_once_have_one_effect():
    d = dock()
    caller = Caller(d.buyer, at=NOW)
    for day in (2, 3, 4, 5):
        outcomes = race(
            *[partial(caller.post, "/bookings", body(d, day), key=f"race-of-day-{day}")] * 4
        )
        codes = sorted(o.status_code for o in outcomes)
        assert codes.count(201) >= 1
        assert {o.json()["code"] for o in outcomes if o.status_code == 409} <= {
            "kernel.idempotency_in_progress"
        }
        assert set(codes) <= {201, 409}
    assert Booking.objects.count() == 4


def test_after_a_crash_between_commit_and_answer_nothing_is_repeated(monkeypatch):
    d = dock()
    caller = Caller(d.buyer, at=NOW)
    monkeypatch.setattr(idempotency, "answer", _crash)
    with pytest.raises(SystemExit):
        caller.post("/bookings", body(d), key=KEY)
    monkeypatch.undo()

    soon = caller.post("/bookings", body(d), key=KEY)
    IdempotentRequest.objects.update(started_at=timezone.now() - timedelta(minutes=3))
    later = caller.post("/bookings", body(d), key=KEY)

    assert (soon.status_code, soon.json()["code"]) == (409, "kernel.idempotency_in_progress")
    assert (later.status_code, later.json()["code"]) == (409, "kernel.idempotency_answer_lost")
    assert Booking.objects.count() == 1


def _crash(*args, **kwargs):
    raise SystemExit


def test_after_a_crash_before_the_commit_the_retry_does_it(monkeypatch):
    d = dock()
    caller = Caller(d.buyer, at=NOW)
    monkeypatch.setattr(idempotency, "mark_carried_out", _crash)
    with pytest.raises(SystemExit):
        caller.post("/bookings", body(d), key=KEY)
    monkeypatch.undo()
    assert Booking.objects.count() == 0

    IdempotentRequest.objects.update(started_at=timezone.now() - timedelta(minutes=3))
    later = caller.post("/bookings", body(d), key=KEY)

    assert later.status_code == 201
    assert Booking.objects.count() == 1


@pytest.mark.parametrize("status", [500, 503, 401, 429])
def test_what_may_pass_is_not_kept(status):
    claim = idempotency.begin(caller="x", key=KEY, body_sha256="a", at=NOW)

    idempotency.answer(claim, idempotency.Answer(status, "text/plain", b""), at=NOW)

    assert isinstance(idempotency.begin(caller="x", key=KEY, body_sha256="a", at=NOW), int)


def test_a_server_error_after_the_fact_is_not_repeated():
    claim = idempotency.begin(caller="x", key=KEY, body_sha256="a", at=NOW)
    idempotency.mark_carried_out(claim)

    idempotency.answer(claim, idempotency.Answer(500, "text/plain", b""), at=NOW)

    with pytest.raises(idempotency.AnswerLost):
        idempotency.begin(caller="x", key=KEY, body_sha256="a", at=NOW + timedelta(minutes=3))


@pytest.mark.parametrize("end", ["revoked", "deleted", "expired", "narrowed", "suspended"])
def test_a_token_that_no_longer_works_gets_no_stored_answer(end):
    d = dock()
    caller = Caller(d.buyer, at=NOW)
    assert caller.post("/bookings", body(d), key=KEY).status_code == 201
    token = ApiToken.objects.filter(membership=d.buyer)

    match end:
        case "revoked":
            token.update(revoked_at=NOW)
        case "deleted":
            token.delete()
        case "expired":
            token.update(expires_at=NOW)
        case "narrowed":
            token.update(scopes=["read"])
        case "suspended":
            d.buyer.__class__.objects.filter(pk=d.buyer.pk).update(status="suspended")
    again = caller.post("/bookings", body(d), key=KEY)

    assert (again.status_code, again.json()["code"]) == (401, "web.not_signed_in")
    assert "Idempotent-Replay" not in again.headers
    assert Booking.objects.count() == 1


def test_who_is_turned_away_claims_no_key():
    d = dock()
    stranger = Caller(None, at=NOW)
    stranger.headers["Authorization"] = "Bearer phb_nobody"

    assert stranger.post("/bookings", body(d), key=KEY).status_code == 401
    assert IdempotentRequest.objects.count() == 0


def test_a_session_that_ended_gets_no_stored_answer():
    d = dock()
    client = Client(headers={"X-Harbor-Time": NOW.isoformat(), "Idempotency-Key": KEY})
    client.force_login(
        d.buyer.person, backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    send = partial(client.post, "/api/v1/bookings", body(d), content_type="application/json")
    assert (send().status_code, send().headers["Idempotent-Replay"]) == (201, "true")

    client.logout()
    again = send()

    assert (again.status_code, again.json()["code"]) == (401, "web.not_signed_in")
    assert Booking.objects.count() == 1


def test_a_wrong_clock_is_told_before_any_key_is_claimed(settings):
    d = dock()
    settings.EXERCISE_CLOCK = False

    answer = Caller(d.buyer, at=NOW).post("/bookings", body(d), key=KEY)

    assert (answer.status_code, answer.json()["code"]) == (422, "kernel.real_clock")
    assert IdempotentRequest.objects.count() == 0


def test_every_post_that_makes_money_bookings_or_evidence_asks_for_a_key():
    """The whole list, so that a new address has to decide."""
    document = Client().get("/api/v1/openapi.json").json()
    asks = {
        path.removeprefix("/api/v1")
        for path, methods in document["paths"].items()
        for p in methods.get("post", {}).get("parameters", [])
        if p["name"] == "Idempotency-Key"
    }

    assert asks == {
        "/accreditations",
        "/agreements/{agreement_id}/offer",
        "/agreements/{agreement_id}/revenue-reports",
        "/agreements/{agreement_id}/sign",
        "/batches/{batch_id}/corrections",
        "/batches/{batch_id}/judge",
        "/booking-quotes",
        "/booking-series",
        "/bookings",
        "/bookings/{booking_id}/usage",
        "/campaigns/{campaign_id}/batches",
        "/campaigns/{campaign_id}/judge",
        "/campaigns/{campaign_id}/report",
        "/courses/{course_id}/examinations",
        "/harvest-sources",
        "/harvest-sources/{source_id}/runs",
        "/invoices/{invoice_id}/pay",
        "/panels/{panel_id}/close",
        "/panels/{panel_id}/scores",
        "/projects/{project_id}/agreements",
        "/projects/{project_id}/campaign",
        "/projects/{project_id}/decision",
        "/projects/{project_id}/pilot-decision",
        "/projects/{project_id}/trl-statements",
        "/schedules",
        "/schedules/{proposal_id}/accept",
        "/waiting-list",
        "/telemetry/samples",
    }


def test_a_secret_is_shown_once_and_never_stored():
    person = PersonFactory()
    person.set_password("harbour tides lift quiet ships 27")
    person.save()
    MembershipFactory(person=person, role=Role.ENTERPRISE_MEMBER)
    asked = {"email": person.email, "password": "harbour tides lift quiet ships 27"}
    caller = Caller(None)

    first = caller.post("/tokens", asked, key=KEY)
    again = caller.post("/tokens", asked, key=KEY)

    assert first.status_code == 201, first.content
    assert (again.status_code, again.json()["code"]) == (409, "kernel.idempotency_answer_lost")
    assert ApiToken.objects.count() == 1
    kept = IdempotentRequest.objects.get()
    assert (kept.response, kept.status_code) == (None, None)


def test_old_requests_are_forgotten():
    idempotency.begin(caller="x", key=KEY, body_sha256="a", at=NOW - timedelta(days=8))
    idempotency.begin(caller="y", key=KEY, body_sha256="a", at=NOW)

    assert idempotency.purge(before=NOW - timedelta(days=7)) == 1
    assert IdempotentRequest.objects.get().caller == "y"
