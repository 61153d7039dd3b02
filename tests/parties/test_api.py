"""Organisations, people and access over HTTP: status, code, who may."""

import pytest
from django.core.cache import cache

from pilotharbor.parties import commands as parties
from pilotharbor.parties import tokens
from pilotharbor.parties.models import ApiToken, Membership, NonDisclosure, Organisation
from pilotharbor.parties.roles import Role
from tests.conftest import AT
from tests.factories.parties import OrganisationFactory, PersonFactory, uscc
from tests.parties.conftest import PASSWORD, bearer

API = "/api/v1"


@pytest.fixture(autouse=True)
def _fresh_counters(db):
    cache.clear()


def post(client, path, body=None, *, by=None, headers=None):
    headers = headers or (bearer(by) if by else {})
    return client.post(f"{API}{path}", body or {}, content_type="application/json", headers=headers)


def get(client, path, *, by=None, headers=None):
    return client.get(f"{API}{path}", headers=headers or (bearer(by) if by else {}))


def registration(**changes):
    return {
        "kind": "enterprise", "name": "示例新材料有限公司", "uscc": uscc(77_000_001),
        "contact": {
            "name": "吴总监", "email": "wu@new.example", "password": PASSWORD,
            "role": "enterprise_member",
        },
    } | changes  # fmt: skip


def test_registering_approving_and_getting_a_token(client, harbour):
    made = post(client, "/organisations", registration())
    assert made.status_code == 201
    assert made.json()["status"] == "applied"

    pk = made.json()["id"]
    assert get(client, f"/organisations/{pk}").status_code == 404
    assert (
        post(client, f"/organisations/{pk}/approve", by=harbour.operator).json()["status"]
        == "approved"
    )
    assert get(client, f"/organisations/{pk}").status_code == 200

    token = post(client, "/tokens", {"email": "wu@new.example", "password": PASSWORD})
    assert token.status_code == 201
    headers = {"Authorization": f"Bearer {token.json()['token']}"}
    me = get(client, "/me", headers=headers).json()
    assert me["acting"]["organisation_id"] == pk
    assert me["person"]["email"] == "wu@new.example"


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"uscc": "91330200MA2HB0AA16"}, 422, "code.check_digit"),
        ({"kind": "castle"}, 422, "web.malformed"),
        ({"unknown": 1}, 422, "web.malformed"),
        ({"is_host": True}, 422, "web.malformed"),
        ({"contact": {"name": "甲", "email": "a@b.example", "password": "12345678", "role": "enterprise_member"}}, 422, "parties.weak_password"),
        ({"contact": {"name": "甲", "email": "a@b.example", "password": PASSWORD, "role": "auditor"}}, 422, "parties.role_does_not_fit"),
    ],
)  # fmt: skip
def test_a_registration_that_cannot_be(client, harbour, changes, status, code):
    answer = post(client, "/organisations", registration(**changes))

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert not Organisation.objects.filter(name="示例新材料有限公司").exists()


def test_a_taken_code_is_a_conflict(client, harbour):
    answer = post(client, "/organisations", registration(uscc=harbour.company.uscc))

    assert (answer.status_code, answer.json()["code"]) == (409, "parties.uscc_taken")
    assert harbour.company.name in answer.json()["title"]


def test_lists_are_paged_searched_and_show_only_what_one_may_see(client, harbour):
    OrganisationFactory(status="applied", name="待审核的企业")

    first = get(client, "/organisations?limit=3").json()
    second = get(client, f"/organisations?limit=3&cursor={first['next_cursor']}").json()

    assert len(first["items"]) == 3
    assert {o["name"] for o in first["items"] + second["items"]} == {
        harbour.host.name, harbour.university.name, harbour.company.name, harbour.audit.name,
    }  # fmt: skip
    found = get(client, f"/organisations?uscc={harbour.company.uscc}").json()["items"]
    assert [o["id"] for o in found] == [harbour.company.pk]
    assert get(client, "/organisations?q=大学").json()["items"][0]["id"] == harbour.university.pk
    assert len(get(client, "/organisations", by=harbour.operator).json()["items"]) == 5
    assert get(client, "/organisations?cursor=nonsense").status_code == 422


def test_inviting_and_accepting(client, harbour):
    url = f"/organisations/{harbour.university.pk}/invitations"
    body = {"email": "lin@uni.example", "name": "林教授", "role": "researcher"}

    invited = post(client, url, body, by=harbour.tto)
    assert invited.status_code == 201
    assert invited.json()["accept_url"].endswith(invited.json()["token"])
    accepted = post(
        client, f"/invitations/{invited.json()['token']}/accept", {"password": PASSWORD}
    )
    assert accepted.status_code == 201
    member = Membership.objects.get(pk=accepted.json()["membership_id"])
    assert (member.person_id, member.role) == (accepted.json()["person_id"], Role.RESEARCHER)
    again = post(client, f"/invitations/{invited.json()['token']}/accept", {"password": PASSWORD})
    assert (again.status_code, again.json()["code"]) == (409, "parties.invitation_over")
    assert post(client, url, body, by=harbour.buyer).status_code == 403
    assert post(client, url, body).status_code == 401


