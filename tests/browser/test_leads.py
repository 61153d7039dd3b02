"""Leads, visits and managers, as people see them."""

from datetime import date

import pytest

from pilotharbor.leads import commands
from pilotharbor.leads.commands import Difficulty
from pilotharbor.leads.models import Lead
from tests.conftest import AT
from tests.factories.leads import brought_to, contact, exchange, log, opened, pooled

pytestmark = pytest.mark.django_db(transaction=True)
EVERY_WAY = [(size, language) for size in ("desk", "phone") for language in ("zh-hans", "en")]


@pytest.fixture
def m():
    made = exchange()
    made.lead = brought_to(opened(made), "met", made.manager)
    commands.log(
        lead_id=made.lead.pk, actor_id=made.manager.pk, at=AT,
        contact=contact("meeting", shared="both", place="企业技术中心", participants="王工", minutes="约定送样"),
    )  # fmt: skip
    made.half = opened(made, achievement_id=made.achievement.pk)
    made.asked = commands.ask(achievement_id=made.achievement.pk, actor_id=made.buyer.pk, at=AT)
    made.visit = commands.record_visit(
        enterprise_id=made.company.pk, visit_date=date(2026, 2, 27), people="王工、李经理",
        problems=[Difficulty("干燥能耗高", "想降三成", field="C26")], actor_id=made.manager.pk, at=AT,
    )  # fmt: skip
    made.team = commands.form_team(
        name="新材料转化专班", member_ids=[made.manager.pk], actor_id=made.operator.pk, at=AT
    )
    commands.describe(
        fields=["C26"], regions=["3302"], languages=["英语" ], about="化工背景",
        actor_id=made.manager.pk, at=AT,
    )  # fmt: skip
    return made


@pytest.mark.parametrize(("size", "language"), EVERY_WAY)
def test_a_manager_goes_through_the_pages(open_page, m, size, language):
    seen = open_page(size=size, language=language, person=m.manager.person)
    pages = {
        "list": "/leads", "board": "/leads?view=board", "pool": "/leads/pool", "new": "/leads/new",
        "lead": f"/leads/{m.lead.pk}", "half": f"/leads/{m.half.pk}", "log": f"/leads/{m.lead.pk}/log",
        "credits": f"/leads/{m.lead.pk}/credits", "paper": f"/leads/{m.lead.pk}/papers/new",
        "statistics": "/leads/statistics?first=2026-01-01&last=2026-12-31", "rules": "/leads/rules",
        "visits": "/visits", "visit": f"/visits/{m.visit.pk}", "teams": "/teams",
        "team": f"/teams/{m.team.pk}", "managers": "/managers", "manager": f"/managers/{m.manager.pk}",
        "coverage": "/managers/coverage",
        "record": f"/managers/{m.manager.pk}/record?first=2026-01-01&last=2026-12-31",
    }  # fmt: skip

    for name, path in pages.items():
        seen.go(path)
        seen.assert_fine(f"leads-{name}-{size}-{language}")


@pytest.mark.parametrize(("size", "language"), EVERY_WAY)
def test_a_company_sees_its_leads_and_asks(open_page, m, size, language):
    seen = open_page(size=size, language=language, person=m.buyer.person)

    seen.go("/leads")
    seen.assert_fine(f"leads-company-{size}-{language}")
    seen.go(f"/leads/{m.lead.pk}")
    seen.assert_fine(f"leads-company-lead-{size}-{language}")


def test_a_card_is_moved_without_a_mouse(open_page, m):
    page = open_page(language="en", person=m.manager.person).go("/leads?view=board")

    card = page.locator(".board-card", has=page.locator(f"form[action='/leads/{m.lead.pk}/move']"))
    card.locator("select[name=to]").select_option("evaluated")
    card.locator("button").click()
    page.wait_for_load_state("networkidle")

    assert Lead.objects.get(pk=m.lead.pk).status == "evaluated"


def test_an_operator_sees_the_pool(open_page, m):
    log(pooled(exchange_again(m)), m.operator)
    seen = open_page(person=m.operator.person)

    seen.go("/leads/pool")
    seen.assert_fine("leads-operator-pool")


def exchange_again(m):
    """The same people with the pair free again."""
    commands.lose(lead_id=m.lead.pk, reason="price", words="贵", actor_id=m.manager.pk, at=AT)
    return m
