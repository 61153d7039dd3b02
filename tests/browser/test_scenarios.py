"""Five minutes for a need, a scenario from answer to order, and the filters, in real Chromium."""

import pytest

from pilotharbor.technologies.commands import scenario_answers
from pilotharbor.technologies.models import Demand, Scenario
from tests.conftest import AT
from tests.factories.scenarios import stage

pytestmark = pytest.mark.django_db(transaction=True)
SOME_WAYS = [("desk", "zh-hans"), ("phone", "zh-hans"), ("phone", "en")]


@pytest.fixture
def s():
    return stage(
        conditions="一条六代线，夜班可停机两小时。", detail="节拍 42 s", confidentiality="nda",
        budget_fen=80_000_000, frontier="displays", domestic_substitution=True, region="330200",
        industry="C3974", cooperation=["service", "joint_development"], keywords=["面板", "缺陷检测"],
    )  # fmt: skip


@pytest.mark.parametrize(("size", "language"), SOME_WAYS)
def test_a_need_is_written_in_five_minutes(open_page, s, size, language):
    seen = open_page(size=size, language=language, person=s.owner.person)
    shot = f"need-{{}}-{size}-{language}".format
    page = seen.go("/demands/new")
    seen.assert_fine(shot("today"))

    def on(name):
        page.locator(".form-actions .btn-primary").click()
        page.wait_for_url(f"**/questions/{name}")
        page.wait_for_load_state("networkidle")
        seen.assert_fine(shot(name))

    page.fill("[name=problem]", "面板缺陷漏检率高。每班复检两次，每月返工损失约 20 万元。")
    on("tried")
    page.fill("[name=tried]", "换过两种光源，漏检率只降了一点。")
    on("figures")
    page.fill("[name=figure-0-name]", "检出率")
    page.select_option("[name=figure-0-bound]", "at_least")
    page.fill("[name=figure-0-value]", "很高")
    page.locator(".form-actions .btn-primary").click()
    page.wait_for_load_state("networkidle")
    seen.noise.clear()
    assert page.input_value("[name=figure-0-value]") == "很高"
    seen.assert_fine(shot("figures-refused"))
    page.fill("[name=figure-0-value]", "99.5")
    page.fill("[name=figure-0-unit]", "%")
    for name in ("conditions", "time", "money", "readers", "text"):
        on(name)
    assert "检出率 ≥ 99.5 %" in page.input_value("[name=summary]")
    page.locator(".form-actions .btn-primary").click()
    page.wait_for_url("**/demands/*")
    seen.assert_fine(shot("draft"))
    assert Demand.objects.get().title == "面板缺陷漏检率高"


@pytest.mark.parametrize(("size", "language"), SOME_WAYS)
def test_a_scenario_is_found_answered_chosen_and_tried(open_page, s, size, language):
    shot = f"scenario-{{}}-{size}-{language}".format
    seen = open_page(size=size, language=language, person=s.tto.person)
    page = seen.go("/scenarios?domestic=1&region=330000&fen_to=100万")
    seen.assert_fine(shot("list"))
    page.locator("table a").first.click()
    page.wait_for_load_state("networkidle")
    seen.assert_fine(shot("open"))
    seen.go(f"/scenarios/{s.scenario.pk}/answer")
    seen.assert_fine(shot("answer"))
    page.fill("[name=offer]", "光学与算法一体机，已在两条线上运行。")
    page.locator(".form-actions .btn-primary").click()
    page.wait_for_url(f"**/scenarios/{s.scenario.pk}")
    seen.assert_fine(shot("answered"))

    answer = s.scenario.answers.get(organisation=s.university)
    owner = open_page(size=size, language=language, person=s.owner.person)
    page = owner.go(f"/scenarios/{s.scenario.pk}")
    owner.assert_fine(shot("answers"))
    owner.go(f"/scenario-answers/{answer.pk}/choose")
    owner.assert_fine(shot("choose"))
    scenario_answers.choose(answer_id=answer.pk, reason="工况最近", actor_id=s.owner.pk, at=AT)
    owner.go(f"/scenarios/{s.scenario.pk}/trial")
    owner.assert_fine(shot("trial"))
    page.check("[name=passed][value=yes]")
    page.fill("[name=note]", "检出率 99.6 %")
    page.locator(".form-actions .btn-primary").click()
    page.wait_for_url(f"**/scenarios/{s.scenario.pk}")
    owner.assert_fine(shot("tried"))
    owner.go("/scenarios/new")
    owner.assert_fine(shot("new"))
    assert Scenario.objects.get(pk=s.scenario.pk).trial_passed


@pytest.mark.parametrize(("size", "language"), SOME_WAYS)
def test_results_are_narrowed_by_what_people_ask_for(open_page, s, size, language):
    seen = open_page(size=size, language=language)

    seen.go("/achievements?cooperation=licence&trl_from=4&region=330000")
    seen.assert_fine(f"filters-{size}-{language}")