def test_the_host_never_sees_the_secret_of_an_invitation(client, harbour):
    empty = OrganisationFactory()
    body = {"email": "first@new.example", "role": "enterprise_member"}

    first = post(client, f"/organisations/{empty.pk}/invitations", body, by=harbour.operator)
    foreign = post(
        client, f"/organisations/{harbour.university.pk}/invitations",
        body | {"role": "researcher"}, by=harbour.operator,
    )  # fmt: skip

    assert (first.status_code, first.json()["token"], first.json()["accept_url"]) == (201, "", "")
    assert (foreign.status_code, foreign.json()["code"]) == (403, "parties.own_administrators")


def test_a_second_membership_is_chosen_by_number(client, harbour):
    person = harbour.buyer.person
    person.set_password(PASSWORD)
    person.save()
    invited = parties.invite(
        organisation_id=harbour.university.pk, email=person.email, role=Role.EXPERT,
        actor_id=harbour.tto.pk, at=AT,
    )  # fmt: skip
    member = parties.accept_invitation(token=invited.secret, password=PASSWORD, at=AT)
    body = {"email": person.email, "password": PASSWORD}

    assert post(client, "/tokens", body).json()["membership_id"] == harbour.buyer.pk
    chosen = post(client, "/tokens", body | {"membership_id": member.pk})
    assert chosen.json()["membership_id"] == member.pk
    assert post(client, "/tokens", body | {"membership_id": harbour.tto.pk}).status_code == 404


def test_a_token_reads_or_changes_by_its_scopes_and_can_be_revoked(client, harbour):
    reads = bearer(harbour.buyer, scopes=("read",))

    assert get(client, "/me", headers=reads).status_code == 200
    assert (
        post(client, "/ndas", {"owner_id": harbour.university.pk}, headers=reads).status_code == 401
    )
    listed = get(client, "/tokens", headers=reads).json()["items"]
    assert set(listed[0]) >= {"prefix", "scopes", "expires_at"}
    assert "secret" not in str(listed)
    pk = ApiToken.objects.get().pk
    assert client.delete(f"{API}/tokens/{pk}", headers=bearer(harbour.tto)).status_code == 404
    assert client.delete(f"{API}/tokens/{pk}", headers=bearer(harbour.buyer)).status_code == 204
    assert get(client, "/me", headers=reads).status_code == 401


def test_wrong_passwords_lock_out_here_and_on_the_sign_in_page(client, harbour):
    person = PersonFactory(email="wu@pharma.example")
    person.set_password(PASSWORD)
    person.save()
    wrong = {"email": "wu@pharma.example", "password": "not this one"}

    codes = [post(client, "/tokens", wrong).json()["code"] for _ in range(6)]
    right = post(client, "/tokens", wrong | {"password": PASSWORD})
    page = client.post("/accounts/login/", {"login": "wu@pharma.example", "password": PASSWORD})

    assert codes == ["parties.bad_credentials"] * 5 + ["parties.too_many_attempts"]
    assert (right.status_code, right.json()["code"]) == (429, "parties.too_many_attempts")
    assert page.status_code == 200
    assert "_auth_user_id" not in client.session


def test_guessing_a_password_through_an_invitation_locks_out_too(client, harbour):
    person = PersonFactory(email="wu@pharma.example")
    person.set_password(PASSWORD)
    person.save()
    invited = parties.invite(
        organisation_id=harbour.university.pk, email=person.email, role=Role.EXPERT,
        actor_id=harbour.tto.pk, at=AT,
    )  # fmt: skip
    from django.utils import timezone

    type(invited.invitation).objects.update(expires_at=timezone.now().replace(year=2099))
    url = f"/invitations/{invited.secret}/accept"

    codes = [post(client, url, {"password": "wrong"}).json()["code"] for _ in range(6)]

    assert codes == ["parties.prove_it_is_you"] * 5 + ["parties.too_many_attempts"]


def test_signing_an_nda_once(client, harbour):
    text = get(client, "/ndas/text").json()
    body = {"owner_id": harbour.university.pk, "text_sha256": text["sha256"]}

    signed = post(client, "/ndas", body, by=harbour.buyer)
    again = post(client, "/ndas", body, by=harbour.buyer)

    assert signed.status_code == 201
    assert text["zh"].startswith("保密协议")
    assert (again.status_code, again.json()["code"]) == (409, "parties.nda_signed_already")
    assert len(get(client, "/ndas", by=harbour.tto).json()["items"]) == 1
    assert get(client, "/ndas", by=harbour.operator).json()["items"] == []
    ended = post(client, f"/ndas/{signed.json()['id']}/end", by=harbour.tto)
    assert ended.json()["status"] == "ended"


