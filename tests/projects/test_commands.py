"""What can happen to a project, and every refusal leaves no trace."""

import pytest

from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.states import MoveNotAllowed
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.parties.roles import OrganisationKind, Role
from pilotharbor.projects import commands as projects
from pilotharbor.projects.commands.access import NotYourProject, ReadOnly
from pilotharbor.projects.commands.gates import ReasonMissing
from pilotharbor.projects.commands.people import AlreadyOver
from pilotharbor.projects.commands.tasks import BadTask
from pilotharbor.projects.models import Plan, Project, Task, TeamMember
from tests.factories.parties import MembershipFactory, OrganisationFactory
from tests.factories.projects import (
    PlanFactory,
    ProjectFactory,
    PublishedAchievementFactory,
    PublishedDemandFactory,
    TaskFactory,
    operator_of,
    someone,
)

pytestmark = pytest.mark.django_db
Status = Project.Status

LIMITS = [{"attribute": "purity", "unit": "%", "at_least": "99.50", "at_most": None}]


def operator():
    platform = OrganisationFactory(kind=OrganisationKind.PILOT_PLATFORM)
    return someone(Role.PLATFORM_OPERATOR, platform)


def propose(actor, at, **changes):
    given = {
        "achievement_id": PublishedAchievementFactory().pk,
        "demand_id": PublishedDemandFactory().pk,
        "platform_id": actor.organisation_id,
        **changes,
    }
    return projects.propose(**given, actor_id=actor.pk, at=at)


def plan(project, actor, at, **changes):
    given = {
        "budget_fen": 80_000_000,
        "acceptance": LIMITS,
        "consecutive_batches": 3,
        "planned_batches": 3,
        **changes,
    }
    return projects.set_plan(project_id=project.pk, **given, actor_id=actor.pk, at=at)


def trace():
    return (
        list(Event.objects.values_list("name", flat=True)),
        list(Project.objects.values()),
        list(TeamMember.objects.values()),
        list(Plan.objects.values()),
        list(Task.objects.values()),
    )


def test_propose_takes_owner_and_enterprise_from_result_and_need(at):
    actor = operator()
    achievement, demand = PublishedAchievementFactory(), PublishedDemandFactory()

    project = propose(actor, at, achievement_id=achievement.pk, demand_id=demand.pk)

    assert (project.owner, project.enterprise) == (achievement.owner, demand.owner)
    assert (project.title, project.status) == (achievement.title, Status.PROPOSED)
    event = Event.objects.get()
    assert (event.name, event.project_id) == ("projects.project.proposed", project.pk)


def test_propose_refuses_another_platform_and_leaves_no_trace(at):
    actor = operator()
    other = OrganisationFactory(kind=OrganisationKind.PILOT_PLATFORM)
    before = trace()

    with pytest.raises(NotYourProject):
        propose(actor, at, platform_id=other.pk)

    assert trace() == before


def test_propose_refuses_an_organisation_that_is_no_platform(at):
    actor = someone(Role.PLATFORM_OPERATOR)

    with pytest.raises(projects.NotAPlatform):
        propose(actor, at)


def test_propose_refuses_who_does_not_run_the_platform(at):
    engineer = someone(Role.EQUIPMENT_ENGINEER, operator().organisation)
    researcher = someone(Role.RESEARCHER, operator().organisation)

    with pytest.raises(NotYourRole):
        propose(engineer, at)
    with pytest.raises(NotYourProject):
        propose(researcher, at)


def test_propose_refuses_what_is_not_published(at):
    draft = PublishedAchievementFactory(status="draft", published_at=None)

    with pytest.raises((projects.NotPublished, NotFound)):
        propose(operator(), at, achievement_id=draft.pk)

    assert not Project.objects.exists()


def test_start_is_refused_until_both_stewards_are_named_and_says_who_is_missing(at):
    project = ProjectFactory()
    actor = operator_of(project)
    manager = someone(Role.TECHNOLOGY_MANAGER, project.platform)
    projects.name_stewards(
        project_id=project.pk, technology_manager_id=manager.pk, actor_id=actor.pk, at=at
    )
    before = trace()

    with pytest.raises(projects.StewardsMissing) as refusal:
        projects.start(project_id=project.pk, actor_id=actor.pk, at=at)

    assert list(refusal.value.problems) == ["industry_advisor_id"]
    assert trace() == before


