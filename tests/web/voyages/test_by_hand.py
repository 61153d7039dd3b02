"""The first steps of a voyage through the pages, as people do them by hand."""

import pytest
from django.test import Client

from pilotharbor.assessment.models import Panel
from pilotharbor.matching.models import Match
from pilotharbor.parties.roles import OrganisationKind, Role
from pilotharbor.projects.models import Project, Task
from tests.factories.assessment import ExpertFactory, PanelFactory, TrlStatementFactory
from tests.factories.parties import OrganisationFactory
from tests.factories.projects import (
    PlanFactory,
    ProjectFactory,
    PublishedAchievementFactory,
    PublishedDemandFactory,
    TaskFactory,
    TeamMemberFactory,
    operator_of,
    someone,
)

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def browser(membership):
    client = Client()
    client.force_login(membership.person, backend=BACKEND)
    return client


def text(answer):
    return answer.content.decode()


def accepted_match(actor):
    achievement, demand = PublishedAchievementFactory(), PublishedDemandFactory()
    return Match.objects.create(
        achievement=achievement,
        demand=demand,
        score_bp=5000,
        status="accepted",
        proposed_by=actor,
        proposed_at=achievement.disclosed_at,
    )


def rows(prefix, *filled, total=5):
    data = {f"{prefix}-TOTAL_FORMS": str(total), f"{prefix}-INITIAL_FORMS": "0"}
    for i, row in enumerate(filled):
        data |= {f"{prefix}-{i}-{key}": str(value) for key, value in row.items()}
    return data


def test_from_match_to_plan_by_hand():
    platform = OrganisationFactory(kind=OrganisationKind.PILOT_PLATFORM)
    operator = someone(Role.PLATFORM_OPERATOR, platform)
    manager = someone(Role.TECHNOLOGY_MANAGER, platform)
    advisor = someone(Role.INDUSTRY_ADVISOR, platform)
    experts = [ExpertFactory() for _n in range(3)]
    match = accepted_match(operator)
    page = browser(operator)

    assert page.get("/projects/new").status_code == 200
    made = page.post("/projects/new", {"match_id": match.pk, "title": "连续流中试"})
    project = Project.objects.get()
    assert made.url == f"/projects/{project.pk}"
    shown = text(page.get(made.url))
    assert "连续流中试" in shown

    early = page.post(f"/projects/{project.pk}/start", follow=True)
    assert Project.objects.get().status == "proposed"
    assert early.status_code == 200
    page.post(
        f"/projects/{project.pk}/stewards",
        {"technology_manager_id": manager.pk, "industry_advisor_id": advisor.pk},
    )
    page.post(f"/projects/{project.pk}/start")
    assert Project.objects.get().status == "assessment"

    called = page.post(
        f"/projects/{project.pk}/panels/new",
        {
            **rows("criterion", {"key": "技术", "weight": 60}, {"key": "risk", "weight": 40}),
            **rows(
                "seat",
                *({"expert_id": e.pk, "field": f} for e, f in zip(experts, "甲乙丙", strict=True)),
            ),
            "pass_mark": "75",
        },
    )
    panel = Panel.objects.get()
    assert called.url == f"/panels/{panel.pk}"
    keys = list(panel.criteria.order_by("position").values_list("key", flat=True))
    for expert in experts:
        bench = browser(expert)
        assert project.owner.name not in text(bench.get(f"/panels/{panel.pk}"))
        handed = bench.post(
            f"/panels/{panel.pk}", {f"scores.{key}": "80" for key in keys} | {"opinion": "可"}
        )
        assert handed.status_code == 302
    page.post(f"/panels/{panel.pk}/close")
    page.post(
        f"/projects/{project.pk}/readiness", {"scale": "TRL-9", "level": 4, "evidence": "小试记录"}
    )
    page.post(f"/projects/{project.pk}/pilot-decision", {"needed": "yes", "reasons": "放大未验证"})
    assert Project.objects.get().status == "planning"

    more = page.post(
        f"/projects/{project.pk}/plan", {**rows("limit", total=2), "more": "1", "goal": "放大"}
    )
    assert "limit-4-attribute" in text(more)
    wrong = page.post(
        f"/projects/{project.pk}/plan",
        {
            **rows("limit", {"attribute": "纯度", "unit": "%", "at_least": "高"}),
            "goal": "验证放大",
            "budget_fen": "80万",
            "consecutive_batches": "3",
            "planned_batches": "3",
        },
    )
    assert wrong.status_code == 422
    assert "验证放大" in text(wrong)
    assert "80万" in text(wrong)
    page.post(
        f"/projects/{project.pk}/plan",
        {
            **rows("limit", {"attribute": "纯度", "unit": "%", "at_least": "99.5"}),
            "goal": "验证放大",
            "budget_fen": "80万",
            "consecutive_batches": "3",
            "planned_batches": "4",
        },
    )
    assert Project.objects.get().plan.budget_fen == 80_000_000
    assert Project.objects.get().plan.planned_batches == 4


