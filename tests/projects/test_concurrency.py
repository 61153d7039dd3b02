"""Two at once: one voyage for one match, one pass of one gate."""

import pytest
from django.db import connection

from pilotharbor.kernel.models import Event
from pilotharbor.matching.models import Match
from pilotharbor.parties.roles import OrganisationKind, Role
from pilotharbor.projects import commands as projects
from pilotharbor.projects.models import Project, Task
from tests.factories.parties import OrganisationFactory
from tests.factories.projects import (
    ProjectFactory,
    PublishedAchievementFactory,
    PublishedDemandFactory,
    TaskFactory,
    operator_of,
    someone,
)
from tests.factories.race import race

pytestmark = pytest.mark.django_db(transaction=True)
RIVALS = 6


def match_and_operator(at):
    platform = OrganisationFactory(kind=OrganisationKind.PILOT_PLATFORM)
    operator = someone(Role.PLATFORM_OPERATOR, platform)
    match = Match.objects.create(
        achievement=PublishedAchievementFactory(),
        demand=PublishedDemandFactory(),
        score_bp=1,
        status="accepted",
        proposed_by=operator,
        proposed_at=at,
    )
    return match, operator


def propose(match, operator, at):
    return projects.propose(
        achievement_id=match.achievement_id,
        platform_id=operator.organisation_id,
        match_id=match.pk,
        actor_id=operator.pk,
        at=at,
    )


def test_of_rivals_for_one_match_exactly_one_gets_the_voyage(at):
    match, operator = match_and_operator(at)

    outcomes = race(*[lambda: propose(match, operator, at)] * RIVALS)

    names = sorted(type(outcome).__name__ for outcome in outcomes)
    assert names == ["Project"] + ["VoyageExists"] * (RIVALS - 1)
    assert Project.objects.count() == 1


def test_control_without_the_constraint_the_race_is_lost(at):
    match, operator = match_and_operator(at)
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX projects_project_once_per_match")
    try:
        race(*[lambda: propose(match, operator, at)] * RIVALS)
        doubles = Project.objects.count()
    finally:
        Project.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE UNIQUE INDEX projects_project_once_per_match ON projects_project (match_id)"
                " WHERE (match_id IS NOT NULL AND NOT (status = 'ended'))"
            )

    assert doubles > 1


def test_a_gate_passed_from_two_sides_is_passed_once(at):
    project = ProjectFactory(stewarded=True, status=Project.Status.RESOURCING)

    def once():
        return projects.pass_gate(project_id=project.pk, to="pilot", actor_id=None, at=at)

    outcomes = race(*[once] * RIVALS)

    assert {type(outcome).__name__ for outcome in outcomes} == {"Project"}
    assert Event.objects.filter(name="projects.gate.passed").count() == 1


def test_a_task_is_settled_or_dropped_but_never_both(at):
    task = TaskFactory()
    actor = operator_of(task.project)

    outcomes = race(
        lambda: projects.settle_task(task_id=task.pk, actor_id=actor.pk, at=at),
        lambda: projects.drop_task(task_id=task.pk, reason="停", actor_id=actor.pk, at=at),
    )

    assert sorted(type(o).__name__ for o in outcomes) == ["MoveNotAllowed", "Task"]
    assert Event.objects.filter(subject_type="projects.task").count() == 1
    assert Task.objects.get().settled_at == at