def test_start_opens_the_assessment(at):
    project = ProjectFactory(stewarded=True)
    actor = operator_of(project)

    started = projects.start(project_id=project.pk, actor_id=actor.pk, at=at)

    assert (started.status, started.started_at) == (Status.ASSESSMENT, at)
    assert Event.objects.get().name == "projects.project.started"


def test_start_is_refused_when_a_steward_has_left(at):
    project = ProjectFactory(stewarded=True)
    Membership.objects.filter(pk=project.industry_advisor_id).update(status="suspended")

    with pytest.raises(projects.StewardsMissing):
        projects.start(project_id=project.pk, actor_id=operator_of(project).pk, at=at)


def test_stewards_of_the_wrong_role_are_refused_at_their_field(at):
    project = ProjectFactory()
    actor = operator_of(project)
    expert = someone(Role.EXPERT, project.platform)
    before = trace()

    with pytest.raises(projects.UnfitStewards) as refusal:
        projects.name_stewards(
            project_id=project.pk,
            technology_manager_id=expert.pk,
            industry_advisor_id=expert.pk,
            actor_id=actor.pk,
            at=at,
        )

    assert set(refusal.value.problems) == {"technology_manager_id", "industry_advisor_id"}
    assert trace() == before


def test_one_person_in_both_roles_is_refused(at):
    project = ProjectFactory()
    manager = someone(Role.TECHNOLOGY_MANAGER, project.platform)
    advisor = MembershipFactory(
        person=manager.person, organisation=project.platform, role=Role.INDUSTRY_ADVISOR
    )

    with pytest.raises(projects.UnfitStewards) as refusal:
        projects.name_stewards(
            project_id=project.pk,
            technology_manager_id=manager.pk,
            industry_advisor_id=advisor.pk,
            actor_id=operator_of(project).pk,
            at=at,
        )

    assert list(refusal.value.problems) == ["industry_advisor_id"]


def test_a_suspended_steward_is_not_named(at):
    project = ProjectFactory()
    gone = MembershipFactory(
        role=Role.TECHNOLOGY_MANAGER, organisation=project.platform, status="suspended"
    )

    with pytest.raises(projects.UnfitStewards):
        projects.name_stewards(
            project_id=project.pk,
            technology_manager_id=gone.pk,
            actor_id=operator_of(project).pk,
            at=at,
        )


def test_naming_nobody_is_refused(at):
    project = ProjectFactory()

    with pytest.raises(projects.UnfitStewards):
        projects.name_stewards(project_id=project.pk, actor_id=operator_of(project).pk, at=at)


def test_a_stranger_does_not_find_the_project(at):
    project = ProjectFactory(stewarded=True)
    stranger = operator()

    with pytest.raises(NotFound):
        projects.start(project_id=project.pk, actor_id=stranger.pk, at=at)


def test_the_owner_may_read_but_not_start(at):
    project = ProjectFactory(stewarded=True)
    researcher = someone(Role.RESEARCHER, project.owner)

    with pytest.raises(NotYourProject):
        projects.start(project_id=project.pk, actor_id=researcher.pk, at=at)


def test_pass_gate_moves_along_and_twice_is_once(at):
    project = ProjectFactory(stewarded=True, status=Status.RESOURCING)

    for _time in range(2):
        projects.pass_gate(
            project_id=project.pk, to=Status.PILOT, actor_id=None, at=at, ref="booking.booking:1"
        )

    project.refresh_from_db()
    assert project.status == Status.PILOT
    event = Event.objects.get()
    assert event.facts == {"left": "resourcing", "to": "pilot", "ref": "booking.booking:1"}


def test_pass_gate_skips_no_gate(at):
    project = ProjectFactory(stewarded=True, status=Status.PLANNING)
    before = trace()

    with pytest.raises(MoveNotAllowed):
        projects.pass_gate(project_id=project.pk, to=Status.PILOT, actor_id=None, at=at)

    assert trace() == before


def test_end_needs_a_reason_and_happens_once(at):
    project = ProjectFactory(stewarded=True, status=Status.PILOT)
    actor = operator_of(project)

    with pytest.raises(ReasonMissing):
        projects.stop(project_id=project.pk, reason=" ", actor_id=actor.pk, at=at)
    projects.end(project_id=project.pk, reason="验收未达标", actor_id=actor.pk, at=at)
    with pytest.raises(projects.AlreadyOver):
        projects.stop(project_id=project.pk, reason="再停", actor_id=actor.pk, at=at)

    project.refresh_from_db()
    assert (project.status, project.ended_reason) == (Status.ENDED, "验收未达标")


