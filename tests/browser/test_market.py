"""Results, needs, matches and the search, as people see them."""

import pytest

from pilotharbor.matching import commands as matching
from pilotharbor.matching import index
from pilotharbor.technologies.models import Achievement
from tests.conftest import AT
from tests.factories.technologies import AchievementFactory, DemandFactory, market

pytestmark = pytest.mark.django_db(transaction=True)
SIZES = ("desk", "phone")
LANGUAGES = ("zh-hans", "en")
EVERY_WAY = [(size, language) for size in SIZES for language in LANGUAGES]


@pytest.fixture
def m():
    made = market(
        confidentiality="project", keywords=["固态电池", "硫化物电解质"], industry="C3985", region="330000",
        trl_level=3, trl_evidence="克级样品测试报告", mrl=3, discipline="材料科学",
    )  # fmt: skip
    made.achievement.ip_assets.create(kind="technical_secret")
    made.achievement.ip_assets.create(
        kind="invention_patent", application_no="202310001234.8", legal_status="pending"
    )
    AchievementFactory(
        title="抗体纯化层析工艺",
        summary="产物纯度达到99.6%，收率约75%。",
        trl_level=5,
        trl_evidence="报告",
    )
    DemandFactory(
        owner=made.company, posted_by=made.buyer, title="抗体纯化外协", budget_fen=80_000_000,
        summary="纯度不低于99.5%，收率不低于80%，批间偏差不超过3%。",
    )  # fmt: skip
    index.rebuild()
    return made


@pytest.mark.parametrize(("size", "language"), EVERY_WAY)
def test_the_public_looks_through_the_catalogue(open_page, m, size, language):
    seen = open_page(size=size, language=language)

    seen.go("/achievements")
    seen.assert_fine(f"market-results-{size}-{language}")
    seen.go("/demands?industry=C26")
    seen.assert_fine(f"market-needs-empty-{size}-{language}")
    seen.go(f"/demands/{m.demand.pk}")
    seen.assert_fine(f"market-need-public-{size}-{language}")
    seen.go("/search?q=抗体纯化")
    seen.assert_fine(f"market-search-{size}-{language}")


@pytest.mark.parametrize(("size", "language"), EVERY_WAY)
def test_the_office_reads_reviews_and_publishes(open_page, m, size, language):
    seen = open_page(size=size, language=language, person=m.tto.person)

    seen.go(f"/achievements/{m.achievement.pk}")
    seen.assert_fine(f"market-result-{size}-{language}")
    seen.go(f"/achievements/{m.achievement.pk}?detail=open")
    seen.assert_fine(f"market-result-open-{size}-{language}")
    Achievement.objects.filter(pk=m.achievement.pk).update(status="submitted", published_at=None)
    seen.go("/reviews")
    seen.assert_fine(f"market-reviews-{size}-{language}")
    seen.go(f"/achievements/{m.achievement.pk}/return")
    seen.assert_fine(f"market-return-{size}-{language}")
    seen.go("/achievements?mine=1")
    seen.assert_fine(f"market-ours-{size}-{language}")


@pytest.mark.parametrize(("size", "language"), EVERY_WAY)
def test_a_buyer_finds_and_proposes(open_page, m, size, language):
    seen = open_page(size=size, language=language, person=m.buyer.person)
    need = m.buyer.organisation.demand_set.get(title="抗体纯化外协")

    page = seen.go(f"/demands/{need.pk}/candidates")
    seen.assert_fine(f"market-candidates-{size}-{language}")
    page.locator("form[action='/matches/propose'] button").first.click()
    page.wait_for_load_state("networkidle")
    assert "/matches/" in page.url
    seen.assert_fine(f"market-match-{size}-{language}")
    seen.go("/matches")
    seen.assert_fine(f"market-matches-{size}-{language}")
    seen.go(
        page.url.replace(seen.base, "") if "/decline" in page.url else "/matches?status=declined"
    )
    seen.assert_fine(f"market-matches-empty-{size}-{language}")


@pytest.mark.parametrize(("size", "language"), [("desk", "zh-hans"), ("phone", "en")])
def test_a_professor_discloses_step_by_step(open_page, m, size, language):
    seen = open_page(size=size, language=language, person=m.inventor.person)
    shot = f"{size}-{language}"

    page = seen.go("/achievements/new")
    seen.assert_fine(f"market-new-{shot}")
    page.fill("[name=title]", "新型催化剂")
    page.fill("[name=summary]", "机密★20年")
    page.locator(".form-actions .btn-primary").click()
    page.wait_for_load_state("networkidle")
    seen.noise.clear()
    assert page.input_value("[name=title]") == "新型催化剂"
    seen.assert_fine(f"market-new-secret-{shot}")
    page.fill("[name=summary]", "一种用于加氢的催化剂。")
    for name in ("inventors", "maturity", "rights", "offer", "place", "readers"):
        page.locator(".form-actions .btn-primary").click()
        page.wait_for_url(f"**/edit/{name}")
        page.wait_for_load_state("networkidle")
        seen.assert_fine(f"market-new-{name}-{shot}")
        if name == "maturity":
            page.fill("[name=trl_level]", "4")
            page.fill("[name=trl_evidence]", "小试报告")
        if name == "rights":
            page.select_option("[name=ip-0-kind]", "technical_secret")
    page.locator(".form-actions .btn-primary").click()
    page.wait_for_url("**/achievements/*")
    seen.assert_fine(f"market-draft-{shot}")
    made = Achievement.objects.get(title="新型催化剂")
    assert (made.trl_level, made.ip_assets.count(), made.status) == (4, 1, "draft")


def test_the_box_suggests_while_one_types(open_page, m):
    seen = open_page(person=m.buyer.person)
    page = seen.go("/demands")

    page.keyboard.press("/")
    page.keyboard.type("抗体纯化")
    page.wait_for_selector(".suggestions a")
    seen.assert_fine("market-suggest")


@pytest.mark.parametrize(("size", "language"), EVERY_WAY)
def test_a_match_is_answered(open_page, m, size, language):
    match = matching.propose(
        achievement_id=m.achievement.pk, demand_id=m.demand.pk, actor_id=m.manager.pk, at=AT
    )
    seen = open_page(size=size, language=language, person=m.buyer.person)

    page = seen.go(f"/matches/{match.pk}")
    seen.assert_fine(f"market-answer-{size}-{language}")
    seen.go(f"/matches/{match.pk}/decline")
    seen.assert_fine(f"market-decline-{size}-{language}")
    page = seen.go(f"/matches/{match.pk}")
    page.locator(f"form[action='/matches/{match.pk}/accept'] button").click()
    page.wait_for_load_state("networkidle")
    match.refresh_from_db()
    assert match.status == "accepted"