@pytest.mark.parametrize("status", [s for s in Project.Status if s != "ended"])
def test_the_cockpit_opens_at_every_step_for_everyone_on_board(status):
    project = ProjectFactory(stewarded=True, status=status)
    TaskFactory(project=project)
    PanelFactory(project=project)
    TrlStatementFactory(project=project)
    PlanFactory(project=project)
    TeamMemberFactory(project=project, membership=someone(Role.INVESTOR), scope="report")
    board = [
        operator_of(project),
        project.technology_manager,
        project.industry_advisor,
        someone(Role.RESEARCHER, project.owner),
        someone(Role.TTO_OFFICER, project.owner),
        someone(Role.ENTERPRISE_MEMBER, project.enterprise),
        project.team.get().membership,
        someone(Role.AUDITOR),
    ]

    for member in board:
        page = browser(member)
        assert page.get(f"/projects/{project.pk}").status_code == 200
        assert page.get(f"/projects/{project.pk}/timeline").status_code == 200
        assert page.get(f"/projects/{project.pk}/team").status_code == 200
    stranger = browser(someone(Role.RESEARCHER))
    assert stranger.get(f"/projects/{project.pk}").status_code == 404


def test_an_ended_project_says_why():
    project = ProjectFactory(
        stewarded=True, status="ended", ended_reason="市场已变", started_at=None
    )

    assert "市场已变" in text(browser(operator_of(project)).get(f"/projects/{project.pk}"))


def test_lists_and_small_forms():
    project = ProjectFactory(stewarded=True, status="follow_up")
    operator = operator_of(project)
    page = browser(operator)
    investor = someone(Role.INVESTOR)

    assert page.get("/projects").status_code == page.get("/projects?view=board").status_code == 200
    assert page.get("/projects?q=没有&status=pilot").status_code == 200
    assert page.get("/tasks").status_code == 200
    page.post(
        f"/projects/{project.pk}/tasks/new",
        {
            "kind": "",
            "title": "拍摄产线",
            "owner_id": project.platform_id,
            "due_date": "2026-04-01",
        },
    )
    task = Task.objects.get()
    assert (task.kind, task.due_date.isoformat()) == ("拍摄产线", "2026-04-01")
    assert page.get("/tasks?status=open").status_code == 200
    assert page.get(f"/tasks/{task.pk}/done").status_code == 200
    refused = page.post(f"/projects/{project.pk}/close", follow=True)
    assert Project.objects.get().status == "follow_up"
    assert refused.status_code == 200
    assert page.post(f"/tasks/{task.pk}/drop", {"reason": ""}).status_code == 422
    page.post(f"/tasks/{task.pk}/done", {"outcome": ""})
    page.post(f"/projects/{project.pk}/team", {"membership_id": investor.pk, "scope": "report"})
    page.post(f"/projects/{project.pk}/team/{investor.pk}/dismiss")
    page.post(f"/projects/{project.pk}/close")
    assert Project.objects.get().status == "closed"


def test_ending_by_hand_asks_for_the_reason():
    project = ProjectFactory(stewarded=True, status="pilot")
    page = browser(operator_of(project))

    assert page.get(f"/projects/{project.pk}/end").status_code == 200
    assert page.post(f"/projects/{project.pk}/end", {"reason": ""}).status_code == 422
    page.post(f"/projects/{project.pk}/end", {"reason": "企业退出"})

    assert Project.objects.get().ended_reason == "企业退出"


def test_panel_pages_show_each_reader_their_part():
    panel = PanelFactory()
    operator, seat = operator_of(panel.project), panel.seats.first()

    assert browser(operator).get(f"/panels/{panel.pk}").status_code == 200
    assert browser(operator).get("/assessments").status_code == 200
    assert browser(seat.expert).get("/assessments").status_code == 200
    # There is one already: a second is not begun.
    assert (
        browser(operator).get(f"/projects/{panel.project_id}/panels/new").url
        == f"/panels/{panel.pk}"
    )
    bad = browser(seat.expert).post(f"/panels/{panel.pk}", {"scores.technical": "101"})
    assert bad.status_code == 422
    stranger = browser(someone(Role.RESEARCHER, panel.project.owner))
    assert stranger.get(f"/panels/{panel.pk}").status_code == 404
    assert stranger.get("/assessments").status_code == 200