def test_close_waits_for_every_task(at):
    project = ProjectFactory(stewarded=True, status=Status.FOLLOW_UP)
    task = TaskFactory(project=project)
    actor = project.technology_manager

    with pytest.raises(projects.OpenTasks):
        projects.close(project_id=project.pk, actor_id=actor.pk, at=at)
    projects.settle_task(task_id=task.pk, outcome="已交付", actor_id=actor.pk, at=at)
    closed = projects.close(project_id=project.pk, actor_id=actor.pk, at=at)

    assert (closed.status, closed.ended_at) == (Status.CLOSED, at)


def test_let_in_admits_to_the_team_once_and_widens(at):
    project = ProjectFactory(stewarded=True)
    investor = someone(Role.INVESTOR)
    actor = operator_of(project)

    for scope in ("report", "report", "team", "report"):
        projects.let_in(
            project_id=project.pk,
            membership_id=investor.pk,
            scope=scope,
            actor_id=actor.pk,
            at=at,
        )

    assert TeamMember.objects.get().scope == "team"
    names = list(Event.objects.values_list("name", flat=True))
    assert names.count("projects.member.admitted") == 2


def test_dismiss_takes_the_member_out(at):
    project = ProjectFactory(stewarded=True)
    investor = someone(Role.INVESTOR)
    actor = operator_of(project)
    projects.let_in(project_id=project.pk, membership_id=investor.pk, actor_id=actor.pk, at=at)

    projects.dismiss(project_id=project.pk, membership_id=investor.pk, actor_id=actor.pk, at=at)

    assert not TeamMember.objects.exists()
    with pytest.raises(NotFound):
        projects.dismiss(project_id=project.pk, membership_id=investor.pk, actor_id=actor.pk, at=at)


def test_plan_is_kept_with_its_numbers_as_written(at):
    project = ProjectFactory(stewarded=True, status=Status.PLANNING)

    written = plan(project, project.technology_manager, at)

    assert written.acceptance == [{"attribute": "purity", "unit": "%", "at_least": "99.50"}]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"planned_batches": 2}, "planned_batches"),
        ({"consecutive_batches": 0}, "consecutive_batches"),
        ({"budget_fen": -1}, "budget_fen"),
        ({"acceptance": []}, "acceptance"),
        ({"acceptance": [{"attribute": " ", "at_least": "1"}]}, "acceptance.0"),
        ({"acceptance": [{"attribute": "纯度"}]}, "acceptance.0"),
        ({"acceptance": [{"attribute": "纯度", "at_least": "NaN"}]}, "acceptance.0"),
        ({"acceptance": [{"attribute": "纯度", "at_least": "1e99"}]}, "acceptance.0"),
        ({"acceptance": [{"attribute": "纯度", "at_most": "0.0000000001"}]}, "acceptance.0"),
        ({"acceptance": [{"attribute": "纯度", "at_least": "高"}]}, "acceptance.0"),
        ({"acceptance": [{"attribute": "纯度", "at_least": "2", "at_most": "1"}]}, "acceptance.0"),
        ({"acceptance": [*LIMITS, *LIMITS]}, "acceptance.1"),
    ],
)
def test_a_plan_that_does_not_hold_together_is_refused_at_its_field(at, changes, field):
    project = ProjectFactory(stewarded=True, status=Status.PLANNING)
    before = trace()

    with pytest.raises(projects.BadPlan) as refusal:
        plan(project, project.technology_manager, at, **changes)

    assert list(refusal.value.problems) == [field]
    assert trace() == before


def test_a_plan_has_its_time(at):
    project = ProjectFactory(stewarded=True, status=Status.RESOURCING)

    with pytest.raises(projects.PlanNotDue):
        plan(project, operator_of(project), at)


def test_a_frozen_plan_does_not_change_until_released(at):
    written = PlanFactory()
    actor = written.project.technology_manager
    projects.freeze_plan(project_id=written.project_id, actor_id=actor.pk, at=at)

    with pytest.raises(projects.PlanFrozen):
        plan(written.project, actor, at)
    projects.release_plan(project_id=written.project_id, actor_id=actor.pk, at=at)

    assert plan(written.project, actor, at, planned_batches=5).planned_batches == 5


