"""Papers, agreements and campaigns as people meet them, at a desk and on a phone."""

import pytest

from pilotharbor.campaigns.models import Batch
from pilotharbor.documents import queries as papers
from tests.factories.agreements import table
from tests.factories.campaigns import bench
from tests.factories.worker import work

pytestmark = pytest.mark.django_db(transaction=True)
SIZES = ("desk", "phone")
LANGUAGES = ("zh-hans", "en")
SPEC = [
    {"attribute": "purity", "unit": "%", "at_least": "99.5"},
    {"attribute": "yield", "unit": "%", "at_least": "82"},
    {"attribute": "single_impurity", "unit": "%", "at_most": "0.1"},
]


def opened_as(open_page, member, size, language):
    return open_page(size=size, language=language, person=member.person, membership=member)


def row(purity: str, impurity: str = "0.05") -> dict[str, list[str]]:
    return {"purity": [purity, "99.58"], "yield": ["83.1"], "single_impurity": [impurity]}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_agreement_pages(open_page, size, language):
    t = table(acceptance=SPEC)
    buyer = opened_as(open_page, t.buyer, size, language)
    operator = opened_as(open_page, t.operator, size, language)
    operator.go(f"/projects/{t.project.pk}/agreements/new")
    operator.assert_fine(f"agreement-new-{size}-{language}")
    agreement = t.offered()

    operator.go("/agreements")
    operator.assert_fine(f"agreements-{size}-{language}")
    buyer.go(f"/agreements/{agreement.pk}")
    buyer.assert_fine(f"agreement-to-sign-{size}-{language}")

    t.sign(agreement, t.officer)
    t.sign(agreement, t.operator)
    t.sign(agreement, t.buyer)
    work()
    buyer.go(f"/agreements/{agreement.pk}")
    buyer.assert_fine(f"agreement-signed-{size}-{language}")
    buyer.go("/documents")
    buyer.assert_fine(f"documents-{size}-{language}")
    buyer.go(f"/documents/{agreement.document_id}")
    buyer.assert_fine(f"document-{size}-{language}")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_campaign_pages(open_page, size, language):
    b = bench(acceptance=SPEC, planned_batches=4)
    engineer = opened_as(open_page, b.engineer, size, language)
    path = f"/campaigns/{b.campaign.pk}"
    engineer.go(path)
    engineer.assert_fine(f"campaign-empty-{size}-{language}")
    engineer.go(f"{path}/batches/new")
    engineer.assert_fine(f"batch-new-{size}-{language}")
    b.judge_batch(b.record(1, results=row("99.41"), scale_kg="1.2"))
    b.judge_batch(b.record(2, results=row("99.6"), scale_kg="1.2"))
    b.judge_batch(b.record(3, results=row("99.57"), scale_kg="100"))
    waiting = b.record(4, results=row("99.6", "0.12"))

    engineer.go(f"/batches/{waiting.pk}")
    engineer.assert_fine(f"batch-{size}-{language}")
    engineer.go(path)
    engineer.assert_fine(f"campaign-{size}-{language}")
    engineer.go("/campaigns")
    engineer.assert_fine(f"campaigns-{size}-{language}")


def test_a_batch_is_entered_corrected_and_released_by_hand(open_page):
    b = bench()
    engineer = opened_as(open_page, b.engineer, "phone", "zh-hans")
    page = engineer.go(f"/campaigns/{b.campaign.pk}/batches/new")
    values = page.get_by_label("纯度", exact=False)
    values.fill("99.56 99,58")
    page.get_by_role("button", name="记录该批").click()
    assert values.input_value() == "99.56 99,58"
    assert "99,58" in page.locator(".form-error").first.inner_text()

    values.fill("99.56 99.58、99.61 %")
    page.get_by_role("button", name="记录该批").click()
    page.get_by_role("button", name="判定该批").click()
    page.locator("dialog[open]").get_by_role("button").first.click()
    page.wait_for_url("**/campaigns/*")

    batch = Batch.objects.get()
    assert [str(m.value.normalize()) for m in batch.measurements.order_by("replicate")] == [
        "99.56",
        "99.58",
        "99.61",
    ]
    assert batch.status == "released"
    assert "1 / 3" in page.locator("main").inner_text()


def test_a_paper_is_signed_by_hand_below_it_and_by_name(open_page):
    t = table()
    agreement = t.offered()
    buyer = opened_as(open_page, t.buyer, "desk", "zh-hans")
    page = buyer.go(f"/agreements/{agreement.pk}")
    page.locator("#sign").get_by_label("我已通读", exact=False).check()
    page.get_by_label("请输入您的全名", exact=False).fill("别人")
    page.get_by_role("button", name="签署本文件").click()
    assert "不一致" in page.locator("#sign").inner_text()

    page.get_by_label("请输入您的全名", exact=False).fill(t.buyer.person.name)
    page.get_by_role("button", name="签署本文件").click()
    page.wait_for_load_state("networkidle")

    party = agreement.parties.get(organisation=t.buyer.organisation)
    assert party.signed_by == t.buyer
    assert party.signed_sha256 == papers.sha256_of(document_id=agreement.document_id)


def test_an_agreement_is_drafted_and_offered_by_hand(open_page):
    t = table()
    operator = opened_as(open_page, t.operator, "desk", "zh-hans")
    page = operator.go(f"/projects/{t.project.pk}/agreements/new")
    page.get_by_label("中试服务费", exact=False).first.fill("80万")
    page.get_by_label("产业化公司", exact=False).check()
    assert "第八百六十条" in page.locator(".departs-spin_off").inner_text()
    assert not page.locator(".departs-joint").is_visible()
    assert not page.locator("#id_milestone-0-nth").is_visible()
    assert page.locator("#id_milestone-1-nth").is_visible()
    page.locator("#id_milestone-0-share_bp").fill("20")
    page.get_by_role("button", name="保存草稿").click()
    assert "90" in page.locator(".note[data-tone=stop]").first.inner_text()
    assert page.get_by_label("中试服务费", exact=False).first.input_value() == "80万"

    page.locator("#id_milestone-0-share_bp").fill("30")
    page.get_by_role("button", name="保存草稿").click()
    page.wait_for_url("**/agreements/*")
    page.get_by_role("button", name="发出签署").click()
    with page.expect_navigation():
        page.locator("dialog[open]").get_by_role("button").first.click()
    page.wait_for_load_state("networkidle")

    agreement = t.project.agreements.get()
    assert (agreement.status, agreement.fee_fen, agreement.vat_bp) == ("offered", 80_000_000, 600)
    assert agreement.milestones.count() == 3