def test_a_retried_signature_gets_the_first_answer(client, harbour):
    headers = bearer(harbour.buyer) | {"Idempotency-Key": "nda-key-0001"}
    body = {"owner_id": harbour.university.pk}

    first = post(client, "/ndas", body, headers=headers)
    second = post(client, "/ndas", body, headers=headers)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert NonDisclosure.objects.count() == 1


def test_breaking_the_glass(client, harbour):
    body = {"subject_type": "technologies.achievement", "subject_id": 3, "reason": "核对"}

    asked = post(client, "/break-glass", body, by=harbour.administrator)
    url = f"/break-glass/{asked.json()['id']}"
    own = post(client, f"{url}/grant", by=harbour.administrator)
    granted = post(client, f"{url}/grant", by=harbour.auditor)

    assert asked.status_code == 201
    assert (own.status_code, own.json()["code"]) == (409, "parties.two_people")
    assert granted.json()["status"] == "granted"
    assert post(client, f"{url}/refuse", by=harbour.auditor).status_code == 409
    assert post(client, "/break-glass", body, by=harbour.tto).status_code == 403
    assert len(get(client, "/break-glass", by=harbour.auditor).json()["items"]) == 1


def test_people_and_notifications(client, harbour):
    members = get(client, f"/members?organisation_id={harbour.university.pk}", by=harbour.tto)
    foreign = get(client, f"/members?organisation_id={harbour.university.pk}", by=harbour.buyer)
    suspended = post(
        client, f"/members/{harbour.researcher.pk}/suspend", {"reason": "调查"}, by=harbour.tto
    )

    assert len(members.json()["items"]) == 2
    assert foreign.json()["items"] == []
    assert suspended.json()["status"] == "suspended"
    assert (
        post(client, f"/members/{harbour.researcher.pk}/reinstate", by=harbour.tto).json()["status"]
        == "active"
    )
    assert (
        post(client, f"/members/{harbour.researcher.pk}/end", by=harbour.tto).json()["status"]
        == "ended"
    )
    assert get(client, "/notifications?unread=true", by=harbour.tto).json()["items"] == []
    assert post(client, "/notifications/0/read", by=harbour.tto).status_code == 404
    changed = client.patch(
        f"{API}/organisations/{harbour.university.pk}", {"name_en": "Example University"},
        content_type="application/json", headers=bearer(harbour.tto),
    )  # fmt: skip
    assert changed.json()["name_en"] == "Example University"


SUSPENSIONS = {
    "organisation": lambda h: parties.suspend_organisation(
        organisation_id=h.company.pk, reason="x", actor_id=h.operator.pk, at=AT
    ),
    "membership": lambda h: parties.suspend_member(
        membership_id=h.buyer.pk, reason="x", actor_id=h.operator.pk, at=AT
    ),
    "person": lambda h: parties.suspend_person(
        person_id=h.buyer.person_id, reason="x", actor_id=h.operator.pk, at=AT
    ),
    "refusal": lambda h: Organisation.objects.filter(pk=h.company.pk).update(status="refused"),
}


@pytest.mark.parametrize("how", SUSPENSIONS)
def test_the_suspended_lose_open_session_and_token_at_once(client, harbour, how):
    token = bearer(harbour.buyer)
    client.force_login(harbour.buyer.person)
    assert get(client, "/me").status_code == 200
    assert get(client, "/me", headers=token).status_code == 200
    assert client.get("/people").status_code == 200

    SUSPENSIONS[how](harbour)

    assert get(client, "/me").status_code == 401
    assert get(client, "/me", headers=token).status_code == 401
    assert (
        post(client, "/ndas", {"owner_id": harbour.university.pk}, headers=token).status_code == 401
    )
    assert client.get("/people").status_code in {302, 403}


def test_a_session_needs_the_csrf_token_to_change_things(harbour):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(harbour.buyer.person)

    assert post(client, "/ndas", {"owner_id": harbour.university.pk}).status_code == 403
    assert not NonDisclosure.objects.exists()


def test_an_expired_token_is_refused(client, harbour):
    secret = tokens.new_secret()
    ApiToken.objects.create(
        membership=harbour.buyer, prefix=secret[:10], secret_sha256=tokens.digest(secret),
        scopes=["read"], created_at=AT, expires_at=AT.replace(year=2020),
    )  # fmt: skip

    assert get(client, "/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    assert (
        get(client, "/organisations", headers={"Authorization": "Bearer nonsense"}).status_code
        == 401
    )
