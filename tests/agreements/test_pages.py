import pytest
from django.test import Client
from django.utils import translation

from pilotharbor.agreements import wording
from pilotharbor.documents import queries as papers
from pilotharbor.documents.models import Document
from pilotharbor.parties.models import Notification
from pilotharbor.parties.roles import OrganisationKind
from tests.factories.agreements import table
from tests.factories.parties import OrganisationFactory
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
    assert b"sign-name" not in browser(t.professor).get(f"/agreements/{agreement.pk}").content


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


def signature(t, agreement, **changes):
    digest = papers.sha256_of(document_id=agreement.document_id)
    return {"sign-sha256": digest, "sign-read": "on", "sign-name": t.buyer.person.name} | changes


def test_a_paper_is_signed_by_saying_it_was_read_and_by_name():
    t = table()
    agreement = t.offered()
    mine = browser(t.buyer)
    page = mine.get(f"/agreements/{agreement.pk}").content.decode()
    assert page.index('id="paper"') < page.index('id="sign"')

    said = signature(t, agreement, **{"sign-name": f" {t.buyer.person.name}　"})
    answer = mine.post(f"/agreements/{agreement.pk}/sign", said)

    assert answer.status_code == 302
    assert agreement.parties.get(signed_at__isnull=False).signed_by == t.buyer


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"sign-sha256": "0" * 64}, "read"),
        ({"sign-name": "别人"}, "name"),
        ({"sign-read": ""}, "read"),
    ],
)
def test_a_refused_signature_comes_back_with_every_word(change, field):
    t = table()
    agreement = t.offered()
    said = signature(t, agreement, **change)

    back = browser(t.buyer).post(f"/agreements/{agreement.pk}/sign", said)

    assert back.status_code == 422
    assert field in back.context["sign_form"].errors
    assert back.context["sign_form"]["name"].value() == said["sign-name"]
    assert not agreement.parties.filter(signed_at__isnull=False).exists()


def filled(t, **changes):
    rows = [("signing", "30", "agreement_signed"), ("second", "40", "batch_released"),
            ("report", "30", "report_issued")]  # fmt: skip
    said = {
        "fee_fen": "12,345.67", "vat_bp": "6", "fee_includes_vat": "on", "improvement_ip": "joint",
        "milestone-TOTAL_FORMS": "3", "milestone-INITIAL_FORMS": "3",
    }  # fmt: skip
    for i, (key, share, evidence) in enumerate(rows):
        prefix = f"milestone-{i}"
        said |= {
            f"{prefix}-key": key, f"{prefix}-share_bp": share, f"{prefix}-evidence": evidence,
            f"{prefix}-nth": "2" if evidence == "batch_released" else "1",
        }  # fmt: skip
    return said | changes


def test_the_form_proposes_the_plans_budget_and_no_departure_from_the_statute():
    t = table(budget_fen=12_345_600)
    auditor = OrganisationFactory(kind=OrganisationKind.AUDIT_BODY)
    bureau = OrganisationFactory(kind=OrganisationKind.GOVERNMENT_BUREAU)
    lab = OrganisationFactory(kind=OrganisationKind.SERVICE_PROVIDER)

    form = browser(t.operator).get(f"/projects/{t.project.pk}/agreements/new").context["form"]

    assert form["fee_fen"].value() == "123456.00"
    assert form["improvement_ip"].value() is None
    for name in ("parties", "payer_id", "payee_id"):
        offered = set(form.fields[name].queryset)
        assert lab in offered
        assert not {auditor, bureau} & offered


def test_who_owns_improvements_must_be_chosen():
    t = table()
    said = filled(t)
    del said["improvement_ip"]

    back = browser(t.operator).post(f"/projects/{t.project.pk}/agreements/new", said)

    assert back.status_code == 422
    assert list(back.context["form"].errors) == ["improvement_ip"]
    assert back.context["form"]["fee_fen"].value() == "12,345.67"


def test_a_draft_is_changed_and_its_earlier_version_stays():
    t = table()
    agreement = t.draft()
    mine, path = browser(t.operator), f"/agreements/{agreement.pk}/edit"
    shown = mine.get(path).context
    assert [row["share_bp"].value() for row in shown["rows"]] == ["30", "40", "30"]

    answer = mine.post(path, filled(t, version="1"))

    assert answer.status_code == 302
    agreement.refresh_from_db()
    assert (agreement.version, agreement.fee_fen) == (2, 1_234_567)
    page = mine.get(f"/agreements/{agreement.pk}")
    assert page.context["earlier"][0]["fee_fen"] == 80_000_000
    assert path.encode() in page.content


def test_a_milestone_is_crossed_out_and_what_is_wrong_stands_at_its_row():
    t = table()
    agreement = t.draft()
    mine, path = browser(t.operator), f"/agreements/{agreement.pk}/edit"

    back = mine.post(path, filled(t, **{"milestone-1-nth": "99"}))
    assert back.status_code == 422
    assert "99" in back.context["rows"][1].non_field_errors()[0]

    crossed = {"milestone-0-share_bp": "70", "milestone-1-DELETE": "on"}
    assert mine.post(path, filled(t, **crossed)).status_code == 302
    assert list(agreement.milestones.values_list("share_bp", flat=True)) == [7000, 3000]


def test_a_draft_is_read_as_a_paper_marked_as_such_before_it_is_offered():
    t = table()
    agreement = t.draft()

    answer = browser(t.operator).get(f"/agreements/{agreement.pk}/preview")

    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert not Document.objects.exists()
    t.offer(agreement)
    assert browser(t.operator).get(f"/agreements/{agreement.pk}/preview").status_code == 302


def test_who_can_sign_is_told_once_the_paper_is_printed():
    t = table()
    t.offered()
    work()

    told = Notification.objects.filter(kind="agreements.agreement.ready")
    people = {t.officer.person_id, t.buyer.person_id, t.operator.person_id}
    assert {n.person_id for n in told} >= people
    assert t.professor.person_id not in {n.person_id for n in told}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_usual_milestone_keeps_its_key_whatever_the_language_of_the_page(language):
    with translation.override(language):
        said = [wording.term(key) for key in ("signing", "second_batch", "report")]

    assert [wording.key_of(name) for name in said] == ["signing", "second_batch", "report"]
    assert wording.key_of("中期检查") == "中期检查"