def test_freezing_no_plan_is_not_found(at):
    with pytest.raises(NotFound):
        projects.freeze_plan(project_id=ProjectFactory().pk, actor_id=1, at=at)


def test_an_advisor_reads_but_does_not_write(at):
    project = ProjectFactory(stewarded=True, status=Status.PLANNING)

    with pytest.raises(NotYourRole):
        plan(project, project.industry_advisor, at)


def test_a_team_member_without_the_verb_reads_only(at):
    project = ProjectFactory(stewarded=True, status=Status.PLANNING)
    manager = someone(Role.TTO_OFFICER, project.owner)

    with pytest.raises((NotYourRole, ReadOnly)):
        plan(project, manager, at)


def test_a_task_is_owed_by_an_organisation_and_done_by_one_of_its_people(at):
    project = ProjectFactory(stewarded=True)
    actor = operator_of(project)
    company = someone(Role.ENTERPRISE_MEMBER)

    with pytest.raises(projects.AssigneeElsewhere):
        projects.add_task(
            project_id=project.pk,
            kind="gmp_scale_up",
            owner_id=company.organisation_id,
            assignee_id=actor.pk,
            actor_id=actor.pk,
            at=at,
        )
    task = projects.add_task(
        project_id=project.pk,
        kind="gmp_scale_up",
        owner_id=company.organisation_id,
        assignee_id=company.pk,
        actor_id=actor.pk,
        at=at,
    )
    done = projects.settle_task(task_id=task.pk, actor_id=company.pk, at=at)

    assert (done.status, done.settled_at) == (Task.Status.DONE, at)


def test_a_task_is_refused_when_its_kind_or_owner_is_not_there(at):
    project = ProjectFactory(stewarded=True)
    actor = operator_of(project)

    with pytest.raises(BadTask):
        projects.add_task(
            project_id=project.pk, kind=" ", owner_id=project.owner_id, actor_id=actor.pk, at=at
        )
    with pytest.raises(NotFound):
        projects.add_task(
            project_id=project.pk, kind="action", owner_id=0, actor_id=actor.pk, at=at
        )


def test_others_do_not_settle_a_task(at):
    task = TaskFactory()
    researcher = someone(Role.RESEARCHER, task.project.owner)
    stranger = someone(Role.ENTERPRISE_MEMBER)

    with pytest.raises(projects.NotYoursToSettle):
        projects.settle_task(task_id=task.pk, actor_id=researcher.pk, at=at)
    with pytest.raises(NotFound):
        projects.settle_task(task_id=task.pk, actor_id=stranger.pk, at=at)


def test_a_task_is_dropped_with_a_reason_once(at):
    task = TaskFactory()
    actor = operator_of(task.project)

    with pytest.raises(ReasonMissing):
        projects.drop_task(task_id=task.pk, reason="", actor_id=actor.pk, at=at)
    dropped = projects.drop_task(task_id=task.pk, reason="改由他方", actor_id=actor.pk, at=at)
    with pytest.raises(MoveNotAllowed):
        projects.settle_task(task_id=task.pk, actor_id=actor.pk, at=at)

    assert (dropped.status, dropped.outcome) == (Task.Status.DROPPED, "改由他方")


def test_stewards_of_a_project_that_is_over_stay_as_they_are(at):
    actor = operator()
    project = ProjectFactory(platform=actor.organisation, status=Status.ENDED, ended_reason="终止")
    manager = someone(Role.TECHNOLOGY_MANAGER, actor.organisation)

    with pytest.raises(AlreadyOver):
        projects.name_stewards(
            project_id=project.pk, technology_manager_id=manager.pk, actor_id=actor.pk, at=at
        )

    project.refresh_from_db()
    assert project.technology_manager is None


def test_a_gate_of_no_project_is_not_found(at):
    with pytest.raises(NotFound):
        projects.pass_gate(project_id=0, to=Status.ASSESSMENT, actor_id=operator().pk, at=at)


def test_the_owners_people_do_not_let_others_in(at):
    project = ProjectFactory(stewarded=True, status=Status.PLANNING)
    researcher = someone(Role.RESEARCHER, project.owner)

    with pytest.raises(NotYourProject):
        projects.let_in(
            project_id=project.pk, membership_id=someone(Role.INVESTOR).pk, scope="report",
            actor_id=researcher.pk, at=at,
        )  # fmt: skip

    assert not TeamMember.objects.exists()
