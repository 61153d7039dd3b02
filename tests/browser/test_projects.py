"""The voyage's own pages in a real Chromium: at a desk and on a phone, in both languages."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from pilotharbor.assessment.models import Score
from pilotharbor.campaigns.models import AcceptanceLimit, Batch, Campaign, Measurement
from pilotharbor.facilities.models import Line
from pilotharbor.parties.roles import OrganisationKind, Role
from pilotharbor.projects import commands as projects
from pilotharbor.projects.models import Project
from tests.factories.assessment import PanelFactory, TrlStatementFactory
from tests.factories.governance import AccreditationFactory
from tests.factories.parties import MembershipFactory, OrganisationFactory, PersonFactory
from tests.factories.projects import (
    PlanFactory,
    ProjectFactory,
    PublishedAchievementFactory,
    PublishedDemandFactory,
    TaskFactory,
    TeamMemberFactory,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def member(name, role, organisation):
    return MembershipFactory(person=PersonFactory(name=name), role=role, organisation=organisation)


def voyage():
    """A voyage after its pilot, with something in every part of the cockpit."""
    harbour = OrganisationFactory(
        name="协同创新港生物医药中试楼", kind=OrganisationKind.PILOT_PLATFORM
    )
    university = OrganisationFactory(name="示例大学", kind=OrganisationKind.UNIVERSITY)
    pharma = OrganisationFactory(name="示例制药有限公司")
    project = ProjectFactory(
        title="新型肿瘤靶向药物连续流工艺中试",
        achievement=PublishedAchievementFactory(
            owner=university,
            title="新型肿瘤靶向药物的连续流合成与纯化",
            summary="小分子靶向药物在动物实验中疗效良好，拟改为连续流合成并在线纯化。",
            keywords=["靶向药物", "连续流合成"],
            trl_level=4,
            trl_evidence="动物实验报告与小试记录",
            mrl=4,
        ),
        demand=PublishedDemandFactory(owner=pharma, title="求稳定的放大工艺"),
        platform=harbour,
        technology_manager=member("何工", Role.TECHNOLOGY_MANAGER, harbour),
        industry_advisor=member("郑博士", Role.INDUSTRY_ADVISOR, harbour),
    )
    operator = member("许主任", Role.PLATFORM_OPERATOR, harbour)
    projects.start(project_id=project.pk, actor_id=operator.pk, at=AT)
    panel = PanelFactory(project=project, convened_by=operator)
    points = {"technical": 86, "market": 82, "risk": 74}
    for seat in panel.seats.all()[:2]:
        for criterion in panel.criteria.all():
            Score.objects.create(seat=seat, criterion=criterion, points=points[criterion.key])
        seat.submitted_at = AT
        seat.save()
    TrlStatementFactory(project=project, stated_by=operator)
    acceptance = [
        {"attribute": "纯度", "unit": "%", "at_least": "99.5"},
        {"attribute": "单杂", "unit": "%", "at_most": "0.10"},
    ]
    PlanFactory(project=project, acceptance=acceptance, goal="验证公斤级连续流工艺的批间一致性。")
    TeamMemberFactory(project=project, membership=member("陈工", Role.EQUIPMENT_ENGINEER, harbour))
    campaign(project, operator)
    TaskFactory(project=project, owner=harbour, due_date=date(2026, 4, 1))
    TaskFactory(project=project, owner=pharma, kind="clinical_trial_application")
    for to in ("planning", "resourcing", "pilot"):
        projects.pass_gate(project_id=project.pk, to=to, actor_id=operator.pk, at=AT)
    return project, operator, panel


def campaign(project, operator):
    line = Line.objects.create(platform=project.platform, name="连续流合成纯化线")
    opened = Campaign.objects.create(
        project=project, line=line, consecutive_batches=3, planned_batches=3, opened_at=AT
    )
    limits = [
        AcceptanceLimit.objects.create(
            campaign=opened, attribute="纯度", unit="%", at_least=Decimal("99.5"), position=1
        ),
        AcceptanceLimit.objects.create(
            campaign=opened, attribute="单杂", unit="%", at_most=Decimal("0.10"), position=2
        ),
    ]
    measured = [("99.56", "0.06"), ("99.61", "0.05"), ("99.42", "0.11")]
    for number, values in enumerate(measured, 1):
        good = number < 3
        batch = Batch.objects.create(
            campaign=opened,
            number=number,
            scale_kg=Decimal("1.2"),
            status="released" if good else "rejected",
            recorded_by=operator,
            recorded_at=AT,
            judged_by=operator,
            judged_at=AT,
        )
        for limit, value in zip(limits, values, strict=True):
            Measurement.objects.create(batch=batch, limit=limit, replicate=1, value=Decimal(value))


LOOKS = [("desk", "zh-hans"), ("phone", "zh-hans"), ("desk", "en"), ("phone", "en")]


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_pages_of_a_project(open_page, size, language):
    project, operator, panel = voyage()
    ProjectFactory(platform=project.platform, title="待立项的项目")
    planned = ProjectFactory(
        platform=project.platform,
        stewarded=True,
        status=Project.Status.PLANNING,
        title="方案中的项目",
    )
    watched = open_page(size=size, language=language, person=operator.person)
    pages = {
        "projects": "/projects",
        "board": "/projects?view=board",
        "cockpit": f"/projects/{project.pk}",
        "timeline": f"/projects/{project.pk}/timeline",
        "stewards": f"/projects/{project.pk}/stewards",
        "team": f"/projects/{project.pk}/team",
        "plan": f"/projects/{planned.pk}/plan",
        "task-new": f"/projects/{project.pk}/tasks/new",
        "tasks": "/tasks",
        "panel": f"/panels/{panel.pk}",
        "panel-new": f"/projects/{project.pk}/panels/new",
        "assessments": "/assessments",
        "end": f"/projects/{project.pk}/end",
        "project-new": "/projects/new",
        "statistics": "/statistics",
        "accreditations": "/accreditations",
        "accreditation-new": "/accreditations/new",
    }
    AccreditationFactory(platform=project.platform)

    complaints = []
    for name, path in pages.items():
        watched.go(path)
        watched.shot(f"voyage-{name}-{size}-{language}")
        complaints += [f"{name}: {one}" for one in watched.complaints()]
    assert not complaints, "\n".join(dict.fromkeys(complaints))


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_the_experts_workbench(open_page, size, language):
    _project, _operator, panel = voyage()
    open_seat = panel.seats.get(submitted_at=None)
    watched = open_page(size=size, language=language, person=open_seat.expert.person)

    page = watched.go(f"/panels/{panel.pk}")
    watched.assert_fine(f"voyage-workbench-{size}-{language}")
    for key in ("technical", "market", "risk"):
        page.fill(f'[name="scores.{key}"]', "80")
    page.click('form[data-draft^="panel-"] .btn-primary')
    with page.expect_navigation():
        page.click("dialog[open] .btn-primary, dialog[open] .btn-danger")
    page.wait_for_load_state("networkidle")

    open_seat.refresh_from_db()
    assert open_seat.submitted_at is not None
    watched.assert_fine(f"voyage-workbench-done-{size}-{language}")
