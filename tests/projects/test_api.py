"""Projects over HTTP: status, code, who may."""

import pytest

from pilotharbor.parties.roles import OrganisationKind, Role
from pilotharbor.projects.models import Project
from tests.factories.callers import Caller
from tests.factories.parties import OrganisationFactory
from tests.factories.projects import (
    ProjectFactory,
    PublishedAchievementFactory,
    PublishedDemandFactory,
    operator_of,
    someone,
)

pytestmark = pytest.mark.django_db
Status = Project.Status
PLAN = {
    "budget_fen": 80_000_000,
    "acceptance": [{"attribute": "purity", "unit": "%", "at_least": "99.5"}],
    "consecutive_batches": 3,
    "planned_batches": 3,
}


def test_a_voyage_from_proposal_to_start():
    platform = OrganisationFactory(kind=OrganisationKind.PILOT_PLATFORM)
    manager = someone(Role.TECHNOLOGY_MANAGER, platform)
    advisor = someone(Role.INDUSTRY_ADVISOR, platform)
    api = Caller(someone(Role.PLATFORM_OPERATOR, platform))

    made = api.post(
        "/projects",
        {
            "achievement_id": PublishedAchievementFactory().pk,
            "demand_id": PublishedDemandFactory().pk,
            "platform_id": platform.pk,
        },
    )
    project = made.json()["id"]
    early = api.post(f"/projects/{project}/start")
    named = api.post(
        f"/projects/{project}/stewards",
        {"technology_manager_id": manager.pk, "industry_advisor_id": advisor.pk},
    )
    started = api.post(f"/projects/{project}/start")
    timeline = api.get(f"/projects/{project}/timeline").json()["items"]

    assert (made.status_code, made.json()["status"]) == (201, "proposed")
    assert (early.status_code, early.json()["code"]) == (409, "projects.stewards_missing")
    assert {e["field"] for e in early.json()["errors"]} == {
        "technology_manager_id",
        "industry_advisor_id",
    }
    assert (named.status_code, named.json()["technology_manager_id"]) == (200, manager.pk)
    assert (started.status_code, started.json()["status"]) == (200, "assessment")
    assert [fact["name"] for fact in timeline] == [
        "projects.project.started",
        "projects.stewards.named",
        "projects.project.proposed",
    ]


def test_plan_tasks_and_team():
    project = ProjectFactory(stewarded=True, status=Status.PLANNING)
    api = Caller(project.technology_manager)

    plan = api.post(f"/projects/{project.pk}/plan", PLAN)
    bad = api.post(f"/projects/{project.pk}/plan", {**PLAN, "planned_batches": 1})
    task = api.post(
        f"/projects/{project.pk}/tasks", {"kind": "gmp_scale_up", "owner_id": project.enterprise_id}
    )
    member = api.post(
        f"/projects/{project.pk}/team",
        {"membership_id": someone(Role.INVESTOR).pk, "scope": "report"},
    )
    done = api.post(f"/tasks/{task.json()['id']}/done", {"outcome": "完成"})
    again = api.post(f"/tasks/{task.json()['id']}/drop", {"reason": "不做了"})
    shown = api.get(f"/projects/{project.pk}").json()

    assert plan.status_code == task.status_code == member.status_code == 201
    assert (bad.status_code, bad.json()["code"]) == (422, "projects.bad_plan")
    assert bad.json()["errors"][0]["field"] == "planned_batches"
    assert (done.json()["status"], again.status_code) == ("done", 409)
    assert shown["plan"]["acceptance"] == PLAN["acceptance"]
    assert len(api.get(f"/projects/{project.pk}/tasks").json()["items"]) == 1


@pytest.mark.parametrize(
    "call",
    [
        lambda api, pk: api.get(f"/projects/{pk}"),
        lambda api, pk: api.get(f"/projects/{pk}/timeline"),
        lambda api, pk: api.get(f"/projects/{pk}/tasks"),
        lambda api, pk: api.post(f"/projects/{pk}/start"),
        lambda api, pk: api.post(f"/projects/{pk}/plan", PLAN),
        lambda api, pk: api.post(f"/projects/{pk}/end", {"reason": "停"}),
        lambda api, pk: api.post(f"/projects/{pk}/close"),
    ],
)
def test_a_strangers_project_is_not_found(call):
    project = ProjectFactory(stewarded=True)
    stranger = someone(
        Role.PLATFORM_OPERATOR, OrganisationFactory(kind=OrganisationKind.PILOT_PLATFORM)
    )

    assert call(Caller(stranger), project.pk).status_code == 404


def test_the_public_signs_in_first_and_a_lister_sees_only_own():
    mine, _other = ProjectFactory(), ProjectFactory()

    assert Caller(None).get("/projects").status_code == 401
    items = Caller(operator_of(mine)).get("/projects").json()["items"]
    assert [item["id"] for item in items] == [mine.pk]


def test_pages_follow_each_other():
    project = ProjectFactory()
    more = ProjectFactory.create_batch(2, platform=project.platform)
    api = Caller(operator_of(project))

    first = api.get("/projects", limit=2).json()
    second = api.get("/projects", limit=2, cursor=first["next_cursor"]).json()

    assert [p["id"] for p in first["items"]] == [more[1].pk, more[0].pk]
    assert [p["id"] for p in second["items"]] == [project.pk]
    assert api.get("/projects", status="pilot").json()["items"] == []
    assert api.get("/projects", cursor="?").status_code == 422
