import pytest
from django.test import Client

from pilotharbor.parties.models import Notification
from tests.factories.agreements import table
from tests.factories.worker import work

pytestmark = pytest.mark.django_db


def browser(member) -> Client:
    client = Client()
    client.force_login(member.person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_pages_answer_who_may_and_nobody_else():
    t, other = table(), table()
    agreement = t.offered()

    for path in (
        "/agreements",
        f"/agreements/{agreement.pk}",
        f"/documents/{agreement.document_id}",
    ):
        assert browser(t.buyer).get(path).status_code == 200
        assert Client().get(path).status_code == 302
    assert browser(other.buyer).get(f"/agreements/{agreement.pk}").status_code == 404
    assert browser(other.buyer).get(f"/documents/{agreement.document_id}").status_code == 404
    assert browser(t.professor).get(f"/agreements/{agreement.pk}").status_code == 200
    assert b"sign-typed" not in browser(t.professor).get(f"/agreements/{agreement.pk}").content


def test_page_images_are_for_the_reader_they_were_opened_for():
    t = table()
    agreement = t.offered()
    mine = browser(t.buyer)
    shown = mine.get(f"/documents/{agreement.document_id}").context["sheets"][0]["url"]

    image = mine.get(shown)

    assert (image.status_code, image["Content-Type"]) == (200, "image/svg+xml")
    assert browser(t.officer).get(shown).status_code == 404
    assert mine.get(shown.split("?", maxsplit=1)[0]).status_code == 404
    assert mine.get(shown.replace("pages/1", "pages/99")).status_code == 404


def test_a_refused_signature_comes_back_with_every_word():
    t = table()
    agreement = t.offered()
    path = f"/agreements/{agreement.pk}/sign"

    back = browser(t.buyer).post(path, {"sign-sha256": "0" * 64, "sign-typed": "00000000"})

    assert back.status_code == 422
    assert back.context["sign_form"]["typed"].value() == "00000000"
    assert not agreement.parties.filter(signed_at__isnull=False).exists()


def test_who_can_sign_is_told_once_the_paper_is_printed():
    t = table()
    t.offered()
    work()

    told = Notification.objects.filter(kind="agreements.agreement.ready")
    people = {t.officer.person_id, t.buyer.person_id, t.operator.person_id}
    assert {n.person_id for n in told} >= people
    assert t.professor.person_id not in {n.person_id for n in told}
